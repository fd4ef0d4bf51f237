"""For Teams: what our layer is held against, and Microsoft itself.

bare       a Starlette route that checks the token and nothing else
microsoft  no rival: its keys, its tokens for bots, and its connector, as quick as it can be and always content
"""

import json
from pathlib import Path

import jwt
from jwt import PyJWK
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from benchmarks.serving import serve_one_of
from benchmarks.teams_requests import APP_ID, ISSUER, PATH

LEEWAY = 300
TOKEN = {"token_type": "Bearer", "expires_in": 3600, "access_token": "token-of-the-benchmarks"}


def bare(keys: str) -> ASGIApp:
    published = {key["kid"]: PyJWK(key, "RS256").key for key in json.loads(Path(keys).read_text())["keys"]}

    async def answer(request: Request) -> Response:
        await request.body()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        key = published[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER, leeway=LEEWAY)
        return Response()

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def microsoft(keys: str) -> ASGIApp:
    listed = Path(keys).read_text()

    async def metadata(request: Request) -> Response:
        return JSONResponse({"issuer": ISSUER, "jwks_uri": f"{request.base_url}keys"})

    async def published(request: Request) -> Response:
        return Response(listed, media_type="application/json")

    async def token(request: Request) -> Response:
        return JSONResponse(TOKEN)

    async def connector(request: Request) -> Response:
        return JSONResponse({"id": "1700000000000"})

    return Starlette(
        routes=[
            Route("/openid", metadata),
            Route("/keys", published),
            Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
            Route("/v3/{rest:path}", connector, methods=["POST", "PUT"]),
        ]
    )


if __name__ == "__main__":
    serve_one_of({"bare": bare, "microsoft": microsoft})
