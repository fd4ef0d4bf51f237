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
