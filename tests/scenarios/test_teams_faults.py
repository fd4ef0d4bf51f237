"""Every way in which Teams can fail, at everything that we send there: nothing is lost, and what may have come twice
says so. Files stand in test_teams_upload_faults.py."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tasks.model import Task
from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.deliver_notices import MAY_BE_DOUBLED
from tasks.operations.wait_on import wait_on
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.builders import utc
from tests.fake_teams import FakeTeams
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, seen

PATIENCE = 0.3
"""Seconds until our client gives up on an answer."""
LONG_ENOUGH = (61, 61, 400, 1000, 1000)
"""For every wait there is: a lease on a doubt, and the quarter of an hour."""
Arrange = Callable[[FakeTeams, str], None]
"""The next call of this name goes wrong."""

UNTOUCHED: Mapping[str, Arrange] = {
    "412": lambda teams, call: teams.fail(call, 412, "PreconditionFailed"),
    "429 that says for how long": lambda teams, call: teams.rate_limit(call, retry_after=9),
    "429 that does not": lambda teams, call: teams.fail(call, 429, "Throttled", times=2),
    "401 with a fresh token": lambda teams, call: teams.fail(call, 401, "Unauthorized", times=2),
}
"""The call was surely not done."""
UNCLEAR: Mapping[str, Arrange] = {
    "502": lambda teams, call: teams.fail(call, 502, times=2),
    "504": lambda teams, call: teams.fail(call, 504),
    "a connection cut before": lambda teams, call: teams.drop_before_accepting(call, times=2),
    "silence before": lambda teams, call: teams.hang(call, accepted=False),
    "a page instead of an answer": lambda teams, call: teams.garble(call),
}
DONE_ALL_THE_SAME: Mapping[str, Arrange] = {
    "a connection cut after": lambda teams, call: teams.drop_after_accepting(call),
    "silence after": lambda teams, call: teams.hang(call),
}
PASSING = {**UNTOUCHED, **UNCLEAR, **DONE_ALL_THE_SAME}
FOR_GOOD = (
    (403, "MessageWritesBlocked"),
    (403, "BotDisabledByUser"),
    (403, "BotNotInConversationRoster"),
    (404, "ConversationNotFound"),
)


async def _at_once(seconds: float) -> None:
    """Answers are tried again without a wait."""


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    with a_teams_company(teams_home) as company:
        teams = company.running.app.teams
        assert teams
        teams._api._timeout = PATIENCE
        teams._errands._sleep = _at_once
        yield company


def wait_it_out(company: TeamsCompany) -> None:
    for seconds in LONG_ENOUGH:
        company.wait(seconds)


def prompt_of(company: TeamsCompany) -> Notice:
    return next(one for one in company.notices(company.task()) if one.key.occasion is Occasion.OPENED)


def wait_for_the_vendor(company: TeamsCompany, task: Task) -> None:
    def work(uow: UnitOfWork) -> None:
        olga = Actor(person=company.person_in(uow, "olga"), platform="teams", at=uow.now)
        wait_on(uow, olga, task.id, task.version, whom="the vendor", until=utc(2026, 12, 1).date())

    company.write(work)


# what passes


@pytest.mark.parametrize("fault", PASSING)
def test_a_prompt_arrives_and_says_so_where_it_may_have_come_twice(company: TeamsCompany, fault: str) -> None:
    PASSING[fault](company.teams, "post")
    company.open_a_task()

    wait_it_out(company)

    assert len(company.chat("olga")) == (2 if fault in DONE_ALL_THE_SAME else 1)
    assert prompt_of(company).state is NoticeState.SENT
    assert prompt_of(company).error.startswith(MAY_BE_DOUBLED) is (fault not in UNTOUCHED)


@pytest.mark.parametrize("fault", PASSING)
def test_somebody_who_never_wrote_gets_the_prompt_once_whatever_passes(company: TeamsCompany, fault: str) -> None:
    company.write(lambda uow: uow.conversations.forget("teams", "aad-olga"))
    PASSING[fault](company.teams, "begin")
    company.open_a_task()

    wait_it_out(company)

    assert len(company.chat("olga")) == 1
    assert (prompt_of(company).state, prompt_of(company).error) == (NoticeState.SENT, "")


@pytest.mark.parametrize("fault", PASSING)
def test_a_message_shows_what_has_changed_whatever_passes(company: TeamsCompany, fault: str) -> None:
    task = company.open_a_task()
    PASSING[fault](company.teams, "change")
    wait_for_the_vendor(company, task)

    wait_it_out(company)

    [prompt] = company.chat("olga")
    assert "the vendor" in seen(prompt)


@pytest.mark.parametrize("fault", [one for one in UNTOUCHED if one != "401 with a fresh token"])
def test_an_answer_comes_once_when_teams_is_busy(company: TeamsCompany, fault: str) -> None:
    PASSING[fault](company.teams, "post")
    company.writes_into_the_void("olga", "help")
    assert len(company.chat("olga")) == 1


@pytest.mark.parametrize("fault", [*UNCLEAR, *DONE_ALL_THE_SAME, "401 with a fresh token"])
def test_an_answer_never_comes_twice_and_the_next_one_comes(company: TeamsCompany, fault: str) -> None:
    PASSING[fault](company.teams, "post")
    company.writes_into_the_void("olga", "help")
    assert len(company.chat("olga")) == (1 if fault in DONE_ALL_THE_SAME else 0)

    company.teams.faults.clear()
    assert "tasks" in seen(company.writes("olga", "help"))


# what does not


@pytest.mark.parametrize("call", ["post", "begin"])
@pytest.mark.parametrize(("status", "code"), FOR_GOOD)
def test_somebody_out_of_reach_is_recorded_and_the_next_person_told_once(
    company: TeamsCompany, status: int, code: str, call: str
) -> None:
    if call == "begin":
        company.write(lambda uow: uow.conversations.forget("teams", "aad-olga"))
    company.teams.fail(call, status, code)
    company.open_a_task()

    wait_it_out(company)

    assert (prompt_of(company).state, prompt_of(company).attempts) == (NoticeState.FAILED, 1)
    assert code in prompt_of(company).error
    assert company.chat("olga") == []
    [told] = company.chat("max")
    assert "Olga Owner could not be reached" in seen(told)


@pytest.mark.parametrize(("status", "code"), [*FOR_GOOD, (404, "ActivityNotFoundInConversation")])
def test_a_message_that_can_no_longer_be_edited_is_let_go(company: TeamsCompany, status: int, code: str) -> None:
    task = company.open_a_task()
    company.teams.fail("change", status, code)
    wait_for_the_vendor(company, task)

    wait_it_out(company)

    assert company.read(lambda uow: uow.notices.claim_edits(limit=10)) == []
