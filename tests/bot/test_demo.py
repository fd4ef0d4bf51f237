"""The sample company, loaded once for all of these tests."""

from collections.abc import Iterator, Sequence

import pytest

from bot.demo import ACME, AWAY, DELEGATE, SampleClock, load_sample_company
from bot.settings import Settings
from bot.store import Store, open_store, prove_audit_log, upgrade
from storage.unit_of_work import SqlUnitOfWork
from tasks.ledger import Standing, standing
from tasks.model import Task, TaskState
from tasks.notices import NoticeState, Occasion
from tasks.people import Role
from tests.builders import utc

NOW = utc(2026, 11, 23, 15, 30)


@pytest.fixture(scope="module")
def progress() -> list[int]:
    return []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, progress: list[int]) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(database_url=f"sqlite:///{folder / 'soc2.db'}", evidence_url=str(folder / "evidence"))
    upgrade(settings)
    clock = SampleClock(NOW)
    with open_store(settings, clock) as store:
        load_sample_company(store, clock, progress.append)
        assert clock.now() == NOW
        yield store


def test_loading_shows_its_progress_to_the_end(store: Store, progress: list[int]) -> None:
    assert progress == sorted(progress)
    assert progress[-1] == 100


def test_everybody_can_be_chosen_in_the_browser_chat(store: Store) -> None:
    people = store.units.read_now(ACME, lambda uow: uow.people.everyone())
    links = store.units.read_now(ACME, lambda uow: {one.id: uow.people.identities(one.id) for one in people})
    assert len(people) >= 14
    assert all([link.external_id for link in links[one.id] if link.platform == "web"] == [one.id] for one in people)


def test_every_department_has_a_lead_and_everybody_but_one_a_manager(store: Store) -> None:
    people = store.units.read_now(ACME, lambda uow: uow.people.everyone())
    leads = {one.department for one in people if one.has(Role.DEPARTMENT_LEAD)}
    assert leads == {"hr", "it", "finance", "engineering", "security", "legal"}
    assert len([one for one in people if one.manager_id is None]) == 1
    assert len([one for one in people if one.has(Role.COMPLIANCE_LEAD)]) == 2


def test_several_people_have_something_to_do_and_one_task_is_overdue_at_a_manager_s(store: Store) -> None:
    def look(uow: SqlUnitOfWork) -> tuple[Sequence[Task], list[Task], list[Occasion]]:
        tasks = uow.tasks.open_of([one.id for one in uow.people.everyone()])
        overdue = [task for task in tasks if standing(task, uow.now) is Standing.OVERDUE]
        told = [one.key.occasion for task in overdue for one in uow.notices.of_task(task.id)]
        return tasks, overdue, told

    tasks, overdue, told = store.units.read_now(ACME, look)
    assert 5 <= len(tasks) <= 25
    assert len({task.owner_id for task in tasks}) >= 4
    assert any(standing(task, NOW) is Standing.DUE_SOON for task in tasks)
    assert len(overdue) == 1
    assert Occasion.MANAGER in told


def test_a_quarter_of_answers_stands_behind_it_good_and_bad(store: Store) -> None:
    people = store.units.read_now(ACME, lambda uow: uow.people.everyone())
    answered = store.units.read_now(
        ACME, lambda uow: [task for one in people for task in uow.tasks.answered_by(one.id, limit=200)]
    )
    assert len(answered) > 50
    assert {task.state for task in answered} >= {TaskState.ACCEPTED, TaskState.RECORDED}
    assert len({task.answer for task in answered}) >= 4


def test_the_messages_of_the_past_went_out_in_the_past(store: Store) -> None:
    messages = store.units.read_now(ACME, lambda uow: uow.chat.of("dm:" + _leo(uow), limit=100))
    assert len(messages) >= 5
    assert messages[0].at < NOW
    owed = store.units.write_now(ACME, lambda uow: uow.notices.claim(now=NOW, limit=100))
    assert [one for one in owed if one.state is not NoticeState.SENT] == []


def _leo(uow: SqlUnitOfWork) -> str:
    leo = uow.people.by_email("leo@acme-robotics.example")
    return leo.id if leo else ""


def test_somebody_is_away_and_somebody_stands_in(store: Store) -> None:
    people = {one.email.partition("@")[0]: one for one in store.units.read_now(ACME, lambda uow: uow.people.everyone())}
    assert people[AWAY].is_away(NOW.date())
    assert people[AWAY].delegate_id == people[DELEGATE].id


def test_the_audit_chain_is_real(store: Store) -> None:
    proof = prove_audit_log(store, ACME, lambda _: None)
    assert proof.broken_at is None
    assert proof.entries > 300


def test_the_company_s_compliance_channel_is_in_the_browser_chat(store: Store) -> None:
    assert store.units.read_now(ACME, lambda uow: uow.workspace.compliance_channel) == "web:compliance"
