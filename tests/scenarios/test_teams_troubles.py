"""Teams that is busy, dawdles, drops connections or refuses our token: what is owed arrives all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.deliver_notices import MAY_BE_DOUBLED
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, seen


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    with a_teams_company(teams_home) as company:
        yield company


def prompt_of(company: TeamsCompany) -> Notice:
    return next(one for one in company.notices(company.task()) if one.key.occasion is Occasion.OPENED)


@pytest.mark.parametrize("status", [412, 429])
def test_a_busy_teams_is_asked_again_and_nothing_comes_twice(company: TeamsCompany, status: int) -> None:
    company.teams.fail("post", status, "Throttled")

    company.open_a_task()
    assert company.chat("olga") == []
    company.wait(120)

    assert len(company.chat("olga")) == 1
    assert not prompt_of(company).error.startswith(MAY_BE_DOUBLED)


def test_a_dropped_answer_is_sent_again_with_the_doubt_on_record(company: TeamsCompany) -> None:
    company.teams.drop_after_accepting("post")

    company.open_a_task()
    company.wait(1200)

    assert len(company.chat("olga")) == 2
    assert prompt_of(company).state is NoticeState.SENT
    assert prompt_of(company).error.startswith(MAY_BE_DOUBLED)


@pytest.mark.parametrize("status", [502, 504])
def test_a_failing_gateway_leaves_a_doubt(company: TeamsCompany, status: int) -> None:
    company.teams.fail("post", status)

    company.open_a_task()
    company.wait(1200)

    assert len(company.chat("olga")) == 1
    assert prompt_of(company).error.startswith(MAY_BE_DOUBLED)


def test_a_token_that_ends_is_replaced(company: TeamsCompany) -> None:
    company.teams.tokens.clear()

    company.open_a_task()
    company.wait(1200)

    assert "A task for you has opened." in seen(company.asked())
    company.teams.violations.clear()  # the refused token itself


def test_a_reply_waits_for_a_busy_teams(company: TeamsCompany) -> None:
    company.teams.rate_limit("post", retry_after=1)
    assert "tasks" in seen(company.writes("olga", "help"))


def test_a_stranger_is_looked_up_again_when_teams_answers(company: TeamsCompany) -> None:
    company.teams.add_person("nora", "Nora New", "nora@acme.example", installed=True)
    company.teams.fail("member", 502)
    assert "I don't know you" in seen(company.writes("nora", "tasks"))
    assert "I don't know you" not in seen(company.writes("nora", "tasks"))
