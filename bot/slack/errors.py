"""What Slack's error codes mean to us. Every code its reference lists for a method we call stands here once.

From the method pages of docs.slack.dev. One that is not listed ends its message and is logged as an error, so that
somebody reads it before anything is tried again because of it.
"""

import logging
from collections.abc import Sequence

from bot.platform import NotPermitted, OurFault, PlatformError, RetryLater, TokenRevoked, Undeliverable

log = logging.getLogger(__name__)

TOKEN = frozenset(
    {
        *("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"),
        *("org_login_required", "two_factor_setup_required"),
    }
)
"""The token's own end. `account_inactive` is about the bot; a deactivated recipient is `user_disabled`."""

PASSING = frozenset(
    {
        *("accesslimited", "ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"),
        *("message_limit_exceeded", "external_channel_migrating"),
    }
)
DOUBTFUL = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "timeout",
    }
)
"""Slack says of these that the call may have worked in part."""

NOT_PERMITTED = frozenset(
    {
        *("missing_scope", "no_permission", "not_allowed_token_type", "access_denied", "team_access_not_granted"),
        *("ekm_access_denied", "enterprise_is_restricted", "not_enabled"),
        "forbidden_team",
    }
)
"""Until an admin changes something in Slack."""

OUT_OF_REACH = frozenset(
    {
        # who or where
        *("user_disabled", "user_not_found", "users_not_found", "user_not_visible", "user_not_in_channel"),
        *("cannot_dm_bot", "messages_tab_disabled", "is_inactive"),
        *("channel_not_found", "not_in_channel", "is_archived", "team_not_found", "posting_to_channel_denied"),
        *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("restricted_action_non_threadable_channel", "restricted_action_thread_locked"),
        *("method_not_supported_for_channel_type", "invalid_user_combination"),
        *("slack_connect_file_link_sharing_blocked", "slack_connect_blocked_file_type"),
        *("slack_connect_file_upload_sharing_blocked", "slack_connect_canvas_sharing_blocked"),
        "slack_connect_clip_sharing_blocked",
        # what was there and is gone, or can't be changed any more
        *("message_not_found", "cant_update_message", "edit_window_closed", "update_failed", "is_workflow_message"),
        *("cannot_reply_to_message", "thread_not_found", "file_not_found", "file_deleted", "file_update_failed"),
        *("blocked_file_type", "malware_detected", "storage_limit_reached", "file_upload_size_restricted"),
        *("file_uploads_disabled", "file_uploads_except_images_disabled"),
        # a form or a Home that came too late
        *("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "hash_conflict"),
        *("not_found", "view_not_found", "push_limit_reached", "no_view_open"),
    }
)
"""Nothing is wrong with what was sent: this person, place, message or form can't be reached."""

OUR_CODES = frozenset(
    {
        # a message
        *("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"),
        *("too_many_attachments", "attachment_payload_limit_exceeded", "block_mismatch", "markdown_text_conflict"),
        *("metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema", "as_user_not_supported"),
        *("metadata_must_be_sent_from_app", "duplicate_message_not_found", "duplicate_channel_not_found"),
        *("too_many_contact_cards", "invalid_attachments"),
        # a view
        *("view_too_large", "duplicate_external_id", "invalid_trigger_id"),
        # an argument
        *("invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_json"),
        *("invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type", "json_not_object"),
        *("missing_argument", "invalid_types"),
        *("invalid_cursor", "invalid_limit", "limit_required", "invalid_ts_latest", "invalid_ts_oldest"),
        *("invalid_metadata_filter_keys", "invalid_channel", "channel_type_not_supported", "invalid_thread_ts"),
        *("users_list_not_supplied", "not_enough_users", "too_many_users", "too_many_files"),
        *("unknown_method", "unknown_subtype", "unknown_snippet_type"),
        *("alt_txt_too_large", "snippet_too_large", "file_upload_init_failed"),
        *("http 400", "http 413", "http 414"),
        # a way that Slack has closed
        *("method_deprecated", "deprecated_endpoint", "upgrade_required"),
    }
)
"""Our own mistake: no repetition mends it."""

EVERY_CODE = TOKEN | PASSING | DOUBTFUL | NOT_PERMITTED | OUT_OF_REACH | OUR_CODES


def meaning(method: str, word: str, *, status: int, after: float, details: Sequence[str] = ()) -> PlatformError:
    """word: Slack's error, empty where the answer held none. after: the seconds of Retry-After."""
    bare, word = not word, word or f"http {status}"
    reason = f"{method}: {word}"
    if status == 429 or word in PASSING:
        return RetryLater(reason, after=after)
    if status >= 500 or word in DOUBTFUL or (bare and word not in OUR_CODES):
        return RetryLater(reason, in_doubt=True)
    if word in TOKEN:
        return TokenRevoked(reason)
    if word in NOT_PERMITTED:
        log.error("Slack does not permit this app what it needs: %s", reason)
        return NotPermitted(reason)
    if word in OUT_OF_REACH:
        return Undeliverable(reason)
    _report(reason, word, details)
    return OurFault(reason)


def _report(reason: str, word: str, details: Sequence[str]) -> None:
    told = "refuses what we sent" if word in OUR_CODES else "gave an error that we don't know"
    log.error("Slack %s: %s %s", told, reason, list(details))
