"""SIGKILL at twenty instants, or two hundred in the long tests, under load and with days passing: nothing acknowledged
is lost, nobody is told twice."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import copytree

import pytest

from tasks.business_days import BusinessCalendar, calendar_of
from tasks.escalation import ladder_for, rung_times
from tasks.evidence import EvidenceState
from tasks.model import Task
from tasks.notices import Notice, NoticeState
from tasks.ports import UnitOfWork
from tests.bot.test_cli_serve import a_free_port
from tests.scenarios.company import CHANNEL, shown
from tests.scenarios.killing import TO_LEAVE, Story, a_killed_company, prompt_of
from tests.scenarios.processes import SOC2, environment


@pytest.fixture(scope="module")
def story(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = Path(copytree(founded, tmp_path_factory.mktemp("killed") / "var"))
    with a_killed_company(home, a_free_port()) as story:
        yield story


def notices(story: Story) -> list[Notice]:
    return story.read(lambda uow: [one for task in story.tasks.values() for one in uow.notices.of_task(task.id)])


def carried(story: Story) -> Counter[int]:
    """Notice id → how many messages carry it; lines in the channel apart, which are at-least-once."""
    said = [one for one in story.slack.messages if one.metadata and one.channel != CHANNEL]
    return Counter(one.metadata["event_payload"]["notice_id"] for one in said if one.metadata)


def test_the_story_was_worth_telling(story: Story) -> None:
    kinds = Counter(kind for kind, _ in story.acknowledged)

    assert min(kinds["answer"], kinds["attach"], kinds["draft"], kinds["day"]) >= 5, kinds


def test_every_acknowledged_answer_is_there_once(story: Story) -> None:
    kept = story.read(lambda uow: {code: len(uow.answers.attestations(one.id)) for code, one in story.tasks.items()})

    assert {kept[code] for code in story.codes("answer")} == {1}
    assert max(kept.values()) == 1


def test_every_acknowledged_file_is_there_once_and_bound(story: Story) -> None:
    kept = story.read(lambda uow: {code: uow.evidence.of_task(one.id) for code, one in story.tasks.items()})

    assert [len(kept[code]) for code in story.codes("attach")] == [1] * len(story.codes("attach"))
    assert {one.state for some in kept.values() for one in some} == {EvidenceState.BOUND}


def test_the_last_acknowledged_draft_is_there(story: Story) -> None:
    def work(code: str) -> str:
        task = story.tasks[code]
        draft = story.read(lambda uow: uow.answers.draft(task.id, task.owner_id))
        return draft.values["cause"] if draft else ""

    assert [code for code in story.drafts if work(code) not in story.drafts[code]] == []


def test_no_notice_was_posted_twice(story: Story) -> None:
    assert [notice for notice, times in carried(story).items() if times > 1] == []


def test_no_notice_is_missing_and_none_is_left_in_doubt(story: Story) -> None:
    every, posted = notices(story), carried(story)

    settled = (NoticeState.SENT, NoticeState.SKIPPED)
    assert [one for one in every if one.state not in settled and one.owed_at <= story.clock.now()] == []
    assert [one.id for one in every if one.state is NoticeState.SENT and not posted[one.id]] == []


def test_every_rung_of_an_unanswered_task_was_reached(story: Story) -> None:
    now = story.clock.now()
    for code in TO_LEAVE:
        task = story.tasks[code]
        times = rung_times(task, ladder_for(task.cadence), story.read(partial(calendar_for, task)))
        due = {occasion for occasion, at in times if at <= now}
        told = {one.key.occasion for one in notices(story) if one.task_id == task.id}
        assert due <= told, code
        assert len(due) >= 4


def calendar_for(task: Task, uow: UnitOfWork) -> BusinessCalendar:
    return calendar_of(uow.people.get(task.owner_id), uow.workspace)


def test_the_prompt_of_an_answered_task_says_so(story: Story) -> None:
    prompts = {code: shown(prompt_of(story, code)) for code in story.codes("answer")}

    assert [words for words in prompts.values() if "You answered" not in words] == []


def test_the_audit_log_proves_itself(story: Story) -> None:
    ended = subprocess.run(
        [*SOC2, "audit", "verify"], cwd=story.home, env=environment(story.home, story.slack, 1), capture_output=True
    )

    assert ended.returncode == 0, ended.stderr
