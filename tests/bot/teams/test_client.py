"""The calls that leave for the connector, and what its failures mean."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from yarl import URL

from bot.json_body import Json
from bot.platform import (
    CannotTell,
    FetchRefused,
    OurFault,
    OutgoingFile,
    PlatformError,
    Posted,
    RetryLater,
    ToChannel,
    TokenRevoked,
    ToPerson,
    Undeliverable,
)
from bot.teams.api import TeamsApi, meaning
from bot.teams.client import TeamsClient
from bot.teams.directory import TeamsDirectory, member_of
from bot.teams.files import is_trusted
from handlers.views.elements import Text, View
from tasks.conversations import Conversation, FileLink
from tasks.identifiers import WorkspaceId
from tests.builders import a_workspace, utc
from tests.fake_teams import FakeTeams
from tests.fakes import FakeUnitsOfWork, FixedClock

ACME = WorkspaceId("acme")
OLGA = ToPerson(external_id="aad-olga")
VIEW = View(title="Task", summary="A task is due.", body=(Text(text="Please."),))
NOW = utc(2026, 11, 2, 9)


class OneToken:
    def __init__(self, value: str) -> None:
        self.value = value
        self.forgotten: list[str] = []

    async def bearer(self) -> str:
        return self.value

    def forget(self, bearer: str) -> None:
        self.forgotten.append(bearer)


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as fake:
        fake.tokens.add("good")
        fake.add_person("olga", "Olga Owner", "olga@acme.example", installed=True)
        fake.chat_with("olga")
        yield fake


@pytest.fixture
def units(teams: FakeTeams) -> FakeUnitsOfWork:
    units = FakeUnitsOfWork(FixedClock(NOW), a_workspace(id=ACME))
    for name, group in (("aad-olga", False), ("19:it@thread.tacv2", True)):
        place = "a:olga" if name == "aad-olga" else name
        known = Conversation(
            platform="teams",
            external_id=name,
            conversation=place,
            service_url=teams.service_url,
            tenant=teams.tenant,
            group=group,
            seen_at=NOW,
        )
        units.write_now(ACME, lambda uow, known=known: uow.conversations.save(known))  # type: ignore[misc]
    return units


@pytest.fixture
def tokens() -> OneToken:
    return OneToken("good")


@pytest.fixture
async def api(teams: FakeTeams, tokens: OneToken) -> AsyncIterator[TeamsApi]:
    api = TeamsApi(tokens=tokens, trusted=lambda url: url.startswith(teams.host), bot=teams.bot, timeout=1.0)
    yield api
    await api.close()


@pytest.fixture
def client(api: TeamsApi, units: FakeUnitsOfWork, teams: FakeTeams) -> TeamsClient:
    return TeamsClient(api, units, ACME, file_origins=(URL(teams.host),))


@pytest.mark.anyio
async def test_a_card_is_posted_with_a_summary_and_edited_in_place(teams: FakeTeams, client: TeamsClient) -> None:
    posted = await client.post(OLGA, VIEW, notice_id=1)
    [message] = teams.messages_to("olga")
    assert posted == Posted(conversation="a:olga", message=message.id)
    assert message.activity["summary"] == "A task is due."
    assert "text" not in message.activity
    await client.edit(posted, View(title="Done", summary="Answered."))
    assert message.activity["summary"] == "Answered."
    assert teams.violations == []


@pytest.mark.anyio
async def test_a_conversation_is_begun_once_with_somebody_who_never_wrote(
    teams: FakeTeams, client: TeamsClient
) -> None:
    teams.add_person("cora", "Cora", "cora@acme.example", installed=True)
    for number in (1, 2):
        await client.post(ToPerson(external_id="aad-cora"), VIEW, notice_id=number)
    assert len(teams.messages_to("cora")) == 2
    assert len([call for call in teams.calls if call.name == "begin"]) == 1


@pytest.mark.anyio
async def test_nobody_is_reached_where_nobody_has_installed_the_app(api: TeamsApi) -> None:
    client = TeamsClient(api, FakeUnitsOfWork(FixedClock(NOW), a_workspace(id=ACME)), ACME)
    with pytest.raises(Undeliverable, match="nobody in this tenant"):
        await client.post(OLGA, VIEW, notice_id=1)


@pytest.mark.anyio
async def test_a_doubt_can_not_be_settled_by_looking(client: TeamsClient) -> None:
    with pytest.raises(CannotTell):
        await client.find(OLGA, 1, since=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (412, "", RetryLater),
        (429, "Throttled", RetryLater),
        (500, "", RetryLater),
        (502, "", RetryLater),
        (504, "", RetryLater),
        (401, "Unauthorized", TokenRevoked),
        (403, "MessageWritesBlocked", Undeliverable),
        (403, "ConversationBlockedByUser", Undeliverable),
        (404, "ConversationNotFound", Undeliverable),
        (404, "", Undeliverable),
        (413, "MessageSizeTooBig", OurFault),
        (400, "BadSyntax", OurFault),
        (403, "SomethingNew", OurFault),
        (302, "", OurFault),
    ],
)
def test_what_a_refusal_means(status: int, code: str, kind: type[PlatformError]) -> None:
    error = meaning("POST activities", status, {"error": {"code": code}}, {"Retry-After": "7"}, wrote=True)
    assert type(error) is kind
    if isinstance(error, RetryLater):
        assert error.after == 7.0
        assert error.in_doubt is (status >= 500)


@pytest.mark.anyio
async def test_a_dropped_connection_leaves_a_doubt_and_none_for_an_edit(teams: FakeTeams, client: TeamsClient) -> None:
    posted = await client.post(OLGA, VIEW, notice_id=1)
    teams.drop_after_accepting("post")
    with pytest.raises(RetryLater) as post:
        await client.post(OLGA, VIEW, notice_id=2)
    teams.hang("change")
    with pytest.raises(RetryLater) as edit:
        await client.edit(posted, VIEW)
    assert (post.value.in_doubt, edit.value.in_doubt) == (True, False)


@pytest.mark.anyio
async def test_a_refused_token_is_forgotten(client: TeamsClient, tokens: OneToken) -> None:
    tokens.value = "old"
    with pytest.raises(TokenRevoked):
        await client.post(OLGA, VIEW, notice_id=1)
    assert tokens.forgotten == ["old"]


@pytest.mark.anyio
async def test_the_token_goes_to_no_address_but_the_connectors(api: TeamsApi, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OurFault):
        await api.send("https://evil.example/", "conversations", body={})
    assert "isn't Microsoft's" in caplog.text


@pytest.mark.anyio
async def test_a_file_is_offered_to_a_person_and_never_to_a_channel(teams: FakeTeams, client: TeamsClient) -> None:
    async def content() -> bytes:
        return b"12345"

    file = OutgoingFile(evidence_id="e1", name="a.pdf", media_type="application/pdf", content=content)
    await client.send_file(OLGA, VIEW, file, notice_id=1)
    [card] = teams.messages_to("olga")[0].attachments
    assert (card["name"], card["content"]["sizeInBytes"]) == ("a.pdf", 5)
    with pytest.raises(Undeliverable):
        await client.send_file(ToChannel(id="19:it@thread.tacv2"), VIEW, file, notice_id=2)


async def fetched(client: TeamsClient, units: FakeUnitsOfWork, url: str, limit: int = 1000) -> bytes:
    link = FileLink(platform="teams", reference="f1", url=url, at=NOW)
    units.write_now(ACME, lambda uow: uow.file_links.save(link))
    return b"".join([chunk async for chunk in client.fetch("f1", limit=limit)])


@pytest.mark.anyio
async def test_a_files_bytes_are_fetched_without_our_token(
    teams: FakeTeams, client: TeamsClient, units: FakeUnitsOfWork
) -> None:
    assert await fetched(client, units, teams.add_file("a.pdf", b"content").url) == b"content"
    assert teams.violations == []


@pytest.mark.anyio
async def test_a_file_that_is_gone_too_large_or_a_sign_in_page_is_refused_in_a_sentence(
    teams: FakeTeams, client: TeamsClient, units: FakeUnitsOfWork
) -> None:
    with pytest.raises(FetchRefused, match="send it again"):
        await fetched(client, units, f"{teams.host}/personal/download/none?tempauth=x")
    with pytest.raises(FetchRefused, match="larger"):
        await fetched(client, units, teams.add_file("a.bin", b"x" * 2000).url)
    with pytest.raises(FetchRefused, match="web page"):
        await fetched(client, units, teams.add_file("a.pdf", b"<html>", "text/html").url)
    with pytest.raises(FetchRefused, match="send it again"):
        _ = [chunk async for chunk in client.fetch("unknown", limit=10)]


@pytest.mark.parametrize(
    "address",
    [
        "http://acme-my.sharepoint.com/x",
        "https://acme-my.sharepoint.com:8443/x",
        "https://user@acme-my.sharepoint.com/x",
        "https://sharepoint.com.evil.example/x",
        "https://evilsharepoint.com/x",
        "https://169.254.169.254/x",
        "file:///etc/passwd",
    ],
)
def test_bytes_come_from_microsofts_file_domains_only(address: str) -> None:
    assert not is_trusted(URL(address))


def test_a_sharepoint_address_is_trusted() -> None:
    assert is_trusted(URL("https://acme-my.sharepoint.com/personal/x?tempauth=1"))


@pytest.mark.anyio
async def test_everybody_in_the_teams_is_listed_page_by_page(
    teams: FakeTeams, api: TeamsApi, units: FakeUnitsOfWork
) -> None:
    for handle in ("ann", "bob", "cy"):
        teams.add_person(handle, handle.title(), f"{handle}@acme.example")
    teams.add_team("it", "ann", "bob", "cy")
    members = TeamsDirectory(api, units, ACME, teams.tenant)
    names: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await members.page(cursor)
        names += [one.name for one in page.members]
        cursor = page.following
        if not cursor:
            break
    assert names == ["Ann", "Bob", "Cy"]
    assert await members.find("ann@acme.example") is None


@pytest.mark.parametrize(
    "changes",
    [{"userRole": "guest"}, {"userPrincipalName": "gus_x.example#EXT#@acme.example"}, {"tenantId": "another"}],
)
def test_whoever_belongs_elsewhere_is_a_guest(changes: Json) -> None:
    row = {"aadObjectId": "a", "name": "Gus", "email": "gus@x.example", "tenantId": "ours", **changes}
    member = member_of(row, "ours")
    assert member
    assert member.is_guest


def test_a_colleague_without_a_mailbox_is_known_by_their_sign_in_name() -> None:
    member = member_of({"aadObjectId": "a", "userPrincipalName": "ann@acme.example", "tenantId": "OURS"}, "ours")
    assert member
    assert (member.email, member.is_guest) == ("ann@acme.example", False)


@pytest.mark.anyio
async def test_a_message_in_a_channel_has_an_address_and_one_in_our_own_chat_none(client: TeamsClient) -> None:
    link = await client.permalink("19:it@thread.tacv2", "1700")
    assert link.startswith("https://teams.microsoft.com/l/message/19%3Ait%40thread.tacv2/1700?tenantId=")
    assert await client.permalink("a:olga", "1700") == ""
