"""Whose request it is: the token alone says the workspace, the person who answers and what may be done."""

from dataclasses import dataclass

from bot.api.problems import CHALLENGE, Problem
from bot.guard import Headers, Refused
from tasks.api_tokens import ApiToken, Scope, digest_of
from tasks.identifiers import WorkspaceId
from tasks.operations.use_token import is_worth_noting, note_use, require_works
from tasks.ports import Clock, UnitsOfWork


@dataclass(frozen=True, kw_only=True)
class Caller:
    workspace_id: WorkspaceId
    token: ApiToken
    digest: str
    """Of the secret it came with: the present one, or the former."""


@dataclass(frozen=True, kw_only=True)
class Bearer:
    units: UnitsOfWork
    clock: Clock

    async def verify(self, headers: Headers) -> Caller:
        """Raises NotAuthenticated. Missing, malformed, unknown and dead tokens take the same way and the same time:
        one look-up by digest, in which a secret is never compared letter by letter."""
        digest = digest_of(_given(headers))
        found = require_works(await self.units.token_for(digest), digest, self.clock.now())
        return Caller(workspace_id=found.workspace_id, token=found.token, digest=digest)

    async def note_use(self, caller: Caller) -> None:
        if is_worth_noting(caller.token, self.clock.now()):
            await self.units.write(caller.workspace_id, lambda uow: note_use(uow, caller.token.id))


def require_scope(caller: Caller, scope: Scope | None) -> None:
    if scope and scope not in caller.token.scopes:
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        said = f"This token lacks the scope {scope}. Ask an admin for a token that has it."
        raise Problem(403, said, headers={"WWW-Authenticate": challenge})


def _given(headers: Headers) -> str:
    """Nothing where there is not exactly one bearer token."""
    try:
        scheme, _, token = headers.single("authorization", status=401).partition(" ")
    except Refused:
        return ""
    return token.strip() if scheme.lower() == "bearer" else ""
