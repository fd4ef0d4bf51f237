from dataclasses import replace

from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.notices import Occasion
from tasks.operations.request_item import request_item
from tests.builders import a_control_text, an_item
from tests.tasks.operations.company import CARL, DAN, LEE, OLGA, TASK, Company, a_company, on_leave

PROOF = a_control_text(evidence=(an_item("proof", required=False), an_item("list", required=False)))


def asks(acme: Company, who: str = "olga", item: str = "proof", whom: str = "carl", note: str = "") -> None:
    acme.by(who, request_item, TASK, item=item, contributor=PersonId(whom), note=note)


def test_a_contributor_gets_a_prompt_of_their_own() -> None:
    acme = a_company(text=PROOF)
    asks(acme)
    assert acme.told(Occasion.CONTRIBUTION) == ["carl"]
    assert acme.notices(Occasion.CONTRIBUTION)[0].detail == "proof"


def test_who_asked_whom_for_what_is_on_record() -> None:
    acme = a_company(text=PROOF)
    asks(acme, note=" For October ")
    (asked,) = acme.uow.answers.contributions(TASK)
    assert (asked.item, asked.person_id, asked.asked_by, asked.note) == ("proof", "carl", "olga", "For October")
    assert (asked.asked_at, asked.answered_at) == (acme.clock.now(), None)


def test_the_same_person_may_be_asked_for_two_items() -> None:
    acme = a_company(text=PROOF)
    asks(acme)
    asks(acme, item="list")
    assert acme.told(Occasion.CONTRIBUTION) == ["carl", "carl"]


def test_asked_again_on_the_same_day_they_get_the_new_note_and_no_second_prompt() -> None:
    acme = a_company(text=PROOF)
    asks(acme)
    asks(acme, note="As a CSV, please")
    assert acme.told(Occasion.CONTRIBUTION) == ["carl"]
    assert [one.note for one in acme.uow.answers.contributions(TASK)] == ["As a CSV, please"]


def test_asked_again_on_another_day_they_are_prompted_again() -> None:
    acme = a_company(text=PROOF)
    asks(acme)
    acme.clock.advance(days=1)
    asks(acme)
    assert acme.told(Occasion.CONTRIBUTION) == ["carl", "carl"]


def test_the_item_must_be_one_of_the_controls() -> None:
    acme = a_company(text=PROOF)
    assert "item" in acme.refused(Invalid, "olga", request_item, TASK, item="nothing", contributor=CARL.id).fields


def test_nobody_asks_themselves_or_somebody_who_left() -> None:
    acme = a_company(replace(CARL, active=False), text=PROOF)
    for whom in (OLGA.id, CARL.id):
        assert "person" in acme.refused(Invalid, "olga", request_item, TASK, item="proof", contributor=whom).fields


def test_only_whose_turn_it_is_asks() -> None:
    acme = a_company(on_leave(OLGA), text=PROOF)
    acme.refused(NotAllowed, "lee", request_item, TASK, item="proof", contributor=CARL.id)
    asks(acme, "dan")


def test_an_answered_task_needs_nothing_more() -> None:
    acme = a_company(text=PROOF)
    acme.answers()
    acme.refused(Stale, "olga", request_item, TASK, item="proof", contributor=DAN.id)


def test_a_request_is_one_audit_entry() -> None:
    acme = a_company(text=PROOF)
    asks(acme, whom=LEE.id, note="For October")
    assert acme.entries == ["item:request"]
    assert (acme.last_entry.after, acme.last_entry.detail) == ({"item": "proof", "person": "lee"}, "For October")
