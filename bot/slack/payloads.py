"""What Slack says → what a person did. Pure: nothing is fetched, nothing answered, nothing trusted to be there."""

import hashlib
import json
from collections.abc import Mapping

from bot.json_body import Json as Json
from bot.json_body import at as at
from bot.json_body import text_at as text_at
from bot.slack.modals import recall
from bot.slack.mrkdwn import unescape
from handlers.actions import decode
from handlers.requests import (
    ButtonPressed,
    CommandTyped,
    FileShared,
    FormSubmitted,
    HomeOpened,
    SharedFile,
    Source,
    TextSent,
    Value,
)
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member

OBJECTS = ("event", "view", "container", "message", "channel", "state")
OBJECTS_OR_TEXTS = ("team", "user", "enterprise")
LISTS = ("authorizations", "actions", "response_urls")
PARTS = frozenset((*OBJECTS, *OBJECTS_OR_TEXTS, *LISTS))
COMMAND = "/soc2"
ENVELOPE = "envelope_id"
"""Put into a payload that came over Socket Mode; Slack has no such part."""
EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "file_change",
    "file_deleted",
    "message",
    "team_join",
    "tokens_revoked",
    "user_change",
)
INTERACTIONS = ("block_actions", "view_submission", "message_action")


def is_well_shaped(payload: Json) -> bool:
    """Bolt reads these parts before any listener does, and falls over when they are of another kind."""
    if "command" in payload:
        return PARTS.isdisjoint(payload) and all(isinstance(value, str) for value in payload.values())
    return (
        isinstance(payload.get("type"), str)
        and all(isinstance(payload.get(name, {}), dict | None) for name in OBJECTS)
        and all(isinstance(payload.get(name, {}), dict | str | None) for name in OBJECTS_OR_TEXTS)
        and all(_is_list_of_objects(payload.get(name)) for name in LISTS)
        and _has_its_parts(payload)
    )


def _is_list_of_objects(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def _has_its_parts(payload: Json) -> bool:
    match payload.get("type"):
        case "block_actions":
            return bool(text_at(payload, "actions", 0, "action_id")) and bool(text_at(payload, "user", "id"))
        case "message_action":
            return bool(text_at(payload, "callback_id")) and bool(text_at(payload, "user", "id"))
        case "view_submission" | "view_closed":
            return isinstance(at(payload, "view", "callback_id"), str) and bool(text_at(payload, "user", "id"))
        case "event_callback":
            return bool(text_at(payload, "event", "type")) and bool(text_at(payload, "event_id"))
        case _:
            return True


def kind_of(payload: Json) -> str | None:
    """The part of the app that a payload is for; None where there is none, and an empty answer is all it gets."""
    kind = payload.get("type")
    if "command" in payload:
        return "command" if payload["command"] == COMMAND else None
    if kind == "event_callback":
        return "event" if text_at(payload, "event", "type") in EVENTS else None
    return kind if kind in INTERACTIONS else None


def team_of(payload: Json) -> str:
    """The team whose installation this is for, which in shared channels isn't always the person's own."""
    if "command" in payload:
        return text_at(payload, "team_id")
    return (
        text_at(payload, "view", "app_installed_team_id")
        or text_at(payload, "authorizations", 0, "team_id")
        or text_at(payload, "team", "id")
        or text_at(payload, "team_id")
    )


def is_stranger(payload: Json) -> bool:
    """Somebody of another organisation, in a channel shared with it. A command names no team but its own."""
    if "command" in payload:
        return False
    home = {team_of(payload), text_at(payload, "enterprise", "id"), text_at(payload, "enterprise_id")}
    theirs = (
        text_at(payload, "user", "team_id"),
        text_at(payload, "team", "id"),
        text_at(payload, "event", "user_team"),
        text_at(payload, "event", "team"),
    )
    return any(team and team not in home for team in theirs)


def command_typed(payload: Json, workspace: WorkspaceId) -> CommandTyped:
    source = Source(
        platform="slack",
        workspace=workspace,
        user=text_at(payload, "user_id"),
        user_name=text_at(payload, "user_name"),
        conversation=text_at(payload, "channel_id"),
        delivery=delivery_of("command", text_at(payload, "trigger_id")),
    )
    return CommandTyped(source=source, text=text_at(payload, "text"))


def button_pressed(payload: Json, workspace: WorkspaceId) -> ButtonPressed | None:
    """None for what isn't a button of ours: a link, a menu, a value nobody rendered."""
    action = decode(text_at(payload, "actions", 0, "value"))
    if action is None:
        return None
    remembered = recall(text_at(payload, "view", "private_metadata"))
    source = Source(
        platform="slack",
        workspace=workspace,
        user=text_at(payload, "user", "id"),
        conversation=conversation_of(payload) or remembered.conversation,
        message=text_at(payload, "container", "message_ts") or remembered.message,
        delivery=delivery_of("click", text_at(payload, "trigger_id")),
    )
    return ButtonPressed(source=source, action=action)


def conversation_of(payload: Json) -> str:
    return text_at(payload, "container", "channel_id") or text_at(payload, "channel", "id")


def is_dead_button(payload: Json) -> bool:
    """A button with a value that we can't have written: shown by an older version, or forged."""
    return bool(text_at(payload, "actions", 0, "value")) and text_at(payload, "actions", 0, "type") == "button"


def form_submitted(payload: Json, workspace: WorkspaceId, people: Mapping[str, str]) -> FormSubmitted | None:
    """`people`: Slack user id → person id, for those chosen in the form. None for a form that isn't ours."""
    remembered = recall(text_at(payload, "view", "private_metadata"))
    if remembered.action is None:
        return None
    source = Source(
        platform="slack",
        workspace=workspace,
        user=text_at(payload, "user", "id"),
        conversation=remembered.conversation,
        message=remembered.message,
        delivery=_submissiondelivery_of(payload),
    )
    values = {name: _value(state, people) for name, state in _states(payload).items()}
    return FormSubmitted(source=source, action=remembered.action, values=values)


def chosen_users(payload: Json) -> dict[str, str]:
    """Field name → Slack user id, of the fields where a user was picked."""
    picked = {name: text_at(state, "selected_user") for name, state in _states(payload).items()}
    return {name: user for name, user in picked.items() if user}


def message_sent(payload: Json, workspace: WorkspaceId) -> TextSent | FileShared | None:
    """None for what isn't a person's new message to the bot."""
    event = at(payload, "event")
    is_new = text_at(event, "subtype") in ("", "file_share") and not at(event, "bot_id") and not at(event, "hidden")
    user, written, conversation = text_at(event, "user"), text_at(event, "ts"), text_at(event, "channel")
    if not (is_new and user and written and conversation and text_at(event, "channel_type") == "im"):
        return None
    source = Source(
        platform="slack",
        workspace=workspace,
        user=user,
        conversation=conversation,
        message=written,
        delivery=text_at(payload, "event_id"),
    )
    thread = text_at(event, "thread_ts")
    thread = "" if thread == written else thread
    files, text = files_of(at(event, "files")), unescape(text_at(event, "text"))
    if files:
        return FileShared(source=source, files=files, text=text, thread=thread)
    return TextSent(source=source, text=text, thread=thread)


def home_opened(payload: Json, workspace: WorkspaceId) -> HomeOpened | None:
    """None for the tab with the messages, and for nobody's."""
    user = text_at(payload, "event", "user")
    if not user or text_at(payload, "event", "tab") != "home":
        return None
    delivery = text_at(payload, "event_id")
    return HomeOpened(source=Source(platform="slack", workspace=workspace, user=user, delivery=delivery))


def member(user: object) -> Member | None:
    """A row of users.list, or the user of an event. None without an id."""
    identity = text_at(user, "id")
    if not identity:
        return None
    name = text_at(user, "profile", "real_name") or text_at(user, "real_name") or text_at(user, "name")
    guest = any(at(user, mark) is True for mark in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    proves_nothing = at(user, "is_email_confirmed") is False or at(user, "is_stranger") is True
    is_bot = any(at(user, mark) is True for mark in ("is_bot", "is_workflow_bot", "is_connector_bot"))
    return Member(
        external_id=identity,
        email="" if proves_nothing else text_at(user, "profile", "email"),
        name=name,
        time_zone=text_at(user, "tz"),
        deleted=at(user, "deleted") is True,
        is_bot=is_bot or identity == "USLACKBOT",
        is_guest=guest,
    )


def delivery_of(kind: str, trigger: str) -> str:
    return f"{kind}:{trigger}" if trigger else ""


def _submissiondelivery_of(payload: Json) -> str:
    """The view's hash stays the same when fields were refused, so what was typed is part of the key."""
    view = text_at(payload, "view", "id"), text_at(payload, "view", "hash")
    typed = json.dumps(at(payload, "view", "state", "values"), sort_keys=True).encode()
    return f"view:{':'.join(view)}:{hashlib.sha256(typed).hexdigest()[:16]}"


def _states(payload: Json) -> dict[str, object]:
    """Field name → its state."""
    blocks = at(payload, "view", "state", "values")
    elements = [block for block in blocks.values() if isinstance(block, dict)] if isinstance(blocks, dict) else []
    return {str(name): state for element in elements for name, state in element.items()}


def _value(state: object, people: Mapping[str, str]) -> Value:
    match text_at(state, "type"):
        case "checkboxes" | "multi_static_select":
            options = at(state, "selected_options")
            return tuple(text_at(option, "value") for option in options) if isinstance(options, list) else ()
        case "radio_buttons" | "static_select":
            return text_at(state, "selected_option", "value")
        case "users_select":
            return people.get(text_at(state, "selected_user"), "")
        case "datepicker":
            return text_at(state, "selected_date")
        case "file_input":
            return files_of(at(state, "files"))
        case _:
            return text_at(state, "value")


def files_of(files: object) -> tuple[SharedFile, ...]:
    rows = files if isinstance(files, list) else []
    return tuple(_file(row) for row in rows if text_at(row, "id"))


def _file(row: object) -> SharedFile:
    size = at(row, "size")
    return SharedFile(
        reference=text_at(row, "id"),
        name=text_at(row, "name") or text_at(row, "title") or text_at(row, "id"),
        declared_type=text_at(row, "mimetype"),
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
    )
