from dataclasses import replace

import pytest

from tasks.api_answers import KeptAnswer, RequestKey
from tasks.ports import UnitOfWork
from tests.builders import a_person, utc
from tests.contracts.test_api_tokens import a_token

NOON = utc(2026, 11, 3, 12)
DAY_BEFORE = utc(2026, 11, 2, 12)
KEY = RequestKey(token_id="t1", key="ab", request="cd")


@pytest.fixture(autouse=True)
def _tokens(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    for place, names in ((uow, ("t1", "t2")), (elsewhere, ("t3",))):
        place.people.add(a_person("olga"))
        for name in names:
            place.api_tokens.add(a_token(name))


def test_a_settled_answer_comes_back_whole(uow: UnitOfWork) -> None:
    assert uow.api_answers.claim(KEY, at=NOON, since=DAY_BEFORE)
    uow.api_answers.settle(KEY, status=201, body='{"n": 1}')
    kept = KeptAnswer(request="cd", status=201, body='{"n": 1}', at=NOON)
    assert uow.api_answers.find(KEY, since=DAY_BEFORE) == kept
    assert uow.api_answers.find(replace(KEY, request="other"), since=DAY_BEFORE) == kept


def test_a_key_is_claimed_once_and_what_it_stands_for_stays(uow: UnitOfWork) -> None:
    uow.api_answers.claim(KEY, at=NOON, since=DAY_BEFORE)
    assert not uow.api_answers.claim(replace(KEY, request="other"), at=NOON, since=DAY_BEFORE)
    found = uow.api_answers.find(KEY, since=DAY_BEFORE)
    assert found
    assert found.request == "cd"


def test_every_token_has_keys_of_its_own(uow: UnitOfWork) -> None:
    uow.api_answers.claim(KEY, at=NOON, since=DAY_BEFORE)
    other = replace(KEY, token_id="t2")
    assert uow.api_answers.find(other, since=DAY_BEFORE) is None
    assert uow.api_answers.claim(other, at=NOON, since=DAY_BEFORE)


def test_an_answer_no_longer_counts_once_it_is_old_enough(uow: UnitOfWork) -> None:
    uow.api_answers.claim(KEY, at=DAY_BEFORE, since=utc(2026, 11, 1))
    assert uow.api_answers.find(KEY, since=DAY_BEFORE) is None
    again = replace(KEY, request="another day's")
    assert uow.api_answers.claim(again, at=NOON, since=DAY_BEFORE)
    found = uow.api_answers.find(again, since=DAY_BEFORE)
    assert found
    assert (found.request, found.at) == ("another day's", NOON)


def test_what_is_old_is_forgotten(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.api_answers.claim(KEY, at=DAY_BEFORE, since=utc(2026, 11, 1))
    uow.api_answers.claim(replace(KEY, key="new"), at=NOON, since=utc(2026, 11, 1))
    assert elsewhere.api_answers.forget_before(NOON) == 0
    assert uow.api_answers.forget_before(NOON) == 1
    assert uow.api_answers.find(KEY, since=utc(2026, 1, 1)) is None
    assert uow.api_answers.find(replace(KEY, key="new"), since=utc(2026, 1, 1))
