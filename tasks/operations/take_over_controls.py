"""A confirmed control matrix becomes controls: new ones are added, those that stand here get a new version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tasks import audit
from tasks.errors import Invalid, Stale
from tasks.identifiers import ImportId, PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.model import Choice, Proposal, Proposed
from tasks.matrix.stored import read_proposal, write_proposal
from tasks.matrix.writing import text_of
from tasks.operations.acting import require_steward, the_clock
from tasks.operations.add_control import add_control
from tasks.operations.edit_control import edit_control
from tasks.operations.import_matrix import record_import, require_open_import, tell_about_import
from tasks.operations.schedule import calendar_of_workspace
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork
from tasks.wording import counted, listed

AT_ONCE = 100
"""Controls taken over while the person waits; of more, a job does the rest."""
A_CHUNK = 25
"""Controls taken over in one turn of the job: each plans its tasks, and nobody else writes meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    added: int
    updated: int
    left: int = 0
    """What a job still takes over."""


def confirm_import(
    uow: UnitOfWork, actor: Actor, import_id: ImportId, version: int, *, at_once: int = AT_ONCE
) -> tuple[Import, Taken]:
    """All of it or nothing. More than `at_once` are checked all the same, and taken over chunk by chunk by a job."""
    item, proposal = require_open_import(uow, actor, import_id, version)
    _require_decided(proposal)
    if not proposal.chosen:
        raise Invalid("Every row is skipped: there is nothing to take over. Cancel the import, or choose some rows.")
    _require_unchanged(uow, proposal)
    after, taken = _take(uow, actor, proposal, at_once)
    state = ImportState.INSTALLING if taken.left else ImportState.CONFIRMED
    saved = uow.imports.save(replace(item, state=state, body=write_proposal(after)))
    facts: audit.Fields = {"added": taken.added, "updated": taken.updated, "left": taken.left, "sha256": item.sha256}
    record_import(uow, "import:confirm", actor, saved, facts=facts)
    return saved, taken


def install_more(uow: UnitOfWork) -> int:
    """The next chunk of a confirmed import. What was changed here meanwhile is left as it is, and told."""
    for item in uow.imports.installing(limit=1):
        proposal = _without_changed(uow, read_proposal(item.body))
        after, taken = _take(uow, the_clock(uow), proposal, A_CHUNK)
        state = ImportState.INSTALLING if taken.left else ImportState.CONFIRMED
        saved = uow.imports.save(replace(item, state=state, body=write_proposal(after)))
        facts: audit.Fields = {"added": taken.added, "updated": taken.updated, "left": taken.left}
        record_import(uow, "import:take-over", the_clock(uow), saved, facts=facts)
        if state is ImportState.CONFIRMED:
            tell_about_import(uow, saved, round_=2)
        return taken.added + taken.updated
    return 0


def take_over_all(uow: UnitOfWork, actor: Actor, proposal: Proposal, *, sha256: str) -> Taken:
    """At once and without a message: whoever runs the command line has looked at the rows."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    _require_decided(proposal)
    _require_unchanged(uow, proposal)
    _, taken = _take(uow, actor, proposal, len(proposal.rows))
    facts: audit.Fields = {"added": taken.added, "updated": taken.updated, "sha256": sha256}
    uow.audit.append(audit.entry("controls:import", f"workspace:{uow.workspace.id}", actor, after=facts))
    return taken


def _take(uow: UnitOfWork, actor: Actor, proposal: Proposal, most: int) -> tuple[Proposal, Taken]:
    now = proposal.chosen[:most]
    today = calendar_of_workspace(uow).local_date(uow.now)
    for row in now:
        install_row(uow, actor, row, starts_on=today)
    done = {row.row for row in now}
    rows = tuple(replace(row, choice=Choice.DONE) if row.row in done else row for row in proposal.rows)
    updated = sum(row.choice is Choice.UPDATE for row in now)
    left = len(proposal.chosen) - len(now)
    return replace(proposal, rows=rows), Taken(added=len(now) - updated, updated=updated, left=left)


def install_row(uow: UnitOfWork, actor: Actor, row: Proposed, *, starts_on: date) -> None:
    """Adds the control, or gives the one that stands here a new version."""
    if row.existing:
        text = text_of(row, uow.controls.get(row.existing).text)
        edit_control(uow, actor, row.existing, expected_version=row.existing_version, text=text)
        return
    add_control(
        uow,
        actor,
        code=row.code,
        area=row.area,
        department=row.department,
        text=text_of(row),
        starts_on=starts_on,
        owner_id=_able(uow, row.owner_id),
    )


def _able(uow: UnitOfWork, person_id: PersonId | None) -> PersonId | None:
    """Somebody who left since the file was read owns nothing; the department's lead does."""
    person = uow.people.find(person_id)
    return person.id if person and person.active and not person.guest else None


def _require_decided(proposal: Proposal) -> None:
    waiting = proposal.undecided
    if waiting:
        shown = listed([row.code for row in waiting[:5]] + (["others"] if len(waiting) > 5 else []))
        raise Invalid(
            f"{counted(len(waiting), 'row')} still {'wants' if len(waiting) == 1 else 'want'} your word: {shown}. "
            "Look through them, take the suggestions, or skip them. Nothing was taken over."
        )


def _require_unchanged(uow: UnitOfWork, proposal: Proposal) -> None:
    changed = changed_here(uow, proposal.chosen)
    if changed:
        raise Stale(
            f"{listed([row.code for row in changed[:5]])} changed here after the file was read. Skip the row, or hand "
            "the file in again. Nothing was taken over."
        )


def changed_here(uow: UnitOfWork, rows: Sequence[Proposed]) -> list[Proposed]:
    """Rows whose control was added, edited or retired since they were held against what stands here."""
    codes = {control.code.casefold(): control for control in uow.controls.every()}
    here = [(row, codes.get(row.code.casefold())) for row in rows]
    return [
        row
        for row, control in here
        if (control.version if control else 0) != row.existing_version or (control and control.retired)
    ]


def _without_changed(uow: UnitOfWork, proposal: Proposal) -> Proposal:
    changed = {row.row for row in changed_here(uow, proposal.chosen)}
    note = "It changed here meanwhile, and was left as it is."
    rows = (
        replace(row, choice=Choice.SKIP, notes=(note, *row.notes)) if row.row in changed else row
        for row in proposal.rows
    )
    return replace(proposal, rows=tuple(rows))
