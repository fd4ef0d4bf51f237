"""A list of a system's accounts is taken over: checked whole, staged in portions, frozen in one step.

Nothing of a list is seen before it is frozen, and nothing of it changes after. A list with a row that can't be read, or
with other rows than the source counted, is refused as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tasks import audit
from tasks.access.comparing import compare
from tasks.access.digests import digest
from tasks.access.exports import Export, ExportState, System
from tasks.access.model import Access, AccountKind, Unreadable
from tasks.access.reading import MOST_ROWS, AccessRead
from tasks.access.stored import Asked, Tally
from tasks.errors import Invalid, NotAllowed, Stale
from tasks.identifiers import PersonId
from tasks.operations.acting import require_steward
from tasks.operations.recheck_reviews import follow_system
from tasks.people import Actor, Person, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted, day

PORTION = 5_000
"""Rows a transaction."""
OLDEST = timedelta(days=400)
A_LITTLE = timedelta(minutes=5)
"""By which two clocks may differ."""
LONGEST = {"system": 100, "source": 500, "query": 2000}
NOT_HANDED_IN = "Nothing was imported."
STEWARDS = (Role.COMPLIANCE_LEAD, Role.ADMIN)


class NotWhole(Invalid):
    """Rows that can't be read, or too few, or too many."""

    def __init__(self, read: AccessRead) -> None:
        bad = len(read.unreadable)
        said = f"{counted(bad, 'row')} can't be read. {NOT_HANDED_IN}" if bad else read.mismatch
        super().__init__(said, fields={} if bad else {"row_count": read.mismatch})
        self.unreadable: Sequence[Unreadable] = read.unreadable


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A file, read whole, with all that is frozen of it."""

    asked: Asked
    read: AccessRead
    sha256: str
    file_name: str
    digest: str


def listing_of(asked: Asked, read: AccessRead, *, sha256: str, file_name: str) -> Listing:
    """Pure, and slow for a long list: not in a transaction. Raises NotWhole."""
    if not read.whole:
        raise NotWhole(read)
    return Listing(asked=asked, read=read, sha256=sha256, file_name=file_name, digest=digest(read.rows))


# --- who may, and with which facts


def may_hand_in(person: Person, system: System | None) -> bool:
    """A new system is for the compliance lead and admins; one that stands here also for whoever owns it."""
    return any(person.has(role) for role in STEWARDS) or (system is not None and system.owner_id == person.id)


def require_asked(uow: UnitOfWork, actor: Actor, asked: Asked) -> None:
    """Before the file is fetched: everything but what stands in it. Raises Invalid with the fields."""
    system = _known(uow, actor, asked)
    problems = {**_problems_of_source(uow, asked), **_problems_of_owner(uow, actor, asked, system)}
    if problems:
        raise Invalid(f"{NOT_HANDED_IN} {next(iter(problems.values()))}", fields=problems)


def _known(uow: UnitOfWork, actor: Actor, asked: Asked) -> System | None:
    system = uow.access_systems.by_name(asked.source.system)
    if actor.person and not may_hand_in(actor.person, system):
        raise NotAllowed("Only the compliance lead, an admin or the system's owner hands in its accounts.")
    return system


def _problems_of_source(uow: UnitOfWork, asked: Asked) -> dict[str, str]:
    source, age = asked.source, uow.now - asked.source.extracted_at
    said = {"system": source.system, "source": source.source, "query": source.query}
    problems = {name: "Say this in a few words." for name, text in said.items() if not text.strip()}
    problems |= {
        name: f"Use at most {LONGEST[name]:,} characters." for name, text in said.items() if len(text) > LONGEST[name]
    }
    if age < -A_LITTLE:
        problems["extracted_at"] = "This lies in the future."
    elif age > OLDEST:
        problems["extracted_at"] = f"This is more than {OLDEST.days} days ago. Take a new export."
    if not 0 < source.row_count <= MOST_ROWS:
        problems["row_count"] = f"Use a number between 1 and {MOST_ROWS:,}: without the header, as the source counts."
    return problems


def _problems_of_owner(uow: UnitOfWork, actor: Actor, asked: Asked, system: System | None) -> dict[str, str]:
    if system is None and asked.owner_id is None:
        return {"owner": "Say who owns the system: they make the changes that reviews decide."}
    if system and system.retired:
        return {"system": f"{system.name} is retired. Bring it back first."}
    if asked.owner_id is None or (system and asked.owner_id == system.owner_id):
        return {}
    owner = uow.people.find(asked.owner_id)
    if owner is None or not owner.active or owner.guest:
        return {"owner": "Choose somebody who works here; guests can't own a system."}
    if system and actor.person and not any(actor.person.has(role) for role in STEWARDS):
        return {"owner": "Only the compliance lead or an admin says who else owns it."}
    return {}


# --- looked at before


def look_through(uow: UnitOfWork, read: AccessRead) -> Tally:
    """Against the people here and the list before. Reads only."""
    known = {one.email.casefold() for one in uow.people.everyone()}
    humans = [one for one in read.rows if one.kind is AccountKind.HUMAN]
    last = _list_before(uow, read)
    before = _every_row(uow, last) if last else ()
    changes = compare(before, read.rows, (), extracted_at=read.source.extracted_at)
    return Tally(
        accesses=len(read.rows),
        privileged=sum(one.privileged for one in read.rows),
        impersonal=len(read.rows) - len(humans),
        unmatched=len({one.account for one in humans if one.email.casefold() not in known}),
        unused=read.unused,
        since=last.source.extracted_at.date() if last else None,
        new=len(changes.new) if last else 0,
        vanished=len(changes.vanished),
    )


def _list_before(uow: UnitOfWork, read: AccessRead) -> Export | None:
    system = uow.access_systems.by_name(read.source.system)
    lists = uow.access_exports.of_system(system.id) if system else ()
    return next((one for one in lists if one.source.extracted_at < read.source.extracted_at), None)


def _every_row(uow: UnitOfWork, export: Export) -> Iterator[Access]:
    after = 0
    while rows := uow.access_exports.rows(export.id, after=after, limit=PORTION):
        yield from (one.access for one in rows)
        after = rows[-1].seq


# --- staged and frozen, each step a transaction of its own


def stage_export(uow: UnitOfWork, actor: Actor, listing: Listing) -> Export:
    """What a stopped import of the same file left behind is forgotten: it begins anew."""
    require_asked(uow, actor, listing.asked)
    system = _system_of(uow, actor, listing.asked)
    _require_new(uow, system, listing)
    uow.access_exports.forget_staged(system.id, listing.sha256)
    export = Export(
        id=uow.new_id(),
        system_id=system.id,
        source=replace(listing.asked.source, system=system.name),
        sha256=listing.sha256,
        file_name=listing.file_name,
        imported_by=actor.person.id if actor.person else None,
        imported_at=uow.now,
    )
    uow.access_exports.add(export)
    return export


def portions(listing: Listing) -> Iterator[tuple[int, Sequence[Access]]]:
    """Each with the number of its first row."""
    rows = listing.read.rows
    for at in range(0, len(rows), PORTION):
        yield at + 1, rows[at : at + PORTION]


def add_portion(uow: UnitOfWork, export: Export, first: int, rows: Sequence[Access]) -> None:
    try:
        uow.access_exports.add_rows(export.id, first, rows)
    except Stale as error:
        raise Stale(f"{export.file_name} is being imported a second time; that import goes on.") from error


def freeze_export(uow: UnitOfWork, actor: Actor, export: Export, listing: Listing) -> Export:
    """From now on everybody sees it, and nobody changes it."""
    _require_new(uow, uow.access_systems.get(export.system_id), listing)
    frozen = replace(export, digest=listing.digest, accesses=len(listing.read.rows), state=ExportState.FROZEN)
    uow.access_exports.freeze(frozen)
    facts: audit.Fields = {
        "system": frozen.system_id,
        "digest": frozen.digest,
        "sha256": frozen.sha256,
        "rows": frozen.source.row_count,
        "accesses": frozen.accesses,
        "extracted_at": frozen.source.extracted_at.isoformat(),
    }
    told = f"{frozen.source.system}: {frozen.source.source}; {frozen.source.query}; {frozen.file_name}"
    uow.audit.append(audit.entry("access-export:freeze", f"access-export:{frozen.id}", actor, after=facts, detail=told))
    return frozen


def _require_new(uow: UnitOfWork, system: System, listing: Listing) -> None:
    before = uow.access_exports.with_file(system.id, listing.sha256)
    if before:
        when = day(before.imported_at.date())
        raise Stale(f"This very file was imported for {system.name} on {when} already. {NOT_HANDED_IN}")


# --- systems come with their first list


def _system_of(uow: UnitOfWork, actor: Actor, asked: Asked) -> System:
    """After `require_asked`."""
    name = " ".join(asked.source.system.split())
    system = uow.access_systems.by_name(name)
    if system is None:
        require_steward(actor, *STEWARDS)
        system = System(id=uow.new_id(), name=name, owner_id=asked.owner_id)
        uow.access_systems.add(system)
        record_system(uow, "access-system:add", actor, system)
    elif asked.owner_id and asked.owner_id != system.owner_id:
        before, system = system, uow.access_systems.save(replace(system, owner_id=asked.owner_id))
        record_system(uow, "access-system:edit", actor, system, before={"owner": before.owner_id})
        follow_system(uow, before, system)
    return system


def record_system(
    uow: UnitOfWork, what: str, actor: Actor, system: System, *, before: audit.Fields | None = None
) -> None:
    after: audit.Fields = {
        "owner": system.owner_id,
        "first_asked": system.first_asked,
        "named": system.named_id,
        "retired": system.retired,
    }
    about = f"access-system:{system.id}"
    uow.audit.append(audit.entry(what, about, actor, before=before, after=after, detail=system.name))


def owner_named(email: str, uow: UnitOfWork) -> PersonId | None:
    """By e-mail address, as programs and the command line say it. Raises Invalid with the field owner."""
    if not email:
        return None
    person = uow.people.by_email(email)
    if person is None:
        said = f"Nobody here has the e-mail address {email[:100]}."
        raise Invalid(f"{NOT_HANDED_IN} {said}", fields={"owner": said})
    return person.id
