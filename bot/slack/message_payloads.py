"""What Slack says of messages that aren't written to the bot: one that somebody points at, one that changed. Pure."""

import re
from datetime import UTC, datetime

from bot.slack.mrkdwn import unescape
from bot.slack.payloads import Json, at, delivery_of, files_of, text_at
from handlers.requests import MessageChanged, PointedMessage, ShortcutUsed, Source
from tasks.identifiers import WorkspaceId

TIMESTAMP = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
CHANGES = ("message_changed", "message_deleted")


def shortcut_used(payload: Json, workspace: WorkspaceId) -> ShortcutUsed | None:
    """None where the message can't be told apart from others. The source names the conversation and no message: it is
    somebody's own, and never ours to change."""
    message = _pointed(payload)
    if message is None:
        return None
    source = Source(
        platform="slack",
        workspace=workspace,
        user=text_at(payload, "user", "id"),
        conversation=message.conversation,
        delivery=delivery_of("shortcut", text_at(payload, "trigger_id")),
    )
    return ShortcutUsed(source=source, name=text_at(payload, "callback_id"), message=message)


def _pointed(payload: Json) -> PointedMessage | None:
    said = at(payload, "message")
    written = text_at(said, "ts") or text_at(payload, "message_ts")
    when, conversation = time_of(written), text_at(payload, "channel", "id")
    if when is None or not conversation:
        return None
    ours = text_at(payload, "api_app_id")
    return PointedMessage(
        conversation=conversation,
        message=written,
        place=_place(text_at(payload, "channel", "name")),
        author_id=text_at(said, "user") or text_at(said, "bot_id"),
        author=_author(said),
        at=when,
        text=_text_of(said),
        files=files_of(at(said, "files")),
        ours=bool(ours) and ours in (text_at(said, "app_id"), text_at(said, "bot_profile", "app_id")),
    )


def _place(channel: str) -> str:
    """Slack gives conversations without a name one of its own."""
    unnamed = {"directmessage": "a direct message", "privategroup": "a private channel"}
    if channel.startswith("mpdm-"):
        return "a group message"
    return unnamed.get(channel, f"#{channel}" if channel else "a conversation")


def _author(said: object) -> str:
    """Only strangers, and bots, bring their names along."""
    names = (("bot_profile", "name"), ("username",), ("user_profile", "real_name"), ("user_profile", "name"))
    return next((name for path in names if (name := text_at(said, *path))), "")


def _text_of(said: object) -> str:
    """Bots often say everything in attachments."""
    attachments = at(said, "attachments")
    rows = attachments if isinstance(attachments, list) else []
    besides = [text_at(row, "text") or text_at(row, "fallback") for row in rows]
    return unescape(text_at(said, "text").strip() or "\n".join(filter(None, besides)))


def message_changed(payload: Json, workspace: WorkspaceId) -> MessageChanged | None:
    """None for what leaves somebody's words as they were: a link that unfolds, a reply that is counted; and for our own
    edits."""
    event = at(payload, "event")
    before, now = at(event, "previous_message"), at(event, "message")
    deleted = text_at(event, "subtype") == "message_deleted" or text_at(now, "subtype") == "tombstone"
    written = text_at(event, "deleted_ts") or text_at(now, "ts") or text_at(before, "ts")
    when = time_of(text_at(now, "edited", "ts")) or time_of(text_at(event, "event_ts") or text_at(event, "ts"))
    same = text_at(now, "text") == text_at(before, "text") if before else not at(now, "edited")
    ours = at(now, "bot_id") or at(before, "bot_id")
    conversation = text_at(event, "channel")
    if not (when and written and conversation) or ours or (same and not deleted):
        return None
    source = Source(
        platform="slack",
        workspace=workspace,
        user="",
        conversation=conversation,
        message=written,
        delivery=text_at(payload, "event_id"),
    )
    return MessageChanged(source=source, at=when, deleted=deleted)


def file_changed(payload: Json, workspace: WorkspaceId) -> MessageChanged | None:
    event = at(payload, "event")
    file = text_at(event, "file_id") or text_at(event, "file", "id")
    when = time_of(text_at(event, "event_ts"))
    if not (file and when):
        return None
    source = Source(platform="slack", workspace=workspace, user="", delivery=text_at(payload, "event_id"))
    return MessageChanged(source=source, at=when, file=file, deleted=text_at(event, "type") == "file_deleted")


def time_of(ts: str) -> datetime | None:
    """Slack names messages and tells times by seconds since 1970, with six places."""
    return datetime.fromtimestamp(float(ts), UTC) if TIMESTAMP.fullmatch(ts) else None
