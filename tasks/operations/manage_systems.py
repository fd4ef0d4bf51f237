"""What is settled about a system: its owner, who is asked first, what its entitlements mean; and what was amended."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tasks import audit
from tasks.access.exports import Amendment, Listed, System
from tasks.access.model import Access, AccessColumn, AccountKind, Capacity
from tasks.errors import Invalid, NotAllowed
from tasks.identifiers import PersonId
from tasks.operations.acting import person_of
from tasks.operations.assign import require_takes_tasks
from tasks.operations.import_access import STEWARDS, may_hand_in, record_system
from tasks.operations.recheck_reviews import follow_system
from tasks.people import Actor
from tasks.ports import UnitOfWork

LONGEST_DESCRIPTION = 300
MOST_DESCRIPTIONS = 500
AMENDED = (
    AccessColumn.EMAIL,
    AccessColumn.NAME,
    AccessColumn.DESCRIPTION,
    AccessColumn.PRIVILEGED,
    AccessColumn.KIND,
)
"""What may be put right about a row. Which access it is, and when it was used, stays as the system said it."""
YES, NO = "yes", "no"


@dataclass(frozen=True, kw_only=True)
class Choice:
    owner_id: PersonId | None
    first_asked: Capacity
    named_id: PersonId | None
    retired: bool


def edit_system(uow: UnitOfWork, actor: Actor, system_id: str, version: int, choice: Choice) -> System:
    """Reviews under way follow a new owner and a new named person; the rest is for those that begin from now on."""
    system = uow.access_systems.get(system_id)
    if not any(person_of(actor).has(role) for role in STEWARDS):
        raise NotAllowed("Only a compliance lead or an admin changes this.")
    if choice.first_asked is Capacity.NAMED and choice.named_id is None:
        raise Invalid("Not saved yet.", fields={"named": "Choose who is asked."})
    for person_id in filter(None, (choice.owner_id, choice.named_id)):
        require_takes_tasks(uow, person_id)
    before: audit.Fields = {"owner": system.owner_id, "first_asked": system.first_asked, "named": system.named_id}
    changed = replace(
        system,
        owner_id=choice.owner_id,
        first_asked=choice.first_asked,
        named_id=choice.named_id,
        retired=choice.retired,
        version=version,
    )
    saved = uow.access_systems.save(changed)
    record_system(uow, "access-system:edit", actor, saved, before=before)
    follow_system(uow, system, saved)
    return saved


def describe_entitlements(uow: UnitOfWork, actor: Actor, system_id: str, descriptions: Mapping[str, str]) -> int:
    """Shown beside the raw names from now on; an empty text takes one away. Returns how many were set."""
    system = uow.access_systems.get(system_id)
    _require_may_manage(actor, system)
    if len(descriptions) > MOST_DESCRIPTIONS or any(len(text) > LONGEST_DESCRIPTION for text in descriptions.values()):
        sentence = f"At most {MOST_DESCRIPTIONS} lines, of {LONGEST_DESCRIPTION} characters each."
        raise Invalid("Not saved yet.", fields={"lines": sentence})
    uow.access_systems.describe(system.id, descriptions)
    told = "\n".join(f"{name} = {text}" for name, text in descriptions.items())
    after: audit.Fields = {"count": len(descriptions)}
    uow.audit.append(
        audit.entry("access-system:describe", f"access-system:{system.id}", actor, after=after, detail=told)
    )
    return len(descriptions)


def amend_access(
    uow: UnitOfWork,
    actor: Actor,
    export_id: str,
    *,
    account: str,
    entitlement: str,
    column: AccessColumn,
    value: str,
    reason: str,
) -> Amendment:
    """Recorded beside the list, which stays as it came. Reviews that have begun keep what they began with."""
    export = uow.access_exports.get(export_id)
    _require_may_manage(actor, uow.access_systems.get(export.system_id))
    if not reason.strip():
        raise Invalid("Not amended yet.", fields={"reason": "Say why, and where you looked: an auditor reads it."})
    found = _the_row(uow, export_id, account, entitlement)
    before, amended = _amended(found.access, column, value.strip())
    amendment = Amendment(
        export_id=export.id,
        seq=found.seq,
        revision=found.revision + 1,
        column=column,
        before=before,
        after=value.strip(),
        reason=reason.strip(),
        by=person_of(actor).id,
        at=uow.now,
    )
    uow.access_exports.amend(amendment, amended)
    after: audit.Fields = {"seq": found.seq, "revision": amendment.revision, "column": column}
    told = f"{account} {entitlement}: {before} to {amendment.after}. {amendment.reason}"
    uow.audit.append(audit.entry("access-export:amend", f"access-export:{export.id}", actor, after=after, detail=told))
    return amendment


def _require_may_manage(actor: Actor, system: System) -> None:
    if not may_hand_in(person_of(actor), system):
        raise NotAllowed(f"Only the owner of {system.name}, a compliance lead or an admin does this.")


def _the_row(uow: UnitOfWork, export_id: str, account: str, entitlement: str) -> Listed:
    found = uow.access_exports.find(export_id, account.strip(), entitlement.strip())
    if not found:
        sentence = "The list has no such account with this access. Copy both as they stand in it."
        raise Invalid("Not amended yet.", fields={"account": sentence})
    return found[0]


def _amended(access: Access, column: AccessColumn, value: str) -> tuple[str, Access]:
    """What it was, and the row as it reads now."""
    match column:
        case AccessColumn.EMAIL:
            return access.email, replace(access, email=value)
        case AccessColumn.NAME:
            return access.name, replace(access, name=value)
        case AccessColumn.DESCRIPTION:
            return access.description, replace(access, description=value)
        case AccessColumn.PRIVILEGED if value.casefold() in (YES, NO):
            return (YES if access.privileged else NO), replace(access, privileged=value.casefold() == YES)
        case AccessColumn.KIND if value.casefold() in set(AccountKind):
            return access.kind.value, replace(access, kind=AccountKind(value.casefold()))
    raise Invalid("Not amended yet.", fields={"value": _allowed(column)})


def _allowed(column: AccessColumn) -> str:
    if column is AccessColumn.PRIVILEGED:
        return f"Write {YES} or {NO}."
    if column is AccessColumn.KIND:
        return f"Write {', '.join(AccountKind)}."
    return "This can't be amended: hand in a new list."
