"""files.*: what the bot reads, and the three steps of an upload."""

from tests.fake_slack.arguments import objects, required
from tests.fake_slack.records import File, Json, Message, Refusal
from tests.fake_slack.workspace import Workspace


def files_info(slack: Workspace, args: Json) -> Json:
    return {"file": find_file(slack, required(args, "file")).as_json()}


def get_upload_url(slack: Workspace, args: Json) -> Json:
    name, length = required(args, "filename"), str(args.get("length", ""))
    if not length.isdecimal() or int(length) == 0:
        raise Refusal("invalid_arguments", "[ERROR] length must be more than 0 [json-pointer:/length]")
    file = slack.add_file(name, b"", user=slack.bot_user_id, declared_size=int(length))
    file.uploaded = False
    return {"upload_url": f"{slack.host}/upload/v1/{file.id}", "file_id": file.id}


def take_upload(slack: Workspace, identity: str, content: bytes) -> None:
    file = find_file(slack, identity)
    if len(content) != file.size:
        raise Refusal("length_mismatch", f"{file.size} announced, {len(content)} sent")
    file.content = content


def complete_upload(slack: Workspace, args: Json) -> Json:
    wanted = objects(args, "files", "invalid_arguments")
    if not wanted:
        raise Refusal("invalid_arguments", "[ERROR] missing required field: files")
    files = [_completed(slack, str(each.get("id"))) for each in wanted]
    if args.get("channel_id"):
        _share(slack, args, files)
    return {"files": [{"id": file.id, "title": file.name} for file in files]}


def find_file(slack: Workspace, identity: str) -> File:
    if identity not in slack.stored_files:
        raise Refusal("file_not_found", fault=False)
    return slack.stored_files[identity]


def _completed(slack: Workspace, identity: str) -> File:
    file = find_file(slack, identity)
    if not file.content:
        raise Refusal("file_not_found", "its bytes were never sent")
    file.uploaded = True
    return file


def _share(slack: Workspace, args: Json, files: list[File]) -> None:
    channel = slack.channels.get(str(args["channel_id"]))
    if channel is None:
        raise Refusal("channel_not_found", fault=False)
    text = str(args.get("initial_comment") or "")
    slack.check_message(text, [], [])
    message = Message(
        channel=channel.id, ts=slack.new_ts(), user=slack.bot_user_id, text=text, thread_ts=args.get("thread_ts")
    )
    message.bot_id, message.files = slack.bot_id, [file.as_json() for file in files]
    slack.keep_message(message)
