"""A new secret for a token; the former one works on for a while, or stops at once."""

from dataclasses import replace
from datetime import timedelta

from tasks import audit
from tasks.api_tokens import LONGEST_OVERLAP, OVERLAP, ApiToken, Secret
from tasks.errors import Invalid
from tasks.operations.create_token import checked_life, whoever_answers
from tasks.operations.token_rules import audit_fields, require_may_manage, token_named
from tasks.people import Actor
from tasks.ports import UnitOfWork


def rotate_token(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    *,
    secret: Secret,
    overlap: timedelta = OVERLAP,
    life: timedelta | None = None,
    email: str = "",
) -> ApiToken:
    """`life`: else as long as the former secret was made for. `email`: else the same person goes on answering for it.
    A secret that was still in its overlap stops at once: two work, never three."""
    require_may_manage(actor)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(f"The former secret works on for at most {LONGEST_OVERLAP.days} days.")
    token = token_named(uow, name)
    wanted = token.life if life is None else checked_life(life)
    former_until = uow.now + overlap
    rotated = replace(
        token,
        digest=secret.digest,
        shown=secret.shown,
        person_id=whoever_answers(uow, email).id if email else token.person_id,
        rotated_at=uow.now,
        expires_at=uow.now + wanted if wanted else None,
        former_digest=token.digest,
        former_until=min(former_until, token.expires_at) if token.expires_at else former_until,
    )
    saved = uow.api_tokens.save(rotated)
    before, after = audit_fields(token), audit_fields(saved)
    uow.audit.append(
        audit.entry("token:rotate", f"token:{token.id}", actor, before=before, after=after, detail=token.name)
    )
    return saved
