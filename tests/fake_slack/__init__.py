"""A strict Slack that lives on a loopback socket: it refuses what the real one refuses, and what ours must not send."""

from tests.fake_slack.records import Channel, File, Message, Refusal, User, View, Violation
from tests.fake_slack.scopes import OUR_SCOPES
from tests.fake_slack.server import FakeSlack

__all__ = ["OUR_SCOPES", "Channel", "FakeSlack", "File", "Message", "Refusal", "User", "View", "Violation"]
