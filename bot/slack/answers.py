"""A Reply → what Slack is told: before the ack, and never for longer than the ack can wait."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, assert_never

from bot.platform import PlatformError, Posted, Undeliverable
from bot.slack.block_kit import render_message
from bot.slack.client import SlackClient
from bot.slack.modals import Remembered, render_modal, takes_errors
from bot.slack.mrkdwn import shorten
from bot.slack.payloads import Json
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Reply, Show
from handlers.requests import CommandTyped, FileShared, Source, TextSent, Value
from handlers.views.elements import Form, PersonField, Text, View
from tasks.identifiers import WorkspaceId

SECONDS = 2.0
"""Slack waits three for the ack, and the unit of work has had its share."""

NOT_OPENED = View(
    title="That didn't open",
    summary="Slack didn't open the form in time. Please try once more.",
    body=(Text(text="Slack didn't open the form in time. Nothing is lost: please try once more."),),
)
NEEDS_A_BUTTON = "Slack opens forms from a button or a command only. Type /soc2 tasks and press the button there."

log = logging.getLogger(__name__)


class PersonIds(Protocol):
    """Our people and Slack's users, told apart nowhere but here."""

    async def people(self, workspace: WorkspaceId, slack_users: Sequence[str]) -> Mapping[str, str]:
        """Slack user id → person id, of those we know."""
        ...

    async def slack_users(self, workspace: WorkspaceId, people: Sequence[str]) -> Mapping[str, str]:
        """Person id → Slack user id, of those who have one."""
        ...


@dataclass(frozen=True, kw_only=True)
class Click:
    """How the press of a button can be answered."""

    source: Source
    trigger: str
    response_url: str
    ephemeral: bool
    in_modal: bool
    in_home: bool = False
    """On the person's own Home tab, where no message stands: what is said goes into their direct messages."""

    @property
    def message(self) -> str:
        """The message that can be changed later on; an ephemeral one can't."""
        return "" if self.ephemeral else self.source.message


class Answers:
    def __init__(self, client: SlackClient, people: PersonIds, seconds: float = SECONDS) -> None:
        self._client = client
        self._people = people
        self._seconds = seconds

    async def to_command(self, reply: Reply, request: CommandTyped, trigger: str) -> str:
        """The body of the HTTP response, as JSON: what stands in it reaches the person whatever else happens."""
        match reply:
            case Nothing():
                return ""
            case Show() | Replace():
                return _ephemeral(reply.view)
            case OpenForm() | FormErrors():
                origin = Remembered(conversation=request.source.conversation)
                modal = await self._modal(reply, request.source.workspace, origin)
                opened = await self._in_time("opening a form", self._client.open_modal(trigger, modal))
                return "" if opened else _ephemeral(NOT_OPENED)
            case _:
                assert_never(reply)

    async def to_click(self, reply: Reply, click: Click) -> None:
        match reply:
            case Nothing():
                pass
            case Show():
                await self._in_time("answering a button", self._show(reply.view, click))
            case Replace():
                await self._in_time("replacing a message", self._replace(reply.view, click))
            case OpenForm() | FormErrors():
                await self._in_time("opening a form", self._open(reply, click))
            case _:
                assert_never(reply)

    async def to_submission(self, reply: Reply, source: Source, *, pushed: bool) -> Json:
        """The body of the HTTP response: it closes the modal or says what is wrong in it."""
        close: Json = {"response_action": "clear"} if pushed else {}
        origin = Remembered(conversation=source.conversation, message=source.message)
        match reply:
            case Nothing():
                return close
            case Show():
                await self._in_time("answering a form", self._whisper(reply.view, source))
                return close
            case Replace():
                await self._in_time("replacing a message", self._replace_origin(reply.view, source))
                return close
            case OpenForm():
                return {"response_action": "update", "view": await self._modal(reply, source.workspace, origin)}
            case FormErrors() if takes_errors(reply.form, reply.errors):
                sentences = {name: shorten(sentence, 1000) for name, sentence in reply.errors.items()}
                return {"response_action": "errors", "errors": sentences}
            case FormErrors():
                return {"response_action": "update", "view": await self._modal(reply, source.workspace, origin)}
            case _:
                assert_never(reply)

    async def to_message(self, reply: Reply, request: TextSent | FileShared) -> None:
        if isinstance(reply, Nothing):
            return
        said = self._client.say(request.source.conversation, _in_words(reply), thread=request.thread)
        await self._in_time("answering a message", said)

    async def _open(self, reply: OpenForm | FormErrors, click: Click) -> None:
        origin = Remembered(conversation=click.source.conversation, message=click.message)
        modal = await self._modal(reply, click.source.workspace, origin)
        try:
            await self._client.open_modal(click.trigger, modal, on_top=click.in_modal)
        except PlatformError as error:
            log.warning("opening a form: %s", error)
            await self._show(NOT_OPENED, click)

    async def _modal(self, reply: OpenForm | FormErrors, workspace: WorkspaceId, origin: Remembered) -> Json:
        form = reply.form
        errors, values = (reply.errors, reply.values) if isinstance(reply, FormErrors) else ({}, {})
        chosen = _people_in(form, values)
        users = await self._people.slack_users(workspace, chosen) if chosen else {}
        return render_modal(form, origin=origin, errors=errors, values=values, slack_users=users)

    async def _show(self, view: View, click: Click) -> None:
        if click.response_url:
            await self._client.respond(click.response_url, view)
        else:
            await self._whisper(view, click.source)

    async def _replace(self, view: View, click: Click) -> None:
        if click.ephemeral and click.response_url:
            await self._client.respond(click.response_url, view, replace=True)
        elif not (click.message and await self._edited(view, click.source)):
            await self._show(view, click)

    async def _replace_origin(self, view: View, source: Source) -> None:
        if not (source.message and await self._edited(view, source)):
            await self._whisper(view, source)

    async def _edited(self, view: View, source: Source) -> bool:
        try:
            await self._client.edit(Posted(conversation=source.conversation, message=source.message), view)
        except Undeliverable as refusal:
            log.info("shown instead of replaced: %s", refusal)
            return False
        return True

    async def _whisper(self, view: View, source: Source) -> None:
        await self._client.whisper(source.conversation, source.user, view)

    async def _in_time(self, what: str, work: Awaitable[None]) -> bool:
        """What was decided is saved already: a Slack that fails or dawdles here costs an answer, never the decision."""
        try:
            async with asyncio.timeout(self._seconds):
                await work
        except PlatformError as error:
            log.warning("%s: %s", what, error)
        except TimeoutError:
            log.warning("%s: Slack took longer than %s seconds", what, self._seconds)
        else:
            return True
        return False


def is_from_home(source: Source) -> bool:
    """A form that was opened there: every other button and command stands in a conversation."""
    return not source.conversation


class _Same:
    """A view as itself: equal to no other, however alike, so that nothing is compared part by part."""

    __slots__ = ("view",)

    def __init__(self, view: View) -> None:
        self.view = view

    def __hash__(self) -> int:
        return id(self.view)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.view is self.view


def _ephemeral(view: View) -> str:
    return _rendered(_Same(view))


@lru_cache(maxsize=8)
def _rendered(same: _Same) -> str:
    """As JSON. Remembered for views that never change, as the help; others pass through."""
    rendered = render_message(same.view)
    return json.dumps({"response_type": "ephemeral", "text": rendered.text, "blocks": rendered.blocks})


def _in_words(reply: Show | Replace | OpenForm | FormErrors) -> View:
    match reply:
        case Show() | Replace():
            return reply.view
        case OpenForm():
            words: Sequence[str] = (NEEDS_A_BUTTON,)
        case FormErrors():
            words = tuple(reply.errors.values())
        case _:
            assert_never(reply)
    return View(title=reply.form.title, summary=words[0], body=tuple(Text(text=each) for each in words))


def _people_in(form: Form, values: Mapping[str, Value]) -> list[str]:
    fields = [field for field in form.fields if isinstance(field, PersonField)]
    typed = [values.get(field.name) or field.value for field in fields]
    return [each for each in typed if isinstance(each, str) and each]
