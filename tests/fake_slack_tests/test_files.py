import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.methods import call_method

pytestmark = pytest.mark.anyio


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_file_is_served_to_the_bots_token(slack: FakeSlack) -> None:
    file = slack.add_file("users.csv", b"a,b", "text/csv", "U1")
    shown = file.as_json()
    answer = httpx.get(shown["url_private_download"], headers=bearer(slack.token))
    assert (answer.content, answer.headers["content-type"]) == (b"a,b", "text/csv")
    assert (shown["name"], shown["mimetype"], shown["size"], shown["filetype"]) == ("users.csv", "text/csv", 3, "csv")


@pytest.mark.parametrize("token", [None, "xoxb-other"])
def test_without_the_token_a_login_page_comes_instead_of_the_file(slack: FakeSlack, token: str | None) -> None:
    file = slack.add_file("users.csv", b"a,b", "text/csv")
    answer = httpx.get(file.url, headers=bearer(token) if token else {})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "Sign in" in answer.text


def test_without_files_read_the_login_page_comes_too() -> None:
    with FakeSlack(bot_scopes={"commands"}) as slack:
        file = slack.add_file("users.csv", b"a,b", "text/csv")
        assert "Sign in" in httpx.get(file.url, headers=bearer(slack.token)).text


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "Q3 übersicht (final).csv", "a%2Fb?c#d"])
def test_a_file_of_any_name_can_be_fetched(slack: FakeSlack, name: str) -> None:
    file = slack.add_file(name, b"a,b", "text/csv; charset=utf-8")
    assert httpx.get(file.url, headers=bearer(slack.token)).content == b"a,b"
    assert file.as_json()["name"] == name


def test_a_file_may_lie_about_its_size_and_fail_to_come(slack: FakeSlack) -> None:
    file = slack.add_file("users.csv", b"a,b", "text/csv", declared_size=99)
    slack.http_status("files-pri", 500)
    answers = [httpx.get(file.url, headers=bearer(slack.token)) for _ in range(2)]
    assert file.as_json()["size"] == 99
    assert [answer.status_code for answer in answers] == [500, 200]


async def test_an_upload_takes_its_three_steps(slack: FakeSlack, client: AsyncWebClient) -> None:
    where = slack.dm_with(slack.add_user("ada").id).id
    await client.files_upload_v2(filename="report.pdf", content=b"%PDF-1.7", channel=where, initial_comment="Here")
    [file] = slack.files
    assert (file.name, file.content, file.uploaded) == ("report.pdf", b"%PDF-1.7", True)
    [message] = slack.messages
    assert [shared["id"] for shared in message.files] == [file.id]
    assert (await client.files_info(file=file.id))["file"]["name"] == "report.pdf"
    assert slack.violations == []


async def test_an_empty_upload_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.files_getUploadURLExternal(filename="a.txt", length=0)


def test_an_upload_must_have_the_length_announced(slack: FakeSlack) -> None:
    step = call_method(slack, "files.getUploadURLExternal", slack.token, {"filename": "a.txt", "length": 3})
    assert httpx.post(step["upload_url"], content=b"four").status_code == 404
    assert [violation.error for violation in slack.violations] == ["length_mismatch"]


async def test_an_upload_cannot_be_completed_without_its_bytes(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": step["file_id"], "title": "a"}])


async def test_an_unknown_file_is_not_found(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file="F0")
