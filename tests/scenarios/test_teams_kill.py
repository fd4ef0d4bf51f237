"""SIGKILL at seven instants, or seventy in the long tests, on Teams: nothing acknowledged is lost, and
what may have been told twice says so. Teams lets no bot look, so a message in doubt is sent again."""

import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tasks.notices import Notice, NoticeState
from tasks.operations.deliver_notices import MAY_BE_DOUBLED
from tasks.ports import UnitOfWork
from tests.bot.test_cli_serve import a_free_port
from tests.fake_teams import Message
from tests.fake_teams.cards import words_of
from tests.fake_teams.records import CARD, Json
from tests.scenarios.processes import SOC2
from tests.scenarios.teams_company import seen
from tests.scenarios.teams_killing import WHILE_POSTING, TeamsStory, a_killed_teams_company, environment

About = tuple[str, str]
"""A person's chat, and the code of the one task that they are told about there."""


@pytest.fixture(scope="module")
def story(founded_on_teams: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsStory]:
    home = Path(copytree(founded_on_teams, tmp_path_factory.mktemp("killed") / "var"))
    with a_killed_teams_company(home, a_free_port()) as story:
        yield story


def notices(story: TeamsStory) -> list[Notice]:
    """About one task each, to a person: what goes to the channel, and digests of several tasks, apart."""
    every = story.read(lambda uow: [one for task in story.tasks.values() for one in uow.notices.of_task(task.id)])
    return [one for one in every if one.person_id]


def by_subject(story: TeamsStory) -> dict[About, list[Notice]]:
    codes = {task.id: code for code, task in story.tasks.items()}

    def chat_of(uow: UnitOfWork, notice: Notice) -> str:
        assert notice.person_id
        [identity] = uow.people.identities(notice.person_id)
        return f"a:{identity.external_id.removeprefix('aad-')}"

    found = defaultdict(list)
    for one in notices(story):
        assert one.task_id
        found[story.read(lambda uow, one=one: chat_of(uow, one)), codes[one.task_id]].append(one)  # type: ignore[misc]
    return found


def posted(story: TeamsStory) -> Counter[About]:
    """How often it was told, as it was posted: an edit may have changed it since."""
    calls = [one for one in story.teams.calls if one.name == "post"]
    return Counter(
        (one.path.split("/")[-2], code)
        for one in calls
        if (code := _only(code for code in story.tasks if code in _words(one.body)))
    )


def _only(codes: Iterable[str]) -> str:
    found = list(codes)
    return found[0] if len(found) == 1 else ""


def _words(activity: Json) -> str:
    cards = [one["content"] for one in activity.get("attachments", []) if one["contentType"] == CARD]
    return "\n".join(words_of(cards))


def test_the_story_was_worth_telling(story: TeamsStory) -> None:
    assert len(story.acknowledged) >= len(WHILE_POSTING)
    assert story.cut_off == len(WHILE_POSTING)


def test_every_acknowledged_answer_is_there_once_and_what_nobody_asked_for_is_not(story: TeamsStory) -> None:
    kept = story.read(lambda uow: {code: len(uow.answers.attestations(one.id)) for code, one in story.tasks.items()})

    assert [code for code in story.acknowledged if kept[code] != 1] == []
    assert [code for code in story.asked if kept[code] > 1] == []
    assert [code for code in kept if kept[code] and code not in story.asked] == []


def test_no_notice_is_missing_and_none_is_left_in_doubt(story: TeamsStory) -> None:
    settled = (NoticeState.SENT, NoticeState.SKIPPED)
    every, now = notices(story), story.clock.now()

    assert [one for one in every if one.state not in settled and one.owed_at <= now] == []
    assert {one.task_id for one in every} == {task.id for task in story.tasks.values()}


def test_whoever_was_sent_something_has_it(story: TeamsStory) -> None:
    there = {(one.conversation, one.id) for one in story.teams.messages}

    sent = [one for one in notices(story) if one.state is NoticeState.SENT]
    assert len(sent) >= len(WHILE_POSTING)
    assert [one for one in sent if (one.conversation, one.message) not in there] == []


def test_what_may_have_been_told_twice_says_so_and_nothing_else_was(story: TeamsStory) -> None:
    told, owed = posted(story), by_subject(story)

    assert [about for about in told if about not in owed] == []
    assert [(about, times) for about, times in told.items() if times > most(owed[about])] == []
    assert [about for about in owed if told[about] < least(owed[about])] == []
    assert sum(told[about] > least(owed[about]) for about in owed) >= 1


def most(some: list[Notice]) -> int:
    """How often they may have been told: one in doubt with each attempt, any other once if it was sent at all."""
    return sum(one.attempts if doubtful(one) else one.state is NoticeState.SENT for one in some)


def least(some: list[Notice]) -> int:
    return sum(one.state is NoticeState.SENT for one in some)


def doubtful(notice: Notice) -> bool:
    return notice.error.startswith(MAY_BE_DOUBLED)


def test_the_prompt_of_an_answered_task_says_so(story: TeamsStory) -> None:
    """Such as are on record: one that was cut off stays as it was."""
    shown = {(one.conversation, one.id): one for one in story.teams.messages}
    answered = [story.tasks[code].id for code in story.acknowledged]
    prompts = [one for one in notices(story) if one.task_id in answered and one.state is NoticeState.SENT]

    assert [one.id for one in prompts if not _says_so(shown[one.conversation, one.message])] == []


def _says_so(message: Message) -> bool:
    return "answered" in seen(message)


def test_the_audit_log_proves_itself(story: TeamsStory) -> None:
    ended = subprocess.run(
        [*SOC2, "audit", "verify"], cwd=story.home, env=environment(story, 1), capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
