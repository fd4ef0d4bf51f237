"""Stopping and watching a real process: what is under way is finished, nothing is lost and nothing said twice."""

import asyncio
import re
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.clock import real_now
from bot.scheduler import DRAIN
from bot.server import SHUTDOWN_SECONDS
from bot.store import open_store
from bot.traces import OpenTelemetry
from bot.wiring import build
from storage.unit_of_work import SqlUnitOfWork
from tasks.identifiers import TaskId, WorkspaceId
from tasks.model import TaskState
from tasks.notices import Notice, NoticeState
from tests.bot.a_company import StepClock
from tests.bot.test_cli_serve import a_free_port, wait_for
from tests.bot.test_metrics import value
from tests.docs.pages import ROOT
from tests.fake_slack import FakeSlack
from tests.scenarios.company import STAFF, email, settings_for, user_id
from tests.scenarios.hostile_target import Ids, Target, _open_something
from tests.scenarios.processes import PATIENCE, environment, start, wait_until_ready


class SlowSlack(FakeSlack):
    """It takes a message at once and answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.posting, self.go_on = threading.Event(), threading.Event()

    async def _answer_method(self, request: web.Request) -> web.StreamResponse:
        response = await super()._answer_method(request)
        if request.match_info["method"] == "chat.postMessage":
            self.posting.set()
            await asyncio.to_thread(self.go_on.wait, PATIENCE)
        return response


@dataclass(frozen=True, kw_only=True)
class InTwoParts(Target):
    """Sends half a request, does something else, then sends the rest."""

    meanwhile: Callable[[], None] = field(default=lambda: None)

    def raw(self, body: Any, headers: Mapping[str, str] | list[tuple[bytes, bytes]], method: str = "POST") -> int:
        assert isinstance(headers, Mapping)
        named = {"Host": "here", "Content-Length": str(len(body)), "Connection": "close", **headers}
        head = "".join(f"{name}: {each}\r\n" for name, each in named.items())
        half = len(body) // 2
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            line.sendall(f"POST /slack/events HTTP/1.1\r\n{head}\r\n".encode() + body[:half])
            assert httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).status_code == 200
            self.meanwhile()
            line.sendall(body[half:])
            answer = line.recv(4096)
        return int(answer.split(b" ", 2)[1])


@dataclass(kw_only=True)
class Service:
    home: Path
    slack: SlowSlack
    port: int
    workspace: WorkspaceId
    ours: Ids

    @contextmanager
    def running(self, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        settings = environment(self.home, self.slack, self.port, **more)
        process = start(self.home, settings, self.home / "log")
        try:
            wait_until_ready(self.port)
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE)

    def read(self, work: Callable[[SqlUnitOfWork], Any]) -> Any:
        with open_store(settings_for(self.home, self.slack), StepClock(moment=real_now())) as store:
            return store.units.read_now(self.workspace, work)

    def notices(self) -> list[Notice]:
        found: list[Notice] = self.read(lambda uow: list(uow.notices.of_task(TaskId(self.ours.task))))
        return found

    def times_posted(self) -> Counter[int]:
        """By the id of the notice that a message carries."""
        return Counter(
            message.metadata["event_payload"]["notice_id"] for message in self.slack.everything if message.metadata
        )

    def refuses_connections(self) -> bool:
        try:
            httpx.get(f"http://127.0.0.1:{self.port}/readyz", trust_env=False, timeout=5)
        except httpx.TransportError:
            return True
        return False


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    """A task was opened while nothing ran: its owner is yet to be told."""
    with SlowSlack() as slack:
        for handle, name, *_ in STAFF:
            slack.add_user(handle, email(handle), id=user_id(handle), real_name=name, tz="UTC")
        with open_store(settings_for(home, slack), StepClock(moment=real_now())) as store:
            [workspace] = store.units.workspaces()
            ours = store.units.write_now(workspace.id, _open_something)
        yield Service(home=home, slack=slack, port=a_free_port(), workspace=workspace.id, ours=ours)


def test_asked_to_stop_it_takes_no_more_and_finishes_the_request_and_the_message_under_way(service: Service) -> None:
    with service.running() as process:
        assert service.slack.posting.wait(PATIENCE), "nothing was sent"

        def stop() -> None:
            process.send_signal(signal.SIGTERM)
            wait_for(service.refuses_connections)

        client = InTwoParts(
            slack=service.slack,
            folder=service.home,
            port=service.port,
            pid=process.pid,
            ours=service.ours,
            theirs=service.ours,
            meanwhile=stop,
        )
        assert client.acts("answer_task", t=service.ours.task, v=service.ours.version) == 200
        wait_for(lambda: "stopping" in (service.home / "log").read_text())
        assert process.poll() is None, "it did not wait for the message under way"
        service.slack.go_on.set()
        assert process.wait(SHUTDOWN_SECONDS + DRAIN) == 0
    assert service.read(lambda uow: uow.tasks.get(TaskId(service.ours.task)).state) is TaskState.SUBMITTED
    assert len(service.read(lambda uow: uow.answers.attestations(TaskId(service.ours.task)))) == 1
    assert NoticeState.SENDING not in {notice.state for notice in service.notices()}
    assert NoticeState.SENT in {notice.state for notice in service.notices()}
    assert set(service.times_posted().values()) == {1}


def test_asked_twice_it_ends_at_once_and_the_next_start_says_nothing_twice(service: Service) -> None:
    with service.running() as process:
        assert service.slack.posting.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        wait_for(service.refuses_connections)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == -signal.SIGTERM
    service.slack.go_on.set()
    with service.running() as process:
        wait_for(lambda: not _unsettled(service))
        process.send_signal(signal.SIGTERM)
        assert process.wait(SHUTDOWN_SECONDS + DRAIN) == 0
    assert set(service.times_posted().values()) == {1}


def _unsettled(service: Service) -> list[Notice]:
    """What is owed outside working hours waits for the morning."""
    now = real_now()
    waits = {NoticeState.OWED, NoticeState.SENDING}
    return [one for one in service.notices() if one.state in waits and one.owed_at <= now]


def test_the_metrics_of_a_real_server_tell_of_its_requests_acks_jobs_and_tasks(service: Service) -> None:
    service.slack.go_on.set()
    with service.running() as process:
        target = Target(
            slack=service.slack,
            folder=service.home,
            port=service.port,
            pid=process.pid,
            ours=service.ours,
            theirs=service.ours,
        )
        assert target.types(text="help") == 200
        assert target.raw(b"", []) == 401
        wait_for(lambda: not _unsettled(service))
        text = httpx.get(f"http://127.0.0.1:{service.port}/metrics", trust_env=False).text
    assert value(text, "soc2_ack_seconds_count", kind="command", outcome="ok") == 1
    assert value(text, "soc2_request_seconds_count", route="slack", outcome="ok") == 1
    assert value(text, "soc2_request_seconds_count", route="slack", outcome="refused") == 1
    assert value(text, "soc2_job_seconds_count", job="deliver", outcome="ok") >= 1
    assert value(text, "soc2_notices", state="sent") >= 1
    assert value(text, "soc2_slack_connected") == value(text, "soc2_scheduler_alive") == 1


def test_the_unit_file_gives_a_stop_the_time_it_takes() -> None:
    unit = (ROOT / "docs" / "operations" / "soc2bot.service").read_text()
    [given] = [line.removeprefix("TimeoutStopSec=") for line in unit.splitlines() if line.startswith("TimeoutStopSec=")]
    assert SHUTDOWN_SECONDS + DRAIN < int(given) <= 2 * (SHUTDOWN_SECONDS + DRAIN)


def test_traces_tell_of_jobs_units_of_work_and_calls_and_of_nobody(service: Service) -> None:
    service.slack.go_on.set()
    exporter, clock = InMemorySpanExporter(), StepClock(moment=real_now())
    tracer = OpenTelemetry(SimpleSpanProcessor(exporter), "1.0")
    with build(settings_for(service.home, service.slack), clock, tracer=tracer) as app:
        asyncio.run(app.tick())
    told = [(one.name, dict(one.attributes or {})) for one in exporter.get_finished_spans()]
    assert ("job", {"soc2.job": "deliver"}) in told
    assert ("unit of work", {"soc2.access": "write"}) in told
    assert ("platform call", {"soc2.platform": "slack", "soc2.method": "chat.postMessage"}) in told
    values = {str(one) for _, attributes in told for one in attributes.values()}
    private = {service.workspace, service.ours.task, service.ours.person, user_id("olga"), service.slack.team, "IAM-03"}
    assert not private & values
    assert all(re.fullmatch(r"[a-zA-Z._-]+", one) for one in values), values
