"""From a list of accounts to the proof that what was revoked is gone. On the fake and on SQLite."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from storage.database import plain_engine
from storage.migrate import upgrade
from storage.tables import workspaces
from storage.unit_of_work import SqlUnitOfWork
from tasks.access.comparing import Outcome
from tasks.access.model import CampaignState, Verdict
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import WorkspaceId
from tasks.model import Answer, TaskState, Work, origin_of
from tasks.operations.decide_access import decide_access, keep_remaining
from tasks.operations.gather_report import gather_report
from tasks.operations.sign_off_review import sign_off_review
from tasks.operations.submit_review import submit_review
from tasks.ports import UnitOfWork
from tests.access_company import (
    ACCESSES,
    LEE,
    MAX,
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
from tests.builders import a_workspace
from tests.fakes import MONDAY, FakeUnitOfWork


@pytest.fixture(params=["memory", "sqlite"])
def uow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[UnitOfWork]:
    if request.param == "memory":
        yield FakeUnitOfWork(workspace=a_workspace())
        return
    url = f"sqlite:///{tmp_path / 'soc2.db'}"
    upgrade(url)
    engine = plain_engine(url)
    with engine.connect() as connection:
        connection.execute(insert(workspaces), {**vars(a_workspace())})
        yield SqlUnitOfWork(connection, WorkspaceId("acme"), MONDAY)
        connection.rollback()
    engine.dispose()


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
