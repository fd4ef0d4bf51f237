from dataclasses import replace
from datetime import date

import pytest

from tasks.catalogue.model import Pack
from tasks.errors import Stale
from tasks.identifiers import PersonId
from tasks.ports import UnitOfWork
from tasks.setup import Setup, Step
from tests.fakes import MONDAY

CHOSEN = Setup(
    packs=(Pack.SECURITY_CORE, Pack.PRIVACY),
    own_controls=True,
    lead_id=PersonId("lee"),
    owners={"it": PersonId("olga"), "ventes & après-vente": PersonId("zoé")},
    starts_on=date(2026, 12, 1),
    level=False,
    starter=True,
    confirmed=frozenset({Step.PLACE, Step.LADDER}),
    finished_at=MONDAY,
)


def test_a_workspace_has_a_setup_from_the_beginning(uow: UnitOfWork) -> None:
    assert uow.setups.get() == Setup()


def test_a_setup_comes_back_whole_with_the_next_version(uow: UnitOfWork) -> None:
    saved = uow.setups.save(CHOSEN)
    assert saved == replace(CHOSEN, version=1)
    assert uow.setups.get() == saved


def test_a_setup_is_saved_again_from_the_latest_version(uow: UnitOfWork) -> None:
    saved = uow.setups.save(uow.setups.save(CHOSEN))
    assert saved.version == 2
    assert uow.setups.save(replace(saved, starter=False, finished_at=None)).finished_at is None


def test_of_two_who_change_the_same_setup_the_second_is_told(uow: UnitOfWork) -> None:
    first = uow.setups.save(Setup())
    uow.setups.save(first)
    for late in (first, Setup()):
        with pytest.raises(Stale):
            uow.setups.save(late)


def test_another_workspaces_setup_is_its_own(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    elsewhere.setups.save(CHOSEN)
    assert uow.setups.get() == Setup()
    assert uow.setups.save(Setup(starter=True)).version == 1
