"""Every refusal is one problem document with a sentence fit for a person."""

import logging

import pytest

from bot.api.problems import TRY_AGAIN, problem_of
from bot.store import Busy, NotSaved
from tasks.errors import BadRule
from tests.bot.api.serving import Api


@pytest.mark.parametrize(
    ("text", "status", "detail"),
    [
        ("invalid", 422, "That can't be."),
        ("not-allowed", 403, "This takes another role."),
        ("not-found", 404, "That isn't here."),
        ("stale", 409, "Somebody was faster."),
    ],
)
def test_a_refusal_of_the_domain_keeps_its_sentence_and_undoes_everything(
    api: Api, text: str, status: int, detail: str
) -> None:
    token, before = api.token(), api.kept_notes()
    answer = api.note(token, text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["detail"]) == (status, status, detail)
    assert api.kept_notes() == before


def test_the_fields_to_blame_are_named(api: Api) -> None:
    assert api.note(api.token(), "invalid").json()["errors"] == [{"field": "text", "detail": "Say more."}]


def test_what_breaks_tells_nothing_and_is_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = api.note(api.token(), "broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Something went wrong here; it has been logged. Nothing was done."
    assert "private" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nowhere", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v1/token/", 404),
        ("GET", "/v1/TOKEN", 404),
        ("DELETE", "/v1/token", 405),
        ("PUT", "/v1/notes", 405),
        ("POST", "/v1/openapi.json", 405),
        ("OPTIONS", "/v1/notes", 405),
    ],
)
def test_an_address_that_is_not_there_says_where_to_look(api: Api, method: str, path: str, status: int) -> None:
    answer = api.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in answer
    assert b"GET /v1/openapi.json lists what there is." in answer
    assert (b"allow: " in answer.lower()) is (status == 405)


@pytest.mark.parametrize("error", [Busy("queue"), NotSaved("disk")])
def test_what_could_not_be_kept_is_to_be_sent_again(error: Exception) -> None:
    problem = problem_of(error)
    assert (problem.status, str(problem), problem.headers) == (503, TRY_AGAIN, {"Retry-After": "5"})


def test_any_other_refusal_of_the_domain_is_the_senders_to_mend() -> None:
    assert problem_of(BadRule("No such day.")).status == 400


def test_every_answer_carries_the_requests_id(api: Api) -> None:
    assert api.get("/v1/token", x_request_id="abc-123").headers["x-request-id"] == "abc-123"


def test_asking_for_the_head_alone_is_answered_without_a_body(api: Api) -> None:
    sent = f"HEAD /v1/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {api.token()}\r\n\r\n"
    answer = api.raw(sent.encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")
