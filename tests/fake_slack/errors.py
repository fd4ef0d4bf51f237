"""Every error that Slack's reference lists for the methods we call: what the fake can be told to answer."""

from collections.abc import Mapping

COMMON = (
    *("access_denied", "accesslimited", "account_inactive", "deprecated_endpoint", "ekm_access_denied"),
    *("enterprise_is_restricted", "fatal_error", "internal_error", "invalid_arg_name", "invalid_arguments"),
    *("invalid_array_arg", "invalid_auth", "invalid_charset", "invalid_form_data", "invalid_post_type"),
    *("method_deprecated", "missing_post_type", "missing_scope", "no_permission", "not_allowed_token_type"),
    *("not_authed", "org_login_required", "ratelimited", "request_timeout", "service_unavailable"),
    *("team_access_not_granted", "team_added_to_org", "token_expired", "token_revoked", "two_factor_setup_required"),
)
MESSAGE = (
    *("as_user_not_supported", "attachment_payload_limit_exceeded", "channel_not_found", "external_channel_migrating"),
    *("invalid_attachments", "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format"),
    *("invalid_metadata_schema", "is_archived", "is_inactive", "markdown_text_conflict", "message_limit_exceeded"),
    *("messages_tab_disabled", "metadata_must_be_sent_from_app", "metadata_too_large", "msg_blocks_too_long"),
    *("msg_too_long", "no_text", "not_in_channel", "rate_limited", "team_not_found", "too_many_attachments"),
    *("restricted_action", "restricted_action_non_threadable_channel", "restricted_action_read_only_channel"),
    *("restricted_action_thread_locked", "restricted_action_thread_only_channel", "too_many_contact_cards"),
    *("slack_connect_blocked_file_type", "slack_connect_canvas_sharing_blocked"),
    *("slack_connect_clip_sharing_blocked", "slack_connect_file_link_sharing_blocked"),
    *("slack_connect_file_upload_sharing_blocked",),
)
HISTORY = (
    *("channel_not_found", "channel_type_not_supported", "invalid_cursor", "invalid_limit"),
    *("invalid_metadata_filter_keys", "invalid_ts_latest", "invalid_ts_oldest", "not_in_channel", "team_not_found"),
)
VIEW = ("duplicate_external_id", "not_enabled", "view_too_large", "invalid_blocks", "invalid_blocks_format")
TRIGGER = ("exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_exchanged", "trigger_expired")

BEYOND: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": ("forbidden_team", "internal_error"),
    "auth.test": (),
    "chat.getPermalink": ("channel_not_found", "message_not_found"),
    "chat.postEphemeral": (*MESSAGE, "user_not_in_channel"),
    "chat.postMessage": (
        *MESSAGE,
        *("cannot_reply_to_message", "duplicate_channel_not_found", "duplicate_message_not_found"),
    ),
    "chat.update": (
        *MESSAGE,
        *("block_mismatch", "cant_update_message", "edit_window_closed", "file_not_found", "is_workflow_message"),
        *("message_not_found", "too_many_files", "update_failed"),
    ),
    "conversations.history": HISTORY,
    "conversations.open": (
        *("cannot_dm_bot", "channel_not_found", "invalid_types", "invalid_user_combination", "not_enough_users"),
        *("method_not_supported_for_channel_type", "too_many_users", "user_disabled", "user_not_found"),
        *("user_not_visible", "users_list_not_supplied"),
    ),
    "files.completeUploadExternal": (
        *("blocked_file_type", "channel_not_found", "file_not_found", "file_update_failed", "invalid_channel"),
        *("malware_detected", "not_in_channel", "posting_to_channel_denied", "storage_limit_reached"),
        *("file_upload_size_restricted", "file_uploads_disabled", "file_uploads_except_images_disabled"),
        *("slack_connect_blocked_file_type", "slack_connect_file_upload_sharing_blocked", "user_not_found"),
    ),
    "files.getUploadURLExternal": (
        *("alt_txt_too_large", "blocked_file_type", "file_upload_init_failed", "file_upload_size_restricted"),
        *("file_uploads_disabled", "file_uploads_except_images_disabled", "missing_argument", "snippet_too_large"),
        *("storage_limit_reached", "unknown_snippet_type", "unknown_subtype"),
    ),
    "files.info": ("file_deleted", "file_not_found", "timeout"),
    "users.info": ("team_not_found", "user_not_found", "user_not_visible"),
    "users.list": ("invalid_cursor", "invalid_limit", "limit_required"),
    "users.lookupByEmail": ("users_not_found",),
    "views.open": (*VIEW, *TRIGGER),
    "views.publish": (*VIEW, "hash_conflict", "not_enabled", "user_not_found"),
    "views.push": (*VIEW, *TRIGGER, "no_view_open", "push_limit_reached"),
    "views.update": (*VIEW, "hash_conflict", "not_found", "view_not_found"),
}
ERRORS: Mapping[str, tuple[str, ...]] = {
    method: tuple(dict.fromkeys((*COMMON, *more))) for method, more in BEYOND.items()
}
