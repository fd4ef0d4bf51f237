"""A list is written while it is staged, and never after."""

from dataclasses import replace

import pytest

from tasks.access.exports import Export, ExportState, System
from tasks.access.model import AccountKind, Source
from tasks.errors import NotFound, Stale
from tasks.ports import UnitOfWork
from tests.access_company import ACCESSES, OWEN, an_access
from tests.builders import utc

NOON = utc(2026, 11, 2, 12)
FILE = "ab" * 32


def an_export(handle: str = "x1", system: str = "okta") -> Export:
    source = Source(system="Okta", source="Okta production", query="All users", extracted_at=NOON, row_count=3)
    return Export(id=handle, system_id=system, source=source, sha256=FILE, file_name="okta.csv", imported_at=NOON)


@pytest.fixture
def staged(uow: UnitOfWork) -> UnitOfWork:
    uow.people.add(OWEN)
    for name in ("okta", "github"):
        uow.access_systems.add(System(id=name, name=name.title(), owner_id=OWEN.id))
    uow.access_exports.add(an_export())
    uow.access_exports.add_rows("x1", 1, ACCESSES[:3])
    return uow


def frozen(uow: UnitOfWork) -> Export:
    whole = replace(an_export(), digest="d", accesses=3, state=ExportState.FROZEN)
    uow.access_exports.freeze(whole)
    return whole


def test_nobody_sees_a_list_before_it_is_frozen(staged: UnitOfWork, elsewhere: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        staged.access_exports.get("x1")
    assert staged.access_exports.latest() == {}
    whole = frozen(staged)
    assert staged.access_exports.get("x1") == whole
    assert staged.access_exports.latest() == {"okta": whole}
    with pytest.raises(NotFound):
        elsewhere.access_exports.get("x1")
    assert elsewhere.access_exports.rows("x1", limit=9) == []


def test_a_frozen_list_takes_no_more_rows(staged: UnitOfWork) -> None:
    frozen(staged)
    with pytest.raises(Stale):
        staged.access_exports.add_rows("x1", 4, [an_access()])
    assert len(staged.access_exports.rows("x1", limit=9)) == 3


def test_a_list_that_lacks_rows_is_not_frozen(staged: UnitOfWork) -> None:
    with pytest.raises(Stale):
        staged.access_exports.freeze(replace(an_export(), digest="d", accesses=4, state=ExportState.FROZEN))


def test_what_a_stopped_import_left_is_forgotten_for_its_own_system_alone(staged: UnitOfWork) -> None:
    staged.access_exports.add(an_export("x2", "github"))
    staged.access_exports.add_rows("x2", 1, ACCESSES[:2])
    assert staged.access_exports.forget_staged("okta", FILE) == 3
    with pytest.raises(Stale):
        staged.access_exports.add_rows("x1", 4, [an_access()])
    staged.access_exports.add_rows("x2", 3, [an_access(account="later")])


def test_a_frozen_list_is_never_forgotten(staged: UnitOfWork) -> None:
    whole = frozen(staged)
    assert staged.access_exports.forget_staged("okta", FILE) == 0
    assert staged.access_exports.with_file("okta", FILE) == whole


def test_every_access_comes_back_as_it_went_in(uow: UnitOfWork) -> None:
    uow.access_systems.add(System(id="okta", name="Okta"))
    uow.access_exports.add(an_export())
    rows = [
        an_access(account="Ünï", kind=AccountKind.SHARED, last_login=None, login_told=True, active=False),
        *ACCESSES,
    ]
    uow.access_exports.add_rows("x1", 1, rows)
    uow.access_exports.freeze(replace(an_export(), digest="d", accesses=len(rows), state=ExportState.FROZEN))
    assert [one.access for one in uow.access_exports.rows("x1", limit=99)] == rows
    [found] = uow.access_exports.find("x1", "ÜNÏ", "viewer")
    assert found.access == rows[0]
    assert list(uow.access_exports.of_accounts("x1", ["ünÏ"])) == [rows[0]]
