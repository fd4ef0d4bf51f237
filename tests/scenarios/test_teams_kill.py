"""SIGKILL at eight instants, on Teams: nothing acknowledged is lost, and what may have been told twice says so."""

import subprocess
from collections.abc import Iterator

import pytest

from tasks.notices import Notice, NoticeState, Occasion
from tasks.operations.deliver_notices import MAY_BE_DOUBLED
from tests.bot.test_cli_serve import a_free_port
from tests.scenarios.processes import SOC2
from tests.scenarios.teams_company import seen
from tests.scenarios.teams_killing import AT_A_POST, CODES, TeamsStory, a_killed_teams_company, environment, owner_of


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsStory]:
    with a_killed_teams_company(tmp_path_factory.mktemp("killed"), a_free_port()) as story:
        yield story


def prompts(story: TeamsStory) -> dict[str, Notice]:
    every = story.read(lambda uow: {code: uow.notices.of_task(task.id) for code, task in story.tasks.items()})
    opened = {code: [one for one in some if one.key.occasion is Occasion.OPENED] for code, some in every.items()}
    return {code: one for code, [one] in opened.items()}


def posted(story: TeamsStory, code: str) -> int:
    """Messages about it alone."""
    return sum(code in seen(one) for one in story.teams.messages_to(owner_of(code)))


def test_the_story_was_worth_telling(story: TeamsStory) -> None:
    assert len(story.acknowledged) >= 8
    assert story.in_doubt >= len(AT_A_POST) - 1


def test_every_acknowledged_answer_is_there_once(story: TeamsStory) -> None:
    kept = story.read(lambda uow: {code: len(uow.answers.attestations(one.id)) for code, one in story.tasks.items()})

    assert {kept[code] for code in story.acknowledged} == {1}
    assert max(kept.values()) == 1


def test_every_prompt_that_is_still_owed_arrived(story: TeamsStory) -> None:
    settled = {code: one for code, one in prompts(story).items() if code not in story.acknowledged}

    assert {one.state for one in settled.values()} == {NoticeState.SENT}
    assert [code for code in settled if not posted(story, code)] == []


def test_what_may_have_been_told_twice_says_so_and_nothing_else_was(story: TeamsStory) -> None:
    doubtful = {code for code, one in prompts(story).items() if one.error.startswith(MAY_BE_DOUBLED)}

    assert len(doubtful) >= 1
    assert [code for code in CODES if posted(story, code) > 1 and code not in doubtful] == []


def test_the_audit_log_proves_itself(story: TeamsStory) -> None:
    ended = subprocess.run(
        [*SOC2, "audit", "verify"], cwd=story.home, env=environment(story, 1), capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
