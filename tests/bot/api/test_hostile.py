"""Whatever is sent, with or without a token: never a 5xx, and the server goes on."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.api.serving import Api

LINE = st.binary(max_size=60).map(lambda some: some.replace(b"\r", b"").replace(b"\n", b""))
NAMES = st.sampled_from(
    [b"Authorization", b"Idempotency-Key", b"Content-Type", b"Content-Encoding", b"Content-Length", b"X-Request-Id"]
)
PATHS = st.sampled_from([b"/v1/token", b"/v1/notes", b"/v1/files?system=a&rows=1", b"/v1/notes/a", b"/v1/openapi.json"])
ODD = st.text("%0aZ/?&=+;.~\\\"'", max_size=20).map(str.encode)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from([b"GET", b"POST", b"HEAD", b"PUT"]),
    path=PATHS,
    odd=ODD,
    headers=st.lists(st.tuples(NAMES, LINE), max_size=4),
    body=LINE,
    known=st.booleans(),
)
def test_nothing_that_is_sent_breaks_it(
    api: Api, method: bytes, path: bytes, odd: bytes, headers: list[tuple[bytes, bytes]], body: bytes, known: bool
) -> None:
    lines = [name + b": " + value for name, value in headers]
    lines += [b"Authorization: Bearer " + api.token().encode()] if known else []
    head = b"\r\n".join([method + b" " + path + odd + b" HTTP/1.1", b"Host: x", b"Connection: close", *lines])
    length = b"" if any(name == b"Content-Length" for name, _ in headers) else b"\r\nContent-Length: %d" % len(body)
    answer = api.raw(head + length + b"\r\n\r\n" + body, nothing_follows=True)
    assert not answer.startswith(b"HTTP/1.1 5"), answer
    assert known or b"HTTP/1.1 201" not in answer
