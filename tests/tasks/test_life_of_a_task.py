"""Whatever people, files and the clock do to tasks, in whatever order: these rules hold after every step.

Each rule below acts as somebody might, allowed or not; a refusal is as good an outcome as any, and changes nothing.
"""

from collections import Counter
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
from tasks.model import Answer, Decision, Task, TaskState
from tasks.notices import Notice, NoticeState, Occasion
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
from tests.tasks.operations.company import DONE, NOT_DONE, ZERO, Company, a_company, a_file, found

P = ParamSpec("P")

OPEN, SUBMITTED, ACCEPTED, RECORDED = TaskState.OPEN, TaskState.SUBMITTED, TaskState.ACCEPTED, TaskState.RECORDED
STEPS = {
    (OPEN, SUBMITTED),
    (OPEN, RECORDED),
    (SUBMITTED, ACCEPTED),
    (SUBMITTED, OPEN),
    (ACCEPTED, OPEN),
    (RECORDED, OPEN),
}
"""product.md: open → submitted → accepted, or → returned and open again; open → recorded; reopened on request."""
INFORMATIONAL = {
    Occasion.FINDING,
    Occasion.FILE_PROBLEM,
    Occasion.CONTRIBUTION,
    Occasion.REOPEN_ASKED,
    Occasion.UNDELIVERED,
}
"""What may still be owed about a task that is settled: it is news, or delivery looks before it sends."""
ENTRIES = {"evidence:refuse": "task:return", "person:deactivate": "task:reassign", "evidence:attach": "task:answer"}
"""Operations of more than one audit entry: the first, and those that follow from it."""

PEOPLE = ("olga", "dan", "max", "sue", "carl", "lee", "zoe")
TASKS = (TaskId("plain"), TaskId("second"))
ANSWERS = (DONE, found("Eve kept access"), replace(NOT_DONE, answer=Answer.NOT_FULLY_DONE), NOT_DONE, ZERO)
TEXT = a_control_text(evidence=(an_item("proof", required=False),))

people = st.sampled_from(PEOPLE)
tasks = st.sampled_from(TASKS)
answers = st.sampled_from((*ANSWERS, Given(answer=Answer.NOT_DONE), found()))
some = st.integers(min_value=0, max_value=7)


class LifeOfATask(RuleBasedStateMachine):
    company: Company

    @initialize()
    def open_the_office(self) -> None:
        both = (
            a_task("plain", next_rung_at=a_task().opens_at),
            a_task("second", occurrence="2026-09", needs_acceptance=True, next_rung_at=a_task().opens_at),
        )
        self.company = a_company(text=TEXT, tasks=both)
        self.company.uow.save_workspace(a_workspace(compliance_channel="slack:C1"))
        self.seen = dict(self.company.state.tasks)
        self.attested = dict(self.company.state.attestations)
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
        except DomainError as refusal:
            assert str(refusal).endswith("."), "a refusal is a sentence"
            assert self.company.snapshot() == before
        else:
            self.one_change_was_recorded()

    def one_change_was_recorded(self) -> None:
        new = self.company.entries[self.entries :]
        self.entries += len(new)
        assert new, "a change without an audit entry"
        assert set(new[1:]) <= {ENTRIES.get(new[0])}, f"one change, these entries: {new}"

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

    # --- people

    @rule(who=people, task=tasks, given=answers)
    def answer(self, who: str, task: TaskId, given: Given) -> None:
        self.does(who, answer_task, task, self.task(task).version, given)

    @rule(task=tasks, given=answers)
    def answer_in_turn(self, task: TaskId, given: Given) -> None:
        turn = duties.responsible(self.task(task), self.company.uow.people, self.today)
        if turn.person:
            self.answer(turn.person.id, task, given)

    @rule(who=people, task=tasks, given=answers)
    def answer_an_older_version(self, who: str, task: TaskId, given: Given) -> None:
        before = self.task(task)
        self.does(who, answer_task, task, before.version - 1, given)
        assert self.task(task) == before

    @rule(who=people, task=tasks, given=answers, reason=st.sampled_from(["", "Wrong month"]))
    def correct(self, who: str, task: TaskId, given: Given, reason: str) -> None:
        self.does(who, correct_answer, task, self.task(task).version, given, reason=reason)

    @rule(who=people, task=tasks, decision=st.sampled_from(Decision), reason=st.sampled_from(["", "More"]))
    def review(self, who: str, task: TaskId, decision: Decision, reason: str) -> None:
        self.does(who, review_submission, task, self.task(task).version, decision, reason=reason)

    @rule(task=tasks)
    def accept_as_asked(self, task: TaskId) -> None:
        asked = [one for one in self.notices() if one.key.occasion is Occasion.ACCEPTANCE_ASKED and one.task_id == task]
        if asked and asked[-1].person_id:
            self.review(asked[-1].person_id, task, Decision.ACCEPT, "")

    @rule(who=people, task=tasks)
    def reopen(self, who: str, task: TaskId) -> None:
        self.does(who, reopen_task, task, self.task(task).version, reason="Wrong list")

    @rule(who=people, task=tasks, to=people)
    def reassign(self, who: str, task: TaskId, to: str) -> None:
        self.does(who, reassign_task, task, self.task(task).version, PersonId(to))

    @rule(who=people, task=tasks)
    def nudge(self, who: str, task: TaskId) -> None:
        self.does(who, nudge, task)

    @rule(who=people, task=tasks, days=some)
    def wait(self, who: str, task: TaskId, days: int) -> None:
        self.does(who, wait_on, task, self.task(task).version, whom="Payroll", until=self.today + timedelta(days=days))

    @rule(who=people, delegate=people, start=some, length=some)
    def go_away(self, who: str, delegate: str, start: int, length: int) -> None:
        first = self.today + timedelta(days=start)
        last = first + timedelta(days=length)
        self.does(who, go_away, PersonId(who), first=first, last=last, delegate=PersonId(delegate))

    @rule(who=people)
    def come_back(self, who: str) -> None:
        self.does(who, come_back, PersonId(who))

    @rule(who=st.sampled_from(("olga", "dan", "max", "carl", "lee")), chance=st.integers(0, 3))
    def deactivate(self, who: str, chance: int) -> None:
        if chance == 0 and self.company.person(who).active:
            self.does("ada", deactivate_person, PersonId(who))

    # --- evidence

    @rule(who=people, task=tasks, item=st.sampled_from(["", "proof"]))
    def attach(self, who: str, task: TaskId, item: str) -> None:
        self.files += 1
        self.does(who, attach_files, task, [a_file(f"{self.files}.csv")], item=item)

    @rule(who=people, task=tasks, contributor=people)
    def request(self, who: str, task: TaskId, contributor: str) -> None:
        self.does(who, request_item, task, item="proof", contributor=PersonId(contributor))

    @precondition(lambda self: self.company.state.evidence)
    @rule(who=people, which=some)
    def take_off(self, who: str, which: int) -> None:
        self.does(who, remove_evidence, self.evidence(which).id)

    @precondition(lambda self: self.checking())
    @rule(which=some, content=st.sampled_from(["", "aa", "bb"]))
    def check_a_file(self, which: int, content: str) -> None:
        """No content: it is refused. The same content on both tasks: so is the later one."""
        one = self.checking()[which % len(self.checking())]
        if content:
            self.company.run(bind_file, one.id, sha256=content, media_type="text/csv", size=9, row_count=None)
        else:
            self.company.run(refuse_file, one.id, "It is empty.")
        self.one_change_was_recorded()
        assert self.company.evidence(one).state is not EvidenceState.CHECKING

    def evidence(self, which: int) -> Evidence:
        every = list(self.company.state.evidence.values())
        return every[which % len(every)]

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
                place = {"platform": "slack", "conversation": "D1", "message": str(notice.id)}
                self.company.run(record_sent, notice, **place)

    # --- what always holds

    @invariant()
    def tasks_step_only_as_the_product_says(self) -> None:
        for task in self.company.state.tasks.values():
            before = self.seen.get(task.id, task)
            if before.state is not task.state:
                assert (before.state, task.state) in STEPS
                assert task.needs_acceptance == (RECORDED not in (before.state, task.state))
            self.a_change_raises_the_version(before, task)
        self.seen = dict(self.company.state.tasks)

    def a_change_raises_the_version(self, before: Task, after: Task) -> None:
        alike = replace(before, next_rung_at=after.next_rung_at) == after
        assert alike or after.version > before.version
        assert after.round >= before.round
        key = (before.origin, before.occurrence, before.subject, before.opens_at, before.due_at)
        assert key == (after.origin, after.occurrence, after.subject, after.opens_at, after.due_at)

    @invariant()
    def times_and_names_agree_with_the_state(self) -> None:
        for task in self.company.state.tasks.values():
            answered = (task.answered_at is not None, task.answered_by is not None, task.answer is not None)
            assert set(answered) == {not task.is_open}
            settled = task.state in (ACCEPTED, RECORDED)
            assert settled == (task.settled_at is not None) == (task.settled_by is not None)
            assert not (settled and task.next_rung_at)
            assert not task.answered_at or task.answered_at <= self.company.clock.now()

    @invariant()
    def attestations_are_only_ever_added(self) -> None:
        now = self.company.state.attestations
        assert self.attested.items() <= now.items()
        for task_id in TASKS:
            signed = self.company.uow.answers.attestations(task_id)
            assert [one.version for one in signed] == list(range(1, len(signed) + 1))
            assert self.task(task_id).is_open or self.task(task_id).answer is signed[-1].answer
        self.attested = dict(now)

    @invariant()
    def nobody_accepts_what_they_had_a_hand_in(self) -> None:
        for decided in self.company.state.acceptances:
            signed = self.company.state.attestations[decided.task_id, decided.attestation_version]
            files = {self.company.state.evidence[one].added_by for one in signed.evidence}
            assert decided.person_id not in {signed.person_id, signed.on_behalf_of, *files}
        for task in self.company.state.tasks.values():
            assert task.state is not ACCEPTED or task.settled_by not in (task.owner_id, task.answered_by)

    @invariant()
    def an_accepted_answer_rests_on_checked_files(self) -> None:
        for task in self.company.state.tasks.values():
            states = {one.state for one in self.company.uow.evidence.of_task(task.id)}
            assert task.state is not ACCEPTED or EvidenceState.CHECKING not in states

    @invariant()
    def what_stands_open_stems_from_the_latest_answer(self) -> None:
        for task_id in TASKS:
            latest = len(self.company.uow.answers.attestations(task_id))
            answers = self.company.uow.answers
            for one in (*answers.findings(task_id), *answers.deviations(task_id)):
                assert one.withdrawn == (one.attestation_version < latest)

    @invariant()
    def no_message_is_owed_twice(self) -> None:
        keys = Counter(notice.key for notice in self.notices())
        assert max(keys.values(), default=1) == 1

    @invariant()
    def a_settled_task_asks_nobody_for_anything(self) -> None:
        for notice in self.notices():
            task = self.company.state.tasks.get(notice.task_id) if notice.task_id else None
            if task and task.state in (ACCEPTED, RECORDED) and notice.state is NoticeState.OWED:
                assert notice.key.occasion in INFORMATIONAL

    @invariant()
    def nothing_is_sent_to_nobody(self) -> None:
        for notice in self.notices():
            assert notice.key.recipient != "nobody" or notice.state is NoticeState.SKIPPED

    @invariant()
    def every_open_task_is_somebodys_or_it_says_why_not(self) -> None:
        for task in self.company.state.tasks.values():
            turn = duties.responsible(task, self.company.uow.people, self.today)
            assert turn.person is None or turn.person.active
            assert turn.person is not None or turn.skipped

    @invariant()
    def every_change_is_in_the_audit_log(self) -> None:
        assert len(self.company.entries) == self.entries
        assert all(entry.what.count(":") == 1 for entry in self.company.state.entries)

    def notices(self) -> list[Notice]:
        return list(self.company.state.notices.values())

    @property
    def today(self) -> date:
        now: datetime = self.company.clock.now()
        return now.astimezone(UTC).date()


LifeOfATask.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_life_of_a_task = LifeOfATask.TestCase
