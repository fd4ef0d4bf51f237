"""“Attach as evidence” on a message of any conversation."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.actions import action
from handlers.replies import Reply
from handlers.requests import PointedMessage, SharedFile, ShortcutUsed, Source
from handlers.views.elements import ChoiceField, Form, FormButton
from tasks.evidence import EvidenceKind
from tasks.identifiers import PersonId, TaskId
from tests.builders import a_control, a_control_text, a_task, an_item, utc
from tests.handlers.conversation import (
    ACME,
    TASK,
    Conversation,
    a_file,
    button_in,
    errors_in,
    field_in,
    form_in,
    labels_in,
    value_in,
    view_in,
    words_of,
)

pytestmark = pytest.mark.anyio
PLAIN = a_control(text=a_control_text(evidence=(an_item("ticket"), an_item("note", required=False))))
NASTY = "<!channel> <@U0LEA> *b* `x` " * 2000


def pointed(**changes: Any) -> PointedMessage:
    message = PointedMessage(
        conversation="C-help",
        message="1793714520.000000",
        place="#it-help",
        author_id="U-hans",
        author="",
        at=utc(2026, 11, 1, 14, 2),
        text="Bo's account is gone, ticket 42 is closed.",
    )
    return replace(message, **changes)


async def point(chat: Conversation, who: str = "olga", *, delivery: str = "", **changes: Any) -> Reply:
    source = Source(platform="slack", workspace=ACME, user=f"U-{who}", conversation="C-help", delivery=delivery)
    return await chat.send(ShortcutUsed(source=source, name="attach_message", message=pointed(**changes)))


def options_in(form: Form) -> list[str]:
    field = field_in(form, "place")
    assert isinstance(field, ChoiceField)
    return [option.label for option in field.options]


async def test_the_form_shows_the_message_as_it_will_be_kept_and_asks_what_it_is_evidence_for() -> None:
    form = form_in(await point(Conversation(controls=[PLAIN])))
    words = words_of(form)
    assert "Message by Hans in #it-help, 1 Nov 2026 at 14:02" in words
    assert "Bo's account is gone" in words
    assert options_in(form) == ["IAM-03, October 2026: The ticket", "IAM-03, October 2026: The note"]


async def test_sent_it_is_attached_with_its_words_its_author_and_the_note() -> None:
    chat = Conversation(controls=[PLAIN])
    form = form_in(await point(chat))
    reply = await chat.submit("olga", form, note="The leaver of October")
    assert "is attached to “Leaver access removal”." in words_of(reply)
    (words,) = chat.evidence()
    assert (words.kind, words.item, words.text) == (EvidenceKind.TEXT, "ticket", pointed().text)
    assert words.said
    assert (words.said.author, words.said.note) == ("Hans", "The leaver of October")


async def test_its_files_come_along() -> None:
    chat = Conversation(controls=[PLAIN])
    form = form_in(await point(chat, files=tuple(a_file(f"proof-{n}.png", f"F{n}") for n in range(50))))
    assert "and 45 more files" in words_of(form)
    await chat.submit("olga", form)
    assert len(chat.evidence()) == 51


async def test_the_card_and_the_opened_words_say_whose_message_it_was_and_what_became_of_it() -> None:
    chat = Conversation(controls=[PLAIN])
    await chat.submit("olga", form_in(await point(chat)))
    (words,) = chat.evidence()
    chat.uow.evidence.save(replace(words, source_changed_at=utc(2026, 11, 4, 10)))
    said = "essage by Hans in #it-help, 1 Nov 2026 at 14:02, as it was then"
    since = "dited on 4 Nov 2026 at 10:00 in Slack afterwards; what is kept is the text of then"
    card = words_of(await chat.press("olga", action("show_task", t=TASK)))
    opened = words_of(await chat.press("olga", action("open_evidence", e=words.id)))
    assert said in card
    assert since in card
    assert said in opened
    assert since in opened


async def test_whoever_is_not_among_our_people_is_named_as_the_platform_names_them() -> None:
    form = form_in(await point(Conversation(), author_id="B0JIRA", author="Jira"))
    assert "Message by Jira in #it-help" in words_of(form)
    assert "Message by U-else in" in words_of(form_in(await point(Conversation(), author_id="U-else")))


async def test_only_open_tasks_of_the_person_are_offered() -> None:
    theirs = a_task("task-2", occurrence="o-2", owner_id=PersonId("hans"), title="Somebody else's")
    form = form_in(await point(Conversation(a_task(), theirs, controls=[PLAIN])))
    assert value_in(form, "place") == f"{TASK}.0"
    assert "Somebody else's" not in words_of(form)


async def test_a_contributor_is_offered_what_they_were_asked_for() -> None:
    chat = Conversation()
    await chat.submit(
        "olga", await chat.open("olga", action("request_item", t=TASK)), item="leaver-list", person="hans"
    )
    form = form_in(await point(chat, "hans"))
    assert options_in(form) == ["IAM-03, October 2026: The leaver list"]


async def test_somebody_without_an_open_task_is_told_and_nothing_is_kept() -> None:
    chat = Conversation()
    assert "You have no open task" in words_of(await point(chat, "zoe"))
    assert chat.state.shared_messages == {}


@pytest.mark.parametrize("text", ["see iam-02", "the Backup log of October", "IAM 02 is done"])
async def test_the_task_that_the_message_speaks_of_is_chosen_already(text: str) -> None:
    controls = [
        a_control("IAM-01", text=a_control_text(title="Leavers", evidence=(an_item("ticket"),))),
        a_control("IAM-02", text=a_control_text(title="Backups", evidence=(an_item("backup-log"),))),
    ]
    tasks = [
        a_task(f"task-{n}", code=f"IAM-0{n}", control_id=controls[n - 1].id, title=controls[n - 1].text.title)
        for n in (1, 2)
    ]
    tasks[1] = replace(tasks[1], origin="iam-02")
    form = form_in(await point(Conversation(*tasks, controls=controls), text=text))
    assert value_in(form, "place") == "task-2.0"
    assert "The backup log" in options_in(form)[0]


async def test_where_nothing_is_obvious_the_person_chooses() -> None:
    tasks = [a_task(f"task-{n}", occurrence=f"o-{n}") for n in range(3)]
    chat = Conversation(*tasks, controls=[PLAIN])
    form = form_in(await point(chat, text="done"))
    assert value_in(form, "place") == ""
    assert set(errors_in(await chat.submit("olga", form))) == {"place"}


async def test_of_more_than_a_hundred_places_the_likeliest_are_offered() -> None:
    tasks = [a_task(f"task-{n}", occurrence=f"o-{n}", due_at=utc(2026, 11, 16) + timedelta(days=n)) for n in range(90)]
    named = a_task("named", occurrence="named", code="ZZZ-99", due_at=utc(2027, 12, 1))
    form = form_in(await point(Conversation(*tasks, named, controls=[PLAIN]), text="for zzz-99, please"))
    assert len(options_in(form)) <= 100
    assert options_in(form)[0].startswith("ZZZ-99")
    assert "open it and attach a link to the message" in words_of(form)


async def test_the_same_message_may_be_evidence_elsewhere_too() -> None:
    other = a_task("task-2", occurrence="o-2")
    chat = Conversation(a_task(), other, controls=[PLAIN])
    reply = await chat.submit("olga", form_in(await point(chat)), place=f"{TASK}.0")
    button = button_in(reply, "Attach it elsewhere too …")
    assert isinstance(button, FormButton)
    again = await chat.open("olga", button)
    assert "attached already" in words_of(await chat.submit("olga", again, place=f"{TASK}.0")).lower()
    await chat.submit("olga", again, place="task-2.1")
    assert [one.item for one in chat.evidence(TaskId("task-2"))] == ["note"]


async def test_our_own_message_proves_nothing() -> None:
    chat = Conversation()
    await chat.press("max", action("nudge", t=TASK))
    chat.deliver()
    view = view_in(await point(chat, conversation="dm-olga", message=chat.prompt(), ours=True))
    assert "my own message" in words_of(view)
    assert labels_in(view) == ["Open"]
    assert chat.state.shared_messages == {}


async def test_a_message_with_nothing_in_it_is_refused_in_words() -> None:
    assert "nothing to attach" in words_of(await point(Conversation(), text=""))


# hostile


@pytest.mark.parametrize(
    "place", ["task-9.0", "task-1.7", "task-1.", "task-1.-1", "task-1.99999999999999999", ".", "x" * 99]
)
async def test_a_place_that_was_never_offered_is_refused_and_attaches_nothing(place: str) -> None:
    chat = Conversation(a_task(), controls=[PLAIN])
    reply = await chat.submit("olga", form_in(await point(chat)), place=place)
    assert words_of(reply)
    assert not chat.evidence()


async def test_somebody_elses_task_in_the_form_is_refused() -> None:
    chat = Conversation(a_task(), a_task("task-2", occurrence="o-2", owner_id=PersonId("hans")), controls=[PLAIN])
    reply = await chat.submit("olga", form_in(await point(chat)), place="task-2.0")
    assert "only Hans can answer it" in words_of(reply)
    assert not chat.evidence(TaskId("task-2"))


async def test_somebody_elses_message_in_the_form_is_not_found() -> None:
    chat = Conversation(controls=[PLAIN])
    form = form_in(await point(chat))
    chat.uow.people.save(replace(chat.uow.people.get(PersonId("olga")), delegate_id=PersonId("hans")))
    assert "any more" in words_of(await chat.press("hans", form.action))
    assert "any more" in words_of(await chat.submit("hans", form))
    assert not chat.evidence()


async def test_a_very_long_message_full_of_markup_is_shortened_in_the_form_and_kept_whole() -> None:
    chat = Conversation(controls=[PLAIN])
    form = form_in(await point(chat, text=NASTY))
    assert all(len(line) < 700 for line in words_of(form).splitlines())
    await chat.submit("olga", form)
    assert chat.evidence()[0].text == NASTY.strip()


async def test_pressed_twice_by_the_same_delivery_the_message_is_set_aside_once() -> None:
    chat = Conversation()
    for _ in range(2):
        await point(chat, delivery="shortcut:1")
    assert len(chat.state.shared_messages) == 1


async def test_a_shortcut_nobody_knows_is_refused_in_words() -> None:
    chat = Conversation()
    source = Source(platform="slack", workspace=ACME, user="U-olga", conversation="C-help")
    reply = await chat.send(ShortcutUsed(source=source, name="summon", message=pointed()))
    assert "too old" in words_of(reply)


@pytest.mark.parametrize("who", ["gus", "ina", "nobody"])
async def test_guests_leavers_and_strangers_set_nothing_aside(who: str) -> None:
    chat = Conversation()
    assert "I don't know you" in words_of(await point(chat, who))
    assert chat.state.shared_messages == {}


async def test_files_alone_are_named_in_the_form() -> None:
    chat = Conversation(controls=[PLAIN])
    file = SharedFile(reference="F1", name="ticket-42.pdf")
    form = form_in(await point(chat, text="", files=(file,)))
    assert "ticket-42.pdf" in words_of(form)
    await chat.submit("olga", form)
    assert [one.kind for one in chat.evidence()] == [EvidenceKind.FILE]
