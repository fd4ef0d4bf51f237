import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route

from bot.metrics import FRESH, Metrics, Watched, Watching, metrics_page, route_of
from bot.server import build_asgi
from storage.gauges import Gauges
from tasks.notices import NoticeState

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
TOKEN = "a-long-metrics-token"


def some_gauges(**changes: object) -> Gauges:
    usual: dict[str, object] = {
        "notices": dict.fromkeys(NoticeState, 0),
        "oldest_owed": None,
        "oldest_due": None,
        "oldest_opening": None,
        "oldest_rung": None,
        "edits_behind": 0,
        "overdue": {},
        "missed": {},
    }
    return Gauges(**(usual | changes))  # type: ignore[arg-type]


def watched(gauges: Gauges, *, asked: list[int] | None = None, slack_problem: str | None = None) -> Watched:
    async def count() -> Gauges:
        if asked is not None:
            asked.append(1)
        return gauges

    return Watched(
        gauges=count,
        now=lambda: NOW,
        disk_free=lambda: 5,
        scheduler_alive=lambda: True,
        slack_problem=lambda: slack_problem,
    )


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def broken(request: Request) -> PlainTextResponse:
    raise ZeroDivisionError


def an_app(
    *routes: BaseRoute, token: str = "", peer: str = "127.0.0.1", gauges: Gauges | None = None
) -> httpx.AsyncClient:
    metrics = Metrics("1.0")
    page = metrics_page(metrics, metrics.watch(watched(gauges or some_gauges())), token)
    app = build_asgi(slack=None, chat=routes, checks={}, running=nothing, metrics=metrics, metrics_page=page)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 40000))
    return httpx.AsyncClient(transport=transport, base_url="http://here")


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(text: str, name: str, **labels: str) -> float:
    return samples(text)[name, tuple(sorted(labels.items()))]


async def test_requests_are_counted_by_route_and_outcome() -> None:
    async with an_app(Route("/web/hello", hello), Route("/web/broken", broken)) as client:
        for path in ("/web/hello", "/web/hello", "/web/broken", "/no/such/path", "/healthz"):
            await client.get(path)
        text = (await client.get("/metrics")).text
    count = "soc2_request_seconds_count"
    assert value(text, count, route="web", outcome="ok") == 2
    assert value(text, count, route="web", outcome="failed") == 1
    assert value(text, count, route="other", outcome="refused") == 1
    assert value(text, count, route="healthz", outcome="ok") == 1


def test_what_programs_ask_is_counted_under_one_label() -> None:
    assert {route_of("/v1/token"), route_of("/v1/incidents/7")} == {"api"}


def test_a_path_that_somebody_made_up_is_never_a_label() -> None:
    assert {route_of(f"/{word}") for word in ("a", "b/c", "slack/event", "%00")} == {"other"}


async def test_acks_and_jobs_are_timed_by_outcome() -> None:
    metrics = Metrics("1.0")
    metrics.acknowledged("command", "ok", 0.2)
    metrics.acknowledged("command", "ok", 0.3)
    metrics.ran("deliver", "failed", 7.0)
    text = page_of(metrics)
    assert value(text, "soc2_ack_seconds_count", kind="command", outcome="ok") == 2
    assert value(text, "soc2_ack_seconds_bucket", kind="command", outcome="ok", le="0.25") == 1
    assert value(text, "soc2_job_seconds_sum", job="deliver", outcome="failed") == 7


def page_of(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


async def test_what_waits_is_told_in_seconds_and_by_department() -> None:
    gauges = some_gauges(
        notices={**dict.fromkeys(NoticeState, 0), NoticeState.OWED: 3},
        oldest_owed=NOW - timedelta(minutes=2),
        oldest_due=NOW + timedelta(minutes=2),
        edits_behind=4,
        overdue={"it": 2},
    )
    async with an_app(gauges=gauges) as client:
        text = (await client.get("/metrics")).text
    assert value(text, "soc2_notices", state="owed") == 3
    assert value(text, "soc2_oldest_owed_seconds") == 120
    assert value(text, "soc2_outbox_lag_seconds") == 0
    assert value(text, "soc2_edits_behind") == 4
    assert value(text, "soc2_overdue_tasks", department="it") == 2
    assert value(text, "soc2_overdue_tasks", department="legal") == 0


async def test_departments_of_the_company_s_own_making_are_one_label() -> None:
    async with an_app(gauges=some_gauges(missed={"Office of Ann Lee": 1, "moon": 2, "it": 4})) as client:
        text = (await client.get("/metrics")).text
    assert value(text, "soc2_missed_tasks", department="other") == 3
    assert "Ann" not in text


@pytest.mark.parametrize(("problem", "shown"), [("", 1), ("Slack refuses SLACK_BOT_TOKEN", 0)])
async def test_slack_is_connected_or_not(problem: str, shown: int) -> None:
    metrics = Metrics("1.0")
    metrics.watch(watched(some_gauges(), slack_problem=problem))
    assert value(page_of(metrics), "soc2_slack_connected") == shown


async def test_where_slack_is_off_nothing_is_said_of_it() -> None:
    async with an_app() as client:
        assert "soc2_slack_connected" not in (await client.get("/metrics")).text


async def test_the_database_is_asked_at_most_every_ten_seconds() -> None:
    now, asked = [0.0], list[int]()
    watching = Watching(watched(some_gauges(), asked=asked), seconds=lambda: now[0])
    for _ in range(3):
        await watching.refresh()
    assert len(asked) == 1
    now[0] = FRESH
    await watching.refresh()
    assert len(asked) == 2


# who may read them


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1"])
async def test_without_a_token_this_machine_may(peer: str) -> None:
    async with an_app(peer=peer) as client:
        assert (await client.get("/metrics")).status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.5", "192.168.1.1", "203.0.113.9", "fe80::1", "unix"])
async def test_without_a_token_nobody_else_learns_that_there_is_such_a_page(peer: str) -> None:
    async with an_app(peer=peer) as client:
        response, nowhere = await client.get("/metrics"), await client.get("/nowhere")
    assert (response.status_code, response.json()) == (404, nowhere.json())


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
async def test_what_a_proxy_on_this_machine_passes_on_is_not_this_machine_s(header: str) -> None:
    async with an_app() as client:
        assert (await client.get("/metrics", headers={header: "127.0.0.1"})).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "203.0.113.9"}, 200),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({}, 401),
    ],
)
async def test_with_a_token_whoever_brings_it_may_and_not_even_this_machine_without(
    headers: Mapping[str, str], status: int
) -> None:
    for peer in ("127.0.0.1", "203.0.113.9"):
        async with an_app(token=TOKEN, peer=peer) as client:
            assert (await client.get("/metrics", headers=headers)).status_code == status


async def test_every_metric_says_what_it_is() -> None:
    async with an_app() as client:
        text = (await client.get("/metrics")).text
    named = set(re.findall(r"^# HELP (\S+) \S+", text, re.M))
    assert named == set(re.findall(r"^# TYPE (\S+)", text, re.M))
    assert len(named) > 8
