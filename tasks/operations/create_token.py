"""An admin makes a token for a program. Its text is made and shown at the edge, once: here only its digest is seen."""

from collections.abc import Iterable
from datetime import timedelta

from tasks import audit
from tasks.api_tokens import LONGEST_LIFE, LONGEST_NAME, ApiToken, Scope, Secret
from tasks.errors import Invalid
from tasks.operations.token_rules import audit_fields, require_may_manage
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork


def create_token(
    uow: UnitOfWork,
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[Scope],
    secret: Secret,
    email: str = "",
    life: timedelta | None = None,
) -> ApiToken:
    """`email`: who answers for it, else the only admin. `life`: None works until it is revoked."""
    require_may_manage(actor)
    token = ApiToken(
        id=uow.new_id(),
        name=_free_name(uow, name),
        scopes=_some(scopes),
        digest=secret.digest,
        shown=secret.shown,
        person_id=whoever_answers(uow, email).id,
        created_at=uow.now,
        expires_at=None if life is None else uow.now + checked_life(life),
    )
    uow.api_tokens.add(token)
    uow.audit.append(
        audit.entry("token:create", f"token:{token.id}", actor, after=audit_fields(token), detail=token.name)
    )
    return token


def whoever_answers(uow: UnitOfWork, email: str) -> Person:
    if not email:
        admins = uow.people.holders(Role.ADMIN)
        if len(admins) != 1:
            raise Invalid("Say with --for who answers for this token: what it does is recorded as theirs.")
        return admins[0]
    person = uow.people.by_email(email.strip())
    if person is None or not person.active or person.guest:
        raise Invalid(f"Nobody active here has the e-mail {email.strip()}. Type soc2 people list to see everybody.")
    return person


def checked_life(life: timedelta) -> timedelta:
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise Invalid(f"A token works for 1 to {LONGEST_LIFE.days} days, or without an end.")
    return life


def _free_name(uow: UnitOfWork, name: str) -> str:
    plain = name.strip()
    if not plain.isprintable() or not 0 < len(plain) <= LONGEST_NAME:
        raise Invalid(f"Give the token a name of 1 to {LONGEST_NAME} characters, such as the program that uses it.")
    if uow.api_tokens.named(plain):
        raise Invalid(f"There is a token named {plain}. Rotate or revoke that one, or choose another name.")
    return plain


def _some(scopes: Iterable[Scope]) -> frozenset[Scope]:
    chosen = frozenset(scopes)
    if not chosen:
        raise Invalid(f"Say what the token may do, with one or more scopes: {', '.join(Scope)}.")
    return chosen
