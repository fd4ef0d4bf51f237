"""docs/api.md against what the program does."""

import json
import re

from bot.api.endpoints import Endpoint
from bot.api.openapi import REFUSALS, REFUSALS_OF_BODIES
from bot.api.problems import MEDIA_TYPE, STATUSES
from bot.api.rates import Allowance
from bot.api.token import Token
from bot.guard import MOST_BYTES
from bot.server import API_PATH
from bot.wiring import ENDPOINTS
from tasks.api_answers import KEPT
from tasks.api_tokens import OVERLAP, Scope
from tests.docs.pages import README, ROOT, quoted, table_after, words_of

API = ROOT / "docs" / "api.md"
MADE_WITHOUT_AN_ENDPOINT = "GET /v1/openapi.json"
RAISED_ELSEWHERE = {404, 405, 408, 409, 500}


def test_every_address_stands_in_the_table_with_its_scope_and_no_other() -> None:
    told = {quoted(address)[0]: scope for address, scope, _ in table_after(API, "Addresses")}
    assert told.pop(MADE_WITHOUT_AN_ENDPOINT)
    assert told == {address_of(one): f"`{one.scope}`" if one.scope else "any" for one in ENDPOINTS}


def address_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {API_PATH}{endpoint.path}"


def test_every_scope_is_explained() -> None:
    assert {quoted(scope)[0] for scope, _ in table_after(API, "A token")} == {*Scope}


def test_every_status_of_a_refusal_is_explained_and_no_other() -> None:
    told = {int(status) for status, _ in table_after(API, "Refusals")}
    assert told == {*REFUSALS, *REFUSALS_OF_BODIES, *RAISED_ELSEWHERE}
    assert {status for _, status in STATUSES} <= told


def test_the_figures_are_the_programs() -> None:
    text, allowance, hour = words_of(API), Allowance(), 3600
    assert f"{allowance.burst} requests at once and {allowance.per_second:g} a second" in text
    assert f"at most {MOST_BYTES // 1024**2} MiB" in text
    assert f"within {KEPT.total_seconds() / hour:g} hours" in text
    assert f"works for another {OVERLAP.total_seconds() / hour:g} hours" in text
    assert MEDIA_TYPE in text


def test_the_example_is_an_answer_as_it_is_given() -> None:
    [example] = re.findall(r"```json\n(.+?)\n```", words_of(API), re.S)
    shown = json.loads(example)
    assert json.loads(Token.model_validate(shown).model_dump_json()) == shown
    assert shown.keys() == Token.model_fields.keys()


def test_the_example_asks_an_address_there_is() -> None:
    [asked] = re.findall(r"curl .*https://soc2\.example\.com(\S+)", words_of(API))
    assert f"GET {asked}" in {address_of(one) for one in ENDPOINTS}


def test_the_readme_leads_there() -> None:
    assert "(docs/api.md)" in words_of(README)
