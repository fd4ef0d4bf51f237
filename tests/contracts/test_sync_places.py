from tasks.ports import SyncPlace, UnitOfWork
from tests.builders import utc

NOON = utc(2026, 11, 3, 12)


def test_a_round_that_never_began_is_at_its_beginning(uow: UnitOfWork) -> None:
    assert uow.sync_places.get("slack", "members") == SyncPlace(platform="slack", purpose="members")


def test_a_place_comes_back_whole_and_the_last_one_saved_counts(uow: UnitOfWork) -> None:
    uow.sync_places.save(SyncPlace(platform="slack", purpose="members", cursor="page-2", retry_at=NOON))
    last = SyncPlace(platform="slack", purpose="members", cursor="page-3", finished_at=NOON)
    uow.sync_places.save(last)
    assert uow.sync_places.get("slack", "members") == last


def test_each_platform_and_purpose_has_its_own_place(uow: UnitOfWork) -> None:
    uow.sync_places.save(SyncPlace(platform="slack", purpose="members", cursor="page-2"))
    assert uow.sync_places.get("slack", "unlinked").cursor == ""
    assert uow.sync_places.get("teams", "members").cursor == ""


def test_another_workspaces_place_is_not_ours(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.sync_places.save(SyncPlace(platform="slack", purpose="members", cursor="page-2"))
    assert elsewhere.sync_places.get("slack", "members").cursor == ""
