"""A Socket Mode envelope to its ack, by the listeners that answer HTTP too."""

import json

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from structlog.contextvars import bind_contextvars

from bot.slack.payloads import ENVELOPE, Json, at, is_well_shaped, text_at

KINDS = ("events_api", "interactive", "slash_commands")
log = structlog.get_logger(__name__)


class Envelopes:
    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def answer(self, envelope: Json) -> Json | None:
        """None where something broke here: Slack delivers it again."""
        identity = text_at(envelope, "envelope_id")
        bind_contextvars(request=identity[:64])  # never unbound: each envelope is answered in a task of its own
        payload = _payload(envelope)
        if payload is None:
            log.warning("acked an envelope that is not understood", kind=text_at(envelope, "type")[:40])
            return {"envelope_id": identity}
        request = AsyncBoltRequest(body={**payload, ENVELOPE: identity}, mode="socket_mode")
        try:
            response = await self._app.async_dispatch(request)
        except Exception:  # nothing else would see it: this is the end of the envelope's own task
            log.exception("an envelope was not answered")
            return None
        if response.status != 200:
            log.warning("an envelope was not answered; Slack delivers it again", status=response.status)
            return None
        takes_words = at(envelope, "accepts_response_payload") is True
        return {"envelope_id": identity} | (
            {"payload": json.loads(response.body)} if response.body and takes_words else {}
        )


def _payload(envelope: Json) -> Json | None:
    payload = envelope.get("payload")
    if envelope.get("type") not in KINDS or not isinstance(payload, dict):
        return None
    if "command" in payload:  # over HTTP it is a form, whose fields are texts
        payload = {name: value for name, value in payload.items() if isinstance(value, str)}
    return payload if is_well_shaped(payload) else None
