"""How far a workspace has been set up, and which controls it will have: read by whoever shows or finishes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tasks import audit
from tasks.catalogue.loader import shipped
from tasks.catalogue.model import CatalogueControl, Pack
from tasks.controls import Control
from tasks.ladder import AFTER_DUE, BEFORE_DUE, DEFAULT_LADDER, Ladder, distance
from tasks.operations.acting import person_of, require_steward
from tasks.people import Actor, Person, Role, Workspace
from tasks.places import country_name, days_told
from tasks.ports import UnitOfWork
from tasks.setup import Setup, SetupProgress, Step, StepProgress
from tasks.wording import counted, day, listed

STEWARDS = (Role.COMPLIANCE_LEAD, Role.ADMIN)
PACK_NAMES = {
    Pack.SECURITY_CORE: "Security core",
    Pack.AVAILABILITY: "availability",
    Pack.CONFIDENTIALITY: "confidentiality",
    Pack.PROCESSING_INTEGRITY: "processing integrity",
    Pack.PRIVACY: "privacy",
}
TITLES = {
    Step.CONTROLS: "Controls",
    Step.PLACE: "Time zone and holidays",
    Step.PEOPLE: "Who watches over it",
    Step.OWNERS: "Owners",
    Step.LADDER: "Reminders and escalation",
    Step.CHANNEL: "Compliance channel",
    Step.PERIOD: "First audit period",
    Step.RHYTHM: "Rhythm",
}
NEEDED = (Step.CONTROLS, Step.PLACE, Step.PEOPLE, Step.PERIOD, Step.RHYTHM)


def require_may_set_up(actor: Actor) -> Person:
    require_steward(actor, *STEWARDS)
    return person_of(actor)


def confirm(uow: UnitOfWork, actor: Actor, step: Step, chosen: Setup | None = None) -> Setup:
    """Remembers that the step was answered and, in one entry, what was `chosen` with it."""
    before = uow.setups.get()
    running = uow.now if is_finished(uow, before) else None
    after = replace(chosen or before, confirmed=before.confirmed | {step}, finished_at=before.finished_at or running)
    if after == before:
        return before
    saved = uow.setups.save(after)
    old, new = _choices(before), _choices(after)
    changed = [name for name in new if new[name] != old[name]]
    was: audit.Fields = {name: old[name] for name in changed}
    now: audit.Fields = {"step": step.value, **{name: new[name] for name in changed}}
    uow.audit.append(audit.entry("setup:change", f"workspace:{uow.workspace.id}", actor, before=was, after=now))
    return saved


def _choices(setup: Setup) -> audit.Fields:
    return {
        "packs": [*setup.packs],
        "own_controls": setup.own_controls,
        "lead": setup.lead_id,
        "owners": [f"{department}:{person}" for department, person in sorted(setup.owners.items())],
        "starts_on": setup.starts_on.isoformat() if setup.starts_on else None,
        "level": setup.level,
        "starter": setup.starter,
    }


# --- the company it is about


@dataclass(frozen=True, kw_only=True)
class Team:
    lead: Person | None
    acceptors: tuple[Person, ...]
    """Department leads and other compliance leads: who may accept what the lead answers."""
    sponsors: tuple[Person, ...]
    """None of them is the lead."""


def team_of(uow: UnitOfWork, setup: Setup) -> Team:
    """The lead is the one that was chosen or, where that is nobody, the first who leaves both other parts to others."""
    teams = [_team(uow, lead) for lead in _holders(uow, Role.COMPLIANCE_LEAD)]
    chosen = [team for team in teams if team.lead and team.lead.id == setup.lead_id]
    whole = [team for team in teams if team.acceptors and team.sponsors]
    return next(iter([*chosen, *whole, *teams]), Team(lead=None, acceptors=(), sponsors=()))


def _team(uow: UnitOfWork, lead: Person) -> Team:
    heads = [person for person in _holders(uow, Role.DEPARTMENT_LEAD) if person.department]
    others = {person.id: person for person in (*_holders(uow, Role.COMPLIANCE_LEAD), *heads)}
    return Team(
        lead=lead,
        acceptors=tuple(person for person in others.values() if person.id != lead.id),
        sponsors=tuple(person for person in _holders(uow, Role.EXECUTIVE_SPONSOR) if person.id != lead.id),
    )


def _holders(uow: UnitOfWork, role: Role) -> list[Person]:
    return [person for person in uow.people.holders(role) if not person.guest]


def wanted(setup: Setup) -> tuple[CatalogueControl, ...]:
    """Of the catalogue; nothing where the company brings its own."""
    return () if setup.own_controls else shipped().in_packs(*setup.packs)


def to_install(uow: UnitOfWork, setup: Setup) -> tuple[CatalogueControl, ...]:
    known = {control.code for control in uow.controls.every()}
    return tuple(control for control in wanted(setup) if control.code not in known)


def in_use(uow: UnitOfWork) -> list[Control]:
    return [control for control in uow.controls.every() if not control.retired]


def departments(uow: UnitOfWork, setup: Setup) -> tuple[str, ...]:
    """That have a control now or will have one."""
    return tuple(sorted({one.department for one in wanted(setup)} | {one.department for one in in_use(uow)}))


def owner_in(uow: UnitOfWork, setup: Setup, department: str) -> Person | None:
    """Who was chosen for the department, else its lead."""
    chosen = uow.people.find(setup.owners.get(department))
    return chosen if chosen and chosen.active and not chosen.guest else uow.people.lead_of(department)


# --- how far it is


def progress(uow: UnitOfWork) -> SetupProgress:
    setup = uow.setups.get()
    finished = is_finished(uow, setup)
    steps = []
    for step, describe in DESCRIBED.items():
        missing, sentence = describe(uow, setup)
        answered = finished or step in setup.confirmed
        done = answered and not missing
        sentence = missing or (sentence if answered else f"For now: {sentence}")
        needed = step in NEEDED
        steps.append(StepProgress(step=step, title=TITLES[step], done=done, sentence=sentence, needed=needed))
    return SetupProgress(steps=tuple(steps), finished=finished)


def is_finished(uow: UnitOfWork, setup: Setup) -> bool:
    """Also a company whose controls were installed from the command line, without any of this."""
    return bool(setup.finished_at) or (setup.version == 0 and bool(in_use(uow)))


def missing_to_start(uow: UnitOfWork) -> tuple[StepProgress, ...]:
    return tuple(step for step in progress(uow).missing if step.needed)


Described = tuple[str, str]
"""What is missing, and what was chosen."""


def _controls(uow: UnitOfWork, setup: Setup) -> Described:
    here = len(in_use(uow))
    if setup.own_controls:
        missing = "" if here else "Your own matrix: no control is here yet. Import it, or add controls one by one."
        return missing, f"Your own matrix: {counted(here, 'control')}."
    names = listed([PACK_NAMES[pack] for pack in setup.packs])
    new = len(to_install(uow, setup))
    if not here:
        return "", f"{names}: {counted(new, 'control')}."
    return "", f"{names}. {counted(here, 'control')} in use" + (f", {new} more to start." if new else ".")


def _place(uow: UnitOfWork, _: Setup) -> Described:
    place = uow.workspace
    closed = f"; closed {days_told(place.shutdown_days)}" if place.shutdown_days else ""
    return "", f"{place.time_zone}, holidays of {country_name(place.country)}{closed}."


def _people(uow: UnitOfWork, setup: Setup) -> Described:
    team = team_of(uow, setup)
    if team.lead is None:
        return "Nobody is the compliance lead yet. Choose who keeps an eye on all of it.", ""
    name, needs = team.lead.name, []
    if not team.acceptors:
        needs.append(
            f"{name} can't accept their own answers: name a second person who may, a department lead or another "
            "compliance lead."
        )
    if not team.sponsors:
        needs.append(f"When {name} needs help somebody senior has to hear of it: name an executive sponsor.")
    seconds, sponsors = (listed([one.name for one in group]) for group in (team.acceptors, team.sponsors))
    return " ".join(needs), f"{name} leads; {seconds} may accept; {sponsors} is told last."


def _owners(uow: UnitOfWork, setup: Setup) -> Described:
    found = {name: owner_in(uow, setup, name) for name in departments(uow, setup)}
    named = [f"{_shown(name)}: {owner.name}" for name, owner in found.items() if owner]
    later = [_shown(name) for name, owner in found.items() if not owner]
    until = f"{listed(later)}: nobody yet, so the compliance lead, shown as unassigned" if later else ""
    return "", "; ".join(filter(None, (", ".join(named), until))) + "."


def _shown(department: str) -> str:
    """HR and IT, but finance: within a sentence."""
    return department.upper() if len(department) <= 2 else department


def _ladder(uow: UnitOfWork, _: Setup) -> Described:
    ladder = uow.workspace.ladder
    return "", f"{'The usual' if ladder == DEFAULT_LADDER else 'Your own'}: {ladder_in_words(ladder)}."


def ladder_in_words(ladder: Ladder) -> str:
    first, second = (distance(ladder, occasion) for occasion in BEFORE_DUE)
    owner, manager, lead, sponsor = (distance(ladder, occasion) for occasion in AFTER_DUE)
    return (
        f"reminders {first} and {second} business days before a task is due; {owner} after it the owner, {manager} "
        f"after the manager, {lead} after the compliance lead, {sponsor} after the executive sponsor"
    )


def _channel(uow: UnitOfWork, _: Setup) -> Described:
    channel = uow.workspace.compliance_channel.partition(":")[2]
    return "", f"{channel}." if channel else "None: the week's closing line goes to the compliance lead."


def _period(uow: UnitOfWork, _: Setup) -> Described:
    told = period_in_words(uow.workspace)
    return "" if told else "No audit period yet. Choose its first and last day; your auditor can tell.", told


def period_in_words(workspace: Workspace) -> str:
    start, end = workspace.period_start, workspace.period_end
    if not start or not end:
        return ""
    return f"Type 1, as of {day(end)}." if start == end else f"{day(start)} to {day(end)}."


def _rhythm(uow: UnitOfWork, setup: Setup) -> Described:
    if setup.starts_on is None:
        missing = "" if is_finished(uow, setup) else "No first day yet. Choose when the first controls begin."
        return missing, "Controls open by their schedules."
    pace = "twelve controls first, then eight more each month" if setup.starter else "all controls at once"
    spread = "spread evenly over the months" if setup.level else "in the months of the catalogue"
    return "", f"From {day(setup.starts_on)}: {pace}, {spread}."


DESCRIBED: Mapping[Step, Callable[[UnitOfWork, Setup], Described]] = {
    Step.CONTROLS: _controls,
    Step.PLACE: _place,
    Step.PEOPLE: _people,
    Step.OWNERS: _owners,
    Step.LADDER: _ladder,
    Step.CHANNEL: _channel,
    Step.PERIOD: _period,
    Step.RHYTHM: _rhythm,
}
