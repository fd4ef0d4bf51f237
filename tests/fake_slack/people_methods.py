"""auth.test, team.info, users.* and conversations.*"""

from tests.fake_slack.arguments import is_true, page, required, whole_number
from tests.fake_slack.records import Channel, Json, Message, Refusal, User
from tests.fake_slack.scopes import HISTORY, READING
from tests.fake_slack.workspace import Workspace


def auth_test(slack: Workspace, args: Json) -> Json:
    return {
        "url": f"{slack.host}/",
        "team": slack.team_name,
        "user": "soc2bot",
        "team_id": slack.team,
        "user_id": slack.bot_user_id,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


def team_info(slack: Workspace, args: Json) -> Json:
    return {"team": {"id": slack.team, "name": slack.team_name, "domain": slack.team_name.lower()}}


def users_list(slack: Workspace, args: Json) -> Json:
    if "limit" not in args:
        raise Refusal("limit_required")
    users = [user for user in slack.users.values() if not user.is_stranger]
    rows, cursor = page(users, args, whole_number(args, "limit", 0, 1000))
    members = [_shown(slack, user) for user in rows]
    return {"members": members, "cache_ts": int(slack.clock()), "response_metadata": {"next_cursor": cursor}}


def users_info(slack: Workspace, args: Json) -> Json:
    user = slack.users.get(required(args, "user"))
    if user is None:
        raise Refusal("user_not_found", fault=False)
    return {"user": _shown(slack, user)}


def users_lookup_by_email(slack: Workspace, args: Json) -> Json:
    email = required(args, "email").casefold()
    for user in slack.users.values():
        if user.email and user.email.casefold() == email and not user.deleted:
            return {"user": user.as_json()}
    raise Refusal("users_not_found", fault=False)


def conversations_open(slack: Workspace, args: Json) -> Json:
    channel = _open(slack, args)
    shown = channel.as_json() if is_true(args, "return_im") else {"id": channel.id}
    return {"channel": shown}


def conversations_info(slack: Workspace, args: Json) -> Json:
    channel = _known(slack, args, READING)
    return {"channel": channel.as_json()}


def conversations_history(slack: Workspace, args: Json) -> Json:
    channel = _known(slack, args, HISTORY)
    messages = [m for m in slack.everything if m.channel == channel.id and m.thread_ts in (None, m.ts)]
    return _told(messages[::-1], args)


def conversations_replies(slack: Workspace, args: Json) -> Json:
    channel, parent = _known(slack, args, HISTORY), required(args, "ts")
    thread = [m for m in slack.everything if m.channel == channel.id and parent in (m.ts, m.thread_ts)]
    if not thread:
        raise Refusal("thread_not_found", fault=False)
    return _told(thread, args)


def _told(messages: list[Message], args: Json) -> Json:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9" * 10)
    both_ends = is_true(args, "inclusive")
    wanted = [
        message
        for message in messages
        if not message.deleted
        and message.ephemeral_to is None
        and (float(oldest) < float(message.ts) < float(latest) or (both_ends and message.ts in (oldest, latest)))
    ]
    rows, cursor = page(wanted, args, whole_number(args, "limit", 100, 999))
    with_metadata = is_true(args, "include_all_metadata")
    told = [message.as_json(with_metadata=with_metadata) for message in rows]
    return {"messages": told, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _open(slack: Workspace, args: Json) -> Channel:
    if args.get("channel"):
        channel = slack.channels.get(str(args["channel"]))
        if channel is None or channel.user is None:
            raise Refusal("channel_not_found", fault=False)
        return channel
    if not args.get("users"):
        raise Refusal("users_list_not_supplied")
    users = str(args["users"]).split(",")
    if len(users) > 1:
        raise Refusal("missing_scope", needed="mpim:write", provided=",".join(sorted(slack.bot_scopes)))
    return slack.dm_with(users[0])


def _known(slack: Workspace, args: Json, scopes: dict[str, str]) -> Channel:
    channel = slack.channels.get(required(args, "channel"))
    if channel is None or (channel.kind == "private" and not channel.bot_is_member):
        raise Refusal("channel_not_found", fault=False)
    if scopes[channel.kind] not in slack.bot_scopes:
        provided = ",".join(sorted(slack.bot_scopes))
        raise Refusal("missing_scope", needed=scopes[channel.kind], provided=provided)
    if scopes is HISTORY and not channel.bot_is_member:
        raise Refusal("not_in_channel", fault=False)
    return channel


def _shown(slack: Workspace, user: User) -> Json:
    return user.as_json(with_email="users:read.email" in slack.bot_scopes)
