"""The manifest against Slack's schema, what is registered, and what the methods we call ask for."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from bot.slack.payloads import COMMAND, EVENTS
from tests.fake_slack.scopes import OUR_SCOPES, SCOPES

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text())
BOT_SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
SUBSCRIBED = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def methods_called() -> set[str]:
    source = "".join(path.read_text() for path in (ROOT / "bot" / "slack").glob("*.py"))
    return {name for name in re.findall(r'"([a-z]+\.[a-zA-Z]+)"', source) if name in SCOPES}


def test_the_manifest_is_valid_by_slacks_schema() -> None:
    schema = json.loads((ROOT / "tests" / "slack-manifest.schema.2.0.0.json").read_text())

    jsonschema.validate(MANIFEST, schema, cls=jsonschema.Draft7Validator)


def test_the_commands_are_those_that_are_registered() -> None:
    assert [each["command"] for each in MANIFEST["features"]["slash_commands"]] == [COMMAND]


def test_the_events_are_those_that_are_listened_for() -> None:
    assert {"message" if name == "message.im" else name for name in SUBSCRIBED} == set(EVENTS)


def test_every_method_that_is_called_has_a_scope_that_allows_it() -> None:
    assert len(methods_called()) > 8
    for method in methods_called():
        assert not SCOPES[method] or BOT_SCOPES & set(SCOPES[method]), method


def test_no_scope_is_asked_for_beyond_the_agreed_ones() -> None:
    assert BOT_SCOPES == OUR_SCOPES


def test_every_address_is_the_one_that_is_served() -> None:
    addresses = re.findall(r"https://\S+", (ROOT / "manifest.yaml").read_text())

    assert set(addresses) == {"https://YOUR-HOST/slack/events"}


def test_people_can_write_to_the_bot_and_press_its_buttons() -> None:
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"]
    assert not MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
