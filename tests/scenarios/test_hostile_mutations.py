"""Requests that Slack could send, with something wrong in them: Hypothesis drops, renames, retypes and swaps parts of
good ones. They are signed, so that nothing but our own care stands between them and the database."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.actions import action, encode
from handlers.routes import BUTTONS, FORMS
from tests.bot.test_cli_serve import a_free_port
from tests.scenarios.company import user_id
from tests.scenarios.hostile_target import Ids, Json, Target, a_target

EXAMPLES = 2000 if os.environ.get("LONG_TESTS") else 50
OWN_BUSINESS = ("make_link_code",)
"""Whoever is known may do this: it is about nobody but themselves."""
HEARD = ("inbox", "identities")
"""Say that somebody known was heard, and when: some requests are good ones still, such as a look at the controls."""
THEIRS = ("T0OTHER", "U0STRANGER", "other-company")
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(
        ["", "\0", "\ud800", "𝒳" * 100, "<!channel>", "' OR 1=1 --", "../../etc/passwd", "9" * 5000, *THEIRS]
    ),
)
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
DEEP: Any = None
for _ in range(40):
    DEEP = [DEEP]


@pytest.fixture(scope="module")
def target(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with a_target(founded, tmp_path_factory.mktemp("mutated"), a_free_port()) as target:
        yield target
        assert target.slack.violations == []


# good requests of people who may do nothing with what they ask about: unmutated they change no row either


def requests(target: Target) -> list[Json]:
    """As payloads; those without a type are commands."""
    return [
        *[_pressed(target, name, "nobody") for name in BUTTONS],
        *[_pressed(target, name, "cora") for name in BUTTONS if name not in OWN_BUSINESS],
        *[_sent(target, name, "cora") for name in FORMS],
        *[
            _happened(target, kind)
            for kind in ("message", "user_change", "app_home_opened", "file_shared", "tea_break")
        ],
        *[_edited(target, subtype) for subtype in ("message_changed", "message_deleted", "bot_message")],
        *[_who(target, kind, "nobody") | {"callback_id": "attach_message"} for kind in ("shortcut", "message_action")],
        *[_typed(target, text) for text in ("status", "tasks", "assign", "nonsense")],
    ]


def _who(target: Target, kind: str, who: str) -> Json:
    team = {"id": target.slack.team}
    user = {"id": user_id(who), "team_id": target.slack.team}
    return {"type": kind, "team": team, "user": user, "trigger_id": "1.used.trigger"}


def _args(ids: Ids) -> dict[str, str | int]:
    return {"t": ids.task, "v": ids.version, "e": ids.evidence, "c": ids.control, "p": ids.person}


def _pressed(target: Target, name: str, who: str) -> Json:
    value = encode(action(name, **_args(target.theirs)))
    pressed = {"type": "button", "action_id": "x:1", "block_id": "b", "value": value}
    where = {"type": "message", "message_ts": "1.000001", "channel_id": "D0NOWHERE"}
    message = {"ts": "1.000001", "text": "x", "blocks": []}
    more = {"channel": {"id": "D0NOWHERE"}, "message": message, "container": where, "actions": [pressed]}
    return _who(target, "block_actions", who) | more


def _sent(target: Target, name: str, who: str) -> Json:
    kept = {"a": encode(action(name, **_args(target.theirs))), "c": "D0NOWHERE", "m": "1.000001"}
    values = {"x": {"x": {"type": "plain_text_input", "value": "words"}}}
    view = {"id": "V1", "hash": "1.x", "type": "modal", "callback_id": "x", "private_metadata": json.dumps(kept)}
    return _who(target, "view_submission", who) | {"view": {**view, "state": {"values": values}}}


def _happened(target: Target, kind: str) -> Json:
    event = {"type": kind, "user": "U0STRANGER", "text": "hello", "channel": "D0NOWHERE", "channel_type": "im"}
    return _event(target, event | {"ts": "1.000001", "files": [{"id": "F1", "name": "x.pdf", "size": 7}]})


def _edited(target: Target, subtype: str) -> Json:
    inner = {"type": "message", "user": "U0STRANGER", "text": "now something else", "ts": "1.000001"}
    event = {"type": "message", "subtype": subtype, "channel": "D0NOWHERE", "channel_type": "im", "message": inner}
    return _event(target, event | {"previous_message": inner, "deleted_ts": "1.000001", "bot_id": "B0", "ts": "2.0"})


def _event(target: Target, event: Json) -> Json:
    return {"type": "event_callback", "team_id": target.slack.team, "event_id": "Ev0MUTATED", "event": event}


def _typed(target: Target, text: str) -> Json:
    form = {"command": "/soc2", "text": text, "team_id": target.slack.team, "user_id": user_id("nobody")}
    return {**form, "channel_id": "D0NOWHERE", "trigger_id": "1.used.trigger"}


# what is wrong with them


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from paths(each, (*path, key))


@st.composite
def mutated(draw: st.DrawFn, good: list[Json]) -> Json:
    payload = deepcopy(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        every = [path for path in paths(payload) if path != ("type",) or draw(st.booleans())]
        if every:
            _spoil(draw, payload, draw(st.sampled_from(every)), good)
    return payload


def _spoil(draw: st.DrawFn, payload: Json, path: tuple[str | int, ...], good: list[Json]) -> None:
    place: Any = payload
    for step in path[:-1]:
        place = place[step]
    how = draw(st.sampled_from(["drop", "rename", "retype", "deepen", "theirs", "swap"]))
    if how == "drop":
        del place[path[-1]]
    elif how == "rename" and isinstance(place, dict):
        place[draw(st.text(max_size=10))] = place.pop(path[-1])
    elif how == "deepen":
        place[path[-1]] = deepcopy(DEEP)
    elif how == "theirs":
        place[path[-1]] = draw(st.sampled_from(THEIRS))
    elif how == "swap":
        place[path[-1]] = deepcopy(draw(st.sampled_from(good)))
    else:
        place[path[-1]] = draw(ANYTHING)


def send(target: Target, payload: Json) -> int:
    if "command" in payload:
        form = {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        return target.sends(urlencode(form, errors="surrogatepass").encode())
    if payload.get("type") == "event_callback":
        return target.json(payload)
    return target.payload(payload)


def test_requests_about_another_workspace_change_nothing_and_are_answered(target: Target) -> None:
    before = target.rows()

    assert [payload for payload in requests(target) if send(target, payload) >= 500] == []
    assert changed(before, target.rows()) == []
    assert target.leaked() == []


def test_whatever_is_wrong_with_a_request_it_is_answered_and_changes_no_row_and_leaks_nothing(target: Target) -> None:
    good, before = requests(target), target.rows()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(mutated(good), min_size=2, max_size=4))
    def attack(payloads: list[Json]) -> None:
        assert [payload for payload in payloads if send(target, payload) >= 500] == []
        assert changed(before, target.rows()) == [], payloads

    attack()
    assert target.leaked() == []
    assert len(target.answers) >= 200


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in after if name not in HEARD and before.get(name) != after[name]]
