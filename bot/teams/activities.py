"""What Teams says → what a person did. Pure: nothing is fetched, nothing answered, nothing trusted to be there."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape

from bot.json_body import Json, at, text_at
from bot.teams.activity_shape import CARD_ACTION
from bot.teams.card_values import Remembered, recall, values_of
from handlers.requests import (
    ButtonPressed,
    FileShared,
    FormSubmitted,
    MessageChanged,
    PointedMessage,
    SharedFile,
    ShortcutUsed,
    Source,
    TextSent,
)
from tasks.identifiers import WorkspaceId

PLATFORM = "teams"
FILE_DROPPED = "application/vnd.microsoft.teams.file.download.info"
QUOTED = re.compile(r'<blockquote[^>]*itemtype="http://schema\.skype\.com/Reply"[^>]*itemid="(\d+)"', re.IGNORECASE)
QUOTE = re.compile(r"<blockquote.*?</blockquote>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li)>", re.IGNORECASE)
MENTION = re.compile(r"<at[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)
BLANKS = re.compile(r"[ \t\u00a0]+")
SLASH = re.compile(r"^/(?=[A-Za-z]+(?:\s|$))(?!soc2\b)")
"""Of a command that was chosen from the list a slash opens; “/soc2 tasks” is understood everywhere."""


MOST_NAMED = 50
"""Files of one message."""


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A file in a personal chat. `url` gives the bytes to whoever holds it, for some minutes."""

    file: SharedFile
    url: str


def tenant_of(activity: Json) -> str:
    return (text_at(activity, "channelData", "tenant", "id") or text_at(activity, "conversation", "tenantId")).lower()


def user_of(account: object) -> str:
    """Entra's id of the person, the same for every bot; the Emulator's people have none."""
    return text_at(account, "aadObjectId") or text_at(account, "id")


def is_personal(activity: Json) -> bool:
    """In the chat of one person and the bot."""
    kind = text_at(activity, "conversation", "conversationType")
    return kind == "personal" or (not kind and at(activity, "conversation", "isGroup") is not True)


def is_ours_alone(activity: Json) -> bool:
    """As `is_personal`, and we take part in it: a message may be pointed at in any chat."""
    return is_personal(activity) and not text_at(activity, "name").startswith("composeExtension/")


def conversation_of(activity: Json) -> str:
    """Without the thread that a channel's messages name along with it."""
    return text_at(activity, "conversation", "id").partition(";")[0]


def thread_of(activity: Json) -> str:
    """The message this was written under: in a channel the thread's first, in a chat the one that is quoted."""
    root = text_at(activity, "conversation", "id").partition(";messageid=")[2]
    if root:
        return "" if root == text_at(activity, "id") else root
    quoted = QUOTED.search(_html_of(activity))
    return quoted[1] if quoted else ""


def source_of(activity: Json, workspace: WorkspaceId, *, message: str = "") -> Source:
    """message: the one acted on or written."""
    return Source(
        platform=PLATFORM,
        workspace=workspace,
        user=user_of(activity.get("from")),
        user_name=text_at(activity, "from", "name"),
        conversation=conversation_of(activity),
        message=message,
        delivery=delivery_of(activity),
    )


def delivery_of(activity: Json) -> str:
    """A message keeps its id when it is edited, so its time is part of the key; ids are a conversation's own."""
    parts = (
        text_at(activity, "type"),
        text_at(activity, "name"),
        conversation_of(activity),
        text_at(activity, "id"),
        text_at(activity, "timestamp") if text_at(activity, "type") in ("messageUpdate", "messageDelete") else "",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] if text_at(activity, "id") else ""


# what is written


def message_sent(activity: Json, workspace: WorkspaceId) -> TextSent | FileShared:
    source = source_of(activity, workspace, message=text_at(activity, "id"))
    files = tuple(dropped.file for dropped in dropped_files(activity))
    if files:
        return FileShared(source=source, files=files, text=words_of(activity), thread=thread_of(activity))
    return TextSent(source=source, text=words_of(activity), thread=thread_of(activity))


def words_of(activity: Json) -> str:
    """What the person wrote to the bot, without naming it and without what they quote."""
    html = _html_of(activity)
    text = text_at(activity, "text")
    if QUOTED.search(html):
        text = TAG.sub("", BREAK.sub("\n", MENTION.sub(" ", QUOTE.sub("", html))))
    for mention in _mentions_of_us(activity):
        text = text.replace(mention, " ")
    lines = (BLANKS.sub(" ", line).strip() for line in unescape(MENTION.sub(" ", text)).splitlines())
    return SLASH.sub("", "\n".join(lines).strip())


def _mentions_of_us(activity: Json) -> list[str]:
    entities = activity.get("entities") or ()
    ours = text_at(activity, "recipient", "id")
    return [text for one in entities if text_at(one, "mentioned", "id") == ours and (text := text_at(one, "text"))]


def _html_of(activity: Json) -> str:
    parts = [text_at(one, "content") for one in attachments_of(activity, "text/html")]
    return parts[0] if parts else ""


def attachments_of(activity: Json, kind: str) -> list[object]:
    found = activity.get("attachments") or ()
    return [one for one in found if text_at(one, "contentType").lower() == kind]


def dropped_files(activity: Json) -> tuple[Dropped, ...]:
    """Teams gives no lasting name to what was dropped: ours is the same each time the message is delivered."""
    rows = enumerate(attachments_of(activity, FILE_DROPPED))
    found = ((number, row, text_at(row, "content", "downloadUrl")) for number, row in rows)
    return tuple(Dropped(file=_file(activity, number, row), url=url) for number, row, url in found if url)


def _file(activity: Json, number: int, row: object) -> SharedFile:
    mark = "\n".join((conversation_of(activity), text_at(activity, "id"), str(number)))
    name, ending = text_at(row, "name"), text_at(row, "content", "fileType")
    return SharedFile(
        reference=hashlib.sha256(mark.encode()).hexdigest()[:20],
        name=name or (f"file.{ending}" if ending else "file"),
    )


def message_changed(activity: Json, workspace: WorkspaceId) -> MessageChanged | None:
    """None where no time is told."""
    when = time_of(text_at(activity, "timestamp"))
    if when is None:
        return None
    source = source_of(activity, workspace, message=text_at(activity, "id"))
    return MessageChanged(source=replace(source, user=""), at=when, deleted=activity["type"] == "messageDelete")


def time_of(text: str) -> datetime | None:
    """An ISO 8601 time, with seven places or none; None for anything else, and where no zone is told."""
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


# what is pressed and sent


def button_pressed(activity: Json, workspace: WorkspaceId) -> ButtonPressed | None:
    """None for what isn't a button of ours."""
    remembered = recall(data_of(activity))
    if remembered.action is None:
        return None
    message = text_at(activity, "replyToId")
    return ButtonPressed(source=source_of(activity, workspace, message=message), action=remembered.action)


def form_submitted(activity: Json, workspace: WorkspaceId) -> FormSubmitted | None:
    """None for a form that isn't ours. A dialog remembers from which message it was opened: Teams names none."""
    remembered = recall(data_of(activity))
    if remembered.action is None:
        return None
    message = text_at(activity, "replyToId") or remembered.message
    source = replace(source_of(activity, workspace, message=message), conversation=origin_of(activity).conversation)
    return FormSubmitted(source=source, action=remembered.action, values=values_of(data_of(activity)))


def pressed_on_card(activity: Json, workspace: WorkspaceId) -> ButtonPressed | FormSubmitted | None:
    """A button in a message. A form may come without a single value: Teams leaves out the fields that are empty."""
    if recall(data_of(activity)).form:
        return form_submitted(activity, workspace)
    return button_pressed(activity, workspace)


def origin_of(activity: Json) -> Remembered:
    """For the form that is opened now: the message whose button was pressed, through however many dialogs."""
    kept = recall(data_of(activity))
    return Remembered(
        conversation=kept.conversation or conversation_of(activity),
        message=text_at(activity, "replyToId") or kept.message,
    )


def data_of(activity: Json) -> object:
    """What a button carries, and what was typed beside it, in whichever way it was pressed."""
    if activity["type"] == "message":
        return activity.get("value")
    if text_at(activity, "name") == CARD_ACTION:
        return at(activity, "value", "action", "data")
    return at(activity, "value", "data")


# a message that somebody points at


def shortcut_used(activity: Json, workspace: WorkspaceId) -> ShortcutUsed | None:
    """None where the message can't be told apart from others. The source names no message: it is somebody's own."""
    said = at(activity, "value", "messagePayload")
    written, when = text_at(said, "id"), time_of(text_at(said, "createdDateTime"))
    if not written or when is None:
        return None
    message = PointedMessage(
        conversation=conversation_of(activity),
        message=written,
        place=_place(activity),
        author_id=text_at(said, "from", "user", "id") or text_at(said, "from", "application", "id"),
        author=text_at(said, "from", "user", "displayName") or text_at(said, "from", "application", "displayName"),
        at=when,
        text=_pointed_words(said),
        files=_named_files(said),
        ours=_is_ours(said, activity),
    )
    name = text_at(activity, "value", "commandId")
    return ShortcutUsed(source=source_of(activity, workspace), name=name, message=message)


def _place(activity: Json) -> str:
    if is_personal(activity):
        return "a direct message"
    if text_at(activity, "conversation", "conversationType") == "groupChat":
        return "a group message"
    channel = text_at(activity, "channelData", "channel", "name")
    return f"#{channel}" if channel else "a channel"


def _is_ours(said: object, activity: Json) -> bool:
    author = text_at(said, "from", "application", "id")
    return bool(author) and text_at(activity, "recipient", "id").endswith(author)


def _pointed_words(said: object) -> str:
    words = text_at(said, "body", "content")
    if text_at(said, "body", "contentType") == "html":
        words = unescape(TAG.sub("", BREAK.sub("\n", words)))
    return "\n".join([words.strip(), *(_named(row) for row in _attached_to(said))]).strip()


def _named_files(said: object) -> tuple[SharedFile, ...]:
    """They stay where they are: Teams names them to a bot, and lets it fetch none."""
    return tuple(SharedFile(reference="", name=text_at(row, "name")) for row in _attached_to(said))


def _attached_to(said: object) -> list[object]:
    rows = at(said, "attachments")
    named = [row for row in rows if text_at(row, "name").strip()] if isinstance(rows, list) else []
    return named[:MOST_NAMED]


def _named(attachment: object) -> str:
    address = text_at(attachment, "contentUrl")
    return f"File: {text_at(attachment, 'name')}" + (f" – {address}" if address.startswith("https://") else "")


# a file that was asked for


@dataclass(frozen=True, kw_only=True)
class Consent:
    """To put a file of ours among the person's own."""

    accepted: bool
    context: Mapping[str, object]
    """What the consent card carried."""
    upload_url: str
    info: Json
    """For the card that shows the file once it is there."""


def consent_given(activity: Json) -> Consent:
    value = activity.get("value")
    context, info = at(value, "context"), at(value, "uploadInfo")
    return Consent(
        accepted=text_at(value, "action") == "accept",
        context=context if isinstance(context, dict) else {},
        upload_url=text_at(info, "uploadUrl"),
        info=info if isinstance(info, dict) else {},
    )
