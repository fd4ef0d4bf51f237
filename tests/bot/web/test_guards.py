"""What the browser chat refuses: other sites, other sessions, other people's messages, and whatever is malformed."""

import httpx
import pytest
from itsdangerous import URLSafeSerializer

from bot.web.chat import POLICY, STEPS
from bot.web.sessions import COOKIE
from tests.bot.web.chat_kit import HOST, Kit, Visitor, client
from tests.bot.web.sample_views import TASK, told

POSTS = ("/web/send", "/web/press", "/web/submit", "/web/clock", "/web/choose")
EVIL = {"origin": "https://evil.example"}


def olga(kit: Kit | None = None) -> tuple[Kit, Visitor, int]:
    kit = kit or Kit()
    message = kit.say(TASK)
    return kit, Visitor(kit, person="olga"), message


def nothing_happened(kit: Kit) -> bool:
    return not kit.router.requests and len(kit.unit.chat.kept) == 1 and not kit.files.kept


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        EVIL,
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://["},
    ],
    ids=["origin", "null", "cross-site", "same-site", "broken"],
)
def test_another_sites_form_is_refused(path: str, headers: dict[str, str]) -> None:
    kit, visitor, _ = olga()
    sent = {**visitor.fields(), "text": "/help", "action": "do?", "form": "do?", "by": "day", "person": "max"}
    answer = visitor.client.post(path, data=sent, headers=headers)
    assert answer.status_code == 403
    assert nothing_happened(kit)


def test_a_browser_that_does_not_say_where_the_form_stood_is_refused() -> None:
    kit, visitor, _ = olga()
    del visitor.client.headers["origin"]
    assert visitor.client.post("/web/send", data={**visitor.fields(), "text": "/help"}).status_code == 403
    assert nothing_happened(kit)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_without_this_sessions_token_is_refused(path: str, token: str) -> None:
    kit, visitor, _ = olga()
    sent = {**visitor.fields(), "text": "/help", "action": "do?", "form": "do?", "by": "day", "person": "max"}
    assert visitor.client.post(path, data={**sent, "token": token}).status_code == 403
    assert nothing_happened(kit)


def test_a_page_of_the_person_before_does_not_act_as_the_one_chosen_since() -> None:
    kit, visitor, _ = olga()
    olgas = visitor.fields()
    visitor.get("/web")
    visitor.choose("max")
    assert visitor.client.post("/web/send", data={**olgas, "text": "/help"}).status_code == 403
    assert nothing_happened(kit)


@pytest.mark.parametrize("cookie", ["", "nonsense", "a.b.c", "x" * 9000])
def test_a_cookie_that_we_did_not_sign_is_nobody(cookie: str) -> None:
    browser = client(Kit().app())
    answer = browser.get("/web/chat", headers={"cookie": f"{COOKIE}={cookie}"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/web")


def test_a_cookie_signed_with_another_key_is_nobody() -> None:
    held = {"n": "nonce", "w": "acme", "p": "lee"}
    forged = str(URLSafeSerializer("another key", salt="soc2bot.web.session").dumps(held))
    answer = client(Kit().app()).get("/web/chat", headers={"cookie": f"{COOKIE}={forged}"}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_cookie_changed_by_one_letter_is_nobody() -> None:
    _, visitor, _ = olga()
    cookie = visitor.client.cookies[COOKIE]
    changed = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    headers = {"cookie": f"{COOKIE}={changed}"}
    answer = client(visitor.kit.app()).get("/web/chat", headers=headers, follow_redirects=False)
    assert answer.status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    answer = client(Kit().app()).get("/web")
    assert {"HttpOnly", "SameSite=lax", "Path=/web"} <= set(answer.headers["set-cookie"].split("; "))
    assert "Secure" not in answer.headers["set-cookie"]
    secure = client(Kit(changes={"public_url": "https://soc2.example.com"}).app()).get("/web")
    assert "Secure" in secure.headers["set-cookie"]


def test_somebody_who_has_left_is_shown_the_choice_again() -> None:
    kit, visitor, _ = olga()
    kit.unit.people.kept.clear()
    assert visitor.client.get("/web/chat", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("conversation", ["dm:max", "channel:board", "channel:compliance/only/max", "x", "dm:"])
def test_other_peoples_conversations_can_not_be_read_or_written_in(conversation: str) -> None:
    kit, visitor, _ = olga()
    read = visitor.client.get("/web/messages", params={"conversation": conversation, "since": "0-0"})
    sent = visitor.client.post("/web/send", data={**visitor.fields(), "conversation": conversation, "text": "/help"})
    assert (read.status_code, sent.status_code) == (404, 404)
    assert nothing_happened(kit)


def test_a_button_of_a_message_in_somebody_elses_conversation_is_refused() -> None:
    kit, visitor, _ = olga()
    theirs = kit.say(TASK, conversation="dm:max")
    answer = visitor.client.post("/web/press", data={**visitor.fields(), "message": str(theirs), "action": "do?"})
    assert answer.status_code == 400
    assert not kit.router.requests


def test_a_kept_file_of_another_session_is_refused() -> None:
    kit, visitor, message = olga()
    visitor.press(message, "Answer")
    visitor.submit({"t:source": "wrong"}, {"f:proof": ("a.csv", b"Ben")})
    token = visitor.page.one("input", name="k:proof").attributes["value"]
    other = Visitor(kit, person="max")
    sent = {**other.fields(), "form": "answer_form?", "k:proof": token}
    assert other.client.post("/web/submit", data=sent).status_code == 400


def test_a_person_who_is_not_on_the_list_can_not_be_chosen() -> None:
    visitor = Visitor(Kit())
    token = visitor.page.all("input", name="token")[0].attributes["value"]
    for sent in ({"workspace": "acme", "person": "nobody"}, {"workspace": "other", "person": "olga"}, {}):
        assert visitor.client.post("/web/choose", data={"token": token, **sent}).status_code == 400


def test_switched_off_it_says_so_and_does_nothing() -> None:
    browser = client(Kit(changes={"free_choice": False}).app())
    for path in ("/web", "/web/chat", "/web/messages", "/web/evidence/evidence-1"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "switched off" in answer.text
        assert "set-cookie" not in answer.headers
    assert browser.post("/web/choose", data={"person": "olga"}).status_code == 404


def test_every_answer_carries_the_headers_that_hold_the_page_together() -> None:
    _, visitor, _ = olga()
    for path in ("/web", "/web/chat", "/web/messages", "/web/static/chat.js", "/web/nothing-here"):
        headers = visitor.client.get(path).headers
        if path == "/web/nothing-here":
            continue
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert visitor.client.get("/web/chat").headers["cache-control"] == "no-store"


def test_pages_load_nothing_from_elsewhere() -> None:
    _, visitor, _ = olga()
    links = [node.attributes.get(name, "") for node in visitor.page.below() for name in ("src", "href", "action")]
    assert not [link for link in links if link.startswith(("http", "//"))]


def test_assets_are_kept_by_browsers_only_under_their_own_version() -> None:
    _, visitor, _ = olga()
    versioned = visitor.page.one("link", rel="stylesheet").attributes["href"]
    assert "immutable" in visitor.client.get(versioned).headers["cache-control"]
    assert visitor.client.get("/web/static/chat.css?v=old").headers["cache-control"] == "no-cache"


def test_a_file_that_is_too_large_is_refused_and_nothing_kept() -> None:
    kit, visitor, _ = olga(Kit(changes={"largest_file": 1000}))
    files = {"f:files": ("big.csv", b"x" * 1001)}
    answer = visitor.client.post("/web/send", data={**visitor.fields(), "text": ""}, files=files)
    assert answer.status_code == 413
    assert "big.csv is larger than" in answer.text
    assert nothing_happened(kit)


def test_a_body_that_is_too_large_is_refused_while_it_arrives() -> None:
    kit, visitor, _ = olga(Kit(changes={"largest_file": 1000}))
    files = {"f:files": ("big.csv", b"x" * 2_000_000)}
    answer = visitor.client.post("/web/send", data={**visitor.fields(), "text": ""}, files=files)
    assert answer.status_code == 413
    assert nothing_happened(kit)


def test_files_do_not_go_into_a_channel() -> None:
    kit, visitor, _ = olga()
    sent = {**visitor.fields(), "conversation": "channel:compliance", "text": "/help"}
    assert visitor.client.post("/web/send", data=sent, files={"f:files": ("a.csv", b"x")}).status_code == 400
    assert nothing_happened(kit)


def test_the_script_is_told_the_sentence_alone() -> None:
    _, visitor, _ = olga()
    answer = visitor.client.post("/web/send", data={"text": "x"}, headers={"Soc2-Fragment": "1"})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "This page is out of date. Open the chat again."


MULTIPART = "multipart/form-data; boundary=b"
BODIES: dict[str, tuple[str, bytes]] = {
    "no type": ("", b"text=x"),
    "json": ("application/json", b'{"text": 1}'),
    "plain": ("text/plain", b"text=x"),
    "no boundary": ("multipart/form-data", b"--b\r\n"),
    "empty boundary": ("multipart/form-data; boundary=", b"--\r\n"),
    "cut off": (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx'),
    "no name": (MULTIPART, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    "not multipart": (MULTIPART, b"\x00\xff\xfe"),
    "headers only": (MULTIPART, b"--b\r\nContent-Disposition\r\n\r\n--b--\r\n"),
    "header without end": (MULTIPART, b"--b\r\n" + b"X" * 100_000),
    "charset": (
        "multipart/form-data; boundary=b; charset=nonsense",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
    ),
    "too many fields": (
        MULTIPART,
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 500 + b"--b--\r\n",
    ),
    "too many files": (
        MULTIPART,
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n' * 50 + b"--b--\r\n",
    ),
    "long field": (
        MULTIPART,
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 2_000_000 + b"\r\n--b--\r\n",
    ),
    "many pairs": ("application/x-www-form-urlencoded", b"a=1&" * 5000),
    "long pair": ("application/x-www-form-urlencoded", b"a=" + b"x" * 400_000),
    "broken escapes": ("application/x-www-form-urlencoded", b"%zz=%ff%fe&&&===&text=%00"),
    "empty": ("application/x-www-form-urlencoded", b""),
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_malformed_body_is_a_4xx_and_changes_nothing(path: str, body: tuple[str, bytes]) -> None:
    kit, visitor, _ = olga()
    kind, content = body
    headers = {"content-type": kind} if kind else {}
    answer = visitor.client.post(path, content=content, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert nothing_happened(kit)


PRESSES: dict[str, dict[str, str]] = {
    "no action": {"action": ""},
    "no mark": {"action": "answer_task"},
    "bad name": {"action": "answer task?x=1"},
    "bad query": {"action": "answer?x"},
    "long": {"action": "a?x=" + "y" * 2000},
    "message": {"action": "a?", "message": "x"},
    "unknown message": {"action": "a?", "message": "99999"},
    "negative message": {"action": "a?", "message": "-1"},
    "huge message": {"action": "a?", "message": "9" * 400},
    "other digits": {"action": "a?", "message": "²"},
    "no nonce": {"action": "a?", "nonce": ""},
    "bad nonce": {"action": "a?", "nonce": "a b c d e f g"},
    "long nonce": {"action": "a?", "nonce": "a" * 65},
    "nul": {"action": "a?", "message": "\x00"},
}


@pytest.mark.parametrize("changed", PRESSES.values(), ids=PRESSES.keys())
def test_a_malformed_press_is_a_4xx_and_changes_nothing(changed: dict[str, str]) -> None:
    kit, visitor, message = olga()
    answer = visitor.client.post("/web/press", data={**visitor.card(message), **changed})
    assert answer.status_code == 400
    assert nothing_happened(kit)


@pytest.mark.parametrize("text", ["x" * 3001, "x" * 20_000, "a\x00b"])
def test_a_text_that_can_not_be_kept_is_refused(text: str) -> None:
    kit, visitor, _ = olga()
    assert visitor.client.post("/web/send", data={**visitor.fields(), "text": text}).status_code == 400
    assert nothing_happened(kit)


@pytest.mark.parametrize("since", ["", "x", "-", "1-", "-1", "1-1-1", "9" * 30 + "-0", "²-0"])
def test_a_revision_that_no_page_says_shows_everything(since: str) -> None:
    kit, visitor, _ = olga()
    kit.say(told("hello"))
    answer = visitor.client.get("/web/messages", params={"conversation": "dm:olga", "since": since})
    assert answer.status_code == 200
    assert "hello" in answer.text


@pytest.mark.parametrize("path", ["/web/channel/board", "/web/channel/%00", "/web/evidence/%00", "/web/static/..%2Fx"])
def test_unknown_places_are_a_404(path: str) -> None:
    _, visitor, _ = olga()
    assert visitor.client.get(path).status_code == 404


@pytest.mark.parametrize("by", ["", "year", "-1"])
def test_the_clock_takes_no_other_step(by: str) -> None:
    kit, visitor, _ = olga()
    before = kit.clock.at
    answer: httpx.Response = visitor.client.post("/web/clock", data={**visitor.fields(), "by": by})
    assert answer.status_code == 404
    assert kit.clock.at == before
    assert set(STEPS) == {"day", "week"}


def test_our_own_origin_is_enough_where_the_browser_does_not_say_more() -> None:
    kit, visitor, _ = olga()
    visitor.client.headers["origin"] = HOST
    visitor.send("/help")
    assert len(kit.router.requests) == 1


def test_a_name_that_is_not_ours_is_not_answered() -> None:
    app = Kit(changes={"public_url": "https://soc2.example.com"}).app()
    hosts = {"evil.example": 421, "127.0.0.1.evil.example:3000": 421, "soc2.example.com": 200, "localhost:3000": 200}
    assert {host: client(app).get("/web", headers={"host": host}).status_code for host in hosts} == hosts
