"""An app that does nothing but ack, as a user of Bolt's Starlette adapter would write it."""

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.requests import PATH, SECRET
from benchmarks.serving import serve_one_of


def bolt(slack_url: str) -> ASGIApp:
    token = "xoxb-benchmark"
    client = AsyncWebClient(token, base_url=slack_url)
    app = AsyncApp(token=token, client=client, signing_secret=SECRET, process_before_response=True)

    @app.command("/soc2")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(request: Request) -> Response:
        return await handler.handle(request)

    handler = AsyncSlackRequestHandler(app)
    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


if __name__ == "__main__":
    serve_one_of({"bolt": bolt})
