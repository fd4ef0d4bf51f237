import pytest

from tasks.errors import NO_SUCH_EVIDENCE, NotAllowed, NotFound
from tasks.evidence import Evidence
from tasks.model import Decision
from tasks.operations.attach_evidence import remove_evidence
from tasks.operations.check_files import refuse_file
from tasks.operations.go_away import come_back
from tasks.operations.open_evidence import open_evidence
from tasks.operations.request_item import request_item
from tasks.operations.review_submission import review_submission
from tests.builders import a_control_text, an_item
from tests.tasks.operations.company import CARL, OLGA, TASK, Company, a_company, on_leave, with_acceptance

ITEMS = a_control_text(evidence=(an_item("secret", required=False, restricted=True), an_item("list", required=False)))


def may_open(acme: Company, who: str, evidence: Evidence) -> bool:
    try:
        return acme.by(who, open_evidence, evidence.id) == evidence
    except NotFound:
        return False


def who_may_open(acme: Company, evidence: Evidence) -> list[str]:
    return [who for who in sorted(acme.state.people) if may_open(acme, who, evidence)]


def test_owner_and_compliance_lead_open_it_and_managers_never() -> None:
    acme = a_company()
    assert who_may_open(acme, acme.writes()) == ["lee", "olga"]


def test_an_answer_that_needs_no_acceptance_opens_it_to_nobody_else() -> None:
    acme = a_company()
    words = acme.writes()
    acme.answers()
    assert who_may_open(acme, words) == ["lee", "olga"]


def test_while_it_waits_for_acceptance_whoever_may_accept_opens_it() -> None:
    acme = with_acceptance()
    words = acme.writes()
    acme.answers()
    assert who_may_open(acme, words) == ["lee", "max", "olga", "sue"]


def test_once_it_is_accepted_only_its_acceptor_still_does() -> None:
    acme = with_acceptance()
    words = acme.writes()
    acme.by("max", review_submission, TASK, acme.answers().version, Decision.ACCEPT)
    assert who_may_open(acme, words) == ["lee", "max", "olga"]


def test_a_stand_in_who_answered_opens_restricted_evidence_only_in_their_turn() -> None:
    acme = a_company(on_leave(OLGA), text=ITEMS)
    secret = acme.writes("olga", item="secret")
    acme.answers("dan")
    assert may_open(acme, "dan", secret)
    acme.by("olga", come_back, OLGA.id)
    assert not may_open(acme, "dan", secret)


def test_a_contributor_opens_what_they_added_and_nothing_else() -> None:
    acme = a_company(text=ITEMS)
    acme.by("olga", request_item, TASK, item="list", contributor=CARL.id)
    his, hers = acme.writes("carl", item="list"), acme.writes("olga", item="secret")
    assert who_may_open(acme, his) == ["carl", "lee", "olga"]
    assert who_may_open(acme, hers) == ["lee", "olga"]


def test_who_may_not_see_it_is_told_that_there_is_none() -> None:
    acme = a_company()
    refusal = acme.refused(NotFound, "max", open_evidence, acme.writes().id)
    assert str(refusal) == NO_SUCH_EVIDENCE


def test_a_file_opens_only_once_it_was_checked() -> None:
    acme = a_company()
    refusal = acme.refused(NotAllowed, "olga", open_evidence, acme.attaches().id)
    assert "still being checked" in str(refusal)


def test_a_refused_file_says_why_it_was_not_kept() -> None:
    acme = a_company()
    file = acme.attaches()
    acme.run(refuse_file, file.id, "It is empty.")
    refusal = acme.refused(NotAllowed, "olga", open_evidence, file.id)
    assert str(refusal) == "list.csv was not kept. It is empty."


def test_what_was_taken_off_can_still_be_opened() -> None:
    acme = a_company()
    words = acme.by("olga", remove_evidence, acme.writes().id)
    assert may_open(acme, "olga", words)


@pytest.mark.parametrize("times", [1, 3])
def test_who_looked_is_on_record_once_and_in_the_audit_log_each_time(times: int) -> None:
    acme = a_company()
    words = acme.writes()
    for _ in range(times):
        acme.by("lee", open_evidence, words.id)
    assert acme.uow.evidence.opened_by(TASK, acme.person("lee").id) == {words.id}
    assert acme.entries == ["evidence:attach", *["evidence:open"] * times]
    assert acme.last_entry.after == {"task": TASK}
