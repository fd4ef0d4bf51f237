"""A strict Teams on a loopback socket: it refuses what the connector refuses, and what ours must not send."""

from tests.fake_teams.records import Chat, Dialog, File, Message, Person, Refusal, Violation
from tests.fake_teams.server import FakeTeams

__all__ = ["Chat", "Dialog", "FakeTeams", "File", "Message", "Person", "Refusal", "Violation"]
