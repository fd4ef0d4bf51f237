from dataclasses import replace

import pytest

from tasks.evidence import SENT_BY_FORM, EvidenceState, FileReference
from tasks.identifiers import PersonId
from tasks.model import TaskState
from tasks.operations.attach_evidence import attach_files, remove_evidence
from tasks.operations.attach_message import MESSAGES_KEPT, Chosen, attach_message, set_aside
from tasks.operations.bring_files import awaited_files, bring_file, is_called
from tasks.operations.sort_evidence import sort_evidence
from tests.builders import a_control_text, utc
from tests.tasks.operations.company import TASK, Company, a_company

ITEM = "removal-proof"


def named(*names: str) -> tuple[FileReference, ...]:
    return tuple(FileReference(platform="teams", reference="", name=name) for name in names)


def with_message(*names: str, item: str = ITEM) -> Company:
    acme = a_company(text=a_control_text())
    chosen = Chosen(
        conversation="19:ops",
        message="1700",
        place="#ops",
        author="Ann Lee",
        author_id="aad-ann",
        at=utc(2026, 11, 1, 14, 2),
        text="\n".join(("All is removed.", *(f"File: {name}" for name in names))),
        files=named(*names),
    )
    kept = acme.by("olga", set_aside, chosen)
    acme.by("olga", attach_message, kept.id, TASK, item=item)
    return acme


def bring(acme: Company, name: str, who: str = "olga", reference: str = "F1") -> list[str]:
    """The items it went to."""
    file = FileReference(platform="teams", reference=reference, name=name)
    added = acme.by(who, bring_file, file, acme.by(who, awaited_files), SENT_BY_FORM)
    return [one.item for one in added]


def awaited(acme: Company, who: str = "olga") -> list[tuple[str, str]]:
    return [(one.name, one.item) for one in acme.by(who, awaited_files)]


def test_what_a_message_only_names_is_awaited_where_the_message_went() -> None:
    acme = with_message("proof.pdf", "list.csv")
    assert awaited(acme) == [("proof.pdf", ITEM), ("list.csv", ITEM)]
    assert [one.kind for one in acme.uow.evidence.of_task(TASK)] == ["text"], "nothing is fetched without a reference"


def test_a_file_of_that_name_goes_there_and_is_awaited_no_more() -> None:
    acme = with_message("proof.pdf", "list.csv")
    assert bring(acme, "proof.pdf") == [ITEM]
    assert awaited(acme) == [("list.csv", ITEM)]
    assert bring(acme, "proof.pdf", reference="F2") == []
    assert acme.last_entry.what == "evidence:attach"


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("proof.pdf", True),
        ("PROOF.PDF", True),
        ("proof (1).pdf", True),
        ("proof 1.pdf", True),
        ("proof 2026.pdf", False),
        ("proof.png", False),
        ("proofs.pdf", False),
        ("", False),
    ],
)
def test_a_copy_counts_as_the_file_and_another_does_not(name: str, same: bool) -> None:
    assert is_called(name, "proof.pdf") is same


def test_a_number_that_belongs_to_the_name_tells_two_files_apart() -> None:
    assert is_called("run 1.log", "run 1.log")
    assert not is_called("run 2.log", "run 1.log")


def test_accents_written_in_two_ways_are_the_same_name() -> None:
    assert is_called("re\u0301vision.pdf", "r\u00e9vision.pdf")


def test_a_file_whose_check_failed_is_awaited_again() -> None:
    acme = with_message("proof.pdf")
    bring(acme, "proof.pdf")
    [brought] = [one for one in acme.uow.evidence.of_task(TASK) if one.reference]
    acme.uow.evidence.save(replace(brought, state=EvidenceState.REJECTED))
    assert awaited(acme) == [("proof.pdf", ITEM)]


def test_what_stood_there_before_the_message_does_not_count() -> None:
    acme = a_company(text=a_control_text())
    old = FileReference(platform="teams", reference="F0", name="proof.pdf")
    acme.by("olga", attach_files, TASK, [old], item=ITEM)
    acme.clock.advance(hours=1)
    chosen = Chosen(
        conversation="19:ops",
        message="1700",
        place="#ops",
        author="Ann",
        author_id="a",
        at=acme.uow.now,
        text="New one",
        files=named("proof.pdf"),
    )
    kept = acme.by("olga", set_aside, chosen)
    acme.by("olga", attach_message, kept.id, TASK, item=ITEM)
    assert awaited(acme) == [("proof.pdf", ITEM)]


def test_a_file_that_is_sorted_into_another_item_afterwards_is_not_awaited_again() -> None:
    acme = with_message("proof.pdf")
    bring(acme, "proof.pdf")
    [brought] = [one for one in acme.uow.evidence.of_task(TASK) if one.reference]
    acme.by("olga", sort_evidence, brought.id, item="leaver-list")
    assert awaited(acme) == []


def test_it_follows_the_message_to_the_item_it_was_sorted_into() -> None:
    acme = with_message("proof.pdf", item="")
    [words] = acme.uow.evidence.of_task(TASK)
    acme.by("olga", sort_evidence, words.id, item=ITEM)
    assert bring(acme, "proof.pdf") == [ITEM]


def test_nothing_is_awaited_once_the_message_is_taken_off() -> None:
    acme = with_message("proof.pdf")
    [words] = acme.uow.evidence.of_task(TASK)
    acme.by("olga", remove_evidence, words.id)
    assert awaited(acme) == []


def test_nothing_is_awaited_once_the_task_is_answered_or_somebody_elses() -> None:
    acme = with_message("proof.pdf")
    acme.uow.tasks.put(replace(acme.task, owner_id=PersonId("dan")))
    assert awaited(acme) == []
    acme.uow.tasks.put(replace(acme.task, owner_id=PersonId("olga"), state=TaskState.ACCEPTED))
    assert awaited(acme) == []


def test_nobody_else_s_file_of_that_name_goes_there() -> None:
    acme = with_message("proof.pdf")
    assert bring(acme, "proof.pdf", who="dan") == []
    assert bring(acme, "proof.pdf", who="zoe") == []


def test_after_a_week_a_name_alone_says_nothing_any_more() -> None:
    acme = with_message("proof.pdf")
    acme.clock.advance(days=MESSAGES_KEPT.days, hours=-1)
    assert awaited(acme) == [("proof.pdf", ITEM)]
    acme.clock.advance(hours=2)
    assert awaited(acme) == []
