"""Requests that nobody thought of: whatever they hold, they are taken or refused, and never an error of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bot.teams.teams_caller import Caller, a_caller
from tests.teams_keys.signing import an_activity, by_hand, claims, signed


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with a_caller() as caller:
        yield caller


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CHANGED = st.dictionaries(st.sampled_from(sorted(an_activity())), ANYTHING, max_size=3)


@settings(max_examples=150, deadline=None)
@given(changes=CHANGED)
def test_whatever_an_activity_holds_it_is_taken_or_refused(caller: Caller, changes: dict[str, Any]) -> None:
    assert caller.send({**an_activity(), **changes}).status_code in (200, 400, 403)
    caller.heard.activities.clear()


@settings(max_examples=150, deadline=None)
@given(head=ANYTHING, payload=ANYTHING, signature=st.binary(max_size=300))
def test_whatever_a_token_holds_it_is_refused(caller: Caller, head: object, payload: object, signature: bytes) -> None:
    assert caller.send(token=by_hand(head, payload, signature)).status_code == 401


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(sorted(claims())), ANYTHING, min_size=1, max_size=3))
def test_whatever_the_claims_hold_there_is_no_error_of_ours(caller: Caller, changes: dict[str, Any]) -> None:
    assert caller.send(token=signed(json.dumps({**claims(), **changes}).encode())).status_code in (200, 401, 403)
    caller.heard.activities.clear()
