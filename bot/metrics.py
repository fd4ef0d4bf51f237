"""What Prometheus is told. Labels are words of the program: never a workspace, a person or anything they wrote."""

import asyncio
import hmac
import platform
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from time import monotonic, perf_counter

from prometheus_client import CollectorRegistry, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.gauges import Gauges
from tasks.catalogue.parsing import DEPARTMENTS

FRESH = 10.0
"""Seconds for which what was counted in the database is told again."""
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""A chat platform gives up after three seconds."""
JOB_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)
ROUTES = {
    "/": "front",
    "/slack/events": "slack",
    "/api/messages": "teams",
    "/healthz": "healthz",
    "/readyz": "readyz",
    "/metrics": "metrics",
}
FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"via")
OTHER = "other"
disable_created_metrics()  # type: ignore[no-untyped-call]  # a third more lines, of use to nobody


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is counted when it is asked for. The first may take a moment: it reads the database."""

    gauges: Callable[[], Awaitable[Gauges]]
    now: Callable[[], datetime]
    disk_free: Callable[[], int]
    """Bytes left where the database lies."""
    scheduler_alive: Callable[[], bool]
    slack_problem: Callable[[], str | None]
    """None where Slack is off."""


class Metrics:
    """One per app, on a registry of its own."""

    def __init__(self, version: str, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests: dict[tuple[str, int], Callable[[float], None]] = {}
        self._acks: dict[tuple[str, str], Callable[[float], None]] = {}
        self._request_seconds = Histogram(
            "soc2_request_seconds",
            "HTTP requests: their number and how long they took",
            ["route", "outcome"],
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self._ack_seconds = Histogram(
            "soc2_ack_seconds",
            "What a chat platform sent, from its arrival to our acknowledgement",
            ["kind", "outcome"],
            buckets=ACK_BUCKETS,
            registry=self.registry,
        )
        self._job_seconds = Histogram(
            "soc2_job_seconds",
            "Runs of a job in one workspace",
            ["job", "outcome"],
            buckets=JOB_BUCKETS,
            registry=self.registry,
        )
        build = Gauge("soc2_build_info", "Always 1", ["version", "python"], registry=self.registry)
        build.labels(version, platform.python_version()).set(1)

    def requested(self, route: str, status: int, seconds: float) -> None:
        """status: 0 where nobody was left to answer."""
        key = route, status // 100
        observe = self._requests.get(key)
        if observe is None:
            observe = self._request_seconds.labels(route, _outcome(status)).observe
            self._requests[key] = observe
        observe(seconds)

    def acknowledged(self, kind: str, outcome: str, seconds: float) -> None:
        observe = self._acks.get((kind, outcome))
        if observe is None:
            observe = self._ack_seconds.labels(kind, outcome).observe
            self._acks[kind, outcome] = observe
        observe(seconds)

    def ran(self, job: str, outcome: str, seconds: float) -> None:
        self._job_seconds.labels(job, outcome).observe(seconds)

    def watch(self, watched: Watched) -> "Watching":
        watching = Watching(watched)
        self.registry.register(watching)
        return watching


def _outcome(status: int) -> str:
    if not status:
        return "gone"
    return "failed" if status >= 500 else "refused" if status >= 400 else "ok"


class Watching(Collector):
    """Gauges from the database, counted at most every ten seconds however often they are asked for."""

    def __init__(self, watched: Watched, *, seconds: Callable[[], float] = monotonic) -> None:
        self._watched = watched
        self._seconds = seconds
        self._gauges: Gauges | None = None
        self._counted_at = 0.0
        self._counting = asyncio.Lock()

    async def refresh(self) -> None:
        async with self._counting:
            if self._gauges is None or self._seconds() - self._counted_at >= FRESH:
                self.show(await self._watched.gauges())

    def show(self, gauges: Gauges) -> None:
        self._gauges, self._counted_at = gauges, self._seconds()

    def describe(self) -> list[Metric]:
        """Nothing is counted for the sake of registering."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield _one("soc2_scheduler_alive", "1 while the clock of the jobs beats", self._watched.scheduler_alive())
        yield _one("soc2_disk_free_bytes", "Left on the disk of the database", self._watched.disk_free())
        problem = self._watched.slack_problem()
        if problem is not None:
            yield _one("soc2_slack_connected", "1 while Slack accepts the bot's token", not problem)
        if self._gauges:
            yield from _of_database(self._gauges, self._watched.now())


def _of_database(gauges: Gauges, now: datetime) -> Iterator[Metric]:
    yield _many(
        "soc2_notices",
        "Messages owed and what became of them",
        "state",
        {state.value: count for state, count in gauges.notices.items()},
    )
    yield _age(
        "soc2_oldest_owed_seconds", "Since the first notice nobody was told of yet was owed", gauges.oldest_owed, now
    )
    yield _age("soc2_outbox_lag_seconds", "Since the next notice could have gone out", gauges.oldest_due, now)
    yield _age("soc2_opening_lag_seconds", "Since the next task should have been opened", gauges.oldest_opening, now)
    yield _age("soc2_ladder_lag_seconds", "Since the next rung should have been climbed", gauges.oldest_rung, now)
    yield _one("soc2_edits_behind", "Messages that show something older than the database", gauges.edits_behind)
    yield _many("soc2_overdue_tasks", "Unanswered past their target", "department", _known(gauges.overdue))
    yield _many("soc2_missed_tasks", "Unanswered when the next occurrence opened", "department", _known(gauges.missed))


def _known(by_department: Mapping[str, int]) -> Mapping[str, int]:
    """A company names departments as it likes; a label must have an end."""
    counts: Tally[str] = Tally(dict.fromkeys((*sorted(DEPARTMENTS), OTHER), 0))
    for name, number in by_department.items():
        counts[name if name in DEPARTMENTS else OTHER] += number
    return counts


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))


def _many(name: str, words: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def _age(name: str, words: str, since: datetime | None, now: datetime) -> Metric:
    return _one(name, words, max((now - since).total_seconds(), 0.0) if since else 0.0)


class Measured:
    """ASGI middleware: every request's route, outcome and time."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._requested = metrics.requested

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if not status:
                status = message["status"]
            await send(message)

        began = perf_counter()
        try:
            await self._app(scope, receive, send_noting)
        finally:
            self._requested(route_of(scope["path"]), status, perf_counter() - began)


def route_of(path: str) -> str:
    """A name of ours: what somebody asked for has no bound."""
    return ROUTES.get(path) or ("web" if path.startswith("/web") else "api" if path.startswith("/v1/") else OTHER)


def metrics_page(metrics: Metrics, watching: Watching, token: str) -> Callable[[Request], Awaitable[Response]]:
    """With a token, whoever brings it; without one, this machine alone."""

    async def page(request: Request) -> Response:
        if token and not _brings(request, token):
            headers = {"WWW-Authenticate": "Bearer"}
            return JSONResponse({"error": "This needs the token of SOC2_METRICS_TOKEN."}, 401, headers=headers)
        if not token and not _is_this_machine(request):
            return JSONResponse({"error": "There is nothing at this address."}, status_code=404)
        await watching.refresh()
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return page


def _brings(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _is_this_machine(request: Request) -> bool:
    """A proxy on this machine speaks for the whole world: what it passes on does not count."""
    if request.client is None or any(name in FORWARDED for name, _ in request.scope["headers"]):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
