"""A company's own control matrix is taken over: handed in, read by a job, looked through, confirmed.

Nothing becomes a control before a person has confirmed it, and what we only suggest never does by itself. Two people
may look through the same file: whoever is second to change it is told so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tasks import audit
from tasks.controls import Cadence
from tasks.errors import Invalid, NotFound, Stale
from tasks.evidence import FileReference
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportKind, ImportState
from tasks.matrix.model import Choice, Doubt, Proposal, Proposed
from tasks.matrix.reading import Known
from tasks.matrix.stored import Asked, read_proposal, write_asked, write_proposal
from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.operations.acting import person_of, require_steward, the_clock
from tasks.operations.assign import require_takes_tasks
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork

MATRIX = ImportKind.CONTROL_MATRIX


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person says about one row."""

    choice: Choice
    criteria: tuple[str, ...]
    cadence: Cadence
    event_driven: bool
    department: str
    owner_id: PersonId | None


# --- handed in, fetched, read


def start_import(uow: UnitOfWork, actor: Actor, file: FileReference, asked: Asked) -> Import:
    """The reference is saved; a job fetches and reads the file."""
    _require_may(actor)
    item = Import(
        id=ImportId(uow.new_id()),
        kind=MATRIX,
        person_id=person_of(actor).id,
        platform=file.platform,
        reference=file.reference,
        name=file.name,
        declared_size=file.size,
        body=write_asked(asked),
        created_at=uow.now,
    )
    uow.imports.add(item)
    record_import(uow, "import:start", actor, item, detail=item.name)
    return item


def imports_to_fetch(uow: UnitOfWork, *, limit: int) -> Sequence[Import]:
    return uow.imports.to_fetch(now=uow.now, limit=limit)


def known_here(uow: UnitOfWork) -> Known:
    """What rows are held against."""
    return Known(people=uow.people.everyone(), controls=uow.controls.every())


def record_read(uow: UnitOfWork, import_id: ImportId, *, sha256: str, proposal: Proposal) -> Import:
    item = uow.imports.get(import_id)
    if item.state is not ImportState.FETCHING:
        return item
    body, no_more = write_proposal(proposal), None
    read = uow.imports.save(
        replace(item, state=ImportState.READ, sha256=sha256, body=body, error="", next_attempt_at=no_more)
    )
    tell_about_import(uow, read)
    facts: audit.Fields = {"rows": len(proposal.rows), "unreadable": len(proposal.unreadable), "sha256": sha256}
    record_import(uow, "import:read", the_clock(uow), read, facts=facts)
    return read


def refuse_import(uow: UnitOfWork, import_id: ImportId, problem: str) -> Import:
    item = uow.imports.get(import_id)
    if item.state is not ImportState.FETCHING:
        return item
    refused = uow.imports.save(replace(item, state=ImportState.REFUSED, error=problem, next_attempt_at=None))
    tell_about_import(uow, refused)
    record_import(uow, "import:refuse", the_clock(uow), refused, detail=problem)
    return refused


def retry_import(uow: UnitOfWork, import_id: ImportId, *, after: timedelta, error: str) -> None:
    item = uow.imports.get(import_id)
    if item.state is ImportState.FETCHING:
        later = uow.now + after
        uow.imports.save(replace(item, attempts=item.attempts + 1, next_attempt_at=later, error=error))


# --- looked through


def look_at_import(uow: UnitOfWork, actor: Actor, import_id: ImportId) -> tuple[Import, Proposal | None]:
    """No proposal while the file is on its way, or could not be read."""
    _require_may(actor)
    item = _of_matrix(uow, import_id)
    read = item.state in (ImportState.READ, ImportState.INSTALLING, ImportState.CONFIRMED, ImportState.CANCELLED)
    return item, read_proposal(item.body) if read and item.sha256 else None


def decide_row(
    uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int, row: int, decision: Decision
) -> tuple[Import, Proposal]:
    """The person's word takes the place of every doubt about the row."""
    item, proposal = require_open_import(uow, actor, import_id, version)
    proposed = proposal.row(row)
    if proposed is None:
        raise NotFound("This row is not there any more. Look through the file again.")
    _check(uow, proposed, decision)
    decided = replace(
        proposed,
        choice=decision.choice,
        criteria=decision.criteria,
        cadence=decision.cadence,
        event_driven=decision.event_driven,
        department=decision.department,
        owner_id=decision.owner_id,
        doubts=(),
    )
    return _keep(uow, actor, item, proposal, lambda one: decided if one.row == row else one, "import:decide")


def take_suggestions(uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int) -> tuple[Import, Proposal]:
    """Said of all rows at once. Whether a control that stands here changes is never among what is suggested."""
    item, proposal = require_open_import(uow, actor, import_id, version)
    return _keep(uow, actor, item, proposal, with_suggestion, "import:take-suggestions")


def with_suggestion(row: Proposed) -> Proposed:
    """A row without any suggestion for its criteria keeps that doubt."""
    if not row.undecided:
        return row
    open_still = {Doubt.EXISTING, *(() if row.suggestion else (Doubt.CRITERIA,))}
    criteria = row.suggestion.criteria if row.suggestion and Doubt.CRITERIA in row.doubts else row.criteria
    return replace(row, criteria=criteria, doubts=tuple(doubt for doubt in row.doubts if doubt in open_still))


def cancel_import(uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int) -> Import:
    item, _ = require_open_import(uow, actor, import_id, version)
    cancelled = uow.imports.save(replace(item, state=ImportState.CANCELLED))
    record_import(uow, "import:cancel", actor, cancelled)
    return cancelled


# --- what has to hold


def _require_may(actor: Actor) -> None:
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)


def _of_matrix(uow: UnitOfWork, import_id: ImportId) -> Import:
    item = uow.imports.get(import_id)
    if item.kind is not MATRIX:
        raise NotFound("This file is not a list of controls.")
    return item


def require_open_import(uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int) -> tuple[Import, Proposal]:
    _require_may(actor)
    item = _of_matrix(uow, import_id)
    if item.state is not ImportState.READ:
        raise Stale(f"{item.name} {SETTLED[item.state]} Nothing was changed.")
    if item.version != version:
        raise Stale(f"Somebody decided something about {item.name} since you opened it. Look through it again.")
    return item, read_proposal(item.body)


SETTLED = {
    ImportState.FETCHING: "is still being read.",
    ImportState.REFUSED: "could not be read.",
    ImportState.INSTALLING: "is confirmed already, and being taken over.",
    ImportState.CONFIRMED: "is taken over already.",
    ImportState.CANCELLED: "was given up.",
}


def _check(uow: UnitOfWork, row: Proposed, decision: Decision) -> None:
    allowed = (Choice.UPDATE if row.existing else Choice.ADD, Choice.SKIP)
    if decision.choice not in allowed:
        raise Invalid("Not saved yet.", fields={"choice": "Choose one of the answers."})
    if decision.choice is Choice.SKIP:
        return
    keeps_old = row.existing and uow.controls.get(row.existing).text.refs.get("tsc")
    if not decision.criteria and not keeps_old:
        raise Invalid("Not saved yet.", fields={"criteria": "Choose at least one criterion, or skip the row."})
    if not decision.department:
        raise Invalid("Not saved yet.", fields={"department": "Choose a department."})
    if decision.owner_id:
        require_takes_tasks(uow, decision.owner_id)


def _keep(
    uow: UnitOfWork,
    actor: Actor,
    item: Import,
    proposal: Proposal,
    change: Callable[[Proposed], Proposed],
    what: str,
) -> tuple[Import, Proposal]:
    after = replace(proposal, rows=tuple(change(row) for row in proposal.rows))
    saved = uow.imports.save(replace(item, body=write_proposal(after)))
    changed = [new for old, new in zip(proposal.rows, after.rows, strict=True) if old != new]
    facts: audit.Fields = {"rows": [f"{row.code} {row.choice}: {', '.join(row.criteria)}" for row in changed]}
    record_import(uow, what, actor, saved, facts=facts)
    return saved, after


def tell_about_import(uow: UnitOfWork, item: Import, *, round_: int = 1) -> None:
    about, recipient = f"import:{item.id}", f"person:{item.person_id}"
    key = NoticeKey(about=about, recipient=recipient, occasion=Occasion.IMPORT_READ, round=round_)
    uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=item.id)])


def record_import(
    uow: UnitOfWork, what: str, actor: Actor, item: Import, *, facts: audit.Fields | None = None, detail: str = ""
) -> None:
    after: audit.Fields = {"state": item.state, "version": item.version, **(facts or {})}
    uow.audit.append(audit.entry(what, f"import:{item.id}", actor, after=after, detail=detail))
