"""Messages and files that are edited or deleted in Slack later: recorded as such, and nothing attested changes."""

from collections.abc import Sequence

import pytest

from tasks.audit import Entry
from tasks.evidence import Evidence, EvidenceState
from tasks.model import Task, TaskState
from tests.fake_slack import Message
from tests.scenarios.company import Company, shown, user_id
from tests.scenarios.processes import digest_of_every_row
from tests.scenarios.test_shortcuts import WORDS, a_message, attaches

LINK = "https://tickets.acme.example/42"
HOUR = 3600.0


def evidence_of(company: Company, task: Task) -> Evidence:
    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    return evidence


def entries_of(company: Company, evidence: Evidence) -> list[str]:
    found: Sequence[Entry] = company.read(lambda uow: uow.audit.of(f"evidence:{evidence.id}", limit=99))
    return [entry.what for entry in reversed(found)]


def last_said(company: Company, handle: str = "olga") -> Message:
    return [one for one in company.slack.everything if one.user == user_id(handle)][-1]


def with_a_link(company: Company) -> Task:
    task = company.open_a_task()
    company.drops("olga", under=company.prompt(), text=LINK)
    return task


def with_a_file(company: Company) -> Task:
    task = company.open_a_task()
    company.drops("olga", company.a_file())
    return task


def test_a_link_edited_under_its_prompt_stays_as_it_was_and_the_card_says_so(company: Company) -> None:
    task = with_a_link(company)

    company.clock.step(seconds=HOUR)
    company.sender.edit(last_said(company), "https://tickets.acme.example/43")
    company.run_due_jobs()

    evidence = evidence_of(company, task)
    assert evidence.text == LINK
    assert entries_of(company, evidence)[-1] == "evidence:source-changed"
    card = shown(company.inbox("olga")[0])
    assert "edited on 2 Nov 2026 at 10:00 in Slack afterwards; what is kept is the text of then" in card


def test_a_deleted_message_takes_nothing_away(company: Company) -> None:
    task = with_a_file(company)
    company.presses("olga", "Done", company.inbox("olga")[0])
    answered = company.task_again(task.id)
    assert answered.state is TaskState.SUBMITTED

    company.sender.delete(last_said(company))
    company.run_due_jobs()

    evidence = evidence_of(company, task)
    assert (evidence.state, evidence.source_deleted_at) == (EvidenceState.BOUND, company.clock.moment)
    assert company.task_again(task.id) == answered
    assert "deleted on" in shown(company.prompt("lea"))
    assert "what is kept is the file of then" in shown(company.prompt("lea"))


def test_a_file_deleted_in_slack_is_recorded_and_still_opens(company: Company) -> None:
    task = with_a_file(company)
    [file] = company.slack.files[:1]

    company.clock.step(seconds=HOUR)
    company.sender.change_file(file, deleted=True)
    del company.slack.stored_files[file.id]
    company.run_due_jobs()

    evidence = evidence_of(company, task)
    assert entries_of(company, evidence)[-1] == "evidence:source-deleted"
    company.presses("olga", "Done", company.inbox("olga")[0])
    company.presses("lea", "Open", company.prompt("lea"))
    assert "On its way" in shown(company.whispered("lea"))


def test_a_file_changed_later_is_recorded_and_its_first_minutes_are_slacks_own(company: Company) -> None:
    task = with_a_file(company)
    [file] = company.slack.files[:1]
    company.clock.step(seconds=60)
    company.sender.change_file(file)
    assert evidence_of(company, task).source_changed_at is None

    company.clock.step(seconds=HOUR)
    company.sender.change_file(file)

    assert evidence_of(company, task).source_changed_at == company.clock.moment


def test_told_again_and_in_the_wrong_order_it_is_recorded_once_each(company: Company) -> None:
    task = with_a_link(company)
    message = last_said(company)
    now = company.clock.moment.timestamp()

    company.sender.delete(message, at=now + 20, event_id="Ev-deleted")
    company.sender.edit(message, "something else", at=now + 10, event_id="Ev-edited")
    company.sender.delete(message, at=now + 20, event_id="Ev-deleted")
    company.sender.edit(message, "something", at=now + 10, event_id="Ev-edited")

    told = entries_of(company, evidence_of(company, task))
    assert told[1:] == ["evidence:source-deleted", "evidence:source-changed"]


def test_a_message_attached_from_elsewhere_has_its_traces_too(company: Company) -> None:
    """Slack tells of conversations that the bot reads along in, and of no others."""
    task = company.open_a_task()
    message = a_message(company, member=True)
    attaches(company, message)

    company.sender.edit(message, "Bo's account is still there.")

    evidence = evidence_of(company, task)
    assert evidence.source_changed_at
    assert evidence.text == WORDS


def unfold(company: Company) -> None:
    company.sender.unfold(last_said(company))


def edit_of_ours(company: Company) -> None:
    company.sender.edit(company.prompt(), "We say it differently")


def unknown_edit(company: Company) -> None:
    company.sender.edit(a_message(company, "chatter"), "other chatter")


def unknown_deletion(company: Company) -> None:
    company.sender.delete(a_message(company, "chatter"))


def unknown_file(company: Company) -> None:
    company.sender.change_file(company.a_file(name="other.pdf"), deleted=True)


@pytest.mark.parametrize("what", [unfold, edit_of_ours, unknown_edit, unknown_deletion, unknown_file])
def test_what_is_no_change_of_evidence_changes_no_row(company: Company, what: object) -> None:
    with_a_link(company)
    assert callable(what)
    before = digest_of_every_row(company.folder)

    what(company)

    assert digest_of_every_row(company.folder) == before


def test_editing_words_under_a_prompt_is_no_new_answer(company: Company) -> None:
    task = company.open_a_task()
    company.drops("olga", under=company.prompt(), text="all good")
    before = len(company.inbox("olga"))

    company.sender.edit(last_said(company), "done")
    company.run_due_jobs()

    assert company.task_again(task.id).is_open
    assert len(company.inbox("olga")) == before
