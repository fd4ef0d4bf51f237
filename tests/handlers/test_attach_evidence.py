from dataclasses import replace
from datetime import date

import pytest

from handlers.actions import LONGEST, action, encode
from handlers.replies import Replace, Show
from handlers.requests import SharedFile
from handlers.views.elements import ActionButton, ChoiceField, Confirm, FormButton
from tasks.evidence import EvidenceKind, EvidenceState
from tasks.identifiers import PersonId
from tests.builders import a_control, a_control_text, a_person, a_task, an_item
from tests.handlers.conversation import (
    TASK,
    Conversation,
    a_file,
    action_of,
    button_in,
    buttons_in,
    errors_in,
    field_in,
    form_in,
    labels_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
ATTACH = action("attach_evidence", t=TASK)
PLAIN = a_control(text=a_control_text(evidence=(an_item("ticket"), an_item("note", required=False))))
TWO_REQUIRED = a_control(text=a_control_text(evidence=(an_item("ticket"), an_item("log"))))


async def ask(chat: Conversation, item: str = "leaver-list") -> None:
    form = await chat.open("olga", action("request_item", t=TASK))
    await chat.submit("olga", form, item=item, person="hans")
    chat.deliver()


# the form


async def test_the_form_proposes_the_first_required_item_that_is_missing() -> None:
    assert value_in(await Conversation().open("olga", ATTACH), "item") == "leaver-list"


async def test_the_button_beside_an_item_chooses_it() -> None:
    chat = Conversation()
    card = view_in(await chat.press("olga", action("show_task", t=TASK)))
    beside = [one for one in buttons_in(card) if one.label == "Attach"]
    assert value_in(await chat.open("olga", beside[1]), "item") == "removal-proof"


async def test_an_attached_list_goes_straight_on_to_its_source_card() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", ATTACH), files=(a_file(),))
    assert form_in(reply).title == "Source card"
    (evidence,) = chat.evidence()
    assert (evidence.item, evidence.state, evidence.reference) == ("leaver-list", EvidenceState.CHECKING, "F1")


async def test_what_is_no_list_is_simply_attached() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", ATTACH), files=(a_file("a.png"),), item="removal-proof")
    assert "a.png is attached to “Leaver access removal”." in words_of(reply)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("https://tickets.example/42", EvidenceKind.LINK),
        ("http://wiki.example/a?b=c", EvidenceKind.LINK),
        ("Looked at the console", EvidenceKind.TEXT),
        ("https://tickets.example/42 and 43", EvidenceKind.TEXT),
    ],
)
async def test_a_link_or_words_are_attached_as_what_they_are(typed: str, kind: EvidenceKind) -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.submit("olga", await chat.open("olga", ATTACH), words=typed)
    assert [(one.kind, one.text) for one in chat.evidence()] == [(kind, typed)]


async def test_files_and_words_may_come_together() -> None:
    chat = Conversation(controls=[PLAIN])
    reply = await chat.submit("olga", await chat.open("olga", ATTACH), files=(a_file("a.pdf"),), words="Seen by me")
    assert "2 attachments are attached" in words_of(reply)


async def test_an_empty_form_is_refused_in_its_field() -> None:
    chat = Conversation()
    assert set(errors_in(await chat.submit("olga", await chat.open("olga", ATTACH)))) == {"words"}


async def test_a_link_that_is_none_says_what_to_do() -> None:
    chat = Conversation(controls=[PLAIN])
    reply = await chat.submit("olga", await chat.open("olga", ATTACH), words="https://")
    assert "Start with https:// and paste the whole address." in errors_in(reply)[""]


async def test_an_item_that_the_task_has_not_is_refused_in_its_field() -> None:
    chat = Conversation()
    reply = await chat.submit("olga", await chat.open("olga", ATTACH), files=(a_file(),), item="payroll")
    assert set(errors_in(reply)) == {"item"}
    assert not chat.evidence()


async def test_the_same_file_twice_is_one_attachment() -> None:
    chat = Conversation()
    form = await chat.open("olga", ATTACH)
    await chat.submit("olga", form, files=(a_file(),))
    assert "already" in words_of(await chat.submit("olga", form, files=(a_file(),)))
    assert len(chat.evidence()) == 1


async def test_nothing_is_attached_to_an_answered_task() -> None:
    chat = Conversation()
    chat.attach()
    form = await chat.open("olga", ATTACH)
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "You already answered" in words_of(await chat.submit("olga", form, files=(a_file("late.csv", "F2"),)))
    assert len(chat.evidence()) == 1


# a file dropped into the conversation


async def test_a_dropped_file_goes_to_the_only_open_task() -> None:
    chat = Conversation(controls=[PLAIN])
    reply = await chat.drop("olga", a_file("ticket.pdf"))
    assert "ticket.pdf is attached to “Leaver access removal”." in words_of(reply)
    assert [one.item for one in chat.evidence()] == ["ticket"]


async def test_a_dropped_list_is_answered_with_a_button_to_its_source_card() -> None:
    """No platform opens a form for a file that was dropped."""
    chat = Conversation()
    reply = await chat.drop("olga", a_file())
    button = button_in(reply, "Fill in source card")
    assert isinstance(button, FormButton)
    assert (await chat.open("olga", button)).title == "Source card"


async def test_with_several_items_missing_the_dropped_file_waits_to_be_sorted_in() -> None:
    chat = Conversation(controls=[TWO_REQUIRED])
    reply = await chat.drop("olga", a_file())
    assert "Say which item it is." in words_of(reply)
    button = button_in(reply, "Say what it is")
    assert isinstance(button, FormButton)
    assert button.action.name == "sort_evidence"
    assert [one.item for one in chat.evidence()] == [""]


async def test_with_several_open_tasks_the_person_chooses_by_button() -> None:
    chat = Conversation(
        a_task("task-1"), a_task("task-2", occurrence="2026-09", title="Another control"), controls=[PLAIN]
    )
    asked = await chat.drop("olga", a_file("a.pdf"), a_file("b.pdf", "F2"))
    assert "Which task is 2 files evidence for?" in words_of(asked) or "2 files" in words_of(asked)
    button = button_in(asked, "IAM-03 Another control")
    assert isinstance(button, ActionButton)
    await chat.press("olga", button)
    assert [(one.name, one.reference) for one in chat.evidence(chat.task(a_task("task-2").id).id)] == [
        ("a.pdf", "F1"),
        ("b.pdf", "F2"),
    ]


async def test_under_a_prompt_the_file_goes_to_its_task() -> None:
    chat = Conversation(a_task("task-1"), a_task("task-2", occurrence="2026-09"), controls=[PLAIN])
    await chat.press("max", action("nudge", t="task-2"))
    chat.deliver()
    await chat.drop("olga", a_file(), thread=chat.prompt())
    assert len(chat.evidence(a_task("task-2").id)) == 1


async def test_without_an_open_task_the_file_is_not_attached_and_that_is_said() -> None:
    chat = Conversation()
    assert "the file is not attached to anything" in words_of(await chat.drop("zoe", a_file()))
    assert not chat.evidence()


async def test_a_contributors_dropped_file_goes_to_the_item_they_were_asked_for() -> None:
    chat = Conversation()
    await ask(chat, "removal-proof")
    await chat.drop("hans", a_file("proof.png"))
    assert [(one.item, one.added_by) for one in chat.evidence()] == [("removal-proof", "hans")]


async def test_a_delegates_dropped_file_goes_to_the_task_they_stand_in_for() -> None:
    away = a_person("olga", away_from=date(2026, 11, 2), away_until=date(2026, 11, 6), delegate_id=PersonId("hans"))
    chat = Conversation(people=[away])
    await chat.drop("hans", a_file())
    assert [one.added_by for one in chat.evidence()] == ["hans"]


@pytest.mark.parametrize(
    "names", [["a.csv"], ["доклад по контролю доступа.csv"] * 5, ["漢" * 200 + ".csv"] * 10, ["🙂\n" * 300] * 40]
)
async def test_the_choosing_button_can_always_be_pressed_whatever_the_names(names: list[str]) -> None:
    chat = Conversation(a_task("task-1"), a_task("task-2", occurrence="2026-09"), controls=[PLAIN])
    files = [SharedFile(reference=f"F0123456789-{number}", name=name) for number, name in enumerate(names)]
    asked = await chat.drop("olga", *files)
    button = button_in(asked, "IAM-03 Leaver access removal")
    assert len(encode(action_of(button))) <= LONGEST
    await chat.press("olga", button)
    kept = [one.reference for one in chat.evidence()]
    assert kept == [one.reference for one in files][: len(kept)]
    assert kept
    assert len(kept) == len(files) or f"Only the first {len(kept)} fit here." in words_of(asked)


@pytest.mark.parametrize("carried", ["", "\n\n", " ", " name-without-reference"])
async def test_a_choosing_button_without_files_attaches_nothing(carried: str) -> None:
    chat = Conversation()
    await chat.press("olga", action("attach_shared", t=TASK, f=carried))
    assert not chat.evidence()


# words under a prompt


@pytest.mark.parametrize("typed", ["https://tickets.example/42", "https://tickets.example/42 shows it"])
async def test_a_link_under_a_prompt_is_evidence(typed: str) -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    assert "is attached to" in words_of(await chat.say("olga", typed, thread=chat.prompt()))
    assert [(one.text, one.item) for one in chat.evidence()] == [(typed, "ticket")]


@pytest.mark.parametrize("typed", ["done", "I did it last week", "ok"])
async def test_other_words_under_a_prompt_answer_nothing_and_are_never_met_with_silence(typed: str) -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    reply = await chat.say("olga", typed, thread=chat.prompt())
    assert "Words alone don't answer “Leaver access removal”." in words_of(reply)
    assert chat.task().is_open
    assert not chat.evidence()


async def test_a_command_under_a_prompt_is_still_a_command() -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    assert view_in(await chat.say("olga", "tasks", thread=chat.prompt())).title == "My tasks"


async def test_words_under_a_message_about_no_task_are_a_command() -> None:
    assert view_in(await Conversation().say("olga", "tasks", thread="m-other")).title == "My tasks"


async def test_a_link_under_a_prompt_of_an_answered_task_is_refused_in_words() -> None:
    chat = Conversation()
    chat.attach()
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    await chat.press("olga", action("answer_task", t=TASK, v=1))
    assert "You already answered" in words_of(await chat.say("olga", "https://a.example", thread=chat.prompt()))


# sorting in and taking off


async def test_a_loose_file_is_sorted_in_and_goes_on_to_its_source_card() -> None:
    chat = Conversation()
    chat.attach("loose", item="", card=None)
    card = await chat.press("olga", action("show_task", t=TASK))
    form = await chat.open("olga", button_in(card, "Say what it is"))
    assert form_in(await chat.submit("olga", form, item="leaver-list")).title == "Source card"
    assert [one.item for one in chat.evidence()] == ["leaver-list"]


async def test_sorted_into_a_plain_item_it_is_simply_there() -> None:
    chat = Conversation()
    chat.attach("loose", item="", card=None)
    form = await chat.open("olga", action("sort_evidence", e="loose"))
    assert isinstance(await chat.submit("olga", form, item="removal-proof"), Show)


async def test_removing_is_confirmed_and_shows_the_task_as_it_is_then() -> None:
    chat = Conversation()
    chat.attach()
    button = button_in(await chat.press("olga", action("show_task", t=TASK)), "Remove")
    assert isinstance(button, ActionButton)
    assert isinstance(button.confirm, Confirm)
    reply = await chat.press("olga", button)
    assert isinstance(reply, Replace)
    assert "leavers.csv" not in words_of(reply)
    assert "leavers.csv is not attached any more" in words_of(await chat.press("olga", button))


# a contributor


async def test_a_contributor_opens_the_task_with_the_one_button_that_is_theirs() -> None:
    chat = Conversation()
    await ask(chat)
    card = view_in(await chat.press("hans", action("show_task", t=TASK)))
    assert labels_in(card) == ["Attach"]
    assert "asked of you" in words_of(card)


async def test_a_contributor_can_choose_only_what_they_were_asked_for() -> None:
    chat = Conversation()
    await ask(chat)
    form = await chat.open("hans", action("attach_evidence", t=TASK, item="leaver-list"))
    field = field_in(form, "item")
    assert isinstance(field, ChoiceField)
    assert [one.value for one in field.options] == ["leaver-list"]


async def test_a_contributor_attaches_and_fills_the_source_card_of_their_item() -> None:
    chat = Conversation()
    await ask(chat)
    form = await chat.open("hans", action("attach_evidence", t=TASK, item="leaver-list"))
    card = form_in(await chat.submit("hans", form, files=(a_file(),)))
    reply = await chat.submit("hans", card, origin="HR: leavers", covers="whole", changed="no")
    assert "has its source card" in words_of(reply)


async def test_a_contributor_sees_what_they_sent_and_nothing_else() -> None:
    chat = Conversation()
    chat.attach("hers", item="removal-proof", sha256="cd" * 32)
    await ask(chat)
    await chat.submit(
        "hans", await chat.open("hans", action("attach_evidence", t=TASK, item="leaver-list")), files=(a_file(),)
    )
    words = words_of(await chat.press("hans", action("show_task", t=TASK)))
    assert "leavers.csv" in words
    assert "hers.csv" not in words


async def test_a_contributor_can_not_attach_to_another_item() -> None:
    chat = Conversation()
    await ask(chat)
    form = await chat.open("hans", action("attach_evidence", t=TASK, item="leaver-list"))
    reply = await chat.submit("hans", form, files=(a_file(),), item="removal-proof")
    assert "only Olga can answer it" in words_of(reply)
    assert not chat.evidence()


async def test_a_restricted_item_is_hidden_from_the_contributor_of_another() -> None:
    secret = replace(an_item("screening"), restricted=True)
    chat = Conversation(controls=[a_control(text=a_control_text(evidence=(an_item("ticket"), secret)))])
    chat.attach("screening-of-bob", item="screening")
    await ask(chat, "ticket")
    words = words_of(await chat.press("hans", action("show_task", t=TASK)))
    assert "screening-of-bob" not in words
