import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.log import RequestIds, configure_logging

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process logs, as JSON; logging is left as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(json=True, secrets=[SIGNING_SECRET, "k"], stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234567890-abcdEFGH",
        "xoxp-99-zz-tops",
        "xapp-1-A0B1-2-c0ffee",
        "xoxe.xoxp-1-Mi0yLTE",
        "soc2_mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dzpiydcmrtgq2q",
        SIGNING_SECRET,
    ],
)
@pytest.mark.parametrize("way", ["message", "argument", "field", "traceback"])
def test_a_secret_never_reaches_the_log(lines: io.StringIO, secret: str, way: str) -> None:
    log = logging.getLogger("somebody.elses.library")
    if way == "message":
        log.error(f"calling with {secret} failed")
    elif way == "argument":
        log.error("calling with %r failed", {"token": secret})
    elif way == "field":
        structlog.get_logger("ours").error("call failed", token=secret, nested={"a": [secret]})
    else:
        try:
            raise ValueError(f"bad token {secret}")
        except ValueError:
            log.exception("call failed")
    assert secret not in lines.getvalue()
    assert "[redacted]" in lines.getvalue()
    assert "failed" in lines.getvalue()


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer abc.def-ghi",
        "authorization: Basic dXNlcjpwYXNz",
        "{'Authorization': 'Bearer abc.def-ghi'}",
        '{"Authorization": "Bearer abc.def-ghi"}',
        "[(b'authorization', b'Bearer abc.def-ghi')]",
        "authorization=abc.def-ghi",
    ],
)
def test_an_authorization_header_never_reaches_the_log(lines: io.StringIO, header: str) -> None:
    logging.getLogger("x").warning("sent %s", header)
    assert "abc.def-ghi" not in lines.getvalue()
    assert "dXNlcjpwYXNz" not in lines.getvalue()


def test_a_very_short_secret_does_not_eat_the_words(lines: io.StringIO) -> None:
    logging.getLogger("x").warning("a kick")
    assert json.loads(lines.getvalue())["event"] == "a kick"


def test_every_line_in_production_is_one_json_object(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("delivered", notice=7)
    logging.getLogger("theirs").warning("two\nlines")
    ours, theirs = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert (ours["event"], ours["notice"], ours["level"], ours["logger"]) == ("delivered", 7, "info", "ours")
    assert (theirs["event"], theirs["logger"]) == ("two\nlines", "theirs")
    assert ours["timestamp"].endswith("Z")


def test_bolt_cannot_write_an_unsigned_body_to_the_log(lines: io.StringIO) -> None:
    logging.getLogger("slack_bolt.AsyncRequestVerification").info("invalid request: private words")
    assert lines.getvalue() == ""


def test_a_traceback_shows_no_local_variables() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging(json=False, stream=stream)
        try:
            file_content = "the salaries of everybody"
            raise ValueError(len(file_content))
        except ValueError:
            logging.getLogger("x").exception("it broke")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert "the salaries" not in "".join(
        line for line in stream.getvalue().splitlines() if "file_content =" not in line
    )
    assert "ValueError" in stream.getvalue()


def answer(request: Request) -> PlainTextResponse:
    logging.getLogger("handler").info("at work")
    return PlainTextResponse("ok")


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123", True), ("", False), ("x" * 65, False), ("a b", False), ("<script>", False)]
)
@pytest.mark.anyio
async def test_a_request_s_id_is_kept_if_sane_sent_back_and_in_every_line(
    lines: io.StringIO, given: str, kept: bool
) -> None:
    transport = httpx.ASGITransport(RequestIds(Starlette(routes=[Route("/", answer)])))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        response = await client.get("/", headers={"X-Request-Id": given} if given else {})
    request_id = response.headers["x-request-id"]
    assert (request_id == given) is kept
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["request"] for line in logged if line["logger"] == "handler"] == [request_id]
