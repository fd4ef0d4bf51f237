"""Teams' side: an endpoint of ours on a real socket, with a key server of its own, and requests to it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.clock import SystemClock
from bot.json_body import Json
from bot.settings import Settings
from bot.teams.endpoint import teams_endpoint
from bot.teams.keys import PublishedKeys
from tests.bot.slack.serving import served
from tests.teams_keys.server import KeyServer
from tests.teams_keys.signing import APP_ID, TENANT, KeyPair, an_activity

PATH = "/api/messages"
SKYPE_ONLY = KeyPair(kid="skype-only", endorsements=["skype"])
NO_ENDORSEMENTS = KeyPair(kid="no-endorsements", endorsements=None)
GOOD = KeyPair()
Header = tuple[bytes, bytes]


def teams_settings(server: KeyServer, **changes: str) -> Settings:
    given = {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": "hush",
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_OPENID_URL": server.openid_url,
        "TEAMS_AUTHORITY_URL": server.url,
    }
    return Settings.model_validate({name: value for name, value in {**given, **changes}.items() if value})


def anonymous_settings() -> Settings:
    return Settings.model_validate({"TEAMS_ANONYMOUS": "on"})


@dataclass
class Heard:
    """The listener: remembers what reached it, and answers as told."""

    activities: list[Json] = field(default_factory=list)
    answer: Json | None = None
    error: Exception | None = None

    async def __call__(self, activity: Json) -> Json | None:
        if self.error is not None:
            raise self.error
        self.activities.append(activity)
        return self.answer


@dataclass(frozen=True, kw_only=True)
class Caller:
    address: str
    keys: KeyServer
    heard: Heard
    client: httpx.Client

    def send(self, activity: object = None, *, token: str | None = None, key: KeyPair = GOOD) -> httpx.Response:
        """A good activity with a good token, where none is given."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity or an_activity()).encode()
        return self.raw(body, headers(f"Bearer {key.token() if token is None else token}"))

    def raw(
        self,
        body: bytes | Iterator[bytes],
        given: Mapping[str, str] | Sequence[Header],
        method: str = "POST",
    ) -> httpx.Response:
        return self.client.request(method, self.address, content=body, headers=given)


def as_body(activity: Mapping[str, Any]) -> bytes:
    return json.dumps(activity).encode()


def headers(authorization: str | None, content_type: str | None = "application/json") -> list[Header]:
    given = {b"authorization": authorization, b"content-type": content_type}
    return [(name, value.encode()) for name, value in given.items() if value is not None]


@contextmanager
def a_caller(
    settings_of: Callable[[KeyServer], Settings] = teams_settings, *, between_refreshes: float = 60
) -> Iterator[Caller]:
    heard = Heard()
    with KeyServer(GOOD, SKYPE_ONLY, NO_ENDORSEMENTS) as keys:
        published = PublishedKeys(keys.openid_url, between_refreshes=between_refreshes)
        app = teams_endpoint(settings_of(keys), heard, clock=SystemClock(), keys=published)
        with served(app) as address, httpx.Client(trust_env=False, verify=False, timeout=20) as client:
            yield Caller(address=address + PATH, keys=keys, heard=heard, client=client)
