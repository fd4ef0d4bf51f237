from dataclasses import replace

from tasks.ladder import DEFAULT_LADDER, a_ladder
from tasks.notices import Occasion
from tasks.ports import UnitOfWork
from tests.builders import a_control

OWN = a_ladder({Occasion.REMINDER_5: 7, Occasion.SPONSOR: 20})


def test_a_workspace_has_the_usual_ladder_until_it_chooses_another(uow: UnitOfWork) -> None:
    assert uow.workspace.ladder == DEFAULT_LADDER
    uow.save_workspace(replace(uow.workspace, ladder=OWN))
    assert uow.workspace.ladder == OWN


def test_a_control_has_no_ladder_of_its_own_until_it_is_given_one(uow: UnitOfWork) -> None:
    uow.controls.add(a_control())
    assert uow.controls.get(a_control().id).ladder is None
    uow.controls.save(a_control(ladder=OWN))
    assert uow.controls.get(a_control().id).ladder == OWN
    uow.controls.save(a_control())
    assert uow.controls.get(a_control().id).ladder is None
