"""What a program does with its token is done by the person who answers for it, and only while the token works."""

from datetime import datetime, timedelta

from tasks.api_tokens import ApiToken, FoundToken
from tasks.errors import DomainError
from tasks.people import Actor
from tasks.ports import UnitOfWork

PLATFORM = "api"
NOTED_EVERY = timedelta(minutes=5)


class NotAuthenticated(DomainError):
    """No token, an unknown, cut, expired or revoked one, or one whose person left: which of them, is not told."""


UNKNOWN_CALLER = (
    "This needs an API token that works, sent as “Authorization: Bearer” and the token. Ask an admin for one."
)


def require_works(found: FoundToken | None, digest: str, now: datetime) -> FoundToken:
    if found is None or not found.person_active or not found.token.admits(digest, now):
        raise NotAuthenticated(UNKNOWN_CALLER)
    return found


def act_for_token(uow: UnitOfWork, token_id: str, digest: str) -> Actor:
    """Looks again, at the moment of acting: a body may have been on its way for a while. Raises NotAuthenticated."""
    token = uow.api_tokens.get(token_id)
    person = uow.people.get(token.person_id)
    require_works(FoundToken(workspace_id=uow.workspace.id, token=token, person_active=person.active), digest, uow.now)
    return Actor(person=person, platform=PLATFORM, message=f"token:{token.id}", at=uow.now)


def is_worth_noting(token: ApiToken, now: datetime) -> bool:
    """A row written for every request would be a write for every read."""
    return token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY


def note_use(uow: UnitOfWork, token_id: str) -> None:
    uow.api_tokens.used(token_id, uow.now)
