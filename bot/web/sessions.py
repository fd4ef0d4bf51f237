"""Who sits at the browser: a signed cookie, and the checks that a request comes from our own page."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.web.refusals import Refused
from tasks.identifiers import PersonId, WorkspaceId

COOKIE = "soc2bot_chat"


@dataclass(frozen=True, kw_only=True)
class Session:
    nonce: str
    """New with every choice of a person, so that pages of the person before stop working."""
    workspace: WorkspaceId | None = None
    person: PersonId | None = None


class Sessions:
    def __init__(self, *, secret: str, secure: bool, new_id: Callable[[], str]) -> None:
        self._cookies = URLSafeSerializer(secret, salt="soc2bot.web.session")
        self._tokens = URLSafeSerializer(secret, salt="soc2bot.web.token")
        self._files = URLSafeSerializer(secret, salt="soc2bot.web.file")
        self._secure = secure
        self._new_id = new_id

    def start(self) -> Session:
        return Session(nonce=self._new_id())

    def start_as(self, workspace: WorkspaceId, person: PersonId) -> Session:
        return Session(nonce=self._new_id(), workspace=workspace, person=person)

    def read(self, request: Request) -> Session | None:
        """None without a cookie, or with one that we have not signed."""
        held = _strings(self._cookies, request.cookies.get(COOKIE, ""))
        if held is None or "n" not in held:
            return None
        if "w" not in held or "p" not in held:
            return Session(nonce=held["n"])
        return Session(nonce=held["n"], workspace=WorkspaceId(held["w"]), person=PersonId(held["p"]))

    def store(self, response: Response, session: Session) -> None:
        held = {"n": session.nonce}
        if session.workspace and session.person:
            held |= {"w": session.workspace, "p": session.person}
        value = str(self._cookies.dumps(held))
        response.set_cookie(COOKIE, value, path="/web", httponly=True, samesite="lax", secure=self._secure)

    def token(self, session: Session) -> str:
        """What every form of this session's pages carries."""
        return str(self._tokens.dumps(session.nonce))

    def check(self, session: Session, token: str) -> None:
        if not compare_digest(self.token(session).encode(), token.encode(errors="replace")):
            raise Refused(403, "This page is out of date. Open the chat again.")

    def sign_file(self, session: Session, file: dict[str, str]) -> str:
        """Lets a form that came back with errors name a file it had sent, and no other."""
        return str(self._files.dumps({**file, "n": session.nonce}))

    def read_file(self, session: Session, token: str) -> dict[str, str]:
        held = _strings(self._files, token)
        if held is None or held.get("n") != session.nonce:
            raise Refused(400, "A file of this form is not known. Choose it again.")
        return held


def _strings(serializer: "URLSafeSerializer", text: str) -> dict[str, str] | None:
    try:
        held = serializer.loads(text)
    except BadData:
        return None
    if not isinstance(held, dict):
        return None
    return {str(key): str(value) for key, value in held.items()}


LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def check_host(request: Request, public_url: str) -> None:
    """A page elsewhere may point its own name at this address (DNS rebinding): only our own names are answered."""
    host = request.headers.get("host", "").lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if name not in LOOPBACK and host != urlsplit(public_url).netloc.lower():
        raise Refused(421, "This address is not known here. Open the address that soc2bot printed.")


def check_origin(request: Request) -> None:
    """Only our own pages may send: by Sec-Fetch-Site where the browser says it, and by Origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin") or (origin is not None and not _same_host(origin, request)):
        raise Refused(403, "This request came from another site and was not carried out.")
    if site is None and origin is None:
        raise Refused(403, "Your browser did not say which site this request came from, so it was not carried out.")


def _same_host(origin: str, request: Request) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:
        return False


def delivery_key(person: PersonId, nonce: str, *acts: str) -> str:
    """Equal for the same form sent twice; another person's or another button's never is."""
    return sha256("\n".join((person, nonce, *acts)).encode(errors="replace")).hexdigest()
