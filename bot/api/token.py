"""GET /v1/token: a program finds out whether its token works, for what, and until when."""

from datetime import datetime

from pydantic import BaseModel, Field

from bot.api.endpoints import Answer, Call, Endpoint
from tasks.api_tokens import Scope
from tasks.people import Actor
from tasks.ports import UnitOfWork


class Token(BaseModel):
    name: str
    scopes: list[Scope]
    expires: datetime | None = Field(description="When this secret stops working; null: not by itself.")
    rotated: bool = Field(description="A newer secret was made: exchange this one before it stops working.")


async def show_token(call: Call) -> Answer:
    def shown(uow: UnitOfWork, actor: Actor) -> Token:
        token = uow.api_tokens.get(call.caller.token.id)
        return Token(
            name=token.name,
            scopes=sorted(token.scopes),
            expires=token.ends_at(call.caller.digest),
            rotated=call.caller.digest != token.digest,
        )

    return Answer.of(200, await call.read(shown))


TOKEN = Endpoint(
    method="GET",
    path="/token",
    summary="What this token is good for",
    answers={200: Token},
    handle=show_token,
)
