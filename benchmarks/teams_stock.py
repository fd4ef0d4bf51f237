"""botbuilder-core the way `CloudAdapter.process` of its aiohttp package uses it, with a bot that does nothing.

Without our layer in its process, which makes the library's start quicker.
"""

from botbuilder.core import ActivityHandler
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity
from botframework.connector.auth import PasswordServiceClientCredentialFactory
from botframework.connector.auth.bot_framework_authentication_factory import BotFrameworkAuthenticationFactory
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.serving import serve_one_of
from benchmarks.teams_requests import APP_ID, ISSUER, PATH, TENANT


def stock(openid_url: str) -> ASGIApp:
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


if __name__ == "__main__":
    serve_one_of({"stock": stock})
