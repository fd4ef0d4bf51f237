from collections.abc import AsyncIterator, Iterator

import pytest
from yarl import URL

from bot.platform import FetchRefused, RetryLater
from bot.slack.api import SLACK_API, SlackApi
from bot.slack.client import SlackClient
from bot.slack.files import is_slacks
from tests.fake_slack import FakeSlack

MB = 1024 * 1024


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[SlackClient]:
    api = SlackApi(token=slack.token, url=slack.url)
    yield SlackClient(api)
    await api.close()


async def fetched(client: SlackClient, reference: str, limit: int = MB) -> bytes:
    return b"".join([chunk async for chunk in client.fetch(reference, limit=limit)])


@pytest.mark.anyio
async def test_a_files_bytes_arrive_whole(slack: FakeSlack, client: SlackClient) -> None:
    content = bytes(range(256)) * 1000

    assert await fetched(client, slack.add_file("a.bin", content).id) == content


@pytest.mark.anyio
async def test_a_file_slack_no_longer_has_is_refused_in_a_sentence(client: SlackClient) -> None:
    with pytest.raises(FetchRefused, match="upload it again"):
        await fetched(client, "F0NONE")


@pytest.mark.anyio
async def test_a_sign_in_page_is_not_taken_for_the_file(slack: FakeSlack, client: SlackClient) -> None:
    file = slack.add_file("a.pdf", b"<html>Sign in</html>", "application/pdf")
    page = slack.add_file("page.html", b"<html>Sign in</html>", "text/html")
    file.url = page.url
    with pytest.raises(FetchRefused, match="web page"):
        await fetched(client, file.id)


@pytest.mark.anyio
async def test_a_sign_in_page_is_not_taken_for_a_web_page_of_another_length(
    slack: FakeSlack, client: SlackClient
) -> None:
    with pytest.raises(FetchRefused, match="web page"):
        await fetched(client, slack.add_file("a.html", b"<html>Sign in</html>", "text/html", declared_size=5000).id)


@pytest.mark.anyio
async def test_a_web_page_that_was_uploaded_arrives(slack: FakeSlack, client: SlackClient) -> None:
    assert await fetched(client, slack.add_file("a.html", b"<html>", "text/html").id) == b"<html>"


@pytest.mark.anyio
async def test_a_file_that_says_it_is_too_large_is_not_fetched(slack: FakeSlack, client: SlackClient) -> None:
    file = slack.add_file("a.bin", b"x", declared_size=2 * MB)
    with pytest.raises(FetchRefused, match="larger than 1 MB"):
        await fetched(client, file.id)


@pytest.mark.anyio
async def test_a_file_that_turns_out_too_large_is_given_up_while_it_arrives(
    slack: FakeSlack, client: SlackClient
) -> None:
    file = slack.add_file("a.bin", b"x" * (2 * MB), declared_size=10)
    with pytest.raises(FetchRefused, match="larger than 1 MB"):
        await fetched(client, file.id)


@pytest.mark.anyio
async def test_half_a_file_is_fetched_again_later(slack: FakeSlack, client: SlackClient) -> None:
    with pytest.raises(RetryLater):
        await fetched(client, slack.add_file("a.bin", b"half", declared_size=8).id)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "http://slack.com/a",
        "https://slack.com.evil.example/a",
        "https://evilslack.com/a",
        "https://user:pass@files.slack.com/a",
        "https://files.slack.com:8443/a",
        "https://files.slack.com@evil.example/a",
        "https://evil.example\\@files.slack.com/a",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a",
        "//evil.example/a",
        "not a url",
    ],
)
async def test_the_token_goes_nowhere_but_to_slack(slack: FakeSlack, client: SlackClient, url: str) -> None:
    file = slack.add_file("a.bin", b"x", url=url)
    with pytest.raises(FetchRefused):
        await fetched(client, file.id)


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://slack.com/a", True),
        ("https://files.slack.com/files-pri/T-F/a", True),
        ("https://FILES.SLACK.COM/a", True),
        ("https://files.slack.com:443/a", True),
        ("http://files.slack.com/a", False),
        ("https://slack.com./a", False),
        ("https://xn--slck-4qa.com/a", False),
    ],
)
def test_slacks_own_hosts_are_slack_dot_com_and_below_over_https(url: str, trusted: bool) -> None:
    assert is_slacks(URL(url), URL(SLACK_API)) is trusted


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "error"), [(503, RetryLater), (404, FetchRefused), (302, FetchRefused)])
async def test_what_a_status_means(slack: FakeSlack, client: SlackClient, status: int, error: type[Exception]) -> None:
    file = slack.add_file("a.bin", b"x")
    slack.http_status("files-pri", status)
    with pytest.raises(error):
        await fetched(client, file.id)
