"""Whatever people, files and the clock do to tasks, in whatever order: the rules of always.py hold after every step.

Each rule below acts as somebody might, allowed or not; a refusal is as good an outcome as any, and changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Concatenate, ParamSpec

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tasks import duties
from tasks.errors import DomainError
from tasks.evidence import Evidence, EvidenceState
from tasks.identifiers import PersonId, TaskId
from tasks.model import Answer, Decision, Task
from tasks.operations.acting import acceptors_of
from tasks.operations.answer_task import Given, answer_task
from tasks.operations.assign import reassign_task
from tasks.operations.attach_evidence import attach_files, remove_evidence
from tasks.operations.check_files import bind_file, refuse_file
from tasks.operations.correct_answer import correct_answer
from tasks.operations.deactivate_person import deactivate_person
from tasks.operations.deliver_notices import claim_notices, record_failed, record_sent
from tasks.operations.go_away import come_back, go_away
from tasks.operations.nudge import nudge
from tasks.operations.reopen_task import reopen_task
from tasks.operations.request_item import request_item
from tasks.operations.review_submission import review_submission
from tasks.operations.schedule import climb_ladders, hand_over_absences, open_due, plan_ahead, weekly_notices
from tasks.operations.wait_on import wait_on
from tasks.people import Actor
from tasks.ports import UnitOfWork
from tests.builders import a_control_text, a_task, a_workspace, an_item
from tests.tasks.operations import always
from tests.tasks.operations.company import DONE, NOT_DONE, ZERO, Company, a_company, a_file, found

P = ParamSpec("P")

ENTRIES = {
    "evidence:attach": {"task:answer", "task:correct"},
    "evidence:refuse": {"task:return"},
    "person:deactivate": {"task:reassign"},
}
"""Operations of more than one audit entry: the first, and those that follow from it."""

PEOPLE = ("olga", "dan", "max", "sue", "carl", "lee", "zoe")
PLAIN, NEEDS_ACCEPTANCE = TASKS = (TaskId("plain"), TaskId("accepted"))
ANSWERS = (DONE, found("Eve kept access"), replace(NOT_DONE, answer=Answer.NOT_FULLY_DONE), NOT_DONE, ZERO)
TEXT = a_control_text(evidence=(an_item("proof", required=False),))

people = st.sampled_from(PEOPLE)
actors = st.sampled_from(("whose turn it is",) * 12 + ("owner", *PEOPLE))
acceptors = st.sampled_from(("the first acceptor",) * 9 + ("who answered", "who attached") * 4 + PEOPLE)
could_accept = st.sampled_from(("lee", "max", "sue"))
leads = st.sampled_from(("lee",) * 12 + PEOPLE)
tasks = st.sampled_from(TASKS)
answers = st.sampled_from((*ANSWERS, *ANSWERS, Given(answer=Answer.NOT_DONE), found()))
few, some = st.integers(min_value=0, max_value=3), st.integers(min_value=0, max_value=9)


class LifeOfATask(RuleBasedStateMachine):
    company: Company

    @initialize()
    def open_the_office(self) -> None:
        both = (
            a_task(PLAIN, next_rung_at=a_task().opens_at),
            a_task(NEEDS_ACCEPTANCE, occurrence="2026-09", needs_acceptance=True, next_rung_at=a_task().opens_at),
        )
        self.company = a_company(text=TEXT, tasks=both)
        self.company.uow.save_workspace(a_workspace(compliance_channel="slack:C1"))
        self.before = always.seen(self.company)
        self.entries = 0
        self.files = 0

    # --- doing it, or being refused

    def does(
        self,
        who: str,
        operation: Callable[Concatenate[UnitOfWork, Actor, P], object],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        before = self.company.snapshot()
        try:
            self.company.by(who, operation, *args, **kwargs)
        except DomainError:
            assert self.company.snapshot() == before
        else:
            self.one_change_was_recorded()
            self.what_always_holds()

    def one_change_was_recorded(self) -> None:
        new = self.company.entries[self.entries :]
        self.entries += len(new)
        assert new, "a change without an audit entry"
        assert set(new[1:]) <= ENTRIES.get(new[0], set()), f"one change, these entries: {new}"

    def runs(self, job: Callable[[UnitOfWork], int], entry: str | None = None) -> None:
        """A job of which a second run, at the same moment, finds nothing to do."""
        while self.company.run(job):
            new = self.company.entries[self.entries :]
            self.entries += len(new)
            assert set(new) <= {entry}
            assert len(new) <= 1
        assert len(self.company.entries) == self.entries

    def task(self, task_id: TaskId) -> Task:
        return self.company.state.tasks[task_id]

    def actor(self, who: str, task_id: TaskId) -> str:
        task, directory = self.task(task_id), self.company.uow.people
        if who == "the first acceptor":
            return next((one.id for one in acceptors_of(self.company.uow, task)), PersonId("lee"))
        if who == "who attached":
            return next((one.added_by for one in reversed(self.company.uow.evidence.of_task(task_id))), PersonId("lee"))
        turn = duties.responsible(task, directory, self.today).person
        named = {"whose turn it is": turn and turn.id, "owner": task.owner_id, "who answered": task.answered_by}
        return named.get(who, who) or "zoe"

    # --- people

    @rule(who=actors, task=tasks, given=answers)
    def answer(self, who: str, task: TaskId, given: Given) -> None:
        self.does(self.actor(who, task), answer_task, task, self.task(task).version, given)

    @rule(who=actors, task=tasks, given=answers)
    def answer_an_older_version(self, who: str, task: TaskId, given: Given) -> None:
        before = self.task(task)
        self.does(self.actor(who, task), answer_task, task, before.version - 1, given)
        assert self.task(task) == before

    @rule(who=actors, task=tasks, given=answers, reason=st.sampled_from(["Wrong month", "Wrong month", ""]))
    def correct(self, who: str, task: TaskId, given: Given, reason: str) -> None:
        self.does(self.actor(who, task), correct_answer, task, self.task(task).version, given, reason=reason)

    @rule(who=acceptors, task=tasks, decision=st.sampled_from(Decision))
    def review(self, who: str, task: TaskId, decision: Decision) -> None:
        version = self.task(task).version
        self.does(self.actor(who, task), review_submission, task, version, decision, reason="As I said")

    @rule(who=leads, task=tasks)
    def reopen(self, who: str, task: TaskId) -> None:
        self.does(who, reopen_task, task, self.task(task).version, reason="Wrong list")

    @rule(who=actors, task=tasks, to=people | could_accept)
    def reassign(self, who: str, task: TaskId, to: str) -> None:
        self.does(self.actor(who, task), reassign_task, task, self.task(task).version, PersonId(to))

    @rule(who=leads, task=tasks)
    def nudge(self, who: str, task: TaskId) -> None:
        self.does(who, nudge, task)

    @rule(who=actors, task=tasks, days=few)
    def wait(self, who: str, task: TaskId, days: int) -> None:
        until = self.today + timedelta(days=days)
        self.does(self.actor(who, task), wait_on, task, self.task(task).version, whom="Payroll", until=until)

    @rule(who=people, delegate=people, start=few, length=some)
    def go_away_or_come_back(self, who: str, delegate: str, start: int, length: int) -> None:
        if self.company.person(who).away_from:
            self.does(who, come_back, PersonId(who))
            return
        first = self.today + timedelta(days=start)
        last = first + timedelta(days=length)
        self.does(who, go_away, PersonId(who), first=first, last=last, delegate=PersonId(delegate))

    @rule(who=people, chance=few)
    def deactivate(self, who: str, chance: int) -> None:
        if chance == 0 and self.company.person(who).active:
            self.does("ada", deactivate_person, PersonId(who))

    # --- evidence

    @rule(who=actors, task=tasks, item=st.sampled_from(["", "proof"]))
    def attach(self, who: str, task: TaskId, item: str) -> None:
        self.files += 1
        self.does(self.actor(who, task), attach_files, task, [a_file(f"{self.files}.csv")], item=item)

    @rule(task=tasks, given=answers)
    def answer_with_a_file(self, task: TaskId, given: Given) -> None:
        self.attach("whose turn it is", task, "proof")
        self.answer("whose turn it is", task, given)

    @rule(given=answers, who=acceptors, decision=st.sampled_from(Decision))
    def answer_and_review(self, given: Given, who: str, decision: Decision) -> None:
        self.answer("whose turn it is", NEEDS_ACCEPTANCE, given)
        self.review(who, NEEDS_ACCEPTANCE, decision)

    @rule(who=actors, task=tasks, contributor=people | could_accept)
    def request(self, who: str, task: TaskId, contributor: str) -> None:
        self.does(self.actor(who, task), request_item, task, item="proof", contributor=PersonId(contributor))

    @rule(who=actors, which=some)
    @precondition(lambda self: self.company.state.evidence)
    def take_off(self, who: str, which: int) -> None:
        every = list(self.company.state.evidence.values())
        one = every[which % len(every)]
        self.does(self.actor(who, one.task_id), remove_evidence, one.id)

    @rule(which=some, content=st.sampled_from(["", "", "aa", "bb", "cc"]))
    @precondition(lambda self: self.checking())
    def check_a_file(self, which: int, content: str) -> None:
        """No content: it is refused. The same content on both tasks: so is the later one."""
        one = self.checking()[which % len(self.checking())]
        if content:
            self.company.run(bind_file, one.id, sha256=content, media_type="text/csv", size=9, row_count=None)
        else:
            self.company.run(refuse_file, one.id, "It is empty.")
        self.one_change_was_recorded()
        assert self.company.evidence(one).state is not EvidenceState.CHECKING

    @rule(helper=could_accept, given=answers, content=st.sampled_from(["aa", "bb"]))
    def answer_with_help(self, helper: str, given: Given, content: str) -> None:
        self.request("whose turn it is", NEEDS_ACCEPTANCE, helper)
        self.attach(helper, NEEDS_ACCEPTANCE, "proof")
        while self.checking():
            self.check_a_file(0, content)
        self.answer_and_review(given, "who attached", Decision.ACCEPT)

    def checking(self) -> list[Evidence]:
        return [one for one in self.company.state.evidence.values() if one.state is EvidenceState.CHECKING]

    # --- the clock

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 14]))
    def tick(self, hours: int) -> None:
        self.company.clock.advance(hours=hours)
        self.runs(climb_ladders, "ladder:climb")
        self.runs(hand_over_absences)
        self.runs(weekly_notices)

    @rule()
    def climb(self) -> None:
        self.runs(climb_ladders, "ladder:climb")

    @rule()
    def plan_and_open(self) -> None:
        self.company.run(plan_ahead)
        self.runs(open_due, "tasks:open")

    @rule(fails=st.booleans())
    def deliver(self, fails: bool) -> None:
        for notice in self.company.run(claim_notices, limit=5):
            if fails:
                self.company.run(record_failed, notice, "user deactivated")
            else:
                self.company.run(record_sent, notice, platform="slack", conversation="D1", message=str(notice.id))

    @invariant()
    def what_always_holds(self) -> None:
        for holds in always.RULES:
            holds(self.company, self.before)
        assert len(self.company.entries) == self.entries
        self.before = always.seen(self.company)

    @property
    def today(self) -> date:
        now: datetime = self.company.clock.now()
        return now.astimezone(UTC).date()


LifeOfATask.TestCase.settings = settings(
    max_examples=140,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_life_of_a_task = LifeOfATask.TestCase
