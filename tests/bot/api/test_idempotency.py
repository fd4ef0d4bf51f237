"""A request that is sent twice is done once, on a real database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tasks.api_tokens import Scope
from tests.bot.a_company import START, a_company
from tests.bot.api.serving import GLOBEX, Api, an_api, an_asgi_app, at_once
from tests.bot.slack.serving import served


def test_a_request_that_is_sent_again_is_answered_again_and_done_once(api: Api) -> None:
    token, before = api.token(), api.kept_notes()
    first, second = api.note(token, key="k1"), api.note(token, key="k1")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert api.kept_notes() == before + 1
    assert len(api.notes.handled) == 1, "what was answered is not begun again"


def test_without_a_key_every_request_is_done(api: Api) -> None:
    token, before = api.token(), api.kept_notes()
    assert api.note(token).content != api.note(token).content
    assert api.kept_notes() == before + 2


def test_the_same_key_with_another_body_is_refused_and_not_done(api: Api) -> None:
    token = api.token()
    api.note(token, "one", key="k1")
    before = api.kept_notes()
    answer = api.note(token, "two", key="k1")
    assert answer.status_code == 422
    assert "Idempotency-Key was used for another request" in answer.json()["detail"]
    assert api.kept_notes() == before


def test_the_same_key_at_another_address_is_another_request(api: Api) -> None:
    token = api.token()
    api.note(token, "one", key="k1")
    answer = api.post("/v1/files?system=a&rows=1", b"", token, content_type="text/csv", idempotency_key="k1")
    assert answer.status_code == 422


@pytest.mark.parametrize("workspace", ["acme", GLOBEX])
def test_every_token_has_keys_of_its_own(api: Api, workspace: object) -> None:
    ours, other = api.token(), api.token(workspace=workspace)  # type: ignore[arg-type]
    assert api.note(ours, key="k1").content != api.note(other, key="k1").content


def test_a_rotated_token_knows_what_its_former_secret_asked(api: Api) -> None:
    former = api.token(name="rotated between two sendings")
    first = api.note(former, key="k1")
    second = api.note(api.rotate("rotated between two sendings"), key="k1")
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"


def test_after_a_day_a_key_is_free(api: Api) -> None:
    token = api.token()
    first = api.note(token, key="k1")
    api.company.clock.moment = START + timedelta(hours=24)
    assert api.note(token, "another day", key="k1").content != first.content


def test_what_was_refused_may_be_mended_and_sent_under_the_same_key(api: Api) -> None:
    token = api.token()
    assert api.note(token, "invalid", key="k1").status_code == 422
    assert api.note(token, "broken", key="k1").status_code == 500
    assert api.note(token, "mended", key="k1").status_code == 201


@pytest.mark.parametrize("count", [2, 8])
def test_the_same_request_several_times_at_once_is_done_once(api: Api, count: int) -> None:
    token, before = api.token(), api.kept_notes()
    api.notes.together = count
    answers = at_once(*[lambda: api.note(token, key="k1")] * count)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(api.notes.handled) == count, "all of them were under way together"
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [False] + [True] * (count - 1)
    assert api.kept_notes() == before + 1


def test_two_different_requests_at_once_under_one_key_leave_one_done(api: Api) -> None:
    token, before = api.token(), api.kept_notes()
    api.notes.together = 2
    answers = at_once(lambda: api.note(token, "one", key="k1"), lambda: api.note(token, "two", key="k1"))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert api.kept_notes() == before + 1


def test_the_same_request_at_two_servers_of_one_database_is_done_once(tmp_path: Path) -> None:
    with an_api(tmp_path) as one, another_server(tmp_path, one) as other:
        token = one.token()
        one.notes.together = 2
        answers = at_once(lambda: one.note(token, key="k1"), lambda: other.note(token, key="k1"))
        assert len(one.notes.handled) == 2
        assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
        assert one.kept_notes() == 1


@contextmanager
def another_server(folder: Path, first: Api) -> Iterator[Api]:
    """With connections of its own, as in a second process."""
    with a_company(folder) as company, served(an_asgi_app(company, first.notes)) as address:
        yield Api(address=address, company=company, notes=first.notes)


def test_the_answer_is_kept_only_with_what_it_tells_of(api: Api) -> None:
    """One transaction: either both are there or neither."""
    token = api.token(name="refused")
    api.note(token, "stale", key="k1")
    kept = "SELECT count(*) FROM api_answers JOIN api_tokens ON api_tokens.id = token_id WHERE name = 'refused'"
    assert api.company.database.read_now(lambda found: found.exec_driver_sql(kept).scalar_one()) == 0


def test_a_replay_takes_the_scope_and_a_token_that_works(api: Api) -> None:
    token = api.token(Scope.INCIDENTS, name="revoked later")
    assert api.note(token, key="k1").status_code == 201
    api.revoke("revoked later")
    assert api.note(token, key="k1").status_code == 401


@pytest.mark.parametrize("key", ["x" * 256, "", "tab\there"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    answer = api.post("/v1/notes", b'{"text": "a"}', api.token(), idempotency_key=key)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The Idempotency-Key must be")


def test_neither_a_key_nor_a_token_is_kept_as_it_was_sent(api: Api) -> None:
    token = api.token()
    api.note(token, key="a-key-nobody-else-has")
    [row] = api.company.database.read_now(lambda found: list(found.exec_driver_sql("PRAGMA database_list")))
    with closing(sqlite3.connect(row[2])) as database:
        whole = "\n".join(database.iterdump())
    assert "api_answers" in whole
    assert "a-key-nobody-else-has" not in whole
    assert token not in whole
