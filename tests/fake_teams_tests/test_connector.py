"""The fake is strict: what the real connector refuses, and what ours must not send, is refused and noted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fake_teams import FakeTeams

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hello"}]}


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as fake:
        fake.tokens.add("good")
        fake.add_person("olga", "Olga Owner", "olga@acme.example", installed=True)
        fake.chat_with("olga")
        yield fake


def post(teams: FakeTeams, activity: Any, *, chat: str = "a:olga", token: str = "good") -> httpx.Response:
    url = f"{teams.service_url}v3/conversations/{chat}/activities"
    return httpx.post(url, json=activity, headers={"Authorization": f"Bearer {token}"}, trust_env=False)


def a_card(content: object = None, **more: object) -> Any:
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content or CARD}
    return {"type": "message", "summary": "Hello", "attachments": [attachment], **more}


def test_a_good_card_is_kept_and_its_id_is_told(teams: FakeTeams) -> None:
    answer = post(teams, a_card())
    assert answer.json()["id"] == teams.messages_to("olga")[0].id
    assert teams.violations == []


@pytest.mark.parametrize(
    ("activity", "status", "code"),
    [
        (a_card(text="beside it"), 400, "BadArgument"),
        (a_card(summary=""), 400, "BadArgument"),
        (a_card({**CARD, "version": "1.6"}), 400, "BadArgument"),
        (a_card({**CARD, "body": [{"type": "TextBlok"}]}), 400, "BadArgument"),
        (a_card({**CARD, "body": [{"type": "TextBlock", "text": "x" * 30_000}]}), 400, "OverBudget"),
        (a_card({**CARD, "body": [{"type": "TextBlock", "text": "x" * 90_000}]}), 413, "MessageSizeTooBig"),
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "typing"}, 400, "BadSyntax"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_noted(teams: FakeTeams, activity: Any, status: int, code: str) -> None:
    answer = post(teams, activity)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert [one.error for one in teams.violations] == [code]


def test_who_brings_no_good_token_is_refused(teams: FakeTeams) -> None:
    assert post(teams, a_card(), token="forged").status_code == 401


def test_an_unknown_conversation_is_refused(teams: FakeTeams) -> None:
    assert post(teams, a_card(), chat="a:nobody").status_code == 404


def test_who_has_blocked_us_is_no_fault_of_ours(teams: FakeTeams) -> None:
    teams.people["olga"].blocked = True
    assert post(teams, a_card()).json()["error"]["code"] == "MessageWritesBlocked"
    assert teams.violations == []


def test_faults_come_in_order_and_then_stop(teams: FakeTeams) -> None:
    teams.fail("post", 502, times=2, after=1)
    assert [post(teams, a_card()).status_code for _ in range(4)] == [201, 502, 502, 201]


def test_a_dropped_answer_leaves_the_message(teams: FakeTeams) -> None:
    teams.drop_after_accepting("post")
    with pytest.raises(httpx.HTTPError):
        post(teams, a_card())
    assert len(teams.messages) == 1


def test_it_stands_alone_and_tells_its_facts() -> None:
    command = [sys.executable, "-m", "tests.fake_teams", "--people", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        facts = json.loads(process.stdout.readline())
        form = {"client_id": facts["app_id"], "client_secret": facts["password"]}
        url = f"{facts['authority_url']}/{facts['tenant']}/oauth2/v2.0/token"
        assert httpx.post(url, data=form, trust_env=False).json()["access_token"]
        process.terminate()
        assert process.wait(10) == 0
