"""Refusals as RFC 9457 tells them, each with a sentence fit for whoever reads the program's log."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from bot.guard import Refused
from bot.store import Busy, NotSaved
from tasks.errors import DomainError, Invalid, NotAllowed, NotFound, Stale
from tasks.operations.answer_once import KeyReused
from tasks.operations.use_token import NotAuthenticated

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="soc2bot"'
SOME_FIELDS = "Some of what was sent can't be used, and nothing was done. Mend the fields named under errors."
TRY_AGAIN = "Nothing was saved: there is too much to do just now. Send the same request again in a moment."
FAILED = "Something went wrong here; it has been logged. Nothing was done."
SENTENCES = {
    "too_large": "The body is larger than this address takes. Nothing was done.",
    "too_slow": "The body took too long to arrive. Nothing was done; send it again.",
}
STATUSES: Sequence[tuple[type[DomainError], int]] = (
    (NotAuthenticated, 401),
    (KeyReused, 422),
    (NotFound, 404),
    (NotAllowed, 403),
    (Invalid, 422),
    (Stale, 409),
)


class FieldProblem(BaseModel):
    field: str
    detail: str


class ProblemBody(BaseModel):
    """RFC 9457; `errors` stands there where fields of the request are to blame."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


class Problem(Exception):
    """`str(problem)` is the sentence that is sent."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers or {}
        self.errors = errors


def problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case Refused():
            return Problem(error.status, SENTENCES.get(error.word, f"A header can't be read ({error.word})."))
        case DomainError():
            return _of_domain(error)
        case Busy() | NotSaved():
            return Problem(503, TRY_AGAIN, headers={"Retry-After": "5"})
        case _:
            return Problem(500, FAILED)


def of_validation(error: ValidationError) -> Problem:
    """Without what was sent: it may be anything."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    fields = [FieldProblem(field=".".join(map(str, one["loc"])), detail=one["msg"]) for one in found]
    return Problem(422, SOME_FIELDS, errors=fields)


def response_of(problem: Problem, *, closing: bool) -> Response:
    """`closing`: the rest of the body was not read, and must not be taken for the next request."""
    body = ProblemBody(
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=str(problem),
        errors=list(problem.errors) or None,
    )
    headers = {**problem.headers, "Cache-Control": "no-store", **({"Connection": "close"} if closing else {})}
    content = body.model_dump_json(exclude_none=True)
    return Response(content, problem.status, headers, MEDIA_TYPE)


def _of_domain(error: DomainError) -> Problem:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 400)
    fields = error.fields if isinstance(error, Invalid) else {}
    errors = [FieldProblem(field=name, detail=sentence) for name, sentence in fields.items()]
    headers = {"WWW-Authenticate": CHALLENGE} if status == 401 else {}
    return Problem(status, str(error), headers=headers, errors=errors)
