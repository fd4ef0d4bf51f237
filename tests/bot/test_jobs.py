from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.delivery import Delivery
from bot.evidence_check import EvidenceCheck
from bot.home import Homes
from bot.imports import ImportReading
from bot.jobs import JOBS, MOST_ROUNDS, SPEAKING, SYNC, Job, Tools, run_all, run_job
from bot.member_sync import MemberList
from bot.message_links import MessageLinks
from bot.pacing import Pace
from handlers.show_home import describe_home
from handlers.views.elements import View
from storage.evidence_files import EvidenceFiles
from tasks.identifiers import WorkspaceId
from tests.bot.a_company import ACME, START, Company, a_company, open_a_task, workspaces
from tests.bot.fake_members import FakeMemberList, a_member
from tests.bot.fake_platform import FakePlatform, files_by_hash

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


class Always:
    def hold(self) -> bool:
        return True


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        yield company


def some_tools(
    company: Company,
    folder: Path,
    platform: FakePlatform,
    *,
    members: Mapping[str, MemberList] | None = None,
    real_now: datetime = START,
) -> Tools:
    files = EvidenceFiles.at(str(folder / "evidence"))
    return Tools(
        units=company.units,
        delivery=Delivery(
            units=company.units,
            platforms=lambda _: {"web": platform},
            describe=lambda uow, notice: View(title=notice.key.occasion, summary=f"{uow.now:%d}"),
            read_file=files_by_hash,
            lock=Always(),
            pace=Pace({}),
            jitter=lambda: 0.0,
        ),
        evidence_check=EvidenceCheck(
            units=company.units, platforms=lambda _: {"web": platform}, files=files, jitter=lambda: 0.0
        ),
        import_reading=ImportReading(
            units=company.units, platforms=lambda _: {"web": platform}, files=files, jitter=lambda: 0.0
        ),
        homes=Homes(units=company.units, platforms=lambda _: {}, describe=describe_home),
        message_links=MessageLinks(units=company.units, platforms=lambda _: {"web": platform}),
        member_lists=lambda _: members or {},
        uploads=files,
        workspaces=workspaces,
        real_now=lambda: real_now,
    )


def counting(*results: int, name: str = "count") -> tuple[Job, list[WorkspaceId]]:
    """A job that returns these numbers one after the other, then 0."""
    left, ran = list(results), list[WorkspaceId]()

    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        ran.append(workspace)
        return left.pop(0) if left else 0

    return Job(name=name, every=SECOND, work=work), ran


def failing(name: str = "broken") -> Job:
    async def work(tools: Tools, workspace: WorkspaceId) -> int:
        raise ZeroDivisionError("a bug")

    return Job(name=name, every=SECOND, work=work)


async def test_a_job_is_called_until_it_has_nothing_left(company: Company, tmp_path: Path) -> None:
    job, ran = counting(50, 50, 7)
    assert await run_job(job, some_tools(company, tmp_path, FakePlatform())) == 107
    assert ran == [ACME] * 4


async def test_a_job_that_never_ends_leaves_the_rest_for_its_next_turn(company: Company, tmp_path: Path) -> None:
    job, ran = counting(*[1] * 1000)
    await run_job(job, some_tools(company, tmp_path, FakePlatform()))
    assert len(ran) == MOST_ROUNDS


async def test_a_job_that_fails_is_logged_with_its_traceback_and_stops_no_other(
    company: Company, tmp_path: Path
) -> None:
    job, ran = counting(1)
    with capture_logs() as logged:
        done = await run_all(some_tools(company, tmp_path, FakePlatform()), (failing(), job))
    assert done == {"broken": 0, "count": 1}
    assert ran
    assert {(one["event"], one["job"], one["exc_info"]) for one in logged} == {("job failed", "broken", True)}


async def test_running_all_jobs_goes_on_while_one_makes_work_for_another(company: Company, tmp_path: Path) -> None:
    first, ran_first = counting(0, 3)
    second, _ = counting(1, name="second")
    done = await run_all(some_tools(company, tmp_path, FakePlatform()), (first, second))
    assert done == {"count": 3, "second": 1}
    assert len(ran_first) == 4


async def test_a_job_that_does_all_in_one_go_is_called_once(company: Company, tmp_path: Path) -> None:
    job, ran = counting(5, 5, 5)
    once = Job(name="once", every=SECOND, work=job.work, once=True)
    assert await run_all(some_tools(company, tmp_path, FakePlatform()), (once,)) == {"once": 5}
    assert len(ran) == 1


async def test_every_job_has_a_name_of_its_own_and_a_cadence() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(SECOND <= job.every <= timedelta(days=1) for job in JOBS)
    assert [job.name for job in SPEAKING] == [
        "open-reviews",
        "recheck-reviews",
        "check-files",
        "read-imports",
        "take-over",
        "find-links",
        "deliver",
        "edit",
        "homes",
    ]


async def test_a_due_task_is_opened_its_owner_told_and_an_overdue_one_climbs_to_the_manager(
    company: Company, tmp_path: Path
) -> None:
    company.write(open_a_task)
    web = FakePlatform()
    tools = some_tools(company, tmp_path, web)
    await run_all(tools)
    assert web.to("olga") == ["opened"]
    company.clock.step(days=21)
    await run_all(tools)
    assert web.to("max") == ["compliance-lead"], "after three silent weeks only the latest rung is sent"
    assert (await run_all(tools))["deliver"] == 0, "run again it changes nothing"


async def test_people_are_synced_found_and_gone_on_with_by_three_jobs(company: Company, tmp_path: Path) -> None:
    list_of_two = FakeMemberList([[a_member("U1")], [a_member("U2")]])
    tools = some_tools(company, tmp_path, FakePlatform(), members={"slack": list_of_two})
    assert await run_job(SYNC, tools) == 0
    assert len(company.read(lambda uow: uow.people.everyone())) == 4
    await run_all(tools, [job for job in JOBS if job.name in {"resume-sync", "find-people"}])
    assert list_of_two.asked == ["", "1"], "nothing was left to go on with"
    assert list_of_two.sought, "olga and max have no account yet"


async def test_uploads_nobody_came_back_for_are_removed(company: Company, tmp_path: Path) -> None:
    job = next(job for job in JOBS if job.name == "tidy-uploads")
    later = datetime.now(START.tzinfo) + timedelta(days=8)
    tools = some_tools(company, tmp_path, FakePlatform(), real_now=later)
    EvidenceFiles.at(str(tmp_path / "evidence")).stage("abandoned", b"x")
    assert await run_job(job, tools) == 1
