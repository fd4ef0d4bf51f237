"""views.* and the view answers an app gives to a submission."""

from tests.fake_slack.arguments import required, structure
from tests.fake_slack.records import Json, Refusal, View
from tests.fake_slack.workspace import MODALS_STACKED, Workspace


def open_view(slack: Workspace, args: Json) -> Json:
    content = _checked(slack, args, "modal")
    trigger = slack.take_trigger(required(args, "trigger_id"))
    for view in slack.stack(trigger.user):
        view.closed = True
    return {"view": slack.put_view(trigger.user, content).as_json()}


def push_view(slack: Workspace, args: Json) -> Json:
    content = _checked(slack, args, "modal")
    trigger = slack.take_trigger(required(args, "trigger_id"))
    return {"view": push_on(slack, trigger.user, content).as_json()}


def update_view(slack: Workspace, args: Json) -> Json:
    view = _find(slack, args)
    content = _checked(slack, args, view.content["type"], instead_of=view)
    _refuse_race(view, args)
    return {"view": slack.replace_view(view, content).as_json()}


def publish_view(slack: Workspace, args: Json) -> Json:
    user = required(args, "user_id")
    content = _checked(slack, args, "home")
    if user not in slack.users:
        raise Refusal("user_not_found", fault=False)
    if user not in slack.homes:
        slack.homes[user] = slack.put_view(user, content)
        return {"view": slack.homes[user].as_json()}
    _refuse_race(slack.homes[user], args)
    return {"view": slack.replace_view(slack.homes[user], content).as_json()}


def push_on(slack: Workspace, user: str, content: Json) -> View:
    stack = slack.stack(user)
    if not stack:
        raise Refusal("no_view_open", "views.push needs a modal that is open")
    if len(stack) >= MODALS_STACKED:
        raise Refusal("push_limit_reached")
    return slack.put_view(user, content, previous=stack[-1])


def apply_submission_answer(slack: Workspace, view: View, answer: Json) -> None:
    """What Slack does with the body of the answer to a view_submission; an empty one closes the view."""
    action = answer.get("response_action")
    if action in ("update", "push"):
        content = _checked(slack, answer, "modal", instead_of=view if action == "update" else None)
        slack.replace_view(view, content) if action == "update" else push_on(slack, view.user, content)
    elif action == "clear":
        for each in slack.stack(view.user):
            each.closed = True
    elif action == "errors":
        _check_errors(view, answer.get("errors"))
    elif not answer:
        view.closed = True
    else:
        raise Refusal("invalid_response_action", f"{answer!r}")


def _check_errors(view: View, errors: object) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refusal("invalid_response_errors", f"{errors!r}")
    for block, sentence in errors.items():
        if block not in inputs or not isinstance(sentence, str) or not sentence.strip():
            raise Refusal("invalid_response_errors", f"{block!r}: {sentence!r}; input blocks are {sorted(inputs)}")


def _checked(slack: Workspace, args: Json, kind: str, instead_of: View | None = None) -> Json:
    content = structure(args, "view", "invalid_arguments")
    if not isinstance(content, dict) or content.get("type") != kind:
        raise Refusal("invalid_arguments", f"[ERROR] a view of type {kind} is expected [json-pointer:/view]")
    slack.check_view(content)
    external = content.get("external_id")
    for view in slack.modals.values():
        if external and view.content.get("external_id") == external and view is not instead_of and not view.closed:
            raise Refusal("duplicate_external_id")
    return content


def _find(slack: Workspace, args: Json) -> View:
    known = [*slack.modals.values(), *slack.homes.values()]
    for view in known:
        if view.id == args.get("view_id") or (
            args.get("external_id") and view.content.get("external_id") == args["external_id"]
        ):
            return view
    raise Refusal("not_found", fault=False)


def _refuse_race(view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise Refusal("hash_conflict", fault=False)
