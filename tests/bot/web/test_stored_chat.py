"""The browser chat over the real database and the real folder of evidence."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.web.client import WebPlatform
from bot.web.conversations import BOT, UNREAD, aside, latest_change, read_revision, visible
from storage.database import Database
from storage.evidence_files import EvidenceFiles
from storage.migrate import upgrade
from storage.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tasks.identifiers import PersonId
from tests.bot.web.chat_kit import Kit, Visitor
from tests.bot.web.memory import WORKSPACE, SteppedClock
from tests.builders import a_person, a_workspace

OLGA = PersonId("olga")
CHANNEL = "channel:compliance"


@pytest.fixture
def units(tmp_path: Path) -> Iterator[SqlUnitsOfWork]:
    url = f"sqlite:///{tmp_path}/soc2.db"
    upgrade(url)
    with Database(url) as database:
        units = SqlUnitsOfWork(database, SteppedClock())
        units.create_workspace(a_workspace())
        units.write_now(WORKSPACE, lambda unit: unit.people.add(a_person("olga", name="Olga Petrova")))
        yield units


def test_a_conversation_is_kept_in_the_database_and_its_files_in_the_folder(
    units: SqlUnitsOfWork, tmp_path: Path
) -> None:
    files = EvidenceFiles.at(str(tmp_path / "evidence"))
    kit = Kit(changes={"units": units, "files": files})
    visitor = Visitor(kit, person="olga")
    visitor.send("/soc2 tasks")
    visitor.press(2, "Answer")
    visitor.submit({"t:source": "wrong"}, {"f:proof": ("leavers.csv", b"name\nBen\n")})
    kept = visitor.page.one("input", name="k:proof").attributes["value"]
    visitor.submit({"t:source": "HiBob", "k:proof": kept})
    assert "Done, on time." in visitor.words()
    [staged] = list((tmp_path / "evidence" / "incoming").iterdir())
    assert staged.read_bytes() == b"name\nBen\n"


@pytest.mark.anyio
async def test_an_upload_goes_from_the_form_to_the_file_job(units: SqlUnitsOfWork, tmp_path: Path) -> None:
    files = EvidenceFiles.at(str(tmp_path / "evidence"))
    files.stage("abc", b"x" * 3_000_000)
    platform = WebPlatform(workspace=WORKSPACE, units=units, files=files)
    assert sum([len(chunk) async for chunk in platform.fetch("abc", limit=3_000_000)]) == 3_000_000


def _say(unit: SqlUnitOfWork, *, place: str, words: str) -> int:
    return unit.chat.add(place, BOT, words, unit.now)


def test_a_person_sees_the_channel_and_their_own_asides_in_order(units: SqlUnitsOfWork) -> None:
    def said(*places: str) -> None:
        for number, place in enumerate(places):
            units.write_now(WORKSPACE, partial(_say, place=place, words=str(number)))

    said(CHANNEL, aside(CHANNEL, OLGA), CHANNEL, aside(CHANNEL, PersonId("max")))
    seen = units.read_now(WORKSPACE, lambda unit: visible(unit.chat, CHANNEL, OLGA, since=UNREAD, limit=10))
    assert [message.html for message in seen] == ["0", "1", "2"]


def test_reading_on_from_a_revision_gives_only_what_changed_since(units: SqlUnitsOfWork) -> None:
    def add(place: str) -> int:
        return units.write_now(WORKSPACE, partial(_say, place=place, words="x"))

    first, _, _ = add(CHANNEL), add(CHANNEL), add(aside(CHANNEL, OLGA))
    read = units.read_now(WORKSPACE, lambda unit: latest_change(unit.chat, CHANNEL, OLGA))
    own = add(aside(CHANNEL, OLGA))
    units.write_now(WORKSPACE, lambda unit: unit.chat.edit(first, "y", unit.now))
    since = read_revision(str(read))
    changed = units.read_now(WORKSPACE, lambda unit: visible(unit.chat, CHANNEL, OLGA, since=since, limit=10))
    assert [message.id for message in changed] == [first, own]
