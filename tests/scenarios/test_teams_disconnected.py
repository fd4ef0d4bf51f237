"""Microsoft gives no token, Teams takes none, or the app is gone: everything stops, whoever runs this hears of it once
and elsewhere, and it goes on by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from structlog.testing import capture_logs

from bot.web.conversations import direct
from storage.unit_of_work import SqlUnitOfWork
from tasks.notices import NoticeState
from tasks.ports import Identity, UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import utc
from tests.fake_slack.faults import Fault
from tests.scenarios.company import STAFF, START
from tests.scenarios.teams_company import (
    IT_CHANNEL,
    TeamsCompany,
    a_founded_tenant,
    a_teams_company,
    seen,
    serving_teams,
)

TOKEN_GONE = "Microsoft gives no token (token: invalid_client (AADSTS7000215))"
NOT_TAKEN = "Teams refuses our token (POST activities: http 401)"
SECRET = "the app's client secret"
SAYING = {"begin", "post", "change", "remove"}
CONNECTOR = {*SAYING, "member", "members"}
LONG = 1000
"""Seconds: what waits for a connection is looked at every quarter of an hour."""
GIVEN_NONE, TAKES_NONE, GONE = "no longer gives soc2bot", "Teams no longer takes", "was removed from Teams"
"""Words of what whoever runs this is told."""


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    """Lea, who runs it, is in the browser chat too; a team of four has the app."""
    with a_teams_company(teams_home, browser_chat=True) as company:
        company.write(lea_is_in_the_browser)
        company.teams.chats[IT_CHANNEL].members.extend(handle for handle, *_ in STAFF)
        company.does(company.sends_to.adds_to_team("lea", company.teams.chats[IT_CHANNEL]))
        yield company
        company.teams.violations[:] = [one for one in company.teams.violations if one.error != "Unauthorized"]


def lea_is_in_the_browser(uow: UnitOfWork) -> None:
    lea = uow.people.by_email("lea@acme.example")
    assert lea
    uow.people.link(Identity(platform="web", external_id=lea.id, person_id=lea.id))


# what happens


def lose_the_secret(company: TeamsCompany) -> None:
    """And with it the token that we have."""
    with company.teams.changed:
        company.teams.password = "another"
        company.teams.tokens.clear()


def renew_the_secret(company: TeamsCompany) -> None:
    with company.teams.changed:
        company.teams.password = SECRET


def refuse_every_token(company: TeamsCompany) -> None:
    company.teams.faults.by_chance = lambda call: Fault(error="Unauthorized", status=401) if call in CONNECTOR else None


def lost(company: TeamsCompany) -> None:
    """A first notice meets the refusal, and Microsoft itself has confirmed it."""
    lose_the_secret(company)
    company.open_a_task()
    company.teams.wait_until(lambda: TOKEN_GONE in readiness(company))


def mistrusted(company: TeamsCompany) -> None:
    """The first refusal may be of a token that has run out, so a second notice meets another."""
    refuse_every_token(company)
    company.open_a_task()
    company.wait(61)
    company.teams.wait_until(lambda: NOT_TAKEN in readiness(company))


def recovered(company: TeamsCompany) -> None:
    """By itself: whoever is connected again asks who is in the teams."""
    before = asked_for_members(company)
    renew_the_secret(company)
    company.teams.faults.clear()
    company.teams.wait_until(lambda: asked_for_members(company) >= before + 2)
    assert readiness(company) == ""


def removed_everywhere(company: TeamsCompany) -> None:
    for handle, *_ in STAFF:
        company.does(company.sends_to.removes(handle))
    team, bot = company.teams.chats[IT_CHANNEL], [{"id": company.teams.bot}]
    company.does(company.sends_to.activity("conversationUpdate", "lea", chat=team, membersRemoved=bot))


OUTAGES = {GIVEN_NONE: lost, TAKES_NONE: mistrusted}


# what is seen of it


def readiness(company: TeamsCompany) -> str:
    response = httpx.get(f"{company.running.address}/readyz", trust_env=False)
    return str(response.json().get("problems", {}).get("teams", ""))


def told(company: TeamsCompany, words: str) -> list[str]:
    """To Lea, in the browser."""
    conversation = direct(company.person("lea").id)
    found = company.read(lambda uow: cast("SqlUnitOfWork", uow).chat.of(conversation, limit=99))
    return [one.html for one in found if words in one.html]


def asked_for_members(company: TeamsCompany) -> int:
    return sum(one.name == "members" for one in company.teams.calls)


# tokens


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_admin_is_told_elsewhere_and_once_however_long_it_lasts(company: TeamsCompany, outage: str) -> None:
    OUTAGES[outage](company)
    for _ in range(3):
        company.wait(LONG)
    [sentence] = told(company, outage)
    assert "What is owed is kept until then." in sentence


@pytest.mark.parametrize("outage", OUTAGES)
def test_the_operator_reads_one_line_however_long_it_lasts(company: TeamsCompany, outage: str) -> None:
    with capture_logs() as logged:
        OUTAGES[outage](company)
        for day in range(3, 8):
            company.at(utc(2026, 11, day, 12))
    lines = [one["event"] for one in logged if one["log_level"] in ("warning", "error", "critical")]
    assert len(lines) == 1
    assert lines[0].endswith(("nothing is sent to Teams until it does", "nothing is sent there until it takes one"))


@pytest.mark.parametrize("outage", OUTAGES)
def test_meanwhile_nothing_is_said_to_teams(company: TeamsCompany, outage: str) -> None:
    OUTAGES[outage](company)
    before = [one.name for one in company.teams.calls if one.name in SAYING]
    for _ in range(3):
        company.wait(LONG)
    assert [one.name for one in company.teams.calls if one.name in SAYING] == before


@pytest.mark.parametrize("outage", OUTAGES)
def test_it_goes_on_by_itself_and_what_was_owed_goes_out_once(company: TeamsCompany, outage: str) -> None:
    OUTAGES[outage](company)
    company.wait(LONG)
    assert company.chat("olga") == []

    recovered(company)
    company.wait(LONG)

    [prompt] = company.chat("olga")
    assert "A task for you has opened." in seen(prompt)


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_second_outage_on_another_day_is_told_as_well(company: TeamsCompany, outage: str) -> None:
    OUTAGES[outage](company)
    company.run_due_jobs()
    recovered(company)
    company.wait(LONG)
    company.clock.moment = utc(2026, 11, 9, 12)

    lose_the_secret(company)
    company.writes_into_the_void("olga", "help")
    company.teams.wait_until(lambda: TOKEN_GONE in readiness(company))
    company.run_due_jobs()

    assert len(told(company, "What is owed is kept until then.")) == 2


def test_one_refusal_alone_stops_nothing_and_nobody_is_told(company: TeamsCompany) -> None:
    company.teams.fail("post", 401, "Unauthorized")
    company.open_a_task()
    company.wait(61)
    assert len(company.chat("olga")) == 1
    assert told(company, TAKES_NONE) == []


def test_teams_that_contradicts_itself_is_believed_when_it_takes_the_token(company: TeamsCompany) -> None:
    before = asked_for_members(company)
    company.teams.fail("post", 401, "Unauthorized", times=2)
    company.open_a_task()
    company.wait(61)
    company.teams.wait_until(lambda: asked_for_members(company) > before)
    company.wait(LONG)
    company.wait(LONG)
    assert len(company.chat("olga")) == 1
    assert told(company, TAKES_NONE) == []


# the app


def test_once_the_app_was_removed_from_its_last_place_an_admin_is_told_elsewhere_and_once(
    company: TeamsCompany,
) -> None:
    for handle, *_ in STAFF:
        company.does(company.sends_to.removes(handle))
    assert told(company, GONE) == [], "it is in a team still"
    removed_everywhere(company)
    company.wait(LONG)
    assert len(told(company, GONE)) == 1
    assert readiness(company) == "", "or nobody's installing it would get through to us"


def test_what_is_owed_while_the_app_is_nowhere_is_kept_until_somebody_has_it(company: TeamsCompany) -> None:
    removed_everywhere(company)
    task = company.open_a_task()
    company.wait(LONG)
    assert {one.state for one in company.notices(task)} == {NoticeState.OWED}

    company.installs("olga")
    company.wait(LONG)

    assert "A task for you has opened." in seen(company.asked())


def test_that_the_app_is_nowhere_is_known_after_a_restart(teams_home: Path) -> None:
    clock = StepClock(moment=START)
    with a_founded_tenant() as teams:
        with serving_teams(teams_home, teams, clock) as company:
            for handle, *_ in STAFF:
                company.does(company.sends_to.removes(handle))
        with serving_teams(teams_home, teams, clock) as restarted:
            task = restarted.open_a_task()
            assert {one.state for one in restarted.notices(task)} == {NoticeState.OWED}
