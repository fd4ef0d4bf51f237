from dataclasses import replace
from datetime import timedelta
from typing import Any

from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.evidence import EvidenceKind, EvidenceState, SharedMessage
from tasks.identifiers import TaskId
from tasks.operations.attach_message import (
    LINK_ASKED_FOR,
    MESSAGES_KEPT,
    Chosen,
    ask_again,
    attach_message,
    forget_messages,
    links_to_find,
    record_link,
    set_aside,
)
from tasks.operations.note_source_change import SourceChange, note_source_change
from tests.builders import a_control_text, a_task, utc
from tests.fakes import MONDAY
from tests.tasks.operations.company import TASK, Company, a_company, a_file

WRITTEN = utc(2026, 11, 1, 14, 2)
TEXT = "Bo's account is gone.\nTicket 42 is closed."


def chosen(**changes: Any) -> Chosen:
    message = Chosen(
        conversation="C1",
        message="1.000001",
        place="#it-help",
        author="Ann Lee",
        author_id="U0ANN",
        at=WRITTEN,
        text=TEXT,
    )
    return replace(message, **changes)


def with_message(who: str = "olga", **changes: Any) -> tuple[Company, SharedMessage]:
    acme = a_company(text=a_control_text())
    return acme, acme.by(who, set_aside, chosen(**changes))


def test_a_message_is_evidence_as_it_was_with_who_wrote_it_where_and_when() -> None:
    acme, kept = with_message()
    (words,) = acme.by("olga", attach_message, kept.id, TASK, item="removal-proof", note=" Proves it ")
    assert (words.kind, words.state, words.text, words.item) == (EvidenceKind.TEXT, "bound", TEXT, "removal-proof")
    assert words.name == "Bo's account is gone."
    assert words.said
    assert (words.said.author, words.said.place, words.said.at) == ("Ann Lee", "#it-help", WRITTEN)
    assert (words.said.author_id, words.said.note) == ("U0ANN", "Proves it")
    assert (words.platform, words.conversation, words.message) == ("slack", "C1", "1.000001")
    assert words.permalink_due_at == MONDAY
    assert acme.last_entry.what == "evidence:attach"


def test_its_files_come_by_reference_and_are_owed_a_check() -> None:
    acme, kept = with_message(files=tuple(a_file(f"{n}.png") for n in range(50)))
    words, *files = acme.by("olga", attach_message, kept.id, TASK)
    assert words.kind is EvidenceKind.TEXT
    assert len(files) == 50
    assert {one.state for one in files} == {EvidenceState.CHECKING}
    assert {one.message for one in files} == {"1.000001"}
    assert all(one.said for one in files)


def test_of_a_message_without_words_only_the_files_are_attached() -> None:
    acme, kept = with_message(text=" ", files=(a_file(),))
    (file,) = acme.by("olga", attach_message, kept.id, TASK)
    assert file.kind is EvidenceKind.FILE


def test_a_message_with_neither_words_nor_files_proves_nothing() -> None:
    acme = a_company()
    assert "nothing to attach" in str(acme.refused(Invalid, "olga", set_aside, chosen(text="\n")))


def test_a_message_of_forty_thousand_letters_is_kept_whole() -> None:
    acme, kept = with_message(text="x" * 40_000)
    (words,) = acme.by("olga", attach_message, kept.id, TASK)
    assert len(words.text) == words.size == 40_000
    assert len(words.name) <= 80


def test_the_same_message_is_attached_to_a_task_once_and_to_another_as_well() -> None:
    acme, kept = with_message(files=(a_file(),))
    acme.uow.tasks.put(a_task("task-2", occurrence="2026-09"))
    assert len(acme.by("olga", attach_message, kept.id, TASK)) == 2
    assert acme.by("olga", attach_message, kept.id, TASK) == ()
    assert len(acme.by("olga", attach_message, kept.id, TaskId("task-2"))) == 2


def test_only_who_chose_a_message_attaches_it() -> None:
    acme, kept = with_message("carl")
    assert "any more" in str(acme.refused(NotFound, "olga", attach_message, kept.id, TASK))


def test_the_task_has_to_be_the_persons_and_open() -> None:
    acme, kept = with_message("zoe")
    acme.refused(NotAllowed, "zoe", attach_message, kept.id, TASK)
    acme, kept = with_message()
    acme.has_population()
    acme.answers()
    acme.refused(Stale, "olga", attach_message, kept.id, TASK)


def test_an_unknown_task_and_an_unknown_message_are_not_found() -> None:
    acme, kept = with_message()
    acme.refused(NotFound, "olga", attach_message, kept.id, TaskId("nothing"))
    acme.refused(NotFound, "olga", attach_message, "nothing", TASK)


def test_what_became_of_the_message_while_the_form_was_open_is_on_record_from_the_start() -> None:
    acme, kept = with_message()
    gone = SourceChange(platform="slack", conversation="C1", message="1.000001", deleted=True, at=MONDAY)
    acme.run(note_source_change, gone)
    (words,) = acme.by("olga", attach_message, kept.id, TASK)
    assert words.source_deleted_at == MONDAY
    assert words.text == TEXT


def test_messages_nobody_attached_are_forgotten_after_a_week_and_evidence_is_not() -> None:
    acme, kept = with_message()
    (words,) = acme.by("olga", attach_message, kept.id, TASK)
    acme.clock.moment += MESSAGES_KEPT
    assert acme.run(forget_messages) == 0
    acme.clock.moment += timedelta(seconds=1)
    assert acme.run(forget_messages) == 1
    assert acme.evidence(words).text == TEXT


# the link to the message


def attached() -> Company:
    acme, kept = with_message(files=(a_file(),))
    acme.by("olga", attach_message, kept.id, TASK)
    return acme


def test_one_link_serves_everything_that_came_with_the_message() -> None:
    acme = attached()
    (first,) = acme.run(links_to_find, limit=1)
    acme.run(record_link, first.id, permalink="https://acme.slack.com/p1")
    found = acme.uow.evidence.of_task(TASK)
    assert [one.said and one.said.permalink for one in found] == ["https://acme.slack.com/p1"] * 2
    assert acme.run(links_to_find, limit=9) == []
    assert acme.entries[-2:] == ["evidence:link", "evidence:link"]
    assert acme.last_entry.who == "clock"


def test_a_link_that_can_not_be_had_is_noted_and_not_asked_for_again() -> None:
    acme = attached()
    (first,) = acme.run(links_to_find, limit=1)
    acme.run(record_link, first.id, problem="chat.getPermalink: channel_not_found")
    said = acme.evidence(first).said
    assert said
    assert (said.permalink, said.permalink_problem) == ("", "chat.getPermalink: channel_not_found")
    assert acme.run(links_to_find, limit=9) == []


def test_while_the_platform_is_down_it_is_asked_for_later_and_given_up_after_a_day() -> None:
    acme = attached()
    (first,) = acme.run(links_to_find, limit=1)
    acme.run(ask_again, first.id, after=timedelta(minutes=1), problem="down")
    assert acme.run(links_to_find, limit=9) == []
    acme.clock.advance(minutes=1)
    assert len(acme.run(links_to_find, limit=9)) == 2
    acme.clock.moment += LINK_ASKED_FOR
    acme.run(ask_again, first.id, after=timedelta(minutes=1), problem="down")
    assert acme.run(links_to_find, limit=9) == []
