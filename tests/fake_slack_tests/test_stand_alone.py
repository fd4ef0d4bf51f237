"""The fake as a process of its own."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tests.fake_slack import FakeSlack

ROOT = Path(__file__).parents[2]


def test_it_serves_as_a_process_and_shows_its_state() -> None:
    command = [sys.executable, "-m", "tests.fake_slack", "--port", "0", "--users", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        facts = json.loads(process.stdout.readline())
        control = facts["url"].removesuffix("api/") + "_test/"
        names = [user["name"] for user in httpx.get(f"{control}users").json()]
        added = httpx.post(f"{control}add_user", json={"name": "Grace Hopper"}).json()
        posted = {"channel": added["id"], "text": "Hello"}
        httpx.post(
            f"{facts['url']}chat.postMessage", json=posted, headers={"Authorization": f"Bearer {facts['token']}"}
        )
        messages = httpx.get(f"{control}messages").json()
        process.terminate()
    assert names == ["soc2bot", "person 0", "person 1"]
    assert added["email"] == "grace.hopper@acme.example"
    assert [message["text"] for message in messages] == ["Hello"]
    assert process.returncode == 0


@pytest.mark.parametrize("name", ["ephemerals", "views", "violations", "refusals", "calls", "channels", "files"])
def test_everything_it_holds_can_be_read(slack: FakeSlack, name: str) -> None:
    slack.add_file("a.csv", b"a")
    slack.add_channel("general")
    assert isinstance(httpx.get(f"{slack.host}/_test/{name}").json(), list)


def test_its_switches_work_over_http(slack: FakeSlack) -> None:
    httpx.post(f"{slack.host}/_test/fail", json=["auth.test", "fatal_error"])
    trigger = httpx.post(f"{slack.host}/_test/trigger", json=["U1"]).json()
    assert httpx.post(f"{slack.url}auth.test").json()["error"] == "fatal_error"
    assert slack.take_trigger(trigger).user == "U1"


def test_a_test_can_wait_for_what_the_bot_will_do(slack: FakeSlack) -> None:
    ada = slack.add_user("ada")
    post = threading.Timer(
        0,
        lambda: httpx.post(
            f"{slack.url}chat.postMessage",
            json={"channel": ada.id, "text": "Hello"},
            headers={"Authorization": f"Bearer {slack.token}"},
        ),
    )
    post.start()
    slack.wait_until(lambda: slack.messages)
    post.join()
    with pytest.raises(AssertionError, match="still not true"):
        slack.wait_until(lambda: len(slack.messages) > 1, seconds=0.01)
