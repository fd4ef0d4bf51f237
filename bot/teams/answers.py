"""A Reply → what Teams is told: in the answer to an invoke, which nothing may delay, or in a message right after it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import assert_never

from bot.json_body import Json, text_at
from bot.platform import Posted, ToPerson, Undeliverable
from bot.teams.activities import conversation_of, is_ours_alone, origin_of, tenant_of, thread_of, user_of
from bot.teams.adaptive_cards import CONTENT_TYPE, render_card
from bot.teams.card_forms import render_dialog
from bot.teams.client import Place, TeamsClient
from bot.teams.errands import Errands
from bot.teams.markdown import harmless, shorten
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Reply, Show
from handlers.views.elements import Buttons, Form, FormButton, Style, Text, View
from tasks.identifiers import WorkspaceId

SPOKEN = "application/vnd.microsoft.activity.message"
LONGEST_SPOKEN = 300
NOTED = "Noted."
NEXT_MESSAGE = "One more step: press the button in my next message."
IN_OUR_CHAT = "I have answered you in our own chat."
UNREACHED = "I answer everybody in their own chat. Add this app for yourself in Teams, then ask me again."
OPEN_IT = "Press the button to fill it in."

Clients = Callable[[WorkspaceId], TeamsClient]


class Answers:
    def __init__(self, clients: Clients, errands: Errands) -> None:
        self._clients = clients
        self._errands = errands

    def to_message(self, reply: Reply, activity: Json, workspace: WorkspaceId) -> None:
        view = _in_a_message(reply)
        if view and is_ours_alone(activity):
            self.say(view, activity, workspace)
        elif view:
            self._errands.run("answering in a channel", partial(self._apart, view, activity, workspace))

    def to_press(self, reply: Reply, activity: Json, workspace: WorkspaceId) -> Json:
        """Of a button in a message: the body of the answer to its invoke. What all can see is nobody's answer."""
        if isinstance(reply, Replace) and is_ours_alone(activity):
            return {"statusCode": 200, "type": CONTENT_TYPE, "value": render_card(reply.view)}
        view = _in_a_message(reply)
        if view is None:
            return spoken(NOTED)
        self.say(view, activity, workspace)
        if not is_ours_alone(activity):
            return spoken(IN_OUR_CHAT)
        return spoken(NEXT_MESSAGE if isinstance(reply, OpenForm | FormErrors) else view.summary)

    def to_old_press(self, reply: Reply, activity: Json, workspace: WorkspaceId) -> None:
        """Of a button in a message, by a client that knows no invokes: what it presses is sent as a message."""
        if isinstance(reply, Replace) and is_ours_alone(activity) and text_at(activity, "replyToId"):
            self._errands.run("replacing a message", partial(self._replace, reply.view, activity, workspace))
        else:
            self.to_message(reply, activity, workspace)

    def to_opening(self, reply: Reply, activity: Json) -> Json:
        """Of a button that opens a dialog: what stands in it."""
        match reply:
            case OpenForm():
                return render_dialog(reply.form, origin=origin_of(activity))
            case FormErrors():
                return _again(reply, activity)
            case Show() | Replace():
                return told(reply.view.summary)
            case Nothing():
                return told(NOTED)
            case _:
                assert_never(reply)

    def to_submission(self, reply: Reply, activity: Json, workspace: WorkspaceId) -> Json | None:
        """Of a dialog: the next one, the same again with what is wrong in it, or its end."""
        match reply:
            case OpenForm():
                return render_dialog(reply.form, origin=origin_of(activity))
            case FormErrors():
                return _again(reply, activity)
            case Show() | Replace() if not _has_buttons(reply.view) and len(reply.view.body) <= 1:
                return told(reply.view.summary)
            case Show():
                self.say(reply.view, activity, workspace)
                return None
            case Replace():
                self._errands.run("replacing a message", partial(self._replace, reply.view, activity, workspace))
                return None
            case Nothing():
                return None
            case _:
                assert_never(reply)

    def say(self, view: View, activity: Json, workspace: WorkspaceId) -> None:
        """To this person only."""
        self._errands.run("answering", partial(self._say, view, activity, workspace))

    async def _say(self, view: View, activity: Json, workspace: WorkspaceId) -> None:
        client = self._clients(workspace)
        place = here(activity) if is_ours_alone(activity) else await client.conversation_with(_asker(activity))
        await client.say(place, view)

    async def _replace(self, view: View, activity: Json, workspace: WorkspaceId) -> None:
        origin = origin_of(activity)
        if is_ours_alone(activity) and origin.message:
            try:
                posted = Posted(conversation=origin.conversation, message=origin.message)
                await self._clients(workspace).edit(posted, view)
            except Undeliverable:
                pass  # it is gone, so the view is shown beside it
            else:
                return
        await self._say(view, activity, workspace)

    async def _apart(self, view: View, activity: Json, workspace: WorkspaceId) -> None:
        """Asked for in a channel, answered in the person's own chat; the channel learns that much and no more."""
        client = self._clients(workspace)
        words = IN_OUR_CHAT
        try:
            await client.say(await client.conversation_with(_asker(activity)), view)
        except Undeliverable:
            words = UNREACHED
        await client.say_words(here(activity), words, thread=thread_of(activity) or text_at(activity, "id"))


def here(activity: Json) -> Place:
    return Place(
        conversation=conversation_of(activity),
        service_url=text_at(activity, "serviceUrl"),
        tenant=tenant_of(activity),
    )


def spoken(words: str) -> Json:
    """Said for a moment below the card, which stays as it is."""
    return {"statusCode": 200, "type": SPOKEN, "value": shorten(harmless(words), LONGEST_SPOKEN)}


def told(words: str) -> Json:
    """In place of a dialog."""
    return {"task": {"type": "message", "value": shorten(harmless(words), LONGEST_SPOKEN)}}


def _asker(activity: Json) -> ToPerson:
    return ToPerson(external_id=user_of(activity.get("from")))


def _again(reply: FormErrors, activity: Json) -> Json:
    return render_dialog(reply.form, origin=origin_of(activity), errors=reply.errors, values=reply.values)


def _has_buttons(view: View) -> bool:
    return any(isinstance(item, Buttons) for item in view.body)


def _in_a_message(reply: Reply) -> View | None:
    match reply:
        case Nothing():
            return None
        case Show() | Replace():
            return reply.view
        case OpenForm():
            return button_to(reply.form, (OPEN_IT,))
        case FormErrors():
            return button_to(reply.form, tuple(reply.errors.values()))
        case _:
            assert_never(reply)


def button_to(form: Form, words: Sequence[str]) -> View:
    """Teams opens a dialog from a button only."""
    button = FormButton(label=form.title, action=form.action, style=Style.PRIMARY)
    said = tuple(Text(text=each) for each in words)
    summary = f"{form.title}: {words[0] if words else OPEN_IT}"
    return View(title=form.title, summary=summary, body=(*said, Buttons(buttons=(button,))))
