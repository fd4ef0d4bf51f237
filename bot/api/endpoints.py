"""What a program may ask: one Endpoint each, from which the address, its checks and its documentation are made."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from bot.api.bearer import Caller
from bot.api.problems import Problem, of_validation
from bot.guard import MOST_BYTES, SLOWEST_BODY, Headers
from bot.json_body import json_object
from tasks.api_answers import KeptAnswer, RequestKey
from tasks.api_tokens import Scope
from tasks.identifiers import WorkspaceId
from tasks.operations.answer_once import answer_once
from tasks.operations.use_token import act_for_token
from tasks.people import Actor
from tasks.ports import UnitOfWork, UnitsOfWork

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

JSON = "application/json"
SLOWEST_BYTES = 256 * 1024
"""A second: a large body may take longer than a small one."""
NOT_JSON = "The body is not a JSON object in UTF-8. Nothing was done."


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    json: str
    replayed: bool = False
    """Given before, to the same request under the same key."""

    @classmethod
    def of(cls, status: int, body: BaseModel) -> "Answer":
        return cls(status=status, json=body.model_dump_json())


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request of somebody who may ask this. Nothing of it was believed yet but the token."""

    caller: Caller
    units: UnitsOfWork
    path: Mapping[str, str]
    """The values in the address, by name."""
    query: Sequence[tuple[str, str]]
    headers: Headers
    media_type: str
    """One of the endpoint's, in small letters and without parameters."""
    body: bytes
    key: RequestKey | None = None

    @property
    def workspace_id(self) -> WorkspaceId:
        return self.caller.workspace_id

    def json(self, model: type[M]) -> M:
        """The body. Raises Problem."""
        try:
            text = self.body.decode()
            json_object(text)
        except (ValueError, RecursionError):
            raise Problem(400, NOT_JSON) from None
        return _validated(partial(model.model_validate_json, text))

    def parameters(self, model: type[M]) -> M:
        """What stands behind the question mark. Raises Problem."""
        given = dict(self.query)
        if len(given) != len(self.query):
            raise Problem(400, "A parameter stands twice in the address. Nothing was done.")
        return _validated(partial(model.model_validate, given))

    async def read(self, work: Callable[[UnitOfWork, Actor], T]) -> T:
        return await self.units.read(self.workspace_id, lambda uow: work(uow, self._actor(uow)))

    async def once(self, work: Callable[[UnitOfWork, Actor], Answer]) -> Answer:
        """Changes something, in one transaction with the Idempotency-Key where there is one: a request that was
        answered before gets the same answer, and `work` is not run."""
        kept, new = await self.units.write(self.workspace_id, lambda uow: self._once(uow, work))
        return Answer(status=kept.status, json=kept.body, replayed=not new)

    def _once(self, uow: UnitOfWork, work: Callable[[UnitOfWork, Actor], Answer]) -> tuple[KeptAnswer, bool]:
        actor = self._actor(uow)

        def answered() -> tuple[int, str]:
            answer = work(uow, actor)
            return answer.status, answer.json

        if self.key:
            return answer_once(uow, self.key, answered)
        status, body = answered()
        return KeptAnswer(request="", status=status, body=body, at=uow.now), True

    def _actor(self, uow: UnitOfWork) -> Actor:
        return act_for_token(uow, self.caller.token.id, self.caller.digest)


Handle = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    method: Literal["GET", "POST"]
    path: str
    """Under /v1, as in /incidents/{number}."""
    scope: Scope | None = None
    """None: any token."""
    summary: str
    description: str = ""
    answers: Mapping[int, type[BaseModel]]
    """What it answers when all is well, by status. Refusals are added by themselves."""
    handle: Handle
    refusals: Mapping[int, str] = field(default_factory=dict)
    """Those of its own, by status: 404 for a thing that isn't there, 409 for one that was changed meanwhile."""
    body: type[BaseModel] | None = None
    """Of a JSON body: `call.json` reads it."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Media types of a body that is a file as it is, each with what it holds: `call.body`."""
    query: type[BaseModel] | None = None
    """`call.parameters` reads it."""
    path_words: Mapping[str, str] = field(default_factory=dict)
    """What each value in the path is."""
    largest_body: int = MOST_BYTES

    @property
    def media_types(self) -> tuple[str, ...]:
        return (*([JSON] if self.body else []), *self.files)

    @property
    def most_bytes(self) -> int:
        return self.largest_body if self.media_types else 0

    @property
    def slowest_body(self) -> float:
        """Seconds."""
        return max(SLOWEST_BODY, self.most_bytes / SLOWEST_BYTES)


def _validated(read: Callable[[], M]) -> M:
    try:
        return read()
    except ValidationError as error:
        raise of_validation(error) from None
