from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.identifiers import PersonId
from tasks.notices import Notice, NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.operations.deliver_notices import (
    MAY_BE_DOUBLED,
    claim_notices,
    edits_owed,
    in_doubt,
    record_edited,
    record_failed,
    record_retry,
    record_sent,
    record_skipped,
)
from tests.tasks.operations.company import LEE, MAX, OLGA, TASK, Company, a_company

GONE = "user deactivated"


def owing(acme: Company, occasion: Occasion = Occasion.OPENED, recipient: str = "person:olga") -> Notice:
    key = NoticeKey(about=f"task:{TASK}", recipient=recipient, occasion=occasion)
    acme.uow.notices.owe([OwedNotice(key=key, task_id=TASK, owed_at=acme.clock.now())])
    return acme.run(claim_notices, limit=9)[0]


def test_a_notice_is_claimed_once() -> None:
    acme = a_company()
    claimed = owing(acme)
    assert (claimed.state, claimed.attempts, claimed.claimed_at) == (NoticeState.SENDING, 1, acme.clock.now())
    assert acme.run(claim_notices, limit=9) == []


def test_a_notice_whose_process_died_is_in_doubt() -> None:
    acme = a_company()
    claimed = owing(acme)
    assert acme.run(in_doubt, before=acme.clock.now()) == []
    assert acme.run(in_doubt, before=acme.clock.now() + timedelta(seconds=1)) == [claimed]


def test_what_was_sent_is_on_record_with_its_place() -> None:
    acme = a_company()
    acme.run(record_sent, owing(acme), platform="slack", conversation="D1", message="1.1")
    (sent,) = acme.notices(Occasion.OPENED)
    assert (sent.state, sent.sent_at) == (NoticeState.SENT, acme.clock.now())
    assert (sent.platform, sent.conversation, sent.message) == ("slack", "D1", "1.1")


def test_a_sent_message_is_edited_once_for_each_change() -> None:
    acme = a_company()
    acme.run(record_sent, owing(acme), platform="slack", conversation="D1", message="1.1")
    assert acme.run(edits_owed, limit=9) == []
    acme.answers()
    ((message, _),) = acme.run(edits_owed, limit=9)
    acme.run(record_edited, message)
    assert acme.run(edits_owed, limit=9) == []


def test_a_busy_platform_is_tried_again_later() -> None:
    acme = a_company()
    acme.run(record_retry, owing(acme), after=timedelta(seconds=30), error="rate limited")
    assert acme.run(claim_notices, limit=9) == []
    acme.clock.advance(seconds=30)
    (again,) = acme.run(claim_notices, limit=9)
    assert (again.attempts, again.error) == (2, "rate limited")


def test_what_need_not_be_sent_any_more_is_skipped_with_the_reason() -> None:
    acme = a_company()
    acme.run(record_skipped, owing(acme), "answered meanwhile")
    assert [(one.state, one.error) for one in acme.notices(Occasion.OPENED)] == [
        (NoticeState.SKIPPED, "answered meanwhile")
    ]


@pytest.mark.parametrize("record", [record_skipped, record_failed])
def test_a_message_that_may_be_there_twice_is_not_forgotten_when_it_is_let_go(record: Callable[..., None]) -> None:
    acme = a_company()
    acme.run(record, replace(owing(acme), error=f"{MAY_BE_DOUBLED}: timed out"), GONE)
    [notice] = acme.notices(Occasion.OPENED)
    assert notice.error == f"{MAY_BE_DOUBLED}: timed out; {GONE}"


# --- when somebody can't be reached


def fails(acme: Company, occasion: Occasion = Occasion.OPENED, recipient: str = "person:olga") -> None:
    acme.run(record_failed, owing(acme, occasion, recipient), GONE)


def test_a_failure_for_good_is_on_record_and_the_manager_is_told() -> None:
    acme = a_company()
    fails(acme)
    assert [(one.state, one.error) for one in acme.notices(Occasion.OPENED)] == [(NoticeState.FAILED, GONE)]
    assert acme.told(Occasion.UNDELIVERED) == ["max"]
    assert acme.notices(Occasion.UNDELIVERED)[0].detail == "Olga could not be reached: user deactivated"


def test_without_a_manager_the_compliance_lead_is_told_and_without_one_the_admin() -> None:
    for manager in (None, PersonId("nobody")):
        acme = a_company(replace(OLGA, manager_id=manager))
        fails(acme)
        assert acme.told(Occasion.UNDELIVERED) == ["lee"]
    acme = a_company(replace(MAX, active=False), replace(LEE, roles=frozenset()))
    fails(acme)
    assert acme.told(Occasion.UNDELIVERED) == ["ada"]


def test_the_compliance_lead_is_told_of_a_channel_that_is_gone() -> None:
    acme = a_company()
    fails(acme, Occasion.CHANNEL, "channel:compliance")
    assert acme.told(Occasion.UNDELIVERED) == ["lee"]
    assert acme.notices(Occasion.UNDELIVERED)[0].detail.startswith("The compliance channel could not be reached")


def test_they_are_told_once_for_each_round_of_a_task() -> None:
    acme = a_company()
    fails(acme)
    fails(acme, Occasion.LAST_CALL)
    assert acme.told(Occasion.UNDELIVERED) == ["max"]


def test_a_failed_message_about_a_failure_is_the_last_one() -> None:
    acme = a_company()
    fails(acme)
    (about,) = acme.run(claim_notices, limit=9)
    acme.run(record_failed, about, GONE)
    assert len(acme.notices(Occasion.UNDELIVERED)) == 1


def test_delivery_is_kept_with_the_notice_and_stands_in_no_audit_log() -> None:
    acme = a_company()
    fails(acme)
    assert acme.entries == []
