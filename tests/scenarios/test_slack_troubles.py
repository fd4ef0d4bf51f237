"""Slack slow, down, or doubtful: nothing is lost and nothing is said twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.slack_connection import SlackWaits
from tasks.identifiers import NoticeId
from tasks.notices import NoticeState, Occasion
from tests.bot.a_company import StepClock
from tests.builders import utc
from tests.scenarios.company import (
    CHANNEL,
    OPENS,
    START,
    Company,
    a_catalogue_control,
    a_slack,
    serving,
    shown,
    user_id,
)
from tests.scenarios.faulty import PASSING


def opened_notice_state(company: Company) -> NoticeState:
    [notice] = [one for one in company.notices(company.task()) if one.key.occasion is Occasion.OPENED]
    return notice.state


@contextmanager
def as_soon_given_up_on(company: Company, fault: str) -> Iterator[Company]:
    """For silence, another process of ours, that gives up on Slack soon; the waits of the usual one are for a slow
    machine."""
    if not fault.startswith("silence"):
        yield company
        return
    hasty = SlackWaits(answering=0.2)
    with serving(company.folder, company.slack, company.clock, slack_waits=hasty) as impatient:
        yield impatient


def posts(company: Company) -> int:
    return sum(call.method == "chat.postMessage" for call in company.slack.calls)


def test_a_rate_limit_is_waited_out_as_long_as_slack_says(company: Company) -> None:
    company.slack.rate_limit("chat.postMessage", retry_after=40, times=1)
    company.open_a_task()
    assert company.inbox("olga") == []

    company.wait(39)
    assert company.inbox("olga") == []
    company.wait(6)

    assert len(company.inbox("olga")) == 1


def test_a_server_error_at_slack_is_looked_up_and_then_sent_once(company: Company) -> None:
    company.slack.http_status("chat.postMessage", 503, times=2)
    company.open_a_task()
    assert company.inbox("olga") == []

    company.wait(61)
    company.wait(61)
    company.wait(61)

    assert len(company.inbox("olga")) == 1
    assert opened_notice_state(company) is NoticeState.SENT


def test_a_message_that_went_out_before_the_connection_dropped_is_found_and_not_sent_again(company: Company) -> None:
    company.slack.drop_after_accepting("chat.postMessage")
    company.open_a_task()
    assert opened_notice_state(company) is NoticeState.SENDING

    company.wait(61)

    assert len(company.inbox("olga")) == 1
    assert posts(company) == 1
    assert opened_notice_state(company) is NoticeState.SENT
    company.answers_done()
    assert "You answered" in shown(company.prompt()), "it is known well enough to be edited"


def test_a_process_that_ended_in_doubt_looks_before_it_speaks_again(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        slack.drop_after_accepting("chat.postMessage")
        with serving(home, slack, clock) as company:
            company.open_a_task()
            assert opened_notice_state(company) is NoticeState.SENDING
        with serving(home, slack, clock) as restarted:
            restarted.run_due_jobs()
            assert len(restarted.inbox("olga")) == 1
            assert opened_notice_state(restarted) is NoticeState.SENT
        assert slack.violations == []


def test_a_doubtful_line_in_the_channel_is_not_looked_up_and_sent_again(company: Company) -> None:
    company.slack.drop_after_accepting("chat.postMessage")
    company.at(utc(2026, 11, 6, 16))

    company.wait(61)

    lines = [message for message in company.slack.messages if message.channel == CHANNEL]
    assert len(lines) == 2, "at least once: docs/decisions/0008-channel-doubt.md"
    assert not [call for call in company.slack.calls if call.method == "conversations.history"]
    notice = company.read(lambda uow: uow.notices.get(NoticeId(1)))
    assert notice.error.startswith("it may have gone out twice")


@pytest.mark.parametrize("error", ["user_disabled", "user_not_found"])
def test_somebody_slack_cannot_reach_is_on_record_and_their_manager_is_told(company: Company, error: str) -> None:
    company.slack.fail("conversations.open", error, times=1)
    task = company.open_a_task()

    assert opened_notice_state(company) is NoticeState.FAILED
    assert f"Olga Owner could not be reached: conversations.open: {error}" in shown(company.prompt("max"))
    assert company.task_again(task.id).owner_id == company.person("olga").id


def test_a_revoked_token_keeps_what_is_owed(company: Company) -> None:
    company.slack.fail("conversations.open", "token_revoked", times=1)
    company.open_a_task()
    assert opened_notice_state(company) is NoticeState.OWED

    company.wait(901)

    assert len(company.inbox("olga")) == 1


def test_a_message_that_was_deleted_stops_nothing(company: Company) -> None:
    company.open_a_task()
    company.inbox("olga")[0].deleted = True

    company.drops("olga", company.a_file())
    company.presses("olga", "Open", company.says("olga", "tasks"))
    company.presses("olga", "Done", company.whispered("olga"))

    assert "A submission waits for your acceptance." in shown(company.prompt("lea"))


def test_slack_gone_altogether_costs_an_answer_and_never_the_decision(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())
    prompt = company.prompt()
    for method in ("chat.update", "chat.postEphemeral"):
        company.slack.http_status(method, 500, times=2)

    company.presses("olga", "Done", prompt)

    assert not company.task_again(task.id).is_open
    company.wait(61)
    company.wait(61)
    assert "You answered" in shown(company.prompt())


def test_a_form_that_slack_refuses_to_open_is_told(company: Company) -> None:
    company.open_a_task()
    company.slack.fail("views.open", "internal_error", times=1)

    company.presses("olga", "Not done …", company.prompt())

    assert "That didn't open" in shown(company.whispered("olga"))


@pytest.mark.parametrize("fault", PASSING)
def test_a_form_under_any_fault_costs_a_second_press_and_nothing_else(company: Company, fault: str) -> None:
    company.open_a_task()
    with as_soon_given_up_on(company, fault) as pressed_at:
        PASSING[fault](company.slack, "views.open")
        pressed_at.presses("olga", "Not done …", company.prompt())
    assert company.task().is_open
    company.slack.faults.clear()

    company.opens("olga", "Not done …", company.prompt())


@pytest.mark.parametrize("fault", PASSING)
def test_an_answer_shown_to_one_person_may_fail_and_the_decision_stands(company: Company, fault: str) -> None:
    company.open_a_task()
    PASSING[fault](company.slack, "chat.postEphemeral")

    company.opens("olga", "Waiting on …", company.prompt())
    with as_soon_given_up_on(company, fault) as sent_to:
        sent_to.sends("olga", {"Whom or what do you wait for?": "the vendor", "Until when?": "2026-11-30"})

    assert company.task().waiting_on == "the vendor"


def test_what_came_due_while_nothing_ran_is_sent_at_the_start(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack:
        with serving(home, slack, clock) as company:
            company.install(a_catalogue_control())
        clock.moment = OPENS
        with serving(home, slack, clock):
            slack.wait_until(lambda: slack.messages_to(user_id("olga")))


def test_what_piled_up_while_slack_was_down_is_one_message_with_the_latest_word(company: Company) -> None:
    company.slack.http_status("conversations.open", 503, times=40)
    company.open_a_task()
    for moment in (utc(2026, 11, 13, 9), utc(2026, 11, 16, 9), utc(2026, 11, 17, 9)):
        company.at(moment)
        company.wait(61)
    assert company.slack.messages == []

    company.slack.faults.clear()
    company.seconds[0] += 3600
    company.wait(1800)

    [message] = company.inbox("olga")
    assert "This is overdue." in shown(message)
