"""chat.* and what a response_url does."""

from typing import Any

from tests.fake_slack.arguments import is_true, objects, required, structure
from tests.fake_slack.blocks import MESSAGE_TEXT, with_ids
from tests.fake_slack.records import Channel, Edit, Json, Message, Refusal, ResponseUrl
from tests.fake_slack.workspace import Workspace

USES = 5
RESPONSE_URL_SECONDS = 30 * 60
METADATA_BYTES = 16_000


def post_message(slack: Workspace, args: Json) -> Json:
    channel = _channel_to_post_in(slack, required(args, "channel"))
    message = slack.keep_message(_message(slack, channel.id, args))
    shown = message.as_json(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(slack: Workspace, args: Json) -> Json:
    channel = _channel_to_post_in(slack, required(args, "channel"))
    user = required(args, "user")
    if user not in slack.users or channel.user not in (None, user):
        raise Refusal("user_not_in_channel", fault=False)
    message = _message(slack, channel.id, args)
    message.ephemeral_to = user
    return {"message_ts": slack.keep_message(message).ts}


def update(slack: Workspace, args: Json) -> Json:
    channel = required(args, "channel")
    if channel not in slack.channels:
        raise Refusal("channel_not_found", fault=False)
    message = slack.find_message(channel, required(args, "ts"))
    if message.ephemeral_to is not None:
        raise Refusal("message_not_found")
    if message.bot_id != slack.bot_id:
        raise Refusal("cant_update_message")
    change_message(slack, message, args)
    return {"channel": channel, "ts": message.ts, "text": message.text, "message": message.as_json()}


def delete(slack: Workspace, args: Json) -> Json:
    channel = required(args, "channel")
    message = slack.find_message(channel, required(args, "ts"))
    if message.bot_id != slack.bot_id:
        raise Refusal("cant_delete_message")
    message.deleted = True
    return {"channel": channel, "ts": message.ts}


def get_permalink(slack: Workspace, args: Json) -> Json:
    channel = required(args, "channel")
    if channel not in slack.channels:
        raise Refusal("channel_not_found", fault=False)
    message = slack.find_message(channel, required(args, "message_ts"))
    number = message.ts.replace(".", "")
    return {"channel": channel, "permalink": f"{slack.host}/archives/{channel}/p{number}"}


def change_message(slack: Workspace, message: Message, args: Json) -> None:
    new = _message(slack, message.channel, {"blocks": message.blocks, "attachments": message.attachments, **args})
    message.edits.append(
        Edit(at=slack.clock(), text=message.text, blocks=message.blocks, metadata=message.metadata),
    )
    message.text, message.blocks, message.attachments = new.text, with_ids(new.blocks), new.attachments
    message.metadata = new.metadata if "metadata" in args else message.metadata


def answer_response_url(slack: Workspace, url: ResponseUrl, answer: Json) -> None:
    if slack.clock() - url.issued_at > RESPONSE_URL_SECONDS:
        raise Refusal("expired_url")
    if url.uses >= USES:
        raise Refusal("used_url")
    url.uses += 1
    if is_true(answer, "delete_original") and url.message:
        url.message.deleted = True
    elif is_true(answer, "replace_original") and url.message:
        change_message(slack, url.message, answer)
    else:
        keep_answer(slack, url.channel, url.user, answer)


def keep_answer(slack: Workspace, channel: str, user: str, answer: Json) -> Message:
    """A message the app sent as the answer to a command or to a response_url: ephemeral unless it says otherwise."""
    message = _message(slack, channel, answer)
    message.ephemeral_to = None if answer.get("response_type") == "in_channel" else user
    return slack.keep_message(message)


def _channel_to_post_in(slack: Workspace, name: str) -> Channel:
    if name in slack.users:
        return slack.dm_with(name)
    channel = slack.channels.get(name)
    if channel is None:
        raise Refusal("channel_not_found", fault=False)
    if channel.user is not None:
        return slack.dm_with(channel.user)
    if channel.archived:
        raise Refusal("is_archived", fault=False)
    if not channel.bot_is_member and not (channel.kind == "public" and "chat:write.public" in slack.bot_scopes):
        raise Refusal("channel_not_found" if channel.kind == "private" else "not_in_channel", fault=False)
    return channel


def _message(slack: Workspace, channel: str, args: Json) -> Message:
    text = args.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal("no_text", "text is what notifications and screen readers say: always set it")
    if len(text) > MESSAGE_TEXT:
        raise Refusal("msg_too_long")
    blocks = objects(args, "blocks", "invalid_blocks_format") or []
    attachments = objects(args, "attachments", "invalid_attachments") or []
    if len(attachments) > 100:
        raise Refusal("too_many_attachments")
    slack.check_message(text, blocks, attachments)
    message = Message(channel=channel, ts=slack.new_ts(), user=slack.bot_user_id, text=text, bot_id=slack.bot_id)
    message.blocks, message.attachments, message.metadata = blocks, attachments, _metadata(args)
    message.thread_ts = args.get("thread_ts")
    return message


def _metadata(args: Json) -> Json | None:
    metadata: Any = structure(args, "metadata", "invalid_metadata_format")
    if not metadata:
        return None
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict) or len(metadata) != 2:
        raise Refusal("invalid_metadata_format")
    if len(str(payload)) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}
