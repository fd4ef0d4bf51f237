"""A sample company with a quarter of history, made by the real operations at past moments of a clock of its own."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zlib import crc32

from bot.jobs import JOBS, Tools, run_all
from bot.lock import DELIVERY_LOCK, ProcessLock
from bot.store import Store
from bot.wiring import make_tools, web_platforms
from tasks import duties
from tasks.catalogue.loader import load
from tasks.catalogue.model import Pack
from tasks.controls import Cadence, ControlText, EvidenceItem
from tasks.identifiers import PersonId, TaskId, WorkspaceId
from tasks.model import Answer, Decision, Task
from tasks.operations.acting import acceptors_of
from tasks.operations.answer_task import FoundProblem, Given, Shortfall, ZeroResult, answer_task
from tasks.operations.assign import assign_control
from tasks.operations.attach_evidence import attach_text
from tasks.operations.fill_card import CardFacts, fill_card
from tasks.operations.go_away import go_away
from tasks.operations.import_people import import_people
from tasks.operations.install_controls import install_controls
from tasks.operations.review_submission import review_submission
from tasks.operations.sync_people import Member, sync_people
from tasks.operations.task_text import text_of
from tasks.people import Actor, Person, Workspace
from tasks.ports import UnitOfWork

ACME = WorkspaceId("acme-robotics")
HISTORY_DAYS = 100
DAILY_AT = time(15, 0, tzinfo=UTC)
"""When the sample company looks at its messages: office hours from Austin to Berlin."""
DAILY, WEEKLY = ("open", "absences", "climb", "weekly", "deliver", "edit"), ("plan",)
"""The jobs of the past, no more often than so small a company needs: whoever tries the demo waits for them."""
OVERDUE_BETWEEN = (timedelta(days=5), timedelta(days=20))
"""How long the one forgotten task is past its due time."""

COLUMNS = ("email", "name", "department", "manager", "time_zone", "country", "roles")
PEOPLE = (
    ("morgan", "Morgan Blake", "management", "", "America/New_York", "US", "executive-sponsor"),
    ("dana", "Dana Reyes", "security", "morgan", "America/New_York", "US", "compliance-lead"),
    ("sam", "Sam Okafor", "it", "morgan", "America/New_York", "US", "department-lead admin"),
    ("priya", "Priya Natarajan", "security", "dana", "America/Chicago", "US", "department-lead compliance-lead"),
    ("ines", "Inès Laurent", "hr", "morgan", "Europe/Paris", "FR", "department-lead"),
    ("victor", "Victor Chen", "engineering", "morgan", "America/Los_Angeles", "US", "department-lead"),
    ("grace", "Grace Adeyemi", "finance", "morgan", "Europe/London", "GB", "department-lead"),
    ("helen", "Helen Fischer", "legal", "morgan", "Europe/Berlin", "DE", "department-lead"),
    ("leo", "Leo Martins", "it", "sam", "America/New_York", "US", ""),
    ("noor", "Noor Haddad", "it", "sam", "Europe/Berlin", "DE", ""),
    ("tom", "Tom Becker", "hr", "ines", "Europe/Berlin", "DE", ""),
    ("lena", "Lena Vogt", "engineering", "victor", "Europe/Berlin", "DE", ""),
    ("raj", "Raj Patel", "engineering", "victor", "America/New_York", "US", ""),
    ("amy", "Amy Wong", "finance", "grace", "America/New_York", "US", ""),
    ("kofi", "Kofi Mensah", "security", "priya", "America/New_York", "US", ""),
    ("julia", "Julia Rossi", "legal", "helen", "Europe/Rome", "IT", ""),
)
OWNERS = {
    "leo": ("IAM-03", "IAM-04", "VUL-02", "VUL-03"),
    "noor": ("BCP-02", "IAM-07", "DAT-02", "RSK-05"),
    "tom": ("HRS-01", "HRS-02", "HRS-05"),
    "lena": ("VUL-05", "IAM-05", "MON-02"),
    "raj": ("CHG-01", "CHG-02", "BCP-01", "DAT-03"),
    "amy": ("VEN-05",),
    "kofi": ("MON-01", "MON-03", "VUL-01"),
    "julia": ("PRV-03", "PRV-04", "VEN-02"),
}
SYSTEMS = {
    "security": "Security console",
    "hr": "HR system",
    "it": "Device console",
    "finance": "Ledger",
    "engineering": "Code host",
    "legal": "Privacy register",
}
"""Where each department's lists come from."""
AWAY, DELEGATE = "lena", "raj"
FOUND_PROBLEMS, NOT_FULLY_DONE, NOTHING_TO_REPORT = "IAM-03", "VUL-02", "PRV-03"
"""Whose first answer is not a plain *done*."""


class SampleClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the story needs to know on any of its days."""

    opened_on: datetime
    """The real present: where the story ends and the demo begins."""
    clock: SampleClock
    store: Store
    tools: Tools


def load_sample_company(store: Store, clock: SampleClock, on_progress: Callable[[int], None]) -> None:
    """`clock` is the store's own and stands at the present; it is back there at the end. Progress in per cent."""
    with closing(ProcessLock(store.folder / DELIVERY_LOCK)) as lock:
        tools = make_tools(store, units=store.units, platforms=web_platforms(store), clock=clock, lock=lock)
        asyncio.run(_tell(Sample(opened_on=clock.now(), clock=clock, store=store, tools=tools), on_progress))


async def _tell(sample: Sample, on_progress: Callable[[int], None]) -> None:
    days = list(_days(sample.opened_on))
    sample.clock.moment = days[0]
    await asyncio.to_thread(_found, sample)
    for number, moment in enumerate(days):
        sample.clock.moment = moment
        for job in JOBS:
            if job.name in DAILY or (job.name in WEEKLY and moment.weekday() == 0):
                await job.work(sample.tools, ACME)
        await sample.store.units.write(ACME, partial(_work, sample.opened_on))
        on_progress(100 * number // len(days))
    sample.clock.moment = sample.opened_on
    await sample.store.units.write(ACME, partial(_take_leave, sample.opened_on.date()))
    await run_all(sample.tools)
    on_progress(100)


def _days(now: datetime) -> Iterator[datetime]:
    """The past working days' moments, oldest first."""
    for back in range(HISTORY_DAYS, -1, -1):
        moment = datetime.combine(now.date() - timedelta(days=back), DAILY_AT)
        if moment < now and moment.weekday() < 5:
            yield moment


# founding the company


def _found(sample: Sample) -> None:
    today, first = sample.opened_on.date(), sample.clock.now().date()
    workspace = Workspace(
        id=ACME,
        name="Acme Robotics",
        time_zone="America/New_York",
        compliance_channel="web:compliance",
        period_start=first,
        period_end=date(today.year + 1, today.month, 1) - timedelta(days=1),
    )
    sample.store.units.create_workspace(workspace)
    sample.store.units.write_now(ACME, partial(_hire, first))


def _hire(first: date, uow: UnitOfWork) -> None:
    actor = Actor(person=None, platform="cli", at=uow.now)
    import_people(uow, actor, [_row(person) for person in PEOPLE])
    members = [Member(external_id=one.id, email=one.email, name=one.name) for one in uow.people.everyone()]
    sync_people(uow, "web", members)
    controls = load().in_packs(Pack.SECURITY_CORE, Pack.PRIVACY)
    install_controls(uow, actor, controls, starts_on=first)
    dana = _as(uow, _person(uow, "dana"))
    for handle, codes in OWNERS.items():
        for code in codes:
            control = uow.controls.by_code(code)
            if control:
                assign_control(uow, dana, control.id, _person(uow, handle).id)


def _row(person: Sequence[str]) -> dict[str, str]:
    row = dict(zip(COLUMNS, person, strict=True))
    return row | {"email": _email(row["email"]), "manager": row["manager"] and _email(row["manager"])}


def _take_leave(today: date, uow: UnitOfWork) -> None:
    away = _person(uow, AWAY)
    first, last = today - timedelta(days=1), today + timedelta(days=9)
    go_away(uow, _as(uow, away), away.id, first=first, last=last, delegate=_person(uow, DELEGATE).id)


# a working day


def _work(opened_on: datetime, uow: UnitOfWork) -> None:
    """Everybody answers what they meant to answer by now; acceptors accept what came in on an earlier day."""
    for task in uow.tasks.submitted():
        if task.answered_at and task.answered_at < uow.now - timedelta(hours=20):
            _accept(uow, task)
    forgotten = _forgotten(uow, opened_on)
    for task in uow.tasks.open_of([person.id for person in uow.people.everyone()]):
        if task.id != forgotten and not _left_to_you(task, opened_on) and _meant_for(task) <= uow.now:
            _answer(uow, task)


def _forgotten(uow: UnitOfWork, opened_on: datetime) -> TaskId | None:
    """The one task that nobody answers: of those due some days before the demo opens the last, of an employee's."""
    longest, shortest = OVERDUE_BETWEEN[1], OVERDUE_BETWEEN[0]
    known = [*uow.tasks.open_of([one.id for one in uow.people.everyone()]), *uow.tasks.planned(until=opened_on)]
    candidates = [
        task
        for task in known
        if opened_on - longest <= task.due_at <= opened_on - shortest
        and task.missed_at > opened_on
        and task.cadence is not Cadence.WEEKLY
    ]
    ranked = ((not uow.people.get(task.owner_id).roles, task.due_at, task.id) for task in candidates)
    return max(ranked)[-1] if candidates else None


def _left_to_you(task: Task, opened_on: datetime) -> bool:
    """Most of what isn't due yet when the demo opens."""
    return task.due_at > opened_on and _chance(task) < 75


def _chance(task: Task) -> int:
    """From 0 to 99, and the same for a task on whatever day one asks."""
    return crc32(f"{task.code} {task.occurrence}".encode()) % 100


def _meant_for(task: Task) -> datetime:
    """Some way between opening and due, and for a few of them later."""
    chance = _chance(task)
    part = 1.2 if chance < 6 else 0.3 + 0.6 * chance / 100
    return task.opens_at + part * (task.due_at - task.opens_at)


def _answer(uow: UnitOfWork, task: Task) -> None:
    person = duties.responsible(task, uow.people, uow.now.date()).person
    if person is None:
        return
    actor, text = _as(uow, person), text_of(uow, task)
    given = _given(uow, task, text)
    if given.answer in (Answer.DONE, Answer.DONE_FOUND_PROBLEMS):
        for item in text.evidence:
            if item.required:
                _attach(uow, actor, task, item)
    answer_task(uow, actor, task.id, uow.tasks.get(task.id).version, given)


def _attach(uow: UnitOfWork, actor: Actor, task: Task, item: EvidenceItem) -> None:
    words = f"{item.text}\nKept in the {task.department} team's records under {task.code} {task.occurrence}."
    evidence = attach_text(uow, actor, task.id, words, item=item.key)
    if item.population:
        facts = CardFacts(
            source=SYSTEMS[task.department],
            query=f"Saved report “{item.key} {task.code}”",
            span_start=task.span_start,
            span_end=task.span_end,
            changed_after=False,
        )
        fill_card(uow, actor, evidence.id, facts)


def _given(uow: UnitOfWork, task: Task, text: ControlText) -> Given:
    if uow.tasks.previous(task):
        return Given(answer=Answer.DONE, comment="Checked as every time.")
    if task.code == FOUND_PROBLEMS:
        problem = FoundProblem(
            description="Two accounts had more rights than was requested.",
            owner_id=task.owner_id,
            due_on=uow.now.date() + timedelta(days=14),
        )
        return Given(answer=Answer.DONE_FOUND_PROBLEMS, comment="Both were put right.", problems=(problem,))
    if task.code == NOT_FULLY_DONE:
        shortfall = Shortfall(
            cause="The patch report missed the laptops of the Berlin office.",
            look_back="The laptops were checked by hand: three of 41 were behind.",
            correction="The report covers Berlin from now on; the three laptops are patched.",
        )
        return Given(answer=Answer.NOT_FULLY_DONE, shortfall=shortfall)
    if task.code == NOTHING_TO_REPORT:
        zero = ZeroResult(source="Privacy request mailbox", query="All requests received in the month")
        return Given(answer=Answer.NOTHING_TO_REPORT, zero=zero)
    return Given(answer=Answer.DONE, comment="")


def _accept(uow: UnitOfWork, task: Task) -> None:
    acceptors = acceptors_of(uow, task)
    if acceptors:
        review_submission(uow, _as(uow, acceptors[0]), task.id, task.version, Decision.ACCEPT)


def _as(uow: UnitOfWork, person: Person) -> Actor:
    return Actor(person=person, platform="web", at=uow.now)


def _person(uow: UnitOfWork, handle: str) -> Person:
    found = uow.people.by_email(_email(handle))
    return found or uow.people.get(PersonId(handle))


def _email(handle: str) -> str:
    return f"{handle}@acme-robotics.example"
