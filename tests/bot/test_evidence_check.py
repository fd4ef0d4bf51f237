import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.evidence_check import MOST_ATTEMPTS, EvidenceCheck
from bot.platform import FetchRefused, RetryLater, TokenRevoked
from storage.evidence_files import EvidenceFiles
from tasks.evidence import Evidence, EvidenceKind, EvidenceState
from tasks.identifiers import EvidenceId, PersonId, TaskId
from tasks.notices import Occasion
from tests.bot.a_company import ACME, Company, a_company, open_a_task
from tests.bot.fake_platform import FakePlatform

pytestmark = pytest.mark.anyio
CSV = b"name,role\nAnn,admin\nBob,user\n"
EVIDENCE = EvidenceId("e1")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        company.write(open_a_task)
        yield company


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFiles:
    return EvidenceFiles.at(str(tmp_path / "evidence"))


@pytest.fixture
def web() -> FakePlatform:
    return FakePlatform(files={"ref": CSV})


def share(company: Company, name: str = "access.csv", *, size: int | None = None, platform: str = "web") -> None:
    evidence = Evidence(
        id=EVIDENCE,
        task_id=TaskId("task-1"),
        item="leaver-list",
        kind=EvidenceKind.FILE,
        name=name,
        platform=platform,
        reference="ref",
        declared_size=size,
        added_by=PersonId("olga"),
        added_at=company.clock.now(),
        next_attempt_at=company.clock.now(),
    )
    company.write(lambda uow: uow.evidence.add(evidence))


def found(company: Company) -> Evidence:
    return company.read(lambda uow: uow.evidence.get(EVIDENCE))


def a_check(company: Company, files: EvidenceFiles, web: FakePlatform, *, largest: int = 1_000_000) -> EvidenceCheck:
    return EvidenceCheck(
        units=company.units, platforms=lambda _: {"web": web}, files=files, jitter=lambda: 0.0, largest=largest
    )


async def test_a_good_file_is_kept_under_its_hash_and_bound(
    company: Company, files: EvidenceFiles, web: FakePlatform
) -> None:
    share(company)
    check = a_check(company, files, web)
    assert [await check.check(ACME), await check.check(ACME)] == [1, 0]
    evidence = found(company)
    assert evidence.state is EvidenceState.BOUND
    assert (evidence.sha256, evidence.media_type, evidence.size, evidence.row_count) == (
        hashlib.sha256(CSV).hexdigest(),
        "text/csv",
        len(CSV),
        2,
    )
    assert files.get(evidence.sha256) == CSV


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "access.csv", "is empty"),
        (b"<!doctype html><title>Sign in", "access.csv", "web page"),
        (b"MZ\x90\0" + b"\0" * 99, "access.exe", "not accepted"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "access.pdf", "holds something else"),
    ],
)
async def test_a_bad_file_is_refused_with_what_to_do_and_not_kept(
    company: Company, files: EvidenceFiles, web: FakePlatform, content: bytes, name: str, told: str
) -> None:
    web.files["ref"] = content
    share(company, name)
    await a_check(company, files, web).check(ACME)
    evidence = found(company)
    assert evidence.state is EvidenceState.REJECTED
    assert told in evidence.problem
    assert not files.exists(hashlib.sha256(content).hexdigest())
    notices = company.read(lambda uow: uow.notices.of_task(TaskId("task-1")))
    assert [one.key.recipient for one in notices if one.key.occasion is Occasion.FILE_PROBLEM] == ["person:olga"]


@pytest.mark.parametrize("declared", [None, 10, 5_000])
async def test_a_file_that_is_too_large_is_refused_whatever_was_declared(
    company: Company, files: EvidenceFiles, web: FakePlatform, declared: int | None
) -> None:
    web.files["ref"] = b"a,b\n" * 1000
    share(company, size=declared)
    await a_check(company, files, web, largest=2_000).check(ACME)
    assert "is larger than" in found(company).problem


async def test_a_file_the_platform_refuses_is_refused_in_the_platform_s_words(
    company: Company, files: EvidenceFiles, web: FakePlatform
) -> None:
    web.failures["fetch"] = [FetchRefused("The file is not on Slack's own address. Upload it here.")]
    share(company)
    await a_check(company, files, web).check(ACME)
    assert found(company).problem == "The file is not on Slack's own address. Upload it here."


async def test_a_fetch_that_failed_is_tried_again_later_and_then_binds(
    company: Company, files: EvidenceFiles, web: FakePlatform
) -> None:
    web.failures["fetch"] = [RetryLater("down", after=20), OSError("a bug")]
    share(company)
    check = a_check(company, files, web)
    assert await check.check(ACME) == 1
    company.clock.step(seconds=19)
    assert await check.check(ACME) == 0
    company.clock.step(seconds=1)
    assert await check.check(ACME) == 1
    assert (found(company).state, found(company).attempts) == (EvidenceState.CHECKING, 2)
    company.clock.step(minutes=2)
    await check.check(ACME)
    assert found(company).state is EvidenceState.BOUND


async def test_after_six_attempts_the_person_is_asked_to_send_it_again(
    company: Company, files: EvidenceFiles, web: FakePlatform
) -> None:
    web.failures["fetch"] = [RetryLater("down", after=1) for _ in range(MOST_ATTEMPTS)]
    share(company)
    for _ in range(MOST_ATTEMPTS):
        await a_check(company, files, web).check(ACME)
        company.clock.step(minutes=16)
    assert found(company).problem == "access.csv could not be fetched in 6 attempts. Please send it again."


@pytest.mark.parametrize("platform", ["web", "slack"])
async def test_a_platform_that_is_disconnected_costs_no_attempt_limit(
    company: Company, files: EvidenceFiles, web: FakePlatform, platform: str
) -> None:
    web.failures["fetch"] = [TokenRevoked("token_revoked") for _ in range(10)]
    share(company, platform=platform)
    for _ in range(10):
        await a_check(company, files, web).check(ACME)
        company.clock.step(minutes=16)
    assert found(company).state is EvidenceState.CHECKING
