"""What making, rotating and revoking a token share."""

from tasks import audit, duties
from tasks.api_tokens import ApiToken
from tasks.errors import NotFound
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork


def require_may_manage(actor: Actor) -> None:
    """Admins, and the command line. A token never makes another one: no scope reaches here."""
    if actor.person is not None:
        duties.require_role(actor.person, Role.ADMIN)


def token_named(uow: UnitOfWork, name: str) -> ApiToken:
    """Of those that are not revoked."""
    token = uow.api_tokens.named(name.strip())
    if token is None:
        raise NotFound(f"There is no token named {name.strip()}. Type soc2 tokens list to see them all.")
    return token


def audit_fields(token: ApiToken) -> audit.Fields:
    """Its name is free text and stands in the detail."""
    return {
        "scopes": [*sorted(token.scopes)],
        "person": token.person_id,
        "begins": token.shown,
        "expires": token.expires_at.isoformat() if token.expires_at else None,
        "former until": token.former_until.isoformat() if token.former_until else None,
    }
