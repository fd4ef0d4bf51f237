import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot.server import CannotListen, Check, build_asgi, listen

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield


async def fine() -> str:
    return ""


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def broken(request: Request) -> PlainTextResponse:
    raise ZeroDivisionError("private words")


def an_app(
    *routes: BaseRoute, slack: ASGIApp | None = None, checks: dict[str, Check] | None = None
) -> httpx.AsyncClient:
    app = build_asgi(slack=slack, chat=routes, checks=checks or {}, running=nothing)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://here")


async def test_the_process_says_it_is_alive_without_asking_anything() -> None:
    async def never() -> str:
        raise AssertionError

    async with an_app(checks={"database": never}) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok", "service": "soc2bot"}


async def test_it_is_ready_when_nothing_is_wrong() -> None:
    async with an_app(checks={"database": fine, "scheduler": fine}) as client:
        response = await client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "problems": {}})


async def test_what_is_not_ready_is_named_and_a_check_that_breaks_hides_no_other() -> None:
    async def behind() -> str:
        return "not up to date: run soc2 migrate"

    async def breaks() -> str:
        raise ZeroDivisionError("private words")

    async with an_app(checks={"evidence": fine, "database": behind, "scheduler": breaks}) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["problems"] == {
        "database": "not up to date: run soc2 migrate",
        "scheduler": "the check failed; the log says why",
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_slack_its_address_says_how_to_turn_it_on(method: str) -> None:
    async with an_app() as client:
        response = await client.request(method, "/slack/events")
    assert response.status_code == 404
    assert "SLACK_BOT_TOKEN" in response.json()["error"]


async def test_with_slack_its_address_is_slack_s() -> None:
    async with an_app(slack=Starlette(routes=[Route("/slack/events", hello, methods=["POST"])])) as client:
        assert (await client.post("/slack/events")).text == "hello"


async def test_the_front_page_leads_to_the_browser_chat_where_there_is_one() -> None:
    async with an_app(Route("/web", hello)) as client:
        assert (await client.get("/")).headers["location"] == "/web"
    async with an_app() as client:
        assert "/soc2 help" in (await client.get("/")).text


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/broken", 500)])
async def test_a_problem_is_one_plain_sentence_with_the_request_s_id(path: str, status: int) -> None:
    async with an_app(Route("/broken", broken)) as client:
        response = await client.get(path, headers={"X-Request-Id": "abc"})
    assert response.status_code == status
    assert "private" not in response.text
    assert set(response.json()) == {"error"}
    assert status == 500 or response.headers["x-request-id"] == "abc"


async def test_a_port_that_is_taken_is_told_with_the_setting_to_change() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"Port {port} is taken .* SOC2_PORT"):
            listen("127.0.0.1", port)


async def test_a_host_that_is_not_this_machine_s_is_told_with_the_setting_to_change() -> None:
    with pytest.raises(CannotListen, match="SOC2_HOST"):
        listen("192.0.2.1", 0)
