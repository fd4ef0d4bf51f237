"""Slack refuses the token: everything stops, the operator hears of it once, and it goes on by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from structlog.testing import capture_logs

from bot.slack_connection import SlackWaits
from bot.web.conversations import direct
from storage.unit_of_work import SqlUnitOfWork
from tasks.model import TaskState
from tasks.ports import Identity, UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import utc
from tests.fake_slack import FakeSlack
from tests.scenarios.company import (
    START,
    Company,
    a_catalogue_control,
    a_slack,
    serving,
    shown,
)

QUICK = SlackWaits(retry=0.02, longest=0.05)
GOOD = "xoxb-fake-T0ACME"
QUESTION = "auth.test"


@contextmanager
def a_company(home: Path, slack: FakeSlack, clock: StepClock, **changes: Any) -> Iterator[Company]:
    with serving(home, slack, clock, slack_waits=QUICK, **changes) as company:
        yield company


@pytest.fixture
def company(home: Path) -> Iterator[Company]:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, a_company(home, slack, clock) as company:
        yield company
        assert {one.error for one in slack.violations} <= {"invalid_auth"}


def problem(company: Company) -> str:
    body: dict[str, Any] = httpx.get(f"{company.running.address}/readyz", trust_env=False).json()
    return str(body["problems"].get("slack", ""))


def revoke(company: Company) -> None:
    with company.slack.changed:
        company.slack.token = "xoxb-another"


def restore(company: Company) -> None:
    with company.slack.changed:
        company.slack.token = GOOD


def asked(company: Company, *, times: int) -> None:
    """So many more times whether the token is good."""
    before = questions(company)
    company.slack.wait_until(lambda: questions(company) >= before + times)


def questions(company: Company) -> int:
    return sum(call.method == QUESTION for call in company.slack.calls)


def others(company: Company) -> list[str]:
    return [call.method for call in company.slack.calls if call.method != QUESTION]


def lost(company: Company) -> None:
    """A first notice meets the refusal, and Slack itself has confirmed it."""
    revoke(company)
    company.open_a_task()
    company.slack.wait_until(lambda: "refuses SLACK_BOT_TOKEN" in problem(company))


def recovered(company: Company) -> None:
    restore(company)
    company.slack.wait_until(lambda: problem(company) == "")


def test_after_the_first_refusal_nothing_but_the_question_goes_to_slack(company: Company) -> None:
    lost(company)
    before = others(company)
    for day in range(3, 10):
        company.at(utc(2026, 11, day, 12))
    asked(company, times=3)
    assert others(company) == before


def test_the_operator_reads_one_line_however_long_it_lasts(company: Company) -> None:
    with capture_logs() as logged:
        lost(company)
        for day in range(3, 10):
            company.at(utc(2026, 11, day, 12))
        asked(company, times=5)
    told = [one for one in logged if one["log_level"] in ("warning", "error", "critical")]
    assert [one["event"] for one in told] == ["Slack refuses our token: nothing is sent there until it is good again"]
    assert "auth.test: invalid_auth" in told[0]["problem"]


def test_it_goes_on_by_itself_with_only_the_latest_word(company: Company) -> None:
    lost(company)
    company.days_pass(utc(2026, 11, 17, 12))
    assert company.inbox("olga") == []
    recovered(company)
    company.wait(60)
    [message] = company.inbox("olga")
    assert "This is overdue." in shown(message)


def test_a_second_outage_is_told_as_well(company: Company) -> None:
    with capture_logs() as logged:
        lost(company)
        recovered(company)
        company.wait(60)
        revoke(company)
        company.at(utc(2026, 11, 17, 12))
        company.slack.wait_until(lambda: "refuses SLACK_BOT_TOKEN" in problem(company))
    assert [one["log_level"] for one in logged].count("error") == 2


def test_people_can_answer_meanwhile_and_nothing_of_it_is_lost(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())
    prompt = company.prompt()
    revoke(company)
    company.presses("olga", "Done", prompt)
    assert company.task().state is TaskState.RECORDED
    company.slack.wait_until(lambda: "refuses SLACK_BOT_TOKEN" in problem(company))
    recovered(company)
    company.seconds[0] += 3600
    company.wait(60)
    assert "You answered" in shown(company.prompt())


@pytest.mark.parametrize("event", ["tokens_revoked", "app_uninstalled"])
def test_slack_s_own_word_makes_us_ask_at_once(company: Company, event: str) -> None:
    revoke(company)
    company.sender.event({"type": event, "tokens": {"bot": [company.slack.bot_user_id]}})
    company.slack.wait_until(lambda: "refuses SLACK_BOT_TOKEN" in problem(company))
    company.open_a_task()
    assert "conversations.open" not in others(company)


def test_a_false_alarm_stops_nothing(company: Company) -> None:
    before = questions(company)
    company.sender.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})
    company.slack.wait_until(lambda: questions(company) > before)
    company.open_a_task()
    assert len(company.inbox("olga")) == 1


def test_an_admin_who_is_in_the_browser_chat_too_is_told_there_once(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, a_company(home, slack, clock, browser_chat=True) as company:
        company.write(_lea_is_in_the_browser)
        lost(company)
        for _ in range(3):
            asked(company, times=2)
            company.run_due_jobs()
        [told] = [html for html in in_the_browser(company, "lea") if "accepts" in html]
        assert "its token given as SLACK_BOT_TOKEN" in told


def _lea_is_in_the_browser(uow: UnitOfWork) -> None:
    lea = uow.people.by_email("lea@acme.example")
    assert lea
    uow.people.link(Identity(platform="web", external_id=lea.id, person_id=lea.id))


def in_the_browser(company: Company, handle: str) -> list[str]:
    conversation = direct(company.person(handle).id)
    units = company.running.app.tools.units
    read = units.read(company.workspace, lambda uow: cast("SqlUnitOfWork", uow).chat.of(conversation, limit=99))
    return [message.html for message in company.running.call(read)]


def test_a_start_with_a_bad_token_is_told_and_cured_without_another_start(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        slack.fail(QUESTION, "token_revoked", times=3)
        with capture_logs() as logged, a_company(home, slack, clock) as company:
            assert problem(company) == ""
        assert [one["event"] for one in logged if one["log_level"] == "error"] == [
            "Slack refuses our token: nothing is sent there until it is good again"
        ]
