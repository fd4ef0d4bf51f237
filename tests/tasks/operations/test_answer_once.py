from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.api_answers import KEPT, RequestKey
from tasks.operations.answer_once import KeyReused, answer_once, forget_answers, kept_answer
from tests.fakes import MONDAY, FakeUnitOfWork

KEY = RequestKey(token_id="t1", key="ab", request="cd")


class Work:
    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> tuple[int, str]:
        self.done += 1
        return 201, f'{{"number":{self.done}}}'


def test_the_same_request_is_done_once_and_answered_twice() -> None:
    uow, work = FakeUnitOfWork(), Work()
    first = answer_once(uow, KEY, work)
    second = answer_once(uow.at(MONDAY + KEPT - timedelta(seconds=1)), KEY, work)
    assert work.done == 1
    assert (first[0], first[1], second[1]) == (second[0], True, False)
    assert (first[0].status, first[0].body) == (201, '{"number":1}')


def test_another_request_under_the_same_key_is_refused_and_not_done() -> None:
    uow, work = FakeUnitOfWork(), Work()
    answer_once(uow, KEY, work)
    other = replace(KEY, request="something else")
    with pytest.raises(KeyReused):
        answer_once(uow, other, work)
    with pytest.raises(KeyReused):
        kept_answer(uow, other)
    assert work.done == 1


def test_a_day_later_the_key_is_free_again() -> None:
    uow, work = FakeUnitOfWork(), Work()
    answer_once(uow, KEY, work)
    later = uow.at(MONDAY + KEPT)
    assert kept_answer(later, KEY) is None
    assert answer_once(later, replace(KEY, request="something else"), work)[1]
    assert work.done == 2


def test_nothing_is_kept_before_there_is_an_answer() -> None:
    assert kept_answer(FakeUnitOfWork(), KEY) is None


def test_old_answers_are_forgotten() -> None:
    uow = FakeUnitOfWork()
    answer_once(uow, KEY, Work())
    assert forget_answers(uow.at(MONDAY + KEPT)) == 0
    assert forget_answers(uow.at(MONDAY + KEPT + timedelta(seconds=1))) == 1
