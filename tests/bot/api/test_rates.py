"""How often a token may call: on a socket, with real time moved by hand."""

from pathlib import Path

import pytest

from bot.api.problems import Problem
from bot.api.rates import MOST_BUCKETS, Allowance, Rates
from tests.bot.api.serving import MIB, an_api


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(rates: Rates, token: str = "t1") -> bool:
    try:
        rates.take(token)
    except Problem:
        return False
    return True


def test_a_burst_then_a_steady_flow() -> None:
    seconds = Seconds()
    rates = Rates(Allowance(burst=3, per_second=0.5), seconds=seconds)
    assert [taken(rates) for _ in range(5)] == [True] * 3 + [False] * 2
    seconds.now += 2
    assert [taken(rates) for _ in range(2)] == [True, False]
    seconds.now += 3600
    assert [taken(rates) for _ in range(5)] == [True] * 3 + [False] * 2


def test_what_is_refused_costs_nothing_more() -> None:
    seconds = Seconds()
    rates = Rates(Allowance(burst=1, per_second=1), seconds=seconds)
    assert taken(rates)
    assert not any(taken(rates) for _ in range(100))
    seconds.now += 1
    assert taken(rates)


def test_the_wait_is_told_and_is_enough() -> None:
    seconds = Seconds()
    rates = Rates(Allowance(burst=1, per_second=0.1), seconds=seconds)
    rates.take("t1")
    seconds.now += 0.5
    with pytest.raises(Problem) as refused:
        rates.take("t1")
    assert refused.value.headers == {"Retry-After": "10"}
    seconds.now += 10
    assert taken(rates)


def test_tokens_do_not_use_up_one_anothers_measures() -> None:
    rates = Rates(Allowance(burst=1, per_second=1), seconds=Seconds())
    assert [taken(rates, token) for token in ("t1", "t2", "t1")] == [True, True, False]


def test_what_has_rested_takes_no_memory() -> None:
    seconds = Seconds()
    rates = Rates(Allowance(burst=1, per_second=1), seconds=seconds)
    for number in range(MOST_BUCKETS):
        rates.take(str(number))
    seconds.now += 1
    rates.take("one more")
    assert rates._buckets.keys() == {"one more"}


def test_too_many_requests_are_told_when_to_come_back_before_their_body_is_read(tmp_path: Path) -> None:
    seconds = Seconds()
    with an_api(tmp_path, allowance=Allowance(burst=2, per_second=0.5), seconds=seconds) as api:
        token, other = api.token(name="busy"), api.token()
        assert [api.get("/v1/token", token).status_code for _ in range(2)] == [200, 200]
        refused = api.get("/v1/token", token)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert refused.json()["detail"] == "This token has sent too many requests. Wait 2 s, then send this one again."
        head = f"POST /v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {MIB}\r\n\r\n"
        assert api.raw(head.encode()).startswith(b"HTTP/1.1 429 ")
        assert api.get("/v1/token", api.rotate("busy")).status_code == 429, "a new secret brings no new measures"
        assert api.get("/v1/token", other).status_code == 200
        seconds.now += 2
        assert api.get("/v1/token", token).status_code == 200


def test_whoever_has_no_token_uses_up_nobodys_measures(tmp_path: Path) -> None:
    with an_api(tmp_path, allowance=Allowance(burst=1, per_second=0.1)) as api:
        token = api.token()
        assert {api.get("/v1/token", token + "x").status_code for _ in range(5)} == {401}
        assert api.get("/v1/token", token).status_code == 200
