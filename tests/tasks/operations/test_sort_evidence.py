from tasks.errors import Invalid, NotAllowed, Stale
from tasks.operations.attach_evidence import remove_evidence
from tasks.operations.request_item import request_item
from tasks.operations.sort_evidence import sort_evidence
from tests.builders import a_control_text
from tests.tasks.operations.company import CARL, TASK, Company, a_company


def acme_with_items() -> Company:
    return a_company(text=a_control_text())


def test_a_loose_attachment_is_sorted_into_its_item() -> None:
    acme = acme_with_items()
    loose = acme.attaches()
    assert acme.by("olga", sort_evidence, loose.id, item="leaver-list").item == "leaver-list"
    assert acme.evidence(loose).item == "leaver-list"


def test_it_may_be_taken_out_of_its_item_again() -> None:
    acme = acme_with_items()
    assert acme.by("olga", sort_evidence, acme.writes(item="leaver-list").id, item="").item == ""


def test_the_item_must_be_one_of_the_controls() -> None:
    acme = acme_with_items()
    acme.refused(Invalid, "olga", sort_evidence, acme.attaches().id, item="nothing")


def test_strangers_sort_nothing() -> None:
    acme = acme_with_items()
    acme.refused(NotAllowed, "zoe", sort_evidence, acme.attaches().id, item="leaver-list")


def test_a_contributor_does_not_move_what_others_attached_into_their_item() -> None:
    acme = acme_with_items()
    acme.by("olga", request_item, TASK, item="leaver-list", contributor=CARL.id)
    acme.refused(NotAllowed, "carl", sort_evidence, acme.writes().id, item="leaver-list")


def test_what_was_taken_off_is_not_sorted() -> None:
    acme = acme_with_items()
    removed = acme.by("olga", remove_evidence, acme.writes().id)
    acme.refused(Stale, "olga", sort_evidence, removed.id, item="leaver-list")


def test_nothing_is_sorted_once_the_task_is_answered() -> None:
    acme = a_company(text=a_control_text(evidence=(a_control_text().evidence[1],)))
    loose = acme.writes()
    acme.answers()
    acme.refused(Stale, "olga", sort_evidence, loose.id, item="removal-proof")


def test_sorting_is_one_audit_entry() -> None:
    acme = acme_with_items()
    acme.by("olga", sort_evidence, acme.writes().id, item="leaver-list")
    assert acme.entries == ["evidence:attach", "evidence:sort"]
    assert (acme.last_entry.before, acme.last_entry.after) == ({"item": ""}, {"item": "leaver-list"})
