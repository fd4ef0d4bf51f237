"""A token stops working at once, with every secret it has. It stays in the list: what it did is on record."""

from dataclasses import replace

from tasks import audit
from tasks.api_tokens import ApiToken
from tasks.operations.token_rules import audit_fields, require_may_manage, token_named
from tasks.people import Actor
from tasks.ports import UnitOfWork


def revoke_token(uow: UnitOfWork, actor: Actor, name: str) -> ApiToken:
    require_may_manage(actor)
    token = token_named(uow, name)
    saved = uow.api_tokens.save(replace(token, revoked_at=uow.now))
    uow.audit.append(
        audit.entry("token:revoke", f"token:{token.id}", actor, before=audit_fields(token), detail=token.name)
    )
    return saved
