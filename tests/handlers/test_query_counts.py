"""What people type most must not get slower with every colleague who joins."""

from datetime import date

import pytest

from handlers.router import Router
from tasks.identifiers import PersonId
from tasks.model import Answer, Task, TaskState
from tests.builders import a_person, a_task
from tests.fakes import MONDAY
from tests.handlers.conversation import Conversation
from tests.handlers.counting import CountingUnits

pytestmark = pytest.mark.anyio
SMALL, LARGE = 5, 300


def of_employee(number: int, state: TaskState) -> Task:
    answered = state is not TaskState.OPEN
    owner = PersonId(f"e{number}")
    return a_task(
        f"{state}-{number}",
        occurrence=f"{state}-{number}",
        owner_id=owner,
        state=state,
        needs_acceptance=True,
        answer=Answer.DONE if answered else None,
        answered_at=MONDAY if answered else None,
        answered_by=owner if answered else None,
    )


def a_company(size: int) -> Conversation:
    """All below Max, a tenth of them on leave, each with an open task and one to be accepted."""
    chat = Conversation(
        *(of_employee(n, state) for n in range(size) for state in (TaskState.OPEN, TaskState.SUBMITTED))
    )
    chat.uow.tasks.put(a_task())
    for n in range(size):
        leave = {"away_from": date(2026, 11, 2), "away_until": date(2026, 11, 6), "delegate_id": PersonId("iris")}
        boss = PersonId("max") if n < 5 else PersonId(f"e{n % 5}")
        chat.uow.people.add(a_person(f"e{n}", manager_id=boss, **(leave if n % 10 == 9 else {})))
    return chat


async def queries(size: int, who: str, text: str, *, later: bool = False) -> int:
    """`later`: when everything is overdue."""
    chat = a_company(size)
    chat.clock.advance(days=16 if later else 0)
    counting = CountingUnits(chat.units)
    chat.router = Router(counting)
    await chat.type(who, text)
    return counting.calls.total()


@pytest.mark.parametrize(
    "text", ["home", "tasks", "status", "review", "help", "away", "evidence", "request", "correct", "delegate"]
)
@pytest.mark.parametrize("who", ["olga", "hans", "zoe"])
async def test_for_a_member_the_size_of_the_company_makes_no_difference(who: str, text: str) -> None:
    assert await queries(LARGE, who, text) == await queries(SMALL, who, text)


@pytest.mark.parametrize("who", ["lee", "max", "sue", "iris"])
async def test_for_those_above_it_is_bound_by_what_one_screen_shows(who: str) -> None:
    assert await queries(LARGE, who, "status") <= 120
    assert await queries(LARGE, who, "tasks") <= 400
    assert await queries(LARGE, who, "home") <= await queries(LARGE, who, "tasks") + 30


async def test_an_overdue_board_looks_up_no_more_than_its_rows() -> None:
    assert await queries(LARGE, "lee", "status", later=True) <= 120
