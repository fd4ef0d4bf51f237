import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.home import ANYTHING, Overtaken
from bot.platform import RetryLater, Undeliverable
from bot.slack.api import SlackApi
from bot.slack.home import MOST_BYTES, SlackHomes, render_home
from handlers.actions import LONGEST, action, encode
from handlers.views.elements import ActionButton, Buttons, Row, Text, View
from tests.bot.slack.views import HOSTILE, VIEWS
from tests.fake_slack import FakeSlack
from tests.fake_slack.blocks import check_view, is_too_large
from tests.fake_slack.checks import Report

OPEN = ActionButton(label="Open", action=action("show_task", t="t1"))


def a_home(*words: str) -> View:
    return View(title="Home", summary="Home", body=tuple(Text(text=each) for each in words))


def problems(home: dict[str, Any]) -> list[str]:
    report = Report(watched=HOSTILE[:5])
    check_view(home, report)
    return [*report.errors, *report.unescaped, *(["too large"] if is_too_large(home) else [])]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(VIEWS)
def test_any_view_is_a_home_within_every_limit_and_with_hostile_words_escaped(view: View) -> None:
    assert problems(json.loads(json.dumps(render_home(view)))) == []


def test_the_title_stands_on_top_and_nothing_else_is_lost() -> None:
    body = (Text(text="One"), Row(text="Two", button=OPEN))
    home: Any = render_home(View(title="What waits", summary="x", body=body))
    assert [block["type"] for block in home["blocks"]] == ["header", "section", "section"]


def test_a_home_takes_twice_the_blocks_of_a_message_and_says_what_is_left_out() -> None:
    home: Any = render_home(a_home(*(f"line {number}" for number in range(150))))
    assert len(home["blocks"]) == 100
    assert home["blocks"][-1]["elements"][0]["text"] == "52 more – type /soc2 tasks to see everything"


@pytest.mark.parametrize("letter", ["x", "é", "🎉"])
def test_long_texts_stay_within_the_bytes_and_are_left_out_visibly(letter: str) -> None:
    home: Any = render_home(a_home(*[letter * 2900] * 90))
    assert len(json.dumps(home)) <= MOST_BYTES
    assert "more – type /soc2 tasks" in json.dumps(home, ensure_ascii=False)
    assert problems(home) == []


def test_what_buttons_carry_counts_as_well() -> None:
    value = "v" * (LONGEST - len(encode(action("show_task", t=""))))
    row = tuple(ActionButton(label=f"B{number}", action=action("show_task", t=value)) for number in range(5))
    home: Any = render_home(View(title="Home", summary="Home", body=(Buttons(buttons=row),) * 95))
    assert len(json.dumps(home)) <= MOST_BYTES
    assert problems(home) == []


# the call


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture
async def homes(slack: FakeSlack) -> AsyncIterator[SlackHomes]:
    api = SlackApi(token=slack.token, url=slack.url)
    yield SlackHomes(api)
    await api.close()


@pytest.mark.anyio
async def test_a_home_is_shown_to_one_person_over_what_stands_there(slack: FakeSlack, homes: SlackHomes) -> None:
    ann = slack.add_user("Ann").id
    first = await homes.publish(ann, a_home("One"), over=ANYTHING)
    second = await homes.publish(ann, a_home("Two"), over=first)
    assert second == slack.homes[ann].hash != first
    assert slack.homes[ann].blocks[1]["text"]["text"] == "Two"
    assert slack.violations == []


@pytest.mark.anyio
async def test_over_something_else_it_is_overtaken(slack: FakeSlack, homes: SlackHomes) -> None:
    ann = slack.add_user("Ann").id
    first = await homes.publish(ann, a_home("One"), over=ANYTHING)
    await homes.publish(ann, a_home("Two"), over=first)
    with pytest.raises(Overtaken):
        await homes.publish(ann, a_home("Three"), over=first)
    assert slack.homes[ann].blocks[1]["text"]["text"] == "Two"


@pytest.mark.anyio
async def test_a_home_that_is_switched_off_and_one_of_nobody_can_not_be_shown(
    slack: FakeSlack, homes: SlackHomes
) -> None:
    ann = slack.add_user("Ann").id
    slack.fail("views.publish", "not_enabled")
    with pytest.raises(Undeliverable, match="not_enabled"):
        await homes.publish(ann, a_home("One"), over=ANYTHING)
    with pytest.raises(Undeliverable, match="user_not_found"):
        await homes.publish("U0NOBODY", a_home("One"), over=ANYTHING)


@pytest.mark.anyio
async def test_a_rate_limit_says_how_long_to_wait(slack: FakeSlack, homes: SlackHomes) -> None:
    slack.rate_limit("views.publish", retry_after=17)
    with pytest.raises(RetryLater) as told:
        await homes.publish(slack.add_user("Ann").id, a_home("One"), over=ANYTHING)
    assert told.value.after == 17
