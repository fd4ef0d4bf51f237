"""What each error of each method means, said here a second time and without looking at how the code says it."""

import logging

import pytest

from bot.platform import NotPermitted, OurFault, PlatformError, RetryLater, TokenRevoked, Undeliverable
from bot.slack.errors import DOUBTFUL, EVERY_CODE, NOT_PERMITTED, OUR_CODES, OUT_OF_REACH, PASSING, TOKEN, meaning
from tests.fake_slack.errors import ERRORS

EXPECTED: dict[str, str] = {
    "passing": """accesslimited external_channel_migrating message_limit_exceeded rate_limited ratelimited
        service_unavailable team_added_to_org""",
    "in doubt": "fatal_error internal_error request_timeout timeout",
    "token": """account_inactive invalid_auth not_authed org_login_required token_expired token_revoked
        two_factor_setup_required""",
    "admin": """access_denied ekm_access_denied enterprise_is_restricted forbidden_team missing_scope no_permission
        not_allowed_token_type not_enabled team_access_not_granted""",
    "out of reach": """blocked_file_type cannot_dm_bot cannot_reply_to_message cant_update_message channel_not_found
        edit_window_closed exchanged_trigger_id expired_trigger_id file_deleted file_not_found file_update_failed
        file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled storage_limit_reached
        hash_conflict invalid_user_combination is_archived is_inactive is_workflow_message malware_detected
        message_not_found messages_tab_disabled method_not_supported_for_channel_type no_view_open not_found
        not_in_channel posting_to_channel_denied push_limit_reached restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
        restricted_action_thread_only_channel slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
        slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked team_not_found trigger_exchanged trigger_expired update_failed
        user_disabled user_not_found user_not_in_channel user_not_visible users_not_found view_not_found""",
    "ours": """alt_txt_too_large as_user_not_supported attachment_payload_limit_exceeded block_mismatch
        channel_type_not_supported deprecated_endpoint duplicate_channel_not_found duplicate_external_id
        duplicate_message_not_found file_upload_init_failed invalid_arg_name invalid_arguments invalid_array_arg
        invalid_attachments invalid_blocks invalid_blocks_format invalid_channel invalid_charset invalid_cursor
        invalid_form_data invalid_limit invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema
        invalid_post_type invalid_trigger_id invalid_ts_latest invalid_ts_oldest invalid_types limit_required
        markdown_text_conflict metadata_must_be_sent_from_app metadata_too_large method_deprecated missing_argument
        missing_post_type msg_blocks_too_long msg_too_long no_text not_enough_users snippet_too_large
        too_many_attachments too_many_contact_cards too_many_files too_many_users unknown_snippet_type unknown_subtype
        users_list_not_supplied view_too_large""",
}
KIND = {word: kind for kind, words in EXPECTED.items() for word in words.split()}
EVERYTHING = [(method, word) for method, words in ERRORS.items() for word in words]


def kind_of(error: PlatformError) -> str:
    if isinstance(error, RetryLater):
        return "in doubt" if error.in_doubt else "passing"
    kinds = {TokenRevoked: "token", NotPermitted: "admin", OurFault: "ours", Undeliverable: "out of reach"}
    return kinds[type(error)]


def told(method: str, word: str, status: int = 200) -> PlatformError:
    return meaning(method, word, status=status, after=17)


def test_there_is_an_expectation_for_every_error_of_every_method_and_for_no_other() -> None:
    assert set(KIND) == {word for _, word in EVERYTHING}
    assert len(EVERYTHING) > 700


@pytest.mark.parametrize("method", ERRORS)
def test_every_error_a_method_can_give_is_understood(method: str, caplog: pytest.LogCaptureFixture) -> None:
    found = {word: kind_of(told(method, word)) for word in ERRORS[method]}

    assert found == {word: KIND[word] for word in ERRORS[method]}
    assert "don't know" not in caplog.text, "none of them comes as a surprise"


@pytest.mark.parametrize("method", ERRORS)
def test_what_is_our_bug_and_what_an_admin_must_mend_is_an_error_in_the_log(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    for word in ERRORS[method]:
        caplog.clear()
        told(method, word)
        levels = [record.levelno for record in caplog.records]
        assert levels == ([logging.ERROR] if KIND[word] in ("ours", "admin") else []), word


def test_each_code_means_one_thing() -> None:
    parts = (TOKEN, PASSING, DOUBTFUL, NOT_PERMITTED, OUT_OF_REACH, OUR_CODES)

    assert sum(map(len, parts)) == len(EVERY_CODE)


def test_an_error_slack_invents_one_day_ends_its_message_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert kind_of(told("chat.postMessage", "blocks_were_boring")) == "ours"
    assert "gave an error that we don't know: chat.postMessage: blocks_were_boring" in caplog.text


def test_what_slack_says_is_wrong_with_a_message_is_logged_with_it(caplog: pytest.LogCaptureFixture) -> None:
    meaning("chat.postMessage", "invalid_blocks", status=200, after=30, details=["[json-pointer:/blocks/0]"])

    assert "refuses what we sent: chat.postMessage: invalid_blocks ['[json-pointer:/blocks/0]']" in caplog.text


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, "passing"), (500, "in doubt"), (503, "in doubt"), (200, "in doubt"), (403, "in doubt"), (413, "ours")],
)
def test_an_answer_without_a_word_is_judged_by_its_status(status: int, kind: str) -> None:
    assert kind_of(told("chat.postMessage", "", status)) == kind


def test_a_rate_limit_says_how_long_it_lasts() -> None:
    limited = told("chat.postMessage", "ratelimited", 429)

    assert isinstance(limited, RetryLater)
    assert limited.after == 17
