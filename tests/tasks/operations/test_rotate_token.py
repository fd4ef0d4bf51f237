from datetime import timedelta

import pytest

from tasks.api_tokens import ApiToken, Scope, Secret, secret_of
from tasks.errors import Invalid, NotAllowed, NotFound
from tasks.operations.create_token import create_token
from tasks.operations.revoke_token import revoke_token
from tasks.operations.rotate_token import rotate_token
from tests.fakes import MONDAY
from tests.tasks.operations.company import Company, a_company

FIRST, SECOND, THIRD = (secret_of(f"soc2_{word}") for word in ("first", "second", "third"))
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def with_a_token(life: timedelta | None = None) -> Company:
    acme = a_company()
    acme.by(
        "ada",
        create_token,
        name="pager",
        scopes=[Scope.INCIDENTS],
        secret=FIRST,
        email="olga@example.com",
        life=life,
    )
    return acme


def rotated(acme: Company, secret: Secret = SECOND, **changes: object) -> ApiToken:
    return acme.by("ada", rotate_token, "pager", secret=secret, **changes)  # type: ignore[arg-type]


def test_the_new_secret_works_at_once_and_the_former_for_a_day() -> None:
    token = rotated(with_a_token())
    assert token.admits(SECOND.digest, MONDAY)
    assert token.admits(FIRST.digest, MONDAY + DAY - HOUR)
    assert not token.admits(FIRST.digest, MONDAY + DAY)
    assert token.admits(SECOND.digest, MONDAY + 1000 * DAY)


def test_without_an_overlap_the_former_secret_stops_at_once() -> None:
    assert not rotated(with_a_token(), overlap=timedelta(0)).admits(FIRST.digest, MONDAY)


def test_two_secrets_work_and_never_three() -> None:
    acme = with_a_token()
    rotated(acme)
    token = rotated(acme, THIRD)
    working = [secret for secret in (FIRST, SECOND, THIRD) if token.admits(secret.digest, MONDAY)]
    assert working == [SECOND, THIRD]


def test_the_new_secret_works_as_long_as_the_former_was_made_for() -> None:
    acme = with_a_token(life=90 * DAY)
    acme.clock.advance(days=80)
    token = rotated(acme)
    assert token.expires_at == MONDAY + 170 * DAY
    acme.clock.advance(days=10)
    assert rotated(acme, THIRD).expires_at == MONDAY + 180 * DAY


def test_a_rotation_never_lets_the_former_secret_outlive_its_own_end() -> None:
    acme = with_a_token(life=DAY)
    acme.clock.advance(hours=20)
    assert rotated(acme, life=5 * DAY).former_until == MONDAY + DAY


def test_an_expired_token_comes_back_with_its_new_secret_alone() -> None:
    acme = with_a_token(life=DAY)
    acme.clock.advance(days=3)
    token = rotated(acme)
    assert not token.admits(FIRST.digest, acme.clock.now())
    assert token.admits(SECOND.digest, acme.clock.now())


def test_somebody_else_can_answer_for_it_from_now_on() -> None:
    acme = with_a_token()
    assert rotated(acme).person_id == "olga"
    assert rotated(acme, THIRD, email="dan@example.com").person_id == "dan"


def test_a_rotation_is_on_record_with_how_both_secrets_begin() -> None:
    acme = with_a_token()
    token = rotated(acme)
    entry = acme.state.entries[-1]
    assert (entry.what, entry.about, entry.who) == ("token:rotate", f"token:{token.id}", "ada")
    assert (entry.before["begins"], entry.after["begins"]) == ("soc2_firs", "soc2_seco")
    assert entry.after["former until"] == (MONDAY + DAY).isoformat()


def test_nobody_but_an_admin_rotates_or_revokes_one() -> None:
    acme = with_a_token()
    with pytest.raises(NotAllowed):
        acme.by("olga", rotate_token, "pager", secret=SECOND)
    with pytest.raises(NotAllowed):
        acme.by("olga", revoke_token, "pager")


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), 31 * DAY])
def test_an_overlap_is_at_most_thirty_days(overlap: timedelta) -> None:
    with pytest.raises(Invalid, match="30 days"):
        rotated(with_a_token(), overlap=overlap)


def test_a_revoked_token_stops_with_both_secrets_stays_in_the_list_and_is_on_record() -> None:
    acme = with_a_token()
    rotated(acme)
    token = acme.by("cli", revoke_token, " pager ")
    assert not any(token.admits(secret.digest, MONDAY) for secret in (FIRST, SECOND))
    assert acme.uow.api_tokens.every() == [token]
    assert (acme.state.entries[-1].what, acme.state.entries[-1].who) == ("token:revoke", "cli")


def test_a_revoked_token_is_not_brought_back() -> None:
    acme = with_a_token()
    acme.by("ada", revoke_token, "pager")
    with pytest.raises(NotFound, match="There is no token named pager"):
        rotated(acme)
