from tests.fake_slack.methods import METHODS
from tests.fake_slack.rates import CALLS_A_MINUTE, POSTS_A_MINUTE, Rates


def post(rates: Rates, channel: str, now: float) -> int | None:
    return rates.retry_after("chat.postMessage", channel, now)


def test_every_method_has_a_rate_but_auth_test_which_has_hundreds_a_minute() -> None:
    assert set(METHODS) - set(CALLS_A_MINUTE) == {"auth.test"}


def test_a_channel_takes_a_message_a_second_and_a_short_burst() -> None:
    rates = Rates()

    assert [post(rates, "D1", now) for now in (0, 0, 0, 0.5, 3.1, 4.1, 5.1)] == [None, None, None, 3, None, None, None]


def test_a_workspace_takes_some_hundreds_a_minute_whatever_the_channels() -> None:
    rates = Rates()

    answers = [post(rates, f"D{number}", number / 100) for number in range(POSTS_A_MINUTE + 1)]

    assert answers[:-1] == [None] * POSTS_A_MINUTE
    assert answers[-1] == 57
    assert post(rates, "D1", 60.1) is None


def test_a_tier_is_a_number_of_calls_in_any_minute_and_refused_ones_do_not_count() -> None:
    rates = Rates()

    answers = [rates.retry_after("users.list", "", now) for now in range(40)]

    assert answers == [None] * 20 + [40 - number for number in range(20)]
    assert rates.refused == ["users.list"] * 20
    assert rates.retry_after("users.list", "", 60) is None


def test_time_may_pass_faster() -> None:
    rates = Rates(speed=10)

    assert [post(rates, "D1", now) for now in (0, 0, 0, 0.25, 0.35)] == [None, None, None, 1, None]
