from collections.abc import AsyncIterator, Iterator

import pytest

from bot.platform import RetryLater, StalePlace, TokenRevoked, Undeliverable
from bot.slack.api import SlackApi
from bot.slack.directory import SlackDirectory
from bot.slack.payloads import member
from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
async def directory(slack: FakeSlack) -> AsyncIterator[SlackDirectory]:
    api = SlackApi(token=slack.token, url=slack.url)
    yield SlackDirectory(api)
    await api.close()


async def test_a_member_is_found_by_e_mail_whatever_its_case(slack: FakeSlack, directory: SlackDirectory) -> None:
    ann = slack.add_user("Ann", "Ann@acme.example", is_restricted=True)
    found = await directory.find("ann@ACME.example")
    assert found
    assert (found.external_id, found.is_guest) == (ann.id, True)


async def test_nobody_has_an_unknown_e_mail(directory: SlackDirectory) -> None:
    assert await directory.find("nobody@acme.example") is None


async def test_any_other_refusal_of_a_look_up_is_one(slack: FakeSlack, directory: SlackDirectory) -> None:
    slack.fail("users.lookupByEmail", "missing_scope")
    with pytest.raises(Undeliverable):
        await directory.find("nobody@acme.example")


async def test_a_cursor_that_slack_no_longer_knows_is_a_stale_place(directory: SlackDirectory) -> None:
    with pytest.raises(StalePlace):
        await directory.page("long ago")


async def test_a_rate_limit_says_how_long(slack: FakeSlack, directory: SlackDirectory) -> None:
    slack.rate_limit("users.list", retry_after=9)
    with pytest.raises(RetryLater) as limited:
        await directory.page("")
    assert limited.value.after == 9


async def test_a_revoked_token_is_told_apart(slack: FakeSlack, directory: SlackDirectory) -> None:
    slack.fail("users.list", "token_revoked")
    with pytest.raises(TokenRevoked):
        await directory.page("")


@pytest.mark.parametrize("mark", ["is_bot", "is_workflow_bot", "is_connector_bot"])
async def test_every_kind_of_bot_is_one(mark: str) -> None:
    found = member({"id": "B1", mark: True})
    assert found
    assert found.is_bot


async def test_slackbot_is_a_bot_though_slack_does_not_say_so() -> None:
    found = member({"id": "USLACKBOT", "is_bot": False})
    assert found
    assert found.is_bot


async def test_somebody_who_authorised_the_app_is_a_person_all_the_same() -> None:
    found = member({"id": "U1", "is_app_user": True, "profile": {"email": "a@acme.example"}})
    assert found
    assert (found.is_bot, found.email) == (False, "a@acme.example")


@pytest.mark.parametrize("marks", [{"is_stranger": True}, {"is_email_confirmed": False}])
async def test_an_e_mail_that_proves_nothing_is_left_out(marks: dict[str, bool]) -> None:
    found = member({"id": "U1", "profile": {"email": "olga@acme.example"}, **marks})
    assert found
    assert found.email == ""
