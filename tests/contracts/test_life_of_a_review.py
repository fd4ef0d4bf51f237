"""From a list of accounts to the proof that what was revoked is gone. On the fake and on SQLite."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_examples
from hypothesis import strategies as st

from tasks.access.comparing import Outcome
from tasks.access.model import Access, AccountKind, CampaignState, Verdict
from tasks.access.ports import Happened
from tasks.access.signals import needs_own_decision
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.model import Answer, TaskState, Work, origin_of
from tasks.operations.decide_access import decide_access, keep_remaining, pass_on_access, reassign_access, undo_decision
from tasks.operations.end_review import cancel_review, close_early
from tasks.operations.extend_review import ask_extension, decide_extension
from tasks.operations.gather_report import gather_report
from tasks.operations.recheck_reviews import recheck_reviews
from tasks.operations.sign_off_review import sign_off_review
from tasks.operations.submit_review import submit_review
from tasks.ports import UnitOfWork
from tests.access_company import (
    ACCESSES,
    ADA,
    LEE,
    MAX,
    NINA,
    OWEN,
    SAM,
    VERA,
    act,
    an_access,
    decide_all,
    found,
    given,
    hand_in,
    items_of,
    opened,
)
from tests.contracts.conftest import OpenWorkspace

NUMBERS = count()


@pytest.fixture
def acme(uow: UnitOfWork) -> UnitOfWork:
    found(uow)
    hand_in(uow)
    return uow


def test_everybody_gets_what_is_theirs_to_decide(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    assert campaign.state is CampaignState.OPEN
    parts = {part.reviewer_id: part.items for part in acme.access_items.parts(campaign.id)}
    assert parts == {MAX.id: 3, VERA.id: 1, OWEN.id: 1}
    tasks = acme.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id))
    assert {task.subject for task in tasks} == set(parts)
    assert all(task.is_open and task.next_rung_at for task in tasks)


def test_a_review_from_beginning_to_proof(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    admin, *rest = sorted(items_of(acme, campaign, MAX), key=lambda row: not row.item.access.privileged)
    decide_access(acme, act(acme, MAX), campaign.id, admin.item.id, given(acme, admin, Verdict.REVOKE))
    kept = keep_remaining(acme, act(acme, MAX), campaign.id, confirmed=len(rest), reason="Same work", shown_at=acme.now)
    assert kept == 2
    submit_review(acme, act(acme, MAX), campaign.id)
    with pytest.raises(Invalid, match="have not submitted"):
        sign_off_review(acme, act(acme, LEE), campaign.id, acme.campaigns.get(campaign.id).version)
    for reviewer in (VERA, OWEN):
        decide_all(acme, campaign, reviewer)
        submit_review(acme, act(acme, reviewer), campaign.id)

    [change] = acme.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    assert change.owner_id == OWEN.id
    assert change.is_open
    signed = sign_off_review(acme, act(acme, LEE), campaign.id, acme.campaigns.get(campaign.id).version)
    assert signed.state is CampaignState.SIGNED_OFF
    assert "covers 5 items of 1 system" in signed.statement
    assert signed.task_id is not None
    task = acme.tasks.get(signed.task_id)
    assert (task.state, task.answer) == (TaskState.RECORDED, Answer.DONE_FOUND_PROBLEMS)

    later = acme.now + timedelta(minutes=1)
    left = [one for one in ACCESSES if not one.privileged]
    hand_in(acme, left, extracted_at=later, sha256="cd" * 32)
    [proof] = acme.access_stories.proofs(campaign.id)
    assert (proof.outcome, proof.as_decided) == (Outcome.GONE, True)
    assert acme.tasks.get(change.id).state is TaskState.RECORDED

    report = gather_report(acme, campaign.id)
    assert (report.counts.keep, report.counts.revoke, report.counts.bulk) == (4, 1, 2)
    assert report.discrepancies == ()
    [revocation] = report.revocations
    assert revocation.as_decided


def test_nobody_decides_what_is_not_theirs(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    [row] = items_of(acme, campaign, VERA)
    with pytest.raises(NotAllowed, match="It is Vera's turn"):
        decide_access(acme, act(acme, SAM), campaign.id, row.item.id, given(acme, row))


def test_an_access_that_is_still_there_opens_its_task_again_with_a_deviation(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    decide_all(acme, campaign, MAX, Verdict.REVOKE)
    submit_review(acme, act(acme, MAX), campaign.id)
    hand_in(acme, (*ACCESSES, an_access(OWEN)), extracted_at=acme.now + timedelta(minutes=1), sha256="cd" * 32)
    proofs = acme.access_stories.proofs(campaign.id)
    assert {one.outcome for one in proofs} == {Outcome.STILL_THERE}
    tasks = acme.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    assert all(task.is_open for task in tasks)


def reviewers_of(uow: UnitOfWork, campaign_id: str) -> dict[str | None, int]:
    return {part.reviewer_id: part.items - part.submitted for part in uow.access_items.parts(campaign_id)}


def open_for(uow: UnitOfWork, campaign_id: str) -> set[str]:
    tasks = uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign_id))
    return {task.subject for task in tasks if task.is_open}


def test_whoever_is_away_is_stood_in_for_and_gets_it_back(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    max_ = acme.people.get(MAX.id)
    today = acme.now.date()
    away = acme.people.save(replace(max_, away_from=today, away_until=today + timedelta(days=9), delegate_id=ADA.id))
    assert recheck_reviews(acme) == 1
    assert recheck_reviews(acme) == 0, "nothing has changed since"
    assert reviewers_of(acme, campaign.id) == {ADA.id: 3, VERA.id: 1, OWEN.id: 1}
    assert open_for(acme, campaign.id) == {ADA.id, VERA.id, OWEN.id}
    [row, *_] = items_of(acme, campaign, ADA)
    decide_access(acme, act(acme, ADA), campaign.id, row.item.id, given(acme, row))
    kept = acme.access_items.get(campaign.id, row.item.id).decision
    assert kept is not None
    assert (kept.decided_by, kept.on_behalf_of) == (ADA.id, MAX.id)

    acme.people.save(replace(away, away_from=None, away_until=None))
    recheck_reviews(acme)
    assert reviewers_of(acme, campaign.id) == {MAX.id: 3, VERA.id: 1, OWEN.id: 1}
    assert open_for(acme, campaign.id) == {MAX.id, VERA.id, OWEN.id}
    assert acme.access_items.get(campaign.id, row.item.id).decision == kept, "it goes along with the item"


def test_a_leavers_own_accounts_go_to_the_systems_owner_and_their_reviews_to_the_next_in_line(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    acme.people.save(replace(acme.people.get(MAX.id), active=False))
    recheck_reviews(acme)
    assert reviewers_of(acme, campaign.id) == {OWEN.id: 5}


def test_nobody_eligible_is_told_to_the_compliance_lead_and_mended_by_naming_somebody(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    for person in (OWEN, LEE, ADA):
        acme.people.save(replace(acme.people.get(person.id), active=False))
    recheck_reviews(acme)
    assert reviewers_of(acme, campaign.id)[None] == 1
    acme.people.save(replace(acme.people.get(LEE.id), active=True))
    recheck_reviews(acme)
    [row] = [one for one in items_of(acme, campaign) if one.item.reviewer_id == LEE.id]
    reassign_access(acme, act(acme, LEE), campaign.id, row.item.id, row.item.version, to=NINA.id)
    assert acme.access_items.get(campaign.id, row.item.id).item.reviewer_id == NINA.id
    assert NINA.id in open_for(acme, campaign.id)


def test_what_is_not_mine_goes_on_and_never_comes_back(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    row = items_of(acme, campaign, MAX)[0]
    version = row.item.version
    pass_on_access(acme, act(acme, MAX), campaign.id, row.item.id, version, reason="Owen knows")
    moved = acme.access_items.get(campaign.id, row.item.id)
    assert moved.item.reviewer_id == OWEN.id
    assert moved.item.passed_by == (MAX.id,)
    assert [one.reason for one in acme.access_stories.passes(campaign.id)] == ["Owen knows"]
    recheck_reviews(acme)
    assert acme.access_items.get(campaign.id, row.item.id).item.reviewer_id == OWEN.id


def test_two_devices_never_overwrite_one_another(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    row = items_of(acme, campaign, MAX)[0]
    decide_access(acme, act(acme, MAX), campaign.id, row.item.id, given(acme, row))
    with pytest.raises(Stale, match="decided “keep”"):
        decide_access(acme, act(acme, MAX), campaign.id, row.item.id, given(acme, row, Verdict.REVOKE))


def test_what_is_undone_is_open_again_and_on_record(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    row = items_of(acme, campaign, MAX)[0]
    decided = decide_access(acme, act(acme, MAX), campaign.id, row.item.id, given(acme, row))
    undo_decision(acme, act(acme, MAX), campaign.id, row.item.id, decided.item.version)
    assert acme.access_items.get(campaign.id, row.item.id).is_open
    told = acme.access_stories.story(campaign.id, row.item.id)
    assert [one.what for one in told] == [Happened.DECIDED, Happened.UNDONE]


def test_a_review_beside_it_asks_nothing_twice(acme: UnitOfWork) -> None:
    first = opened(acme)
    decide_all(acme, first, MAX)
    submit_review(acme, act(acme, MAX), first.id)
    second = opened(acme, name="The same again")
    theirs = {row.item.id: row for row in items_of(acme, second)}
    closed = [row for row in theirs.values() if row.decision and row.decision.taken_over_from]
    assert len(closed) == 3
    assert all(row.submitted_at for row in closed)
    assert open_for(acme, second.id) == {VERA.id, OWEN.id}


def test_the_next_review_knows_what_was_decided_last_time_and_what_is_new(acme: UnitOfWork) -> None:
    first = opened(acme)
    for reviewer in (MAX, VERA, OWEN):
        decide_all(acme, first, reviewer)
        submit_review(acme, act(acme, reviewer), first.id)
    sign_off_review(acme, act(acme, LEE), first.id, acme.campaigns.get(first.id).version)
    new = an_access(SAM, entitlement="Billing")
    hand_in(acme, (*ACCESSES, new), extracted_at=acme.now + timedelta(minutes=1), sha256="cd" * 32)
    second = opened(acme, span_end=acme.now.date())
    rows = {(row.item.access.account, row.item.access.entitlement): row.item for row in items_of(acme, second)}
    assert rows["sam@example.com", "Billing"].is_new
    assert rows["sam@example.com", "Billing"].last_verdict is None
    assert not rows["sam@example.com", "Viewer"].is_new
    assert rows["sam@example.com", "Viewer"].last_verdict is Verdict.KEEP


def test_more_time_is_approved_by_somebody_else(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    due_to = campaign.due_on + timedelta(days=7)
    asked = ask_extension(acme, act(acme, LEE), campaign.id, due_to=due_to, reason="Max is ill")
    with pytest.raises(NotAllowed, match="Somebody else"):
        decide_extension(acme, act(acme, LEE), campaign.id, asked.id, approve=True)
    decide_extension(acme, act(acme, ADA), campaign.id, asked.id, approve=True)
    assert acme.campaigns.get(campaign.id).due_on == due_to
    tasks = acme.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id))
    assert {task.due_at.date() for task in tasks} == {due_to}


def test_closed_early_what_was_submitted_stands_and_the_rest_is_reported(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    decide_all(acme, campaign, MAX, Verdict.REVOKE)
    submit_review(acme, act(acme, MAX), campaign.id)
    version = acme.campaigns.get(campaign.id).version
    with pytest.raises(Invalid, match="Not ended yet"):
        close_early(acme, act(acme, LEE), campaign.id, version, reason=" ")
    close_early(acme, act(acme, LEE), campaign.id, version, reason="The company was sold")
    assert open_for(acme, campaign.id) == set()
    report = gather_report(acme, campaign.id)
    assert (report.counts.decided, report.counts.undecided) == (3, 2)
    assert "The company was sold" in {one.reason for one in report.departures}
    changes = acme.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    assert all(task.is_open for task in changes)


def test_a_cancelled_review_leaves_nothing_to_do(acme: UnitOfWork) -> None:
    campaign = opened(acme)
    decide_all(acme, campaign, MAX, Verdict.REVOKE)
    submit_review(acme, act(acme, MAX), campaign.id)
    cancel_review(acme, act(acme, LEE), campaign.id, acme.campaigns.get(campaign.id).version, reason="Wrong list")
    works = (Work.ACCESS_REVIEW, Work.ACCESS_CHANGE, Work.ACCESS_SIGN_OFF)
    tasks = [task for work in works for task in acme.tasks.of_origin(origin_of(work, campaign.id))]
    assert tasks
    assert not any(task.is_open for task in tasks)
    assert acme.campaigns.running() == []


DAYS = st.none() | st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 11, 1))
ANY_ACCESS = st.builds(
    lambda privileged, kind, login, told, created: an_access(
        SAM, privileged=privileged, kind=kind, last_login=login, login_told=told or login is not None, created=created
    ),
    st.booleans(),
    st.sampled_from(AccountKind),
    DAYS,
    st.booleans(),
    DAYS,
)


@given_examples(st.lists(ANY_ACCESS, min_size=1, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_needs_its_own_decision_is_the_same_to_the_database(
    open_workspace: OpenWorkspace, accesses: list[Access]
) -> None:
    uow = open_workspace(f"w{next(NUMBERS)}")
    found(uow)
    named = [replace(one, account=f"account {number}") for number, one in enumerate(accesses)]
    export = hand_in(uow, named)
    campaign = opened(uow)
    as_of = export.source.extracted_at.date()
    expected = sum(needs_own_decision(one, as_of) for one in named)
    assert sum(part.own_open for part in uow.access_items.parts(campaign.id)) == expected
