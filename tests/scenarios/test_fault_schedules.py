"""Weeks of a company's life on a Slack that fails by chance: what is owed is said once, and nothing is forgotten."""

import os
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.store import prove_audit_log
from tasks.identifiers import NoticeId, TaskId
from tasks.model import Answer, Task
from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.answer_task import Given, answer_task
from tasks.ports import UnitOfWork
from tests.fake_slack.faults import Fault
from tests.scenarios.company import CHANNEL, OPENS, PDF, Company, a_catalogue_control
from tests.scenarios.faulty import (
    a_faulty_company,
    ask_for,
    attach,
    have_patience,
    wait_for_the_vendor,
    wait_it_out,
    who,
)

SEEDS = range(40) if os.environ.get("LONG_TESTS") else (3,)
STEPS = 90
OWNERS = ("olga", "cora", "max")
CODES = ("IAM-03", "IAM-04", "VUL-02", "CHG-01", "BCP-02", "DAT-02")
SILENCES = (Fault(drop=True), Fault(drop=True, accepted=False), Fault(hang=True))
FAULTS = (
    *(Fault(error="ratelimited", status=429, retry_after=seconds) for seconds in (1, 30, 90)),
    *(Fault(status=status) for status in (500, 502, 503)),
    *(Fault(error=error) for error in ("internal_error", "service_unavailable", "missing_scope", "fatal_error")),
    *SILENCES[:2] * 3,
    SILENCES[2],
)
FOR_GOOD = tuple(Fault(error=error) for error in ("user_disabled", "restricted_action", "invalid_blocks", "brand_new"))
LOOKING = ("conversations.history", "conversations.open")
"""Where these are not permitted a message may come twice: docs/decisions/0008-channel-doubt.md."""
FIXED = ("files-pri", "upload")
"""These answer with a status or not at all."""


class Life:
    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.chance = random.Random(seed)
        self.answered: list[TaskId] = []
        self.faults = 0

    def misfortune(self, method: str) -> Fault | None:
        if self.chance.random() > 0.3 or method == "auth.test":
            return None
        self.faults += 1
        if method in FIXED:
            return self.chance.choice([Fault(status=503), SILENCES[1]])
        if method == "chat.postMessage" and self.chance.random() < 0.05:
            return self.chance.choice(FOR_GOOD)
        fault = self.chance.choice(FAULTS)
        return SILENCES[1] if fault.error == "missing_scope" and method in LOOKING else fault

    def step(self) -> None:
        acts: list[Callable[[], None]] = [self.time_passes, self.time_passes, self.answer, self.change, self.open_file]
        self.chance.choice(acts)()
        self.company.wait(self.chance.choice([1, 5, 30, 70, 1000]))

    def time_passes(self) -> None:
        self.company.clock.step(hours=self.chance.choice([1, 3, 8]))

    def answer(self) -> None:
        """Once in a while, so that most tasks climb their ladders."""
        for handle in OWNERS:
            tasks = self.company.read(partial(self._open_tasks, handle))
            if tasks and self.chance.random() < 0.15:
                task = self.chance.choice(list(tasks))
                attach(self.company, task, handle, PDF + str(len(self.answered)).encode())
                self.company.write(partial(self._answer, task.id, handle))
                self.answered.append(task.id)

    def _open_tasks(self, handle: str, uow: UnitOfWork) -> Sequence[Task]:
        return uow.tasks.open_of([self.company.person_in(uow, handle).id])

    def _answer(self, task_id: TaskId, handle: str, uow: UnitOfWork) -> None:
        task = uow.tasks.get(task_id)
        answer_task(uow, who(self.company, uow, handle), task.id, task.version, Given(answer=Answer.DONE))

    def change(self) -> None:
        olga = self.company.read(partial(self._open_tasks, "olga"))
        for task in list(olga)[:1]:
            wait_for_the_vendor(self.company, task.id)

    def open_file(self) -> None:
        found = self.company.read(
            lambda uow: [one for task in self.answered[-1:] for one in uow.evidence.of_task(task)]
        )
        for evidence in [one for one in found if one.sha256]:
            ask_for(self.company, evidence.id, "lea")


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_fails_by_chance_everything_owed_is_said_once_and_nothing_answered_is_lost(
    home: Path, seed: int
) -> None:
    with a_faulty_company(home, patience=0.1) as company:
        life = Life(company, seed)
        for number, code in enumerate(CODES):
            control = a_catalogue_control(code, title=f"Control {code}", due_days=4, acceptance=False)
            company.install(control, owner=OWNERS[number % len(OWNERS)])
        company.slack.faults.by_chance = life.misfortune
        company.at(OPENS)
        for _ in range(STEPS):
            life.step()
        company.slack.faults.clear()
        have_patience(company)
        for _ in range(3):
            wait_it_out(company)

        _check(company, life)
        sys.stderr.write(f"seed {seed}: {life.faults} faults, {len(company.slack.messages)} messages\n")


def _check(company: Company, life: Life) -> None:
    every = _every_notice(company)
    _check_notices(company, every)
    files = [one for one in every if one.key.occasion is Occasion.FILE and one.state is NoticeState.SENT]
    assert sum(bool(one.files) for one in company.slack.messages) == len(files)
    for task_id in life.answered:
        assert len(company.read(partial(_attestations, task_id))) == 1
    proof = prove_audit_log(company.running.app._store, company.workspace, lambda _: None)
    assert (proof.broken_at, proof.entries > len(life.answered)) == (None, True)
    assert life.faults >= 8, "or it was too kind a Slack"


def _check_notices(company: Company, every: list[Notice]) -> None:
    states = Counter(one.state for one in every if one.owed_at <= company.clock.moment)
    assert set(states) <= {NoticeState.SENT, NoticeState.FAILED, NoticeState.SKIPPED}, states
    assert states[NoticeState.SENT] > 10
    assert max(Counter(one.key for one in every).values()) == 1
    said = Counter(
        one.metadata["event_payload"]["notice_id"]
        for one in company.slack.messages
        if one.metadata and one.channel != CHANNEL
    )
    assert [notice for notice, times in said.items() if times > 1] == []
    wanted = [one for one in every if one.state is NoticeState.SENT and one.person_id]
    assert {one.id for one in wanted if one.key.occasion is not Occasion.FILE} <= set(said)


def _attestations(task_id: TaskId, uow: UnitOfWork) -> Sequence[object]:
    return uow.answers.attestations(task_id)


def _every_notice(company: Company) -> list[Notice]:
    with closing(sqlite3.connect(company.folder / "soc2.db")) as connection:
        ids = [NoticeId(one) for (one,) in connection.execute("SELECT id FROM notices")]
    return company.read(lambda uow: [uow.notices.get(one) for one in ids])
