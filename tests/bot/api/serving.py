"""The API on a real socket over a real database, with endpoints that show what an endpoint can rely on."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp

from bot.api.app import build_api
from bot.api.endpoints import Answer, Call, Endpoint
from bot.api.rates import Allowance
from bot.api.token import TOKEN
from bot.server import build_asgi
from tasks import audit
from tasks.api_tokens import Scope, new_text, secret_of
from tasks.errors import Invalid, NotAllowed, NotFound, Stale
from tasks.identifiers import WorkspaceId
from tasks.operations.create_token import create_token
from tasks.operations.revoke_token import revoke_token
from tasks.operations.rotate_token import rotate_token
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.bot.a_company import ACME, Company, a_company
from tests.bot.slack.serving import served
from tests.bot.test_server import nothing
from tests.builders import a_person, a_workspace

GLOBEX = WorkspaceId("globex")
MIB = 1024 * 1024
LARGE = 25 * MIB
PLENTY = Allowance(burst=1_000_000, per_second=1_000_000)
_numbers = count(1)


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(max_length=200)
    at: datetime | None = None


class Kept(BaseModel):
    number: int
    workspace: str
    by: str
    through: str


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid")

    system: str = Field(description="Where it was exported")
    rows: int = Field(ge=0)


class Size(BaseModel):
    system: str
    rows: int
    bytes: int


ERRORS = {
    "invalid": Invalid("That can't be.", fields={"text": "Say more."}),
    "not-allowed": NotAllowed("This takes another role."),
    "not-found": NotFound("That isn't here."),
    "stale": Stale("Somebody was faster."),
    "broken": ZeroDivisionError("private words"),
}


@dataclass
class Notes:
    """POST /notes keeps one as an entry of the audit log."""

    before_keeping: Callable[[Call], None] = lambda call: None
    together: int = 1
    """How many must have come before any goes on."""
    handled: list[Call] = field(default_factory=list)

    async def keep(self, call: Call) -> Answer:
        self.handled.append(call)
        note = call.json(Note)
        await self._wait_for_the_others()
        self.before_keeping(call)
        return await call.once(lambda uow, actor: kept(uow, actor, note.text))

    async def _wait_for_the_others(self) -> None:
        async with asyncio.timeout(10):
            while len(self.handled) < self.together:  # noqa: ASYNC110 (several loops' worth of waiting is one test's)
                await asyncio.sleep(0.001)


def kept(uow: UnitOfWork, actor: Actor, text: str) -> Answer:
    if text in ERRORS:
        uow.audit.append(audit.entry("note:lose", "note:1", actor))
        raise ERRORS[text]
    uow.audit.append(audit.entry("note:keep", f"note:{uow.audit.position()}", actor, detail=text))
    number = uow.audit.position()
    return Answer.of(201, Kept(number=number, workspace=uow.workspace.id, by=actor.name, through=actor.message))


async def measure(call: Call) -> Answer:
    source = call.parameters(Source)
    return Answer.of(200, Size(system=source.system, rows=source.rows, bytes=len(call.body)))


async def echo(call: Call) -> Answer:
    return Answer.of(200, Note(text=call.path["word"]))


def endpoints(notes: Notes) -> Sequence[Endpoint]:
    return (
        TOKEN,
        Endpoint(
            method="POST",
            path="/notes",
            scope=Scope.INCIDENTS,
            summary="Keep a note",
            body=Note,
            answers={201: Kept},
            refusals={409: "Somebody was faster"},
            handle=notes.keep,
        ),
        Endpoint(
            method="POST",
            path="/files",
            scope=Scope.ACCESS_EXPORTS,
            summary="Measure a file",
            files={"text/csv": "A CSV file"},
            query=Source,
            largest_body=LARGE,
            answers={200: Size},
            handle=measure,
        ),
        Endpoint(
            method="GET",
            path="/notes/{word}",
            summary="Say a word again",
            path_words={"word": "Any word"},
            answers={200: Note},
            handle=echo,
        ),
    )


@dataclass(kw_only=True)
class Api:
    address: str
    company: Company
    notes: Notes

    def token(
        self, *scopes: Scope, name: str = "", workspace: WorkspaceId = ACME, life: timedelta | None = None
    ) -> str:
        """Olga answers for it."""
        number = next(_numbers)
        text = new_text(number.to_bytes(32, "big"))

        def work(uow: UnitOfWork) -> None:
            create_token(
                uow,
                cli(uow),
                name=name or f"program {number}",
                scopes=scopes or Scope,
                secret=secret_of(text),
                email="olga@example.com",
                life=life,
            )

        self.company.units.write_now(workspace, work)
        return text

    def rotate(self, name: str) -> str:
        text = new_text(next(_numbers).to_bytes(32, "big"))
        self.company.write(lambda uow: rotate_token(uow, cli(uow), name, secret=secret_of(text)))
        return text

    def revoke(self, name: str) -> None:
        self.company.write(lambda uow: revoke_token(uow, cli(uow), name))

    def get(self, path: str, token: str | None = None, **headers: str) -> httpx.Response:
        return self._send("GET", path, b"", token, headers)

    def post(self, path: str, content: bytes, token: str | None = None, **headers: str) -> httpx.Response:
        """`content_type="text/csv"`: underscores stand for hyphens."""
        return self._send("POST", path, content, token, {"content_type": "application/json", **headers})

    def note(self, token: str, text: str = "hello", key: str = "") -> httpx.Response:
        body = Note(text=text).model_dump_json().encode()
        return self.post("/v1/notes", body, token, **({"idempotency_key": key} if key else {}))

    def _send(
        self, method: str, path: str, content: bytes, token: str | None, headers: dict[str, str]
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        with httpx.Client(trust_env=False, timeout=20) as client:
            return client.request(method, f"{self.address}{path}", content=content, headers=sent)

    def raw(self, sent: bytes, *, patience: float = 10.0, nothing_follows: bool = False) -> bytes:
        """Everything that comes back until the server closes."""
        parts = urlsplit(self.address)
        with socket.create_connection((parts.hostname, parts.port), timeout=patience) as connection:
            connection.sendall(sent)
            if nothing_follows:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        return answer

    def kept_notes(self) -> int:
        query = "SELECT count(*) FROM audit_entries WHERE about LIKE 'note:%'"
        return int(self.company.database.read_now(lambda connection: connection.exec_driver_sql(query).scalar_one()))


def cli(uow: UnitOfWork) -> Actor:
    return Actor(person=None, platform="cli", at=uow.now)


def an_asgi_app(
    company: Company,
    notes: Notes,
    *,
    allowance: Allowance = PLENTY,
    seconds: Callable[[], float] = lambda: 0.0,
) -> ASGIApp:
    api = build_api(
        units=company.units,
        clock=company.clock,
        endpoints=endpoints(notes),
        version="1.2.3",
        allowance=allowance,
        seconds=seconds,
    )
    return build_asgi(slack=None, api=api, chat=(), checks={}, running=nothing)


@contextmanager
def an_api(folder: Path, *, allowance: Allowance = PLENTY, seconds: Callable[[], float] = lambda: 0.0) -> Iterator[Api]:
    """Two workspaces; in both Olga answers for tokens."""
    notes = Notes()
    with a_company(folder) as company:
        company.units.create_workspace(a_workspace(id=GLOBEX, name="Globex"))
        company.units.write_now(GLOBEX, lambda uow: uow.people.add(a_person("olga")))
        with served(an_asgi_app(company, notes, allowance=allowance, seconds=seconds)) as address:
            yield Api(address=address, company=company, notes=notes)


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Each in a thread of its own."""
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda call=call: answers.append(call())) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers
