import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.imports import MOST_ATTEMPTS, ImportReading
from bot.platform import FetchRefused, RetryLater, TokenRevoked
from bot.spreadsheets import CONTROL_LIST
from storage.evidence_files import EvidenceFiles
from storage.unit_of_work import SqlUnitOfWork
from tasks.evidence import FileReference
from tasks.identifiers import PersonId
from tasks.imports import Import, ImportState
from tasks.matrix.layouts import LayoutName
from tasks.matrix.stored import Asked, read_proposal
from tasks.notices import Occasion
from tasks.operations.import_matrix import start_import
from tasks.people import Actor
from tests.bot.a_company import ACME, Company, a_company
from tests.bot.fake_platform import FakePlatform
from tests.matrices import SPREADSHEET, as_csv, as_xlsx, many

pytestmark = pytest.mark.anyio
CSV = as_csv(SPREADSHEET).encode()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        yield company


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFiles:
    return EvidenceFiles.at(str(tmp_path / "evidence"))


@pytest.fixture
def web() -> FakePlatform:
    return FakePlatform(files={"ref": CSV})


@pytest.fixture
def reading(company: Company, files: EvidenceFiles, web: FakePlatform) -> ImportReading:
    return ImportReading(units=company.units, platforms=lambda _: {"web": web}, files=files, jitter=lambda: 0.0)


def hand_in(
    company: Company,
    *,
    name: str = "controls.csv",
    size: int | None = None,
    platform: str = "web",
    asked: Asked | None = None,
) -> Import:
    file = FileReference(platform=platform, reference="ref", name=name, size=size)

    def work(uow: SqlUnitOfWork) -> Import:
        actor = Actor(person=uow.people.get(PersonId("max")), platform="web", at=uow.now)
        return start_import(uow, actor, file, asked or Asked())

    return company.write(work)


def found(company: Company, item: Import) -> Import:
    return company.read(lambda uow: uow.imports.get(item.id))


async def test_a_file_is_fetched_read_kept_under_its_hash_and_told(
    company: Company, files: EvidenceFiles, reading: ImportReading
) -> None:
    item = hand_in(company)
    assert [await reading.read(ACME), await reading.read(ACME)] == [1, 0]
    read = found(company, item)
    assert (read.state, read.sha256) == (ImportState.READ, hashlib.sha256(CSV).hexdigest())
    assert [row.code for row in read_proposal(read.body).rows] == ["AC-1", "HR-7", "OP-3"]
    assert files.get(read.sha256) == CSV
    assert company.notice().key.occasion is Occasion.IMPORT_READ


async def test_what_was_said_about_the_file_is_heeded(
    company: Company, web: FakePlatform, reading: ImportReading
) -> None:
    web.files["ref"] = as_xlsx(Old=many(1), New=many(2))
    item = hand_in(company, name="controls.xlsx", asked=Asked(layout=LayoutName.DRATA, sheet="new"))
    await reading.read(ACME)
    assert "No row names the columns" in found(company, item).error
    again = hand_in(company, name="controls.xlsx", asked=Asked(sheet="new"))
    await reading.read(ACME)
    assert read_proposal(found(company, again).body).sheet == "New"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "controls.csv is empty."),
        (b"<html><body>Sign in</body></html>", "controls.csv holds a web page"),
        (b"Hello\nworld\n", "No row names the columns I need"),
        (b"a" * (CONTROL_LIST.bytes + 1), "controls.csv is larger than 5 MB."),
        (b"PK\x03\x04 broken", "controls.csv is damaged"),
    ],
)
async def test_a_file_that_is_no_list_of_controls_is_refused(
    company: Company, web: FakePlatform, reading: ImportReading, content: bytes, sentence: str
) -> None:
    web.files["ref"] = content
    item = hand_in(company)
    await reading.read(ACME)
    refused = found(company, item)
    assert refused.state is ImportState.REFUSED
    assert refused.error.startswith(sentence)


async def test_a_file_that_says_it_is_too_large_is_not_fetched(company: Company, reading: ImportReading) -> None:
    item = hand_in(company, size=CONTROL_LIST.bytes + 1)
    await reading.read(ACME)
    assert "larger than 5 MB" in found(company, item).error


async def test_a_platform_that_is_busy_is_asked_again_when_it_says_and_not_for_ever(
    company: Company, web: FakePlatform, reading: ImportReading
) -> None:
    item = hand_in(company)
    web.failures["fetch"] = [RetryLater("busy", after=20) for _ in range(MOST_ATTEMPTS)]
    await reading.read(ACME)
    waiting = found(company, item)
    assert (waiting.state, waiting.attempts) == (ImportState.FETCHING, 1)
    assert waiting.next_attempt_at == company.clock.now() + timedelta(seconds=20)
    assert await reading.read(ACME) == 0
    for _ in range(MOST_ATTEMPTS):
        company.clock.step(hours=1)
        await reading.read(ACME)
    assert found(company, item).error == "controls.csv could not be fetched in 6 attempts. Please send it again."


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (FetchRefused("It is gone."), ImportState.REFUSED),
        (TokenRevoked("revoked"), ImportState.FETCHING),
        (RuntimeError("a bug"), ImportState.FETCHING),
    ],
)
async def test_each_failure_ends_in_its_own_way(
    company: Company, web: FakePlatform, reading: ImportReading, failure: Exception, state: ImportState
) -> None:
    item = hand_in(company)
    web.failures["fetch"] = [failure]
    await reading.read(ACME)
    assert found(company, item).state is state


async def test_one_file_never_stops_the_others(company: Company, web: FakePlatform, reading: ImportReading) -> None:
    first, second = hand_in(company), hand_in(company)
    web.failures["fetch"] = [RuntimeError("a bug")]
    assert await reading.read(ACME) == 2
    assert {found(company, first).state, found(company, second).state} == {ImportState.FETCHING, ImportState.READ}


async def test_a_file_on_a_platform_that_is_not_connected_waits(company: Company, reading: ImportReading) -> None:
    item = hand_in(company, platform="teams")
    await reading.read(ACME)
    assert found(company, item).error == "teams is not connected"
