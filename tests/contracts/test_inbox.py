from tasks.ports import UnitOfWork
from tests.builders import utc

NOON = utc(2026, 11, 3, 12)


def test_a_delivery_is_new_once(uow: UnitOfWork) -> None:
    assert uow.inbox.first_time("Ev1", NOON)
    assert not uow.inbox.first_time("Ev1", NOON)
    assert uow.inbox.first_time("Ev2", NOON)


def test_a_delivery_is_new_in_each_workspace(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.inbox.first_time("Ev1", NOON)
    assert elsewhere.inbox.first_time("Ev1", NOON)


def test_old_deliveries_are_forgotten_and_only_those(uow: UnitOfWork) -> None:
    uow.inbox.first_time("Ev1", NOON)
    uow.inbox.first_time("Ev2", utc(2026, 11, 12))
    assert uow.inbox.forget_before(utc(2026, 11, 10)) == 1
    assert [uow.inbox.first_time(key, NOON) for key in ("Ev1", "Ev2")] == [True, False]


def test_another_workspaces_deliveries_are_not_forgotten(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.inbox.first_time("Ev1", NOON)
    uow.inbox.forget_before(utc(2026, 11, 10))
    assert not elsewhere.inbox.first_time("Ev1", NOON)
