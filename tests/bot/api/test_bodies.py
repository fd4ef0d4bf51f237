"""What may come in a body, and that nothing larger or stranger is ever parsed."""

import json

import pytest

from tests.bot.api.serving import LARGE, MIB, Api

CSV = "/v1/files?system=Okta&rows=3"


def head(path: str, token: str, *lines: str) -> bytes:
    """A request up to its body."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *lines, "\r\n"]).encode()


def test_a_body_as_large_as_the_endpoint_takes_is_read_whole(api: Api) -> None:
    answer = api.post(CSV, bytes(LARGE), api.token(), content_type="text/csv; charset=utf-8")
    assert (answer.status_code, answer.json()) == (200, {"system": "Okta", "rows": 3, "bytes": LARGE})


@pytest.mark.parametrize(
    ("path", "kind", "largest"), [("/v1/notes", "application/json", MIB), (CSV, "text/csv", LARGE)]
)
def test_a_larger_one_is_refused_as_soon_as_it_is_announced(api: Api, path: str, kind: str, largest: int) -> None:
    answer = api.raw(head(path, api.token(), f"Content-Type: {kind}", f"Content-Length: {largest + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert b"The body is larger than this address takes. Nothing was done." in answer
    assert api.notes.handled == []


def test_a_larger_one_that_announces_nothing_is_cut_off(api: Api) -> None:
    opening = head("/v1/notes", api.token(), "Content-Type: application/json", "Transfer-Encoding: chunked")
    chunk = b"10001\r\n" + b"x" * 65537 + b"\r\n"
    answer = api.raw(opening + chunk * 16)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert api.notes.handled == []


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "9" * 30])
def test_a_length_that_is_none_is_refused(api: Api, length: str) -> None:
    answer = api.raw(head("/v1/notes", api.token(), "Content-Type: application/json", f"Content-Length: {length}"))
    assert answer.split()[1] in (b"400", b"413")


def test_where_no_body_is_taken_none_is_read(api: Api) -> None:
    request = head("/v1/token", api.token(), "Content-Length: 5").replace(b"POST", b"GET", 1)
    assert api.raw(request).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "application/json2"])
def test_a_body_of_another_kind_is_refused_with_the_kinds_it_takes(api: Api, kind: str) -> None:
    answer = api.post("/v1/notes", b"{}", api.token(), content_type=kind)
    assert answer.status_code == 415
    assert answer.json()["detail"] == "Send the body as application/json, not compressed. Nothing was done."


def test_a_compressed_body_is_refused_and_never_unpacked(api: Api) -> None:
    assert api.post("/v1/notes", b"\x1f\x8b", api.token(), content_encoding="gzip").status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"text": "\\u0000"}',
        b'{"text": "\\ud800"}',
        b'{"text":' * 60 + b"1" + b"}" * 60,
        b"[" * 100_000,
        b'{"text": ' + b"9" * 10_000 + b"}",
    ],
)
def test_a_body_that_is_no_sane_json_object_is_refused(api: Api, body: bytes) -> None:
    answer = api.post("/v1/notes", body, api.token())
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].endswith(("Nothing was done.", "named under errors."))


def test_every_field_that_cannot_be_used_is_named_and_nothing_of_it_comes_back(api: Api) -> None:
    body = json.dumps({"text": 7, "at": "yesterday-ish", "tag": "private words"}).encode()
    answer = api.post("/v1/notes", body, api.token())
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"text", "at", "tag"}
    assert "private words" not in answer.text
    assert "yesterday-ish" not in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?system=Okta", 422),
        ("?system=Okta&rows=many", 422),
        ("?system=Okta&rows=-1", 422),
        ("?system=Okta&rows=1&more=1", 422),
        ("?system=Okta&rows=1&rows=2", 400),
        ("?system=%00&rows=1", 400),
        ("?system=%ff&rows=1", 400),
        ("?" + "a=1&" * 60, 400),
        ("?system=%D0%9E%D0%BA&rows=0", 200),
    ],
)
def test_parameters_are_read_as_strictly_as_a_body(api: Api, query: str, status: int) -> None:
    assert api.post(f"/v1/files{query}", b"a,b\n", api.token(), content_type="text/csv").status_code == status


def test_a_word_in_the_path_is_a_text_and_nothing_else(api: Api) -> None:
    token = api.token()
    assert api.get("/v1/notes/%D0%B4%D0%B0", token).json()["text"] == "да"
    assert api.get("/v1/notes/..%2f..%2fetc", token).status_code == 404
    assert api.get("/v1/notes/a%00b", token).status_code == 400


def test_somebody_who_hangs_up_half_way_harms_nobody(api: Api) -> None:
    token = api.token()
    opening = head("/v1/notes", token, "Content-Type: application/json", "Content-Length: 100")
    with pytest.raises(TimeoutError):
        api.raw(opening + b"{", patience=0.2)
    assert api.note(token).status_code == 201
