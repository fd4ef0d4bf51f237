"""API tokens, of which only the digests are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from storage.repository import CHANGED, Repository, mine
from storage.tables import api_tokens, people
from tasks.api_tokens import ApiToken, FoundToken, Scope
from tasks.errors import NotFound, Stale
from tasks.identifiers import WorkspaceId

T = api_tokens.c
NAMES: Final = tuple(column.name for column in T if column.name != "workspace_id")
NO_SUCH_TOKEN = "This token is not here any more."  # noqa: S105 (a sentence, not a token)

TOKENS = select(*(T[name] for name in NAMES)).where(mine(api_tokens))
BY_ID = TOKENS.where(T.id == bindparam("token_id"))
NAMED = TOKENS.where(T.name == bindparam("name"), T.revoked_at.is_(None))
EVERY = TOKENS.order_by(T.name, T.created_at, T.id)
ADD = insert(api_tokens)
SAVE = update(api_tokens).where(mine(api_tokens), T.id == bindparam("w_id"), T.version == bindparam("w_version"))
USED = (
    update(api_tokens)
    .where(mine(api_tokens), T.id == bindparam("w_id"))
    .values(last_used_at=bindparam("at", type_=T.last_used_at.type))
)
BY_SECRET = (
    select(T.workspace_id, people.c.active, *(T[name] for name in NAMES))
    .join(people, (people.c.workspace_id == T.workspace_id) & (people.c.id == T.person_id))
    .where(or_(T.digest == bindparam("digest"), T.former_digest == bindparam("digest")))
)


class SqlApiTokens(Repository):
    def add(self, token: ApiToken) -> None:
        self._insert(ADD, [_values(token)])

    def get(self, token_id: str) -> ApiToken:
        row = self._row(BY_ID, token_id=token_id)
        if row is None:
            raise NotFound(NO_SUCH_TOKEN)
        return _read(row)

    def save(self, token: ApiToken) -> ApiToken:
        saved = replace(token, version=token.version + 1)
        values = {name: value for name, value in _values(saved).items() if name != "id"}
        if not self._change(SAVE, **values, w_id=token.id, w_version=token.version):
            raise Stale(CHANGED)
        return saved

    def named(self, name: str) -> ApiToken | None:
        row = self._row(NAMED, name=name)
        return None if row is None else _read(row)

    def every(self) -> Sequence[ApiToken]:
        return [_read(row) for row in self._rows(EVERY)]

    def used(self, token_id: str, at: datetime) -> None:
        self._change(USED, w_id=token_id, at=at)


def find_token(connection: Connection, digest: str) -> FoundToken | None:
    """In whichever workspace: nothing but the secret says which."""
    row = connection.execute(BY_SECRET, {"digest": digest}).first()
    if row is None:
        return None
    workspace_id, active, *values = row
    return FoundToken(workspace_id=WorkspaceId(workspace_id), token=_read(values), person_active=active)


def _values(token: ApiToken) -> dict[str, Any]:
    return vars(token) | {"scopes": sorted(token.scopes)}


def _read(row: Sequence[Any]) -> ApiToken:
    values = dict(zip(NAMES, row, strict=True))
    return ApiToken(**values | {"scopes": frozenset(map(Scope, values["scopes"]))})
