"""The address of a message that was attached: asked for once the evidence is safe, and never insisted on."""

from datetime import timedelta

import pytest

from bot.message_links import MessageLinks
from bot.platform import RetryLater, TokenRevoked, Undeliverable
from tasks.evidence import Said
from tasks.operations.attach_message import Chosen, attach_message, set_aside
from tests.bot.fake_platform import FakePlatform
from tests.tasks.operations.company import ACME, TASK, Company, a_company, a_file

pytestmark = pytest.mark.anyio
LINK = "https://chat.example/C1/1.000001"


def with_a_message() -> Company:
    acme = a_company()
    message = Chosen(
        conversation="C1",
        message="1.000001",
        place="#it-help",
        author="Ann Lee",
        author_id="U0ANN",
        at=acme.clock.now(),
        text="As agreed",
        files=(a_file(),),
    )
    kept = acme.by("olga", set_aside, message)
    acme.by("olga", attach_message, kept.id, TASK)
    return acme


def links(acme: Company, platform: FakePlatform | None) -> MessageLinks:
    return MessageLinks(units=acme.units, platforms=lambda _: {platform.name: platform} if platform else {})


def said_of(acme: Company) -> list[Said]:
    return [one.said for one in acme.uow.evidence.of_task(TASK) if one.said]


async def test_one_call_finds_the_link_for_all_that_came_with_the_message() -> None:
    acme = with_a_message()
    job = links(acme, FakePlatform(name="slack"))
    assert await job.find(ACME) == 1
    assert [said.permalink for said in said_of(acme)] == [LINK, LINK]
    assert await job.find(ACME) == 0


async def test_a_message_that_is_gone_or_out_of_reach_leaves_the_evidence_without_a_link() -> None:
    acme = with_a_message()
    platform = FakePlatform(
        name="slack", failures={"permalink": [Undeliverable("chat.getPermalink: message_not_found")]}
    )
    await links(acme, platform).find(ACME)
    assert {said.permalink_problem for said in said_of(acme)} == {"chat.getPermalink: message_not_found"}
    assert await links(acme, platform).find(ACME) == 0


@pytest.mark.parametrize("trouble", [RetryLater("down", after=90.0), TokenRevoked("revoked")])
async def test_while_the_platform_is_in_trouble_it_is_asked_again_later(trouble: Exception) -> None:
    acme = with_a_message()
    platform = FakePlatform(name="slack", failures={"permalink": [trouble]})
    job = links(acme, platform)
    await job.find(ACME)
    assert await job.find(ACME) == 0
    acme.clock.moment += timedelta(minutes=15)
    await job.find(ACME)
    assert [said.permalink for said in said_of(acme)] == [LINK, LINK]


async def test_nothing_is_asked_while_nobody_is_connected_and_later_where_only_others_are() -> None:
    acme = with_a_message()
    assert await links(acme, None).find(ACME) == 0
    assert await links(acme, FakePlatform(name="web")).find(ACME) == 1
    assert [said.permalink for said in said_of(acme)] == ["", ""]
