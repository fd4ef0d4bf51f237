import pytest

from bot.platform import FetchRefused, Posted, ToChannel, ToPerson, Undeliverable
from bot.web.client import WebPlatform
from tests.bot.web.chat_kit import Kit
from tests.bot.web.memory import MONDAY, WORKSPACE
from tests.bot.web.sample_views import told


def platform(kit: Kit) -> WebPlatform:
    return WebPlatform(workspace=WORKSPACE, units=kit.units, files=kit.files)


OLGA = ToPerson(external_id="olga")


@pytest.mark.anyio
async def test_a_notice_becomes_a_message_in_the_persons_direct_messages() -> None:
    kit = Kit()
    posted = await platform(kit).post(OLGA, told("hello"), notice_id=7)
    [message] = kit.unit.chat.of("dm:olga", limit=10)
    assert posted == Posted(conversation="dm:olga", message=str(message.id))
    assert "hello" in message.html


@pytest.mark.anyio
async def test_a_channel_has_its_own_conversation() -> None:
    kit = Kit()
    posted = await platform(kit).post(ToChannel(id="compliance"), told("hello"), notice_id=7)
    assert posted.conversation == "channel:compliance"


@pytest.mark.anyio
async def test_the_same_notice_is_posted_once() -> None:
    kit = Kit()
    first = await platform(kit).post(OLGA, told("hello"), notice_id=7)
    assert await platform(kit).post(OLGA, told("hello"), notice_id=7) == first
    assert len(kit.unit.chat.kept) == 1


@pytest.mark.anyio
async def test_a_posted_notice_is_found_again_and_another_is_not() -> None:
    kit = Kit()
    posted = await platform(kit).post(OLGA, told("hello"), notice_id=7)
    assert await platform(kit).find(OLGA, 7, since=MONDAY) == posted
    assert await platform(kit).find(OLGA, 8, since=MONDAY) is None


@pytest.mark.anyio
async def test_an_edit_takes_the_place_of_the_message() -> None:
    kit = Kit()
    posted = await platform(kit).post(OLGA, told("hello"), notice_id=7)
    await platform(kit).edit(posted, told("answered"))
    [message] = kit.unit.chat.of("dm:olga", limit=10)
    assert "answered" in message.html
    assert "hello" not in message.html


@pytest.mark.anyio
async def test_a_message_that_is_gone_can_not_be_edited() -> None:
    with pytest.raises(Undeliverable):
        await platform(Kit()).edit(Posted(conversation="dm:olga", message="9"), told("x"))


@pytest.mark.anyio
async def test_an_upload_is_handed_over_in_chunks() -> None:
    kit = Kit()
    kit.files.stage("abc", iter((b"one", b"two")))
    assert b"".join([chunk async for chunk in platform(kit).fetch("abc", limit=6)]) == b"onetwo"


@pytest.mark.anyio
@pytest.mark.parametrize(("reference", "limit"), [("missing", 100), ("../etc", 100), ("abc", 5)])
async def test_what_is_missing_or_too_large_is_refused(reference: str, limit: int) -> None:
    kit = Kit()
    kit.files.stage("abc", iter((b"onetwo",)))
    with pytest.raises(FetchRefused):
        [chunk async for chunk in platform(kit).fetch(reference, limit=limit)]
