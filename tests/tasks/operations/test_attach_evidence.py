from dataclasses import replace

import pytest

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.evidence import EvidenceKind, EvidenceState
from tasks.identifiers import PersonId
from tasks.operations.attach_evidence import (
    MOST_PER_TASK,
    attach_files,
    attach_link,
    attach_text,
    remove_evidence,
)
from tasks.operations.request_item import request_item
from tests.builders import a_control_text
from tests.tasks.operations.company import CARL, OLGA, TASK, Company, a_company, a_file, on_leave

LINK = "https://wiki.example.com/leavers"


def with_carl_asked() -> Company:
    acme = a_company(text=a_control_text())
    acme.by("olga", request_item, TASK, item="removal-proof", contributor=CARL.id)
    return acme


def test_a_files_reference_is_saved_first_and_its_bytes_are_owed_a_check() -> None:
    acme = a_company(text=a_control_text())
    (file,) = acme.by("olga", attach_files, TASK, [a_file("leavers.csv")], item="leaver-list")
    assert (file.kind, file.state, file.item, file.name) == ("file", "checking", "leaver-list", "leavers.csv")
    assert (file.reference, file.declared_type, file.declared_size) == ("F-leavers.csv", "text/csv", 99)
    assert (file.added_by, file.added_at, file.next_attempt_at) == ("olga", acme.clock.now(), acme.clock.now())
    assert acme.evidence(file) == file


def test_a_file_is_never_attached_twice() -> None:
    acme = a_company()
    acme.by("olga", attach_files, TASK, [a_file(), a_file()])
    assert acme.by("olga", attach_files, TASK, [a_file()]) == ()
    assert len(acme.uow.evidence.of_task(TASK)) == 1


def test_a_file_that_was_taken_off_may_come_back() -> None:
    acme = a_company()
    acme.by("olga", remove_evidence, acme.attaches().id)
    assert acme.attaches().present


def test_a_files_name_is_shortened_and_never_empty() -> None:
    acme = a_company()
    long, nameless = acme.by("olga", attach_files, TASK, [a_file("x" * 300), a_file(" ")])
    assert (len(long.name), nameless.name) == (200, "file")


def test_links_and_words_are_bound_by_their_hash_at_once() -> None:
    acme = a_company()
    link, words = acme.by("olga", attach_link, TASK, f" {LINK} "), acme.writes(text="Nobody left.\nReally")
    assert (link.kind, link.state, link.text, link.media_type) == (EvidenceKind.LINK, "bound", LINK, "text/uri-list")
    assert (words.kind, words.state, words.name, words.size) == (EvidenceKind.TEXT, "bound", "Nobody left.", 19)
    assert len(link.sha256) == len(words.sha256) == 64


@pytest.mark.parametrize("url", ["", "wiki/leavers", "ftp://example.com/x", "javascript:alert(1)", "https://"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert "link" in a_company().refused(Invalid, "olga", attach_link, TASK, url).fields


def test_empty_words_are_not_attached() -> None:
    assert "text" in a_company().refused(Invalid, "olga", attach_text, TASK, " \n").fields


def test_an_item_must_be_one_of_the_controls() -> None:
    assert "item" in a_company().refused(Invalid, "olga", attach_text, TASK, "words", item="nothing").fields


def test_a_task_holds_a_hundred_attachments_at_most() -> None:
    acme = a_company()
    acme.by("olga", attach_files, TASK, [a_file(f"{n}.csv") for n in range(MOST_PER_TASK - 1)])
    acme.refused(NotAllowed, "olga", attach_files, TASK, [a_file("a.csv"), a_file("b.csv")])
    last = acme.attaches(name="last.csv")
    acme.refused(NotAllowed, "olga", attach_text, TASK, "one more")
    acme.by("olga", remove_evidence, last.id)
    assert acme.writes().present


# --- who


def test_strangers_managers_and_leads_attach_nothing() -> None:
    acme = a_company()
    for who in ("zoe", "max", "lee"):
        acme.refused(NotAllowed, who, attach_text, TASK, "words")


def test_the_delegate_attaches_while_the_owner_is_away() -> None:
    assert a_company(on_leave(OLGA)).writes("dan").added_by == "dan"


def test_a_contributor_attaches_the_item_they_were_asked_for_and_no_other() -> None:
    acme = with_carl_asked()
    acme.refused(NotAllowed, "carl", attach_text, TASK, "words", item="leaver-list")
    acme.refused(NotAllowed, "carl", attach_text, TASK, "words")
    assert acme.writes("carl", item="removal-proof").item == "removal-proof"


def test_a_contribution_is_answered_by_attaching_it() -> None:
    acme = with_carl_asked()
    acme.writes("olga", item="removal-proof")
    assert acme.uow.answers.contributions(TASK)[0].answered_at is None
    acme.writes("carl", item="removal-proof")
    assert acme.uow.answers.contributions(TASK)[0].answered_at == acme.clock.now()


def test_a_contributor_who_left_attaches_nothing() -> None:
    acme = with_carl_asked()
    acme.uow.people.save(replace(CARL, active=False))
    acme.refused(NotAllowed, "carl", attach_text, TASK, "words", item="removal-proof")


def test_nothing_is_attached_to_an_answered_task() -> None:
    acme = a_company()
    acme.answers()
    assert "You already answered" in str(acme.refused(Stale, "olga", attach_text, TASK, "words"))


# --- taken off again


def test_what_is_taken_off_is_no_longer_present_but_stays_on_record() -> None:
    acme = a_company()
    words = acme.writes()
    removed = acme.by("olga", remove_evidence, words.id)
    assert (removed.present, removed.state, removed.text) == (False, EvidenceState.REMOVED, words.text)
    assert acme.uow.evidence.of_task(TASK) == [removed]


def test_it_is_taken_off_once() -> None:
    acme = a_company()
    words = acme.writes()
    acme.by("olga", remove_evidence, words.id)
    acme.refused(Stale, "olga", remove_evidence, words.id)


def test_a_contributor_takes_off_only_what_they_added() -> None:
    acme = with_carl_asked()
    hers, his = acme.writes("olga", item="removal-proof"), acme.writes("carl", item="removal-proof")
    acme.refused(NotAllowed, "carl", remove_evidence, hers.id)
    acme.by("carl", remove_evidence, his.id)


def test_evidence_stays_once_the_task_is_answered() -> None:
    acme = a_company()
    words = acme.writes()
    acme.answers()
    acme.refused(Stale, "olga", remove_evidence, words.id)


def test_each_attachment_and_each_removal_is_one_audit_entry() -> None:
    acme = a_company()
    first, second = acme.by("olga", attach_files, TASK, [a_file("1.csv"), a_file("2.csv")])
    acme.by("olga", remove_evidence, second.id)
    assert acme.entries == ["evidence:attach", "evidence:attach", "evidence:remove"]
    assert acme.state.entries[0].about == f"evidence:{first.id}"
    assert acme.last_entry.before == {"state": "checking"}
    assert acme.last_entry.who == PersonId("olga")
