from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack, Refusal
from tests.fake_slack.view_methods import apply_submission_answer
from tests.fake_slack_tests.conftest import MovableClock

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


def a_view(title: str = "Answer", **more: Any) -> Json:
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "Hello"}}]
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": blocks, **more}


def a_form() -> Json:
    label = {"type": "plain_text", "text": "Why"}
    field = {"type": "input", "block_id": "why", "label": label, "element": {"type": "plain_text_input"}}
    return a_view(blocks=[field], submit={"type": "plain_text", "text": "Send"})


async def test_a_trigger_opens_one_view_and_no_second(slack: FakeSlack, client: AsyncWebClient) -> None:
    trigger = slack.trigger("U1")
    await client.views_open(trigger_id=trigger, view=a_view())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=a_view())
    assert [violation.error for violation in slack.violations] == ["exchanged_trigger_id"]
    assert [view.title for view in slack.views] == ["Answer"]


async def test_an_invented_trigger_is_invalid(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=a_view())


@pytest.mark.parametrize(("seconds", "expired"), [(3.0, False), (3.1, True)])
async def test_a_trigger_expires_after_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, clock: MovableClock, seconds: float, expired: bool
) -> None:
    trigger = slack.trigger("U1")
    clock.now += seconds
    if not expired:
        await client.views_open(trigger_id=trigger, view=a_view())
        return
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=trigger, view=a_view())


async def test_three_views_may_be_stacked_and_no_fourth(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=slack.trigger("U1"), view=a_view("1"))
    await client.views_push(trigger_id=slack.trigger("U1"), view=a_view("2"))
    third = await client.views_push(trigger_id=slack.trigger("U1"), view=a_view("3"))
    assert third["view"]["root_view_id"] == slack.views[0].id
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=slack.trigger("U1"), view=a_view("4"))
    assert slack.open_view("U1").title == "3"


async def test_nothing_can_be_pushed_where_no_view_is_open(slack: FakeSlack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="no_view_open"):
        await client.views_push(trigger_id=slack.trigger("U1"), view=a_view())


async def test_an_update_with_an_old_hash_conflicts(slack: FakeSlack, client: AsyncWebClient) -> None:
    opened = await client.views_open(trigger_id=slack.trigger("U1"), view=a_view("1", external_id="x"))
    seen = opened["view"]["hash"]
    await client.views_update(view_id=opened["view"]["id"], hash=seen, view=a_view("2", external_id="x"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(external_id="x", hash=seen, view=a_view("3"))
    assert slack.open_view("U1").title == "2"
    assert slack.violations == []


async def test_an_external_id_belongs_to_one_view(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=slack.trigger("U1"), view=a_view("1", external_id="x"))
    await client.views_update(external_id="x", view=a_view("2", external_id="x"))
    apply_submission_answer(slack, slack.views[0], {"response_action": "update", "view": a_view("3", external_id="x")})
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=slack.trigger("U2"), view=a_view("4", external_id="x"))


async def test_an_update_of_an_unknown_view_is_not_found(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V0", view=a_view())


async def test_home_is_published_per_person(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.add_user("ada")
    await client.views_publish(user_id=ada.id, view={"type": "home", "blocks": a_view()["blocks"]})
    await client.views_publish(user_id=ada.id, view={"type": "home", "blocks": [{"type": "divider"}]})
    assert [block["type"] for block in slack.homes[ada.id].blocks] == ["divider"]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id=ada.id, view=a_view())


async def test_a_broken_view_is_a_violation(slack: FakeSlack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=slack.trigger("U1"), view=a_view("x" * 25))
    assert slack.violations
    assert slack.views == []


def test_the_answer_to_a_submission_moves_the_stack() -> None:
    slack = FakeSlack()
    first = slack.put_view("U1", a_form())
    apply_submission_answer(slack, first, {"response_action": "errors", "errors": {"why": "Say a little more."}})
    apply_submission_answer(slack, first, {"response_action": "push", "view": a_view("2")})
    apply_submission_answer(slack, slack.open_view("U1"), {"response_action": "update", "view": a_view("2b")})
    assert [view.title for view in slack.stack("U1")] == ["Answer", "2b"]
    apply_submission_answer(slack, slack.open_view("U1"), {})
    assert [view.title for view in slack.stack("U1")] == ["Answer"]
    apply_submission_answer(slack, first, {"response_action": "clear"})
    assert slack.stack("U1") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"why": ""}},
        {"response_action": "errors"},
        {"response_action": "dance"},
        {"response_action": "update", "view": a_view("x" * 25)},
        {"text": "ok"},
    ],
)
def test_an_answer_to_a_submission_that_slack_would_not_show_is_refused(answer: Json) -> None:
    slack = FakeSlack()
    view = slack.put_view("U1", a_form())
    with pytest.raises(Refusal):
        apply_submission_answer(slack, view, answer)
