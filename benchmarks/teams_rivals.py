"""For the turns of Teams, each by uvicorn with the same options: `python -m benchmarks.teams_rivals NAME PORT MORE`.

ours   our layer, with a listener that does nothing
stock  botbuilder-core the way `CloudAdapter.process` of its aiohttp package uses it, with a bot that does nothing
bare   a Starlette route that checks the token and nothing else
keys   no rival: Microsoft's key server
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import jwt
import uvicorn
from botbuilder.core import ActivityHandler
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import PasswordServiceClientCredentialFactory
from botframework.connector.auth.bot_framework_authentication_factory import BotFrameworkAuthenticationFactory
from jwt import PyJWK
from msrest.universal_http.requests import ClientRetryPolicy
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.teams_requests import APP_ID, ISSUER, PATH, TENANT
from bot.clock import SystemClock
from bot.json_body import Json
from bot.server import BACKLOG
from bot.settings import Settings
from bot.teams.endpoint import teams_endpoint

STOCK_CODES = [*(code for code in range(500) if code != 408), 501, 505]
LEEWAY = 300


def ours(openid_url: str) -> ASGIApp:
    async def nothing(activity: Json) -> Json | None:
        return None

    settings = {"TEAMS_APP_ID": APP_ID, "TEAMS_TENANT_ID": TENANT, "TEAMS_OPENID_URL": openid_url}
    given = Settings.model_validate({**settings, "TEAMS_APP_PASSWORD": "x"})
    return teams_endpoint(given, nothing, clock=SystemClock())


def stock(openid_url: str) -> ASGIApp:
    ClientRetryPolicy.safe_codes = STOCK_CODES  # our layer, imported above, has made a set of it
    adapter, bot = _cloud_adapter(openid_url), ActivityHandler()

    async def answer(request: Request) -> Response:
        activity = Activity().deserialize(await request.json())
        invoked = await adapter.process_activity(request.headers.get("authorization", ""), activity, bot.on_turn)
        return JSONResponse(invoked.body, invoked.status) if invoked else Response()

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def _cloud_adapter(openid_url: str) -> CloudAdapterBase:
    """As `ConfigurationBotFrameworkAuthentication` sets it up for a single tenant, with our key server."""
    authentication = BotFrameworkAuthenticationFactory.create(
        validate_authority=True,
        to_channel_from_bot_login_url=f"https://login.microsoftonline.com/{TENANT}",
        to_channel_from_bot_oauth_scope=ISSUER,
        to_bot_from_channel_token_issuer=ISSUER,
        oauth_url=ISSUER,
        to_bot_from_channel_open_id_metadata_url=openid_url,
        to_bot_from_emulator_open_id_metadata_url=openid_url,
        caller_id="urn:botframework:azure",
        credential_factory=PasswordServiceClientCredentialFactory(APP_ID, "x", tenant_id=TENANT),
    )
    return CloudAdapterBase(authentication)


def bare(keys: str) -> ASGIApp:
    published = {key["kid"]: PyJWK(key, "RS256").key for key in json.loads(Path(keys).read_text())["keys"]}

    async def answer(request: Request) -> Response:
        await request.body()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        key = published[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER, leeway=LEEWAY)
        return Response()

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def keys(file: str) -> ASGIApp:
    listed = Path(file).read_text()

    async def metadata(request: Request) -> Response:
        return JSONResponse({"issuer": ISSUER, "jwks_uri": f"{request.base_url}keys"})

    async def published(request: Request) -> Response:
        return Response(listed, media_type="application/json")

    return Starlette(routes=[Route("/openid", metadata), Route("/keys", published)])


RIVALS: dict[str, Callable[[str], ASGIApp]] = {"ours": ours, "stock": stock, "bare": bare, "keys": keys}


def main() -> None:
    name, port, argument = sys.argv[1:]
    uvicorn.run(
        RIVALS[name](argument),
        port=int(port),
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        backlog=BACKLOG,
    )


if __name__ == "__main__":
    main()
