"""Optional OpenTelemetry traces. `span` costs next to nothing while they are off.

Attributes are words of the program: never a text, a file's name, or an id of a person or task.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, TypeVar, cast

import structlog

from bot.waking import U, Units
from handlers.replies import Reply
from handlers.requests import ButtonPressed, CommandTyped, FormSubmitted, Request
from handlers.routes import BUTTONS, COMMANDS, FORMS
from tasks.api_tokens import FoundToken
from tasks.identifiers import WorkspaceId

T = TypeVar("T")
Ask = Callable[[Request], Awaitable[Reply]]
NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is not installed: run "
    "pip install --require-hashes -r requirements/tracing.txt. Going on without traces."
)
UNKNOWN = "unknown"
log = structlog.get_logger(__name__)


class Tracer(Protocol):
    def span(self, name: str, attributes: dict[str, str]) -> AbstractContextManager[None]: ...

    def close(self) -> None:
        """Send what was not sent yet."""
        ...


_OFF: AbstractContextManager[None] = nullcontext()
_tracer: Tracer | None = None


def span(name: str, **attributes: str) -> AbstractContextManager[None]:
    return _tracer.span(name, attributes) if _tracer else _OFF


@contextmanager
def tracing(tracer: Tracer | None) -> Iterator[None]:
    """One tracer a process: a span belongs to whatever it happens in, and nobody passes it on."""
    global _tracer
    before, _tracer = _tracer, tracer
    try:
        yield
    finally:
        _tracer = before
        if tracer:
            tracer.close()


def open_tracer(endpoint: str | None, version: str) -> Tracer | None:
    """None where traces are off, or can't be sent; then the log says what is missing."""
    if not endpoint:
        return None
    if not all(_is_installed(name) for name in NEEDED):
        log.warning(MISSING)
        return None
    # By name: whoever sends no traces neither has these packages nor waits for them to load.
    connect = cast("Callable[[str, str], Tracer]", import_module("bot.traces").connect)
    return connect(endpoint, version)


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def traced(ask: Ask) -> Ask:
    """The router, with a span around every request; the router itself where traces are off."""
    if _tracer is None:
        return ask

    async def ask_traced(request: Request) -> Reply:
        what = word_of(request)
        with span("request", platform=request.source.platform, kind=type(request).__name__, what=what):
            return await ask(request)

    return ask_traced


def word_of(request: Request) -> str:
    """The command's word or the action's name, if it is one of ours."""
    match request:
        case CommandTyped():
            typed = next(iter(request.text.split()), "help").lower()
            return typed if typed in COMMANDS or typed == "help" else UNKNOWN
        case ButtonPressed() | FormSubmitted():
            name = request.action.name
            return name if name in BUTTONS or name in FORMS else UNKNOWN
        case _:
            return ""


def traced_units(units: Units[U]) -> Units[U]:
    """With a span around every unit of work; the units themselves where traces are off."""
    return units if _tracer is None else TracedUnits(units)


class TracedUnits(Units[U]):
    def __init__(self, units: Units[U]) -> None:
        self._units = units

    async def write(self, workspace_id: WorkspaceId, work: Callable[[U], T]) -> T:
        with span("unit of work", access="write"):
            return await self._units.write(workspace_id, work)

    async def read(self, workspace_id: WorkspaceId, work: Callable[[U], T]) -> T:
        with span("unit of work", access="read"):
            return await self._units.read(workspace_id, work)

    async def workspace_for(self, platform: str, external_id: str) -> WorkspaceId | None:
        return await self._units.workspace_for(platform, external_id)

    async def token_for(self, digest: str) -> FoundToken | None:
        return await self._units.token_for(digest)
