"""A Reply in Teams: what stands in the answer to an invoke, what is said beside it, and what a channel gets to see."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.json_body import Json
from bot.platform import Address, Posted, RetryLater, Undeliverable
from bot.teams.answers import Answers
from bot.teams.client import Place
from bot.teams.errands import Errands
from handlers.actions import action
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Show
from handlers.views.elements import ActionButton, Buttons, Form, FormButton, Text, TextField, View
from tasks.identifiers import WorkspaceId
from tests.teams_keys.signing import an_activity

ACME = WorkspaceId("acme")
MINE = View(title="My tasks", summary="You have one task.", body=(Text(text="IAM-03"),))
PRESSABLE = View(
    title="Thank you",
    summary="It is on record.",
    body=(Buttons(buttons=(ActionButton(label="Open", action=action("show_task", t="t1")),)),),
)
FORM = Form(
    title="Not done",
    action=action("answer_with", t="t1"),
    fields=(TextField(name="cause", label="What happened?"), TextField(name="fix", label="What will be done?")),
)
CHANNEL = {"id": "19:it@thread.tacv2;messageid=17", "conversationType": "channel"}


@dataclass
class Chats:
    """The client, as far as answers use it."""

    said: list[tuple[str, View]] = field(default_factory=list)
    words: list[tuple[str, str, str]] = field(default_factory=list)
    edited: list[tuple[Posted, View]] = field(default_factory=list)
    reachable: bool = True
    editable: bool = True
    busy: int = 0

    async def conversation_with(self, address: Address) -> Place:
        if not self.reachable:
            raise Undeliverable("not installed")
        return Place(conversation=f"a:{address}", service_url="https://smba.trafficmanager.net/", tenant="t")

    async def say(self, where: Place, view: View) -> Posted:
        if self.busy:
            self.busy -= 1
            raise RetryLater("busy", after=1.0)
        self.said.append((where.conversation, view))
        return Posted(conversation=where.conversation, message="1")

    async def say_words(self, where: Place, words: str, *, thread: str = "") -> None:
        self.words.append((where.conversation, words, thread))

    async def edit(self, posted: Posted, view: View) -> None:
        if not self.editable:
            raise Undeliverable("gone")
        self.edited.append((posted, view))


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
async def errands() -> AsyncIterator[Errands]:
    async def at_once(seconds: float) -> None:
        """Nobody waits in a test."""

    errands = Errands(sleep=at_once)
    yield errands
    await errands.close()


@pytest.fixture
def answers(chats: Chats, errands: Errands) -> Answers:
    return Answers(lambda workspace: chats, errands)  # type: ignore[arg-type,return-value]  # as far as they use it


def press(**more: object) -> Json:
    return an_activity("invoke", name="adaptiveCard/action", replyToId="1699", **more)


@pytest.mark.anyio
async def test_a_replaced_card_stands_in_the_answer(answers: Answers, chats: Chats, errands: Errands) -> None:
    answer = answers.to_press(Replace(view=MINE), press(), ACME)
    await errands.idle()
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert chats.said == []


@pytest.mark.anyio
async def test_in_a_channel_nothing_personal_replaces_what_everybody_sees(
    answers: Answers, chats: Chats, errands: Errands
) -> None:
    for reply in (Replace(view=MINE), Show(view=MINE)):
        answer = answers.to_press(reply, press(conversation=CHANNEL), ACME)
        assert answer["type"] == "application/vnd.microsoft.activity.message"
        assert "one task" not in answer["value"]
    await errands.idle()
    assert len(chats.said) == 2
    assert all(place.startswith("a:") for place, _ in chats.said)


@pytest.mark.anyio
async def test_a_press_that_needs_a_form_is_answered_with_the_button_that_opens_it(
    answers: Answers, chats: Chats, errands: Errands
) -> None:
    answers.to_press(OpenForm(form=FORM), press(), ACME)
    await errands.idle()
    [(_, view)] = chats.said
    [row] = [item for item in view.body if isinstance(item, Buttons)]
    [button] = row.buttons
    assert isinstance(button, FormButton)
    assert button.action == FORM.action


@pytest.mark.anyio
async def test_what_is_wrong_stands_in_the_dialog_with_what_was_typed(answers: Answers) -> None:
    reply = FormErrors(form=FORM, errors={"fix": "Say what."}, values={"cause": "Broken."})
    answer = answers.to_submission(reply, an_activity("invoke", name="task/submit", value={"data": {}}), ACME)
    assert answer
    assert answer["task"]["type"] == "continue"
    assert "Say what." in str(answer)
    assert "Broken." in str(answer)


@pytest.mark.anyio
async def test_a_dialog_that_is_done_closes_with_words_or_with_a_card_beside_it(
    answers: Answers, chats: Chats, errands: Errands
) -> None:
    submit = an_activity("invoke", name="task/submit", value={"data": {}})
    assert answers.to_submission(Show(view=MINE), submit, ACME) == {
        "task": {"type": "message", "value": "You have one task."}
    }
    assert answers.to_submission(Show(view=PRESSABLE), submit, ACME) is None
    assert answers.to_submission(Nothing(), submit, ACME) is None
    await errands.idle()
    assert [view for _, view in chats.said] == [PRESSABLE]


@pytest.mark.anyio
@pytest.mark.parametrize("editable", [True, False])
async def test_a_form_replaces_the_message_it_was_opened_from_or_is_shown_beside_it(
    answers: Answers, chats: Chats, errands: Errands, editable: bool
) -> None:
    chats.editable = editable
    data = {"conversation": "a:olga", "message": "1699"}
    submit = an_activity("invoke", name="task/submit", value={"data": data})
    answers.to_submission(Replace(view=PRESSABLE), submit, ACME)
    await errands.idle()
    assert (len(chats.edited), len(chats.said)) == ((1, 0) if editable else (0, 1))


@pytest.mark.anyio
@pytest.mark.parametrize(("reachable", "words"), [(True, "own chat"), (False, "Add this app")])
async def test_a_channel_learns_no_more_than_where_the_answer_is(
    answers: Answers, chats: Chats, errands: Errands, reachable: bool, words: str
) -> None:
    chats.reachable = reachable
    answers.to_message(Show(view=MINE), an_activity(conversation=CHANNEL), ACME)
    await errands.idle()
    [(where, said, thread)] = chats.words
    assert words in said
    assert (where, thread) == ("19:it@thread.tacv2", "17")
    assert len(chats.said) == (1 if reachable else 0)


@pytest.mark.anyio
async def test_a_reply_is_tried_three_times(answers: Answers, chats: Chats, errands: Errands) -> None:
    chats.busy = 2
    answers.to_message(Show(view=MINE), an_activity(), ACME)
    await errands.idle()
    assert len(chats.said) == 1
    chats.busy = 3
    answers.to_message(Show(view=MINE), an_activity(), ACME)
    await errands.idle()
    assert len(chats.said) == 1


@pytest.mark.anyio
async def test_an_errand_that_fails_is_in_the_log(errands: Errands, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("oh")

    errands.run("answering", fail)
    await errands.idle()
    assert "answering failed" in caplog.text


@pytest.mark.anyio
async def test_words_stand_in_place_of_a_dialog_that_can_not_open(answers: Answers) -> None:
    opened = answers.to_opening(Show(view=MINE), an_activity("invoke", name="task/fetch", value={"data": {}}))
    assert opened == {"task": {"type": "message", "value": "You have one task."}}
