"""The company on the whole app but for its web server: jobs run when told, and a silent Slack is soon given up on."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot.pacing import Pace
from bot.wiring import Waits, build
from tasks.evidence import Evidence, FileReference
from tasks.identifiers import EvidenceId, TaskId
from tasks.model import Task
from tasks.operations.attach_evidence import attach_files
from tasks.operations.open_evidence import send_file
from tasks.operations.wait_on import wait_on
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.bot.a_company import StepClock
from tests.builders import utc
from tests.fake_slack import FakeSlack
from tests.scenarios.company import PDF, START, Company, Running, a_slack, settings_for

PATIENCE, LITTLE_PATIENCE = 10.0, 1.0
"""Seconds until our client gives up on an answer: little where Slack is silent on purpose, so that no other call of a
slow machine is taken for silence."""
LONG_ENOUGH = (61, 61, 400, 1000, 1000)
"""For every wait there is: a lease on a doubt, and the quarter of an hour."""
Arrange = Callable[[FakeSlack, str], None]
"""The next call of this method goes wrong."""

PASSING: Mapping[str, Arrange] = {
    "a rate limit": lambda slack, method: slack.rate_limit(method, retry_after=40),
    "a server error": lambda slack, method: slack.http_status(method, 503, times=2),
    "an internal error": lambda slack, method: slack.fail(method, "internal_error"),
    "a service that is unavailable": lambda slack, method: slack.fail(method, "service_unavailable"),
    "a scope that is missing for a while": lambda slack, method: slack.fail(method, "missing_scope"),
    "a connection dropped before": lambda slack, method: slack.drop_before_accepting(method, times=2),
    "a connection dropped after": lambda slack, method: slack.drop_after_accepting(method),
    "silence before": lambda slack, method: slack.hang(method, accepted=False),
    "silence after": lambda slack, method: slack.hang(method),
}
RECIPIENTS = (
    *("user_disabled", "user_not_found", "cannot_dm_bot", "channel_not_found", "not_in_channel", "is_archived"),
    *("restricted_action", "messages_tab_disabled"),
)
OURS = ("invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "an_error_of_next_year")


@contextmanager
def a_faulty_company(home: Path, *, patience: float = PATIENCE) -> Iterator[Company]:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, in_the_office(home, slack, clock, patience) as company:
        yield company
        assert slack.violations == []


@contextmanager
def in_the_office(home: Path, slack: FakeSlack, clock: StepClock, patience: float) -> Iterator[Company]:
    seconds = [0.0]
    waits = Waits(pace=Pace({}), seconds=lambda: seconds[0])
    with build(settings_for(home, slack), clock, waits) as app, a_loop() as loop:
        running, connection = Running(app=app, address="", loop=loop), app._slack
        assert connection
        connection._api.timeout = patience
        running.call(connection.identify())
        [workspace] = running.call(app.tools.workspaces())
        try:
            yield Company(slack=slack, clock=clock, folder=home, running=running, seconds=seconds, workspace=workspace)
        finally:
            running.call(connection.close())


@contextmanager
def a_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="office")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def goes_wrong(company: Company, fault: str, method: str) -> None:
    if "silence" in fault:
        have_patience(company, LITTLE_PATIENCE)
    PASSING[fault](company.slack, method)


def have_patience(company: Company, seconds: float = PATIENCE) -> None:
    """From now on."""
    connection = company.running.app._slack
    assert connection
    connection._api.timeout = seconds
    company.running.call(connection.close())  # a new session has the new patience


def wait_it_out(company: Company) -> None:
    for seconds in LONG_ENOUGH:
        company.wait(seconds)


# what people do, without a form to do it in


def attach(company: Company, task: Task, handle: str = "olga", content: bytes = PDF) -> Evidence:
    file = company.a_file(handle, content=content)
    reference = FileReference(platform="slack", reference=file.id, name=file.name, size=file.size)
    [evidence] = company.write(
        lambda uow: attach_files(uow, who(company, uow, handle), task.id, [reference], item="removal-proof")
    )
    return evidence


def ask_for(company: Company, evidence: EvidenceId, handle: str = "olga") -> None:
    company.write(lambda uow: send_file(uow, who(company, uow, handle), evidence))


def wait_for_the_vendor(company: Company, task_id: TaskId) -> None:
    company.write(partial(_wait, company, task_id))


def _wait(company: Company, task_id: TaskId, uow: UnitOfWork) -> None:
    task = uow.tasks.get(task_id)
    wait_on(uow, who(company, uow, "olga"), task_id, task.version, whom="the vendor", until=utc(2026, 12, 1).date())


def who(company: Company, uow: UnitOfWork, handle: str) -> Actor:
    return Actor(person=company.person_in(uow, handle), platform="slack", at=uow.now)
