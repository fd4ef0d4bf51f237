"""Every way in which Slack can fail, at everything that we ask of it: nothing is lost and nothing is doubled."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tasks.evidence import EvidenceState
from tasks.notices import Notice, NoticeState, Occasion
from tests.builders import utc
from tests.fake_slack import Message
from tests.scenarios.company import CHANNEL, Company, shown, user_id
from tests.scenarios.faulty import (
    OURS,
    PASSING,
    RECIPIENTS,
    a_faulty_company,
    ask_for,
    attach,
    goes_wrong,
    wait_for_the_vendor,
    wait_it_out,
)

SOME = ("a rate limit", "a server error", "a connection dropped after")
TO_THE_MANAGER = utc(2026, 11, 18, 10)


@pytest.fixture
def company(home: Path) -> Iterator[Company]:
    with a_faulty_company(home) as company:
        yield company


def notices(company: Company, occasion: Occasion) -> list[Notice]:
    return [one for one in company.notices(company.task()) if one.key.occasion is occasion]


def files_sent(company: Company, handle: str) -> list[Message]:
    return [one for one in company.inbox(handle) if one.files]


# what passes


@pytest.mark.parametrize(
    ("fault", "method"),
    [*[(fault, "chat.postMessage") for fault in PASSING], *[(fault, "conversations.open") for fault in SOME]],
)
def test_a_prompt_arrives_once_whatever_passes(company: Company, fault: str, method: str) -> None:
    goes_wrong(company, fault, method)
    company.open_a_task()

    wait_it_out(company)

    assert len(company.inbox("olga")) == 1
    assert [one.state for one in notices(company, Occasion.OPENED)] == [NoticeState.SENT]


@pytest.mark.parametrize("fault", PASSING)
def test_an_escalation_reaches_the_manager_once_whatever_passes(company: Company, fault: str) -> None:
    company.open_a_task()
    goes_wrong(company, fault, "chat.postMessage")
    company.at(TO_THE_MANAGER)

    wait_it_out(company)

    assert len(company.inbox("max")) == 1
    assert [one.state for one in notices(company, Occasion.MANAGER)] == [NoticeState.SENT]


@pytest.mark.parametrize("fault", PASSING)
def test_a_message_shows_what_has_changed_whatever_passes(company: Company, fault: str) -> None:
    task = company.open_a_task()
    goes_wrong(company, fault, "chat.update")
    wait_for_the_vendor(company, task.id)

    wait_it_out(company)

    [prompt] = company.inbox("olga")
    assert "the vendor" in shown(prompt)


@pytest.mark.parametrize(
    ("fault", "method"), [*[(fault, "files.info") for fault in PASSING], *[(fault, "files-pri") for fault in SOME]]
)
def test_a_file_is_fetched_and_bound_once_whatever_passes(company: Company, fault: str, method: str) -> None:
    task = company.open_a_task()
    goes_wrong(company, fault, method)
    attach(company, task)

    wait_it_out(company)

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert evidence.state is EvidenceState.BOUND


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        *[(fault, "files.completeUploadExternal") for fault in PASSING],
        *[(fault, method) for fault in SOME for method in ("files.getUploadURLExternal", "upload")],
    ],
)
def test_a_file_that_was_asked_for_arrives_once_whatever_passes(company: Company, fault: str, method: str) -> None:
    evidence = attach(company, company.open_a_task())
    company.run_due_jobs()
    goes_wrong(company, fault, method)
    ask_for(company, evidence.id)

    wait_it_out(company)

    assert len(files_sent(company, "olga")) == 1


# what does not


@pytest.mark.parametrize("error", RECIPIENTS)
def test_somebody_out_of_reach_is_recorded_and_the_next_person_told_once(company: Company, error: str) -> None:
    company.slack.fail("chat.postMessage", error)
    company.open_a_task()

    wait_it_out(company)

    [notice] = notices(company, Occasion.OPENED)
    assert (notice.state, notice.error) == (NoticeState.FAILED, f"chat.postMessage: {error}")
    assert company.inbox("olga") == []
    [told] = company.inbox("max")
    assert f"Olga Owner could not be reached: chat.postMessage: {error}" in shown(told)


@pytest.mark.parametrize("error", OURS)
def test_a_message_that_we_got_wrong_is_a_clear_error_in_the_log_and_the_next_person_told(
    company: Company, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    company.slack.fail("chat.postMessage", error)

    with capture_logs() as logged:
        company.open_a_task()
    wait_it_out(company)

    [notice] = notices(company, Occasion.OPENED)
    assert (notice.state, notice.attempts) == (NoticeState.FAILED, 1)
    assert [entry["notice"] for entry in logged if entry["log_level"] == "error"] == [notice.id]
    assert [one.levelno for one in caplog.records if error in one.getMessage()] == [logging.ERROR]
    assert len(company.inbox("max")) == 1


def test_an_escalation_that_cannot_reach_the_manager_goes_to_the_manager_s_manager(company: Company) -> None:
    company.open_a_task()
    company.slack.users[user_id("max")].deleted = True
    company.at(TO_THE_MANAGER)

    wait_it_out(company)

    assert [one.state for one in notices(company, Occasion.MANAGER)] == [NoticeState.FAILED]
    assert "Max Manager could not be reached: conversations.open: user_disabled" in shown(company.prompt("sid"))


def test_a_channel_that_is_gone_is_told_to_the_compliance_lead(company: Company) -> None:
    company.slack.channels[CHANNEL].archived = True
    company.open_a_task()
    company.at(utc(2026, 12, 1, 10))

    wait_it_out(company)

    assert "The compliance channel could not be reached: chat.postMessage: is_archived" in shown(company.prompt("lea"))


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "invalid_blocks"])
def test_a_message_that_can_no_longer_be_edited_is_let_go(company: Company, error: str) -> None:
    task = company.open_a_task()
    company.slack.fail("chat.update", error)
    wait_for_the_vendor(company, task.id)

    wait_it_out(company)

    assert company.read(lambda uow: uow.notices.claim_edits(limit=10)) == []


@pytest.mark.parametrize("error", ["file_not_found", "file_deleted"])
def test_a_file_that_slack_no_longer_has_is_said_to_be_gone(company: Company, error: str) -> None:
    task = company.open_a_task()
    company.slack.fail("files.info", error)
    attach(company, task)

    wait_it_out(company)

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert evidence.state is EvidenceState.REJECTED
    assert "Slack no longer has this file" in evidence.problem
