"""The API as an ASGI app: for every request the token first, then how often, then whether it may; the body after that.

Nothing of a body is read for somebody whose token doesn't work, and nothing is parsed that is larger than the endpoint
takes.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from urllib.parse import parse_qsl

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.api.bearer import Bearer, Caller, require_scope
from bot.api.endpoints import JSON, Answer, Call, Endpoint
from bot.api.openapi import document
from bot.api.problems import Problem, problem_of, response_of
from bot.api.rates import Allowance, Rates
from bot.guard import Gone, Headers, Refused, read_body
from bot.store import Busy, NotSaved
from tasks.api_answers import RequestKey
from tasks.errors import DomainError
from tasks.operations.answer_once import kept_answer
from tasks.ports import Clock, UnitsOfWork

LONGEST_KEY = 255
BAD_KEY = f"The Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters. Nothing was done."
NOT_HERE = "There is nothing at this address. GET /v1/openapi.json lists what there is."
NOT_SO = "This address doesn't take this method. GET /v1/openapi.json lists what there is."
MOST_PARAMETERS = 50
log = structlog.get_logger(__name__)


def build_api(
    *,
    units: UnitsOfWork,
    clock: Clock,
    endpoints: Sequence[Endpoint],
    version: str,
    allowance: Allowance | None = None,
    seconds: Callable[[], float] = monotonic,
) -> ASGIApp:
    """To be mounted at /v1. `seconds`: real time, whatever the clock says."""
    bearer, rates = Bearer(units=units, clock=clock), Rates(allowance or Allowance(), seconds=seconds)
    by_path: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for endpoint in endpoints:
        by_path[endpoint.path][endpoint.method] = endpoint
    doors = [
        Route(path, Door(by_method, bearer, rates, units), methods=[*by_method]) for path, by_method in by_path.items()
    ]
    app = Starlette(
        routes=[Route("/openapi.json", _described(document(endpoints, version))), *doors],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    app.router.redirect_slashes = False
    return app


class Door:
    """One address, whatever the method."""

    def __init__(self, endpoints: Mapping[str, Endpoint], bearer: Bearer, rates: Rates, units: UnitsOfWork) -> None:
        self._endpoints = endpoints
        self._bearer = bearer
        self._rates = rates
        self._units = units

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = Reading(receive)
        try:
            answer = await self._answer(scope, reading)
            response = _response(answer)
        except (Problem, Refused, DomainError, Busy, NotSaved) as error:
            problem = problem_of(error)
            log.info("refused an API request", path=scope["path"], status=problem.status)
            response = response_of(problem, closing=not reading.finished)
        except Gone:
            log.info("the sender of an API request hung up", path=scope["path"])
            return
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, reading: "Reading") -> Answer:
        endpoint = self._endpoints["GET" if scope["method"] == "HEAD" else scope["method"]]
        headers = Headers(scope["headers"])
        caller = await self._bearer.verify(headers)
        self._rates.take(caller.token.id)
        require_scope(caller, endpoint.scope)
        await self._bearer.note_use(caller)
        call = await self._call(endpoint, caller, headers, scope, reading)
        return await self._kept(call) or await endpoint.handle(call)

    async def _call(
        self, endpoint: Endpoint, caller: Caller, headers: Headers, scope: Scope, reading: "Reading"
    ) -> Call:
        media_type = _media_type(endpoint, headers)
        key = _key(headers) if endpoint.method == "POST" else None
        query = _query(scope)
        body = await reading.whole(headers, endpoint)
        asked = (endpoint.method.encode(), scope["raw_path"], scope["query_string"], media_type.encode(), body)
        return Call(
            caller=caller,
            units=self._units,
            path=scope["path_params"],
            query=query,
            headers=headers,
            media_type=media_type,
            body=body,
            key=await asyncio.to_thread(_request_key, caller, key, asked) if key else None,
        )

    async def _kept(self, call: Call) -> Answer | None:
        """Spares the work of a request that was answered before; whoever comes at the same time meets it in `once`."""
        key = call.key
        kept = await call.read(lambda uow, _: kept_answer(uow, key)) if key else None
        return Answer(status=kept.status, json=kept.body, replayed=True) if kept else None


class Reading:
    """Knows whether the body has been read to its end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.finished = False

    async def whole(self, headers: Headers, endpoint: Endpoint) -> bytes:
        body = await read_body(
            headers, self._receive, most_bytes=endpoint.most_bytes, slowest_body=endpoint.slowest_body
        )
        self.finished = True
        return body


def _media_type(endpoint: Endpoint, headers: Headers) -> str:
    """Empty where the endpoint takes no body."""
    if not endpoint.media_types:
        return ""
    given = (headers.find("content-type") or "").partition(";")[0].strip().lower()
    if given not in endpoint.media_types or headers.find("content-encoding"):
        raise Problem(415, f"Send the body as {' or '.join(endpoint.media_types)}, not compressed. Nothing was done.")
    return given


def _key(headers: Headers) -> str:
    """Empty where none is given."""
    given = headers.find("idempotency-key")
    if given is None:
        return ""
    if not given.isprintable() or not 0 < len(given) <= LONGEST_KEY:
        raise Problem(400, BAD_KEY)
    return given


def _request_key(caller: Caller, key: str, asked: Sequence[bytes]) -> RequestKey:
    """Off the event loop: a large body takes its time."""
    return RequestKey(token_id=caller.token.id, key=_digest(key.encode()), request=_digest(*asked))


def _query(scope: Scope) -> Sequence[tuple[str, str]]:
    try:
        text = scope["query_string"].decode("ascii")
        query = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Problem(400, "The part of the address behind the question mark can't be read.") from None
    if any("\0" in part for part in (*scope["path_params"].values(), *(text for pair in query for text in pair))):
        raise Problem(400, "The address holds a character that no text has. Nothing was done.")
    return query


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _response(answer: Answer) -> Response:
    headers = {"Cache-Control": "no-store", **({"Idempotent-Replayed": "true"} if answer.replayed else {})}
    return Response(answer.json, answer.status, headers, JSON)


def _described(text: str) -> Callable[[Request], Response]:
    def openapi(request: Request) -> Response:
        return Response(text, media_type=JSON)

    return openapi


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return response_of(Problem(status, NOT_HERE if status == 404 else NOT_SO, headers=headers), closing=True)


async def _failed(request: Request, error: Exception) -> Response:
    """The server logs the traceback with the same id."""
    return response_of(problem_of(error), closing=True)
