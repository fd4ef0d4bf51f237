"""Is an activity shaped as Teams shapes them? What is read of it later may then rely on every part's kind."""

from collections.abc import Mapping

from bot.json_body import Json, at, text_at

LONGEST_ID = 2_048
KINDS = frozenset(
    {
        *("message", "messageUpdate", "messageDelete", "messageReaction"),
        *("conversationUpdate", "installationUpdate", "invoke", "event"),
    }
)
"""What a bot can do something about. All else, such as typing, is acknowledged and forgotten."""

ACCOUNT: Mapping[str, type] = {"name": str, "aadObjectId": str, "role": str, "tenantId": str}
PARTS: Mapping[str, type] = {
    **dict.fromkeys(("name", "text", "locale", "localTimezone", "localTimestamp", "timestamp", "replyToId"), str),
    **dict.fromkeys(("textFormat", "action", "deliveryMode", "attachmentLayout", "summary", "callerId"), str),
    **dict.fromkeys(("recipient", "channelData"), dict),
}
LISTS = ("attachments", "entities", "membersAdded", "membersRemoved", "reactionsAdded", "reactionsRemoved")
CHANNEL_DATA: Mapping[str, type] = {
    "eventType": str,
    **dict.fromkeys(("tenant", "team", "channel", "settings", "meeting"), dict),
}
ATTACHMENT: Mapping[str, type] = {"contentType": str, "contentUrl": str, "name": str}
CARD_ACTION = "adaptiveCard/action"
OBJECT_VALUES = ("task/", "composeExtension/", "fileConsent/", "tab/", "signin/", "application/search")
"""Invokes whose value is an object, by how their names begin."""


def is_well_shaped(activity: Json) -> bool:
    return (
        all(is_id(activity.get(name)) for name in ("type", "id", "channelId"))
        and is_account(activity.get("from"))
        and is_conversation(activity.get("conversation"))
        and has_kinds(activity, PARTS)
        and all(is_list_of_objects(activity.get(name)) for name in LISTS)
        and has_well_shaped_parts(activity)
        and has_well_shaped_value(activity)
    )


def is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def is_account(value: object) -> bool:
    return isinstance(value, dict) and is_id(value.get("id")) and has_kinds(value, ACCOUNT)


def is_conversation(value: object) -> bool:
    kinds = {"tenantId": str, "conversationType": str, "name": str, "isGroup": bool}
    return isinstance(value, dict) and is_id(value.get("id")) and has_kinds(value, kinds)


def has_kinds(value: Json, kinds: Mapping[str, type]) -> bool:
    """Each part is missing, null, or of its kind."""
    return all(isinstance(value.get(name), kind | None) for name, kind in kinds.items())


def is_list_of_objects(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def has_well_shaped_parts(activity: Json) -> bool:
    data = activity.get("channelData") or {}
    people = (activity.get("recipient"), *(activity.get("membersAdded") or ()), *(activity.get("membersRemoved") or ()))
    return (
        has_kinds(data, CHANNEL_DATA)
        and all(isinstance(at(data, name, "id"), str | None) for name in ("tenant", "team", "channel"))
        and all(is_account(person) for person in people if person is not None)
        and all(has_kinds(attachment, ATTACHMENT) for attachment in activity.get("attachments") or ())
        and all(isinstance(entity.get("type"), str | None) for entity in activity.get("entities") or ())
    )


def has_well_shaped_value(activity: Json) -> bool:
    value = activity.get("value")
    if activity["type"] == "message":
        return isinstance(value, dict | str | None)
    if activity["type"] != "invoke":
        return True
    name = text_at(activity, "name")
    if name == CARD_ACTION:
        return is_card_action(value)
    return isinstance(value, dict) or not name.startswith(OBJECT_VALUES)


def is_card_action(value: object) -> bool:
    return (
        text_at(value, "action", "type") == "Action.Execute"
        and isinstance(at(value, "action", "verb"), str | None)
        and isinstance(at(value, "action", "data"), dict | None)
    )
