from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.member_sync import UNTIL_SOMEBODY_MENDS_IT, find_unlinked, resume_sync, sync_members
from bot.platform import RetryLater, StalePlace, TokenRevoked, Undeliverable
from tasks.operations.sync_people import REST
from tests.bot.a_company import ACME, Company, a_company
from tests.bot.fake_members import FakeMemberList, a_member

pytestmark = pytest.mark.anyio
PAGES = [[a_member("U1")], [a_member("U2")], [a_member("U3")]]
THERE_BEFORE = {"max@example.com", "olga@example.com"}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        yield company


def known(company: Company) -> set[str]:
    return {one.email for one in company.read(lambda uow: uow.people.everyone())} - THERE_BEFORE


async def syncs(company: Company, members: FakeMemberList) -> None:
    await sync_members(company.units, ACME, {"slack": members})


async def resumes(company: Company, members: FakeMemberList) -> None:
    await resume_sync(company.units, ACME, {"slack": members})


async def finds(company: Company, members: FakeMemberList) -> None:
    await find_unlinked(company.units, ACME, {"slack": members})


async def test_every_page_is_read_to_the_end_and_the_end_is_on_record(company: Company) -> None:
    members = FakeMemberList(PAGES)
    await syncs(company, members)
    assert known(company) == {"u1@example.com", "u2@example.com", "u3@example.com"}
    place = company.read(lambda uow: uow.sync_places.get("slack", "members"))
    assert (place.cursor, place.finished_at) == ("", company.clock.moment)


async def test_a_rate_limit_keeps_the_place_until_the_platform_may_be_asked_again(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[None, RetryLater("users.list: ratelimited", after=30)])
    with capture_logs() as logged:
        await syncs(company, members)
    assert [one["event"] for one in logged] == ["people not synced to the end"]
    assert known(company) == {"u1@example.com"}
    company.clock.step(seconds=29)
    await resumes(company, members)
    await syncs(company, members)
    assert members.asked == ["", "1"]
    company.clock.step(seconds=1)
    await resumes(company, members)
    assert members.asked == ["", "1", "1", "2"]
    assert len(known(company)) == 3


async def test_a_pass_that_a_crash_broke_off_goes_on_with_the_next_page(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[None, ZeroDivisionError("the process ends here")])
    with pytest.raises(ZeroDivisionError):
        await syncs(company, members)
    await resumes(company, members)
    assert members.asked == ["", "1", "1", "2"]


async def test_a_place_the_platform_no_longer_knows_begins_again(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[None, StalePlace("invalid_cursor")])
    await syncs(company, members)
    assert members.asked == ["", "1", "", "1", "2"]


async def test_a_platform_that_knows_no_place_at_all_is_not_asked_for_ever(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[StalePlace("invalid_cursor")])
    await syncs(company, members)
    assert members.asked == [""]


async def test_a_finished_pass_is_not_gone_on_with(company: Company) -> None:
    members = FakeMemberList(PAGES)
    await syncs(company, members)
    await resumes(company, members)
    assert members.asked == ["", "1", "2"]


async def test_what_only_an_admin_can_mend_is_asked_again_much_later(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[Undeliverable("users.list: missing_scope")])
    await syncs(company, members)
    company.clock.step(seconds=UNTIL_SOMEBODY_MENDS_IT - 1)
    await resumes(company, members)
    assert members.asked == [""]
    company.clock.step(seconds=1)
    await resumes(company, members)
    assert len(members.asked) == 4


async def test_a_revoked_token_costs_no_wait_once_it_is_good_again(company: Company) -> None:
    members = FakeMemberList(PAGES, failures=[None, TokenRevoked("token_revoked")])
    await syncs(company, members)
    await syncs(company, members)
    assert members.asked == ["", "1", "1", "2"]


async def test_imported_people_are_found_by_their_e_mail(company: Company) -> None:
    members = FakeMemberList([[a_member("U7", email="olga@example.com", name="Olga")]])
    await finds(company, members)
    assert members.sought == ["max@example.com", "olga@example.com"]
    olga = company.read(lambda uow: uow.people.by_identity("slack", "U7"))
    assert olga
    assert olga.email == "olga@example.com"


async def test_whoever_nobody_found_is_looked_for_again_after_a_rest(company: Company) -> None:
    members = FakeMemberList()
    for _ in range(4):
        await finds(company, members)
    assert members.sought == ["max@example.com", "olga@example.com"]
    company.clock.step(seconds=REST.total_seconds())
    await finds(company, members)
    assert len(members.sought) == 4


async def test_a_rate_limit_goes_on_with_whom_it_refused(company: Company) -> None:
    members = FakeMemberList(failures=[None, RetryLater("users.lookupByEmail: ratelimited", after=30)])
    await finds(company, members)
    await finds(company, members)
    company.clock.step(seconds=30)
    await finds(company, members)
    assert members.sought == ["max@example.com", "olga@example.com", "olga@example.com"]


async def test_somebody_whose_look_up_is_refused_keeps_nobody_else_from_theirs(company: Company) -> None:
    members = FakeMemberList(failures=[Undeliverable("users.lookupByEmail: invalid_arguments")])
    await finds(company, members)
    company.clock.step(seconds=UNTIL_SOMEBODY_MENDS_IT)
    await finds(company, members)
    assert members.sought == ["max@example.com", "olga@example.com"]
