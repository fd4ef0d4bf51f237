"""Logging: one line per event, through one redacting formatter, with the request's id in every line it causes."""

import logging
import re
import sys
from collections.abc import Iterable
from secrets import token_hex
from typing import TextIO

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, merge_contextvars
from structlog.typing import Processor

REDACTED = "[redacted]"
TOKEN = r"\bxox[a-z](?:\.xox[a-z])?-[\w-]{4,}|\bxapp-[\w-]{4,}|soc2_[a-z0-9]{12,}"  # noqa: S105 (a pattern, not a token)
AUTHORIZATION = (
    r"(?<=authorization)(?P<gap>[\\'\"]*\s*[:=,]\s*(?:b(?='))?[\\'\"]*)(?:(?:bearer|basic)\s+)?[^\s'\",;\\]+"
)
SHORTEST_SECRET = 6
"""Anything shorter would take ordinary words out of the log."""
SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
NOISY = (
    "slack_bolt",
    "slack_sdk",
    "apscheduler",
    "asyncio",
    "httpx",
    "httpcore",
    "aiohttp",
    "uvicorn.error",
    "alembic",
)
"""Heard from WARNING up. Bolt would write a whole unsigned body at INFO."""


class Redactor:
    """Takes tokens, authorization headers and the given secrets out of a finished line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)
        parts = [*map(re.escape, known), TOKEN, AUTHORIZATION]
        self._pattern = re.compile("|".join(parts), re.IGNORECASE)

    def __call__(self, line: str) -> str:
        return self._pattern.sub(lambda found: (found["gap"] or "") + REDACTED, line)


class RedactingFormatter(logging.Formatter):
    """Redacts what another formatter made: message, values and traceback alike."""

    def __init__(self, inner: logging.Formatter, redact: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(self._inner.format(record))


def configure_logging(
    *, json: bool, secrets: Iterable[str] = (), level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Everything logged in this process goes to `stream` (stderr), whoever logs it."""
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(RedactingFormatter(_formatter(shared, json=json), Redactor(secrets)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(shared: list[Processor], *, json: bool) -> logging.Formatter:
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        # Rich's tracebacks print local variables: tokens and what people wrote among them.
        plain = structlog.dev.plain_traceback
        last += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)


class RequestIds:
    """ASGI middleware: each request gets an id, its caller's own where that is sane; logged and sent back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        bind_contextvars(request=request_id)  # never unbound: the server runs each request in a context of its own

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)


def request_id_of(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if SANE_ID.fullmatch(given) else token_hex(16)
