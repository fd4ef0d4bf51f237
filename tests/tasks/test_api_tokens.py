import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.api_tokens import ApiToken, Scope, digest_of, new_text, secret_of
from tasks.identifiers import PersonId
from tests.builders import utc

NOON = utc(2026, 11, 3, 12)
TOKEN = ApiToken(
    id="t1",
    name="pager",
    scopes=frozenset({Scope.INCIDENTS}),
    digest="now",
    shown="soc2_ab3d",
    person_id=PersonId("olga"),
    created_at=NOON,
)
ROTATED = replace(TOKEN, rotated_at=NOON, former_digest="before", former_until=NOON + timedelta(hours=24))


def test_a_tokens_text_holds_all_of_the_chance_and_says_whose_it_is() -> None:
    text = new_text(bytes(range(32)))
    assert text == "soc2_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq"
    assert len({new_text(bytes([*range(31), last])) for last in range(256)}) == 256


def test_a_token_of_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="32 random bytes, not 16"):
        new_text(bytes(16))


def test_nothing_but_its_digest_and_its_first_letters_is_kept() -> None:
    text = new_text(bytes(32))
    assert secret_of(text).digest == digest_of(text) == hashlib.sha256(text.encode()).hexdigest()
    assert secret_of(text).shown == "soc2_aaaa"


def test_a_token_works_until_it_expires() -> None:
    token = replace(TOKEN, expires_at=NOON)
    assert token.admits("now", NOON - timedelta(microseconds=1))
    assert not token.admits("now", NOON)
    assert TOKEN.admits("now", utc(2099, 1, 1))


@pytest.mark.parametrize("digest", ["", "other", "before"])
def test_no_other_secret_works(digest: str) -> None:
    assert not TOKEN.admits(digest, NOON)


def test_a_former_secret_works_through_the_overlap_and_no_longer() -> None:
    assert ROTATED.admits("before", NOON + timedelta(hours=23))
    assert not ROTATED.admits("before", NOON + timedelta(hours=24))
    assert ROTATED.admits("now", NOON + timedelta(hours=24))


def test_a_revoked_token_works_with_neither_secret() -> None:
    revoked = replace(ROTATED, revoked_at=NOON)
    assert not revoked.admits("now", NOON)
    assert not revoked.admits("before", NOON)
