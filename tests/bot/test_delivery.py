import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.delivery import Delivery
from bot.lock import ProcessLock
from bot.pacing import Limits, Pace, Rate
from bot.platform import (
    CannotTell,
    NotPermitted,
    OurFault,
    Platform,
    RetryLater,
    ToChannel,
    TokenRevoked,
    Undeliverable,
)
from handlers.views.elements import View
from tasks.identifiers import PersonId, TaskId
from tasks.notices import Notice, NoticeKey, NoticeState, Occasion, OwedNotice
from tasks.people import Workspace
from tasks.ports import Identity, UnitOfWork
from tests.bot.a_company import ACME, Company, a_company, open_a_task
from tests.bot.fake_platform import FakePlatform, files_by_hash, no_answer
from tests.handlers.views.examples import some_evidence

pytestmark = pytest.mark.anyio


class Seconds:
    """Real time that passes when told, or when somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


class Always:
    def hold(self) -> bool:
        return True


def passes(company: Company, seconds: Seconds, how_many: float) -> None:
    """Time, on every clock."""
    company.clock.step(seconds=how_many)
    seconds.passed += how_many


def titled(uow: UnitOfWork, notice: Notice) -> View | None:
    """What a notice says in these tests: its key, and when the clock stood where."""
    return View(title=f"{notice.key.occasion} {notice.key.round}", summary=f"at {uow.now:%H:%M}")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with a_company(tmp_path) as company:
        yield company


@pytest.fixture
def web() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def a_delivery(
    company: Company,
    *platforms: Platform,
    describe: Callable[[UnitOfWork, Notice], View | None] = titled,
    seconds: Seconds | None = None,
    pace: Pace | None = None,
    moved_by: timedelta = timedelta(),
    connected: Sequence[Platform] = (),
) -> Delivery:
    """`connected`: instead of `platforms`, where that changes."""
    return Delivery(
        units=company.units,
        platforms=lambda _: {platform.name: platform for platform in (*platforms, *connected)},
        describe=describe,
        read_file=files_by_hash,
        lock=Always(),
        pace=pace or Pace({}),
        jitter=lambda: 0.0,
        seconds=seconds or Seconds(),
        moved_by=lambda: moved_by,
    )


async def test_a_notice_is_sent_once_and_its_delivery_is_on_record(company: Company, web: FakePlatform) -> None:
    company.owe()
    delivery = a_delivery(company, web)
    assert [await delivery.deliver(ACME), await delivery.deliver(ACME)] == [1, 0]
    assert web.to("olga") == ["opened 1"]
    notice = company.notice()
    assert (notice.state, notice.platform, notice.conversation, notice.message) == (
        NoticeState.SENT,
        "web",
        "dm-olga",
        "1",
    )
    assert notice.sent_at == company.clock.now()


async def test_no_transaction_is_open_while_something_is_sent(company: Company, web: FakePlatform) -> None:
    company.owe()
    web.on_post = lambda _: company.owe("person:max", "task:other")
    await a_delivery(company, web).deliver(ACME)
    assert company.notice(2).state is NoticeState.OWED


async def test_a_channel_s_notice_goes_to_the_compliance_channel(company: Company, web: FakePlatform) -> None:
    company.owe("channel:compliance")
    await a_delivery(company, web).deliver(ACME)
    assert web.messages[0].address == ToChannel(id="compliance")


@pytest.mark.parametrize("recipient", ["channel:compliance", "nobody"])
async def test_a_notice_for_nobody_is_recorded_as_skipped(company: Company, web: FakePlatform, recipient: str) -> None:
    company.write(lambda uow: uow.save_workspace(Workspace(id=ACME, name="Acme")))
    company.owe(recipient)
    await a_delivery(company, web).deliver(ACME)
    assert (company.notice().state, web.messages) == (NoticeState.SKIPPED, [])


async def test_a_notice_with_nothing_left_to_say_is_recorded_as_skipped(company: Company, web: FakePlatform) -> None:
    company.owe()
    await a_delivery(company, web, describe=lambda *_: None).deliver(ACME)
    assert (company.notice().state, web.messages) == (NoticeState.SKIPPED, [])


async def test_the_account_used_last_is_written_to(company: Company, web: FakePlatform) -> None:
    slack = FakePlatform(name="slack")
    link = Identity(platform="slack", external_id="U1", person_id=company.read(lambda uow: uow.people.everyone())[1].id)
    company.write(lambda uow: uow.people.link(link))
    company.write(lambda uow: uow.people.used(link, uow.now))
    company.owe()
    await a_delivery(company, web, slack).deliver(ACME)
    assert (slack.to("U1"), web.messages) == (["opened 1"], [])


async def test_where_one_account_cannot_be_reached_the_next_is_tried(company: Company, web: FakePlatform) -> None:
    slack = FakePlatform(name="slack", failures={"post": [Undeliverable("user_disabled")]})
    link = Identity(platform="slack", external_id="U1", person_id=company.read(lambda uow: uow.people.everyone())[1].id)
    company.write(lambda uow: uow.people.link(link))
    company.write(lambda uow: uow.people.used(link, uow.now))
    company.owe()
    await a_delivery(company, web, slack).deliver(ACME)
    assert web.to("olga") == ["opened 1"]


def on_two_platforms(company: Company, *, last: str, write_to: str = "") -> None:
    """Olga, who wrote on `last` a moment ago."""

    def work(uow: UnitOfWork) -> None:
        olga = uow.people.get(PersonId("olga"))
        uow.people.save(replace(olga, write_to=write_to))
        for platform in ("slack", "teams"):
            uow.people.link(Identity(platform=platform, external_id="U1", person_id=olga.id))
        uow.people.used(Identity(platform=last, external_id="U1", person_id=olga.id), uow.now)

    company.write(work)
    company.owe()


@pytest.mark.parametrize(
    ("last", "write_to", "reached"),
    [
        ("slack", "", "slack"),
        ("teams", "", "teams"),
        ("slack", "teams", "teams"),
        ("teams", "slack", "slack"),
        ("slack", "telegram", "slack"),
    ],
)
async def test_a_notice_goes_to_the_chosen_platform_else_to_the_last_used(
    company: Company, last: str, write_to: str, reached: str
) -> None:
    on_two_platforms(company, last=last, write_to=write_to)
    platforms = {name: FakePlatform(name=name) for name in ("slack", "teams")}
    await a_delivery(company, *platforms.values()).deliver(ACME)
    assert {name: one.to("U1") for name, one in platforms.items()} == {
        name: ["opened 1"] if name == reached else [] for name in platforms
    }
    assert company.notice().platform == reached


async def test_where_the_chosen_platform_refuses_for_good_the_other_is_used_and_on_record(company: Company) -> None:
    on_two_platforms(company, last="slack", write_to="teams")
    slack = FakePlatform(name="slack")
    teams = FakePlatform(name="teams", failures={"post": [Undeliverable("MessageWritesBlocked")]})
    await a_delivery(company, slack, teams).deliver(ACME)
    assert (slack.to("U1"), teams.to("U1")) == (["opened 1"], [])
    assert (company.notice().state, company.notice().platform) == (NoticeState.SENT, "slack")


async def test_a_chosen_platform_that_asks_for_patience_gets_it(company: Company) -> None:
    on_two_platforms(company, last="slack", write_to="teams")
    slack = FakePlatform(name="slack")
    teams = FakePlatform(name="teams", failures={"post": [RetryLater("http 429", after=30)]})
    await a_delivery(company, slack, teams).deliver(ACME)
    assert (slack.to("U1"), company.notice().state) == ([], NoticeState.OWED)


async def test_a_chosen_platform_that_is_not_connected_is_passed_over(company: Company) -> None:
    on_two_platforms(company, last="slack", write_to="teams")
    slack = FakePlatform(name="slack")
    await a_delivery(company, slack).deliver(ACME)
    assert slack.to("U1") == ["opened 1"]


async def test_somebody_who_cannot_be_reached_at_all_is_recorded_and_it_climbs_the_ladder(
    company: Company, web: FakePlatform
) -> None:
    web.failures["post"] = [Undeliverable("user_disabled")]
    company.owe()
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    assert (company.notice().state, company.notice().error) == (NoticeState.FAILED, "user_disabled")
    await delivery.deliver(ACME)
    assert web.to("max") == ["undelivered 1"]


async def test_somebody_without_an_account_is_recorded_so(company: Company, web: FakePlatform) -> None:
    company.owe("person:stranger")
    await a_delivery(company, web).deliver(ACME)
    assert (company.notice().state, company.notice().error) == (NoticeState.FAILED, "no chat account is linked")


async def test_a_platform_that_is_not_connected_now_fails_nobody(company: Company) -> None:
    company.owe()
    await a_delivery(company, FakePlatform(name="slack")).deliver(ACME)
    assert (company.notice().state, company.notice().error) == (NoticeState.OWED, "web is not connected")


async def test_without_any_platform_nothing_is_even_claimed(company: Company) -> None:
    company.owe()
    assert await a_delivery(company).deliver(ACME) == 0
    assert company.notice().attempts == 0


async def test_a_rate_limit_is_honoured_to_the_second(company: Company, web: FakePlatform, seconds: Seconds) -> None:
    web.failures["post"] = [RetryLater("ratelimited", after=40)]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds)
    await delivery.deliver(ACME)
    passes(company, seconds, 39)
    assert await delivery.deliver(ACME) == 0
    passes(company, seconds, 1)
    assert await delivery.deliver(ACME) == 1
    assert web.to("olga") == ["opened 1"]


async def test_while_a_platform_asks_for_patience_nothing_else_is_tried_there(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    web.failures["post"] = [RetryLater("ratelimited", after=40), RetryLater("ratelimited again", after=40)]
    company.owe(rounds=3)
    delivery = a_delivery(company, web, seconds=seconds)

    await delivery.deliver(ACME)
    company.owe("person:max")
    await delivery.deliver(ACME)

    assert len(web.failures["post"]) == 1, "one call, not three"
    assert company.notice(4).attempts == 0, "what came meanwhile is not even claimed"
    for _ in range(3):
        passes(company, seconds, 100)
        await delivery.deliver(ACME)
    assert sorted(web.to("olga")) == ["opened 1", "opened 2", "opened 3"]


@pytest.mark.parametrize("answer", [TokenRevoked("token_revoked"), NotPermitted("missing_scope")])
async def test_what_only_an_admin_can_mend_fails_nobody(company: Company, web: FakePlatform, answer: Exception) -> None:
    web.failures["post"] = [answer]
    company.owe()
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    assert (company.notice().state, company.notice().error) == (NoticeState.OWED, str(answer))
    company.clock.step(minutes=15)
    await delivery.deliver(ACME)
    assert company.notice().state is NoticeState.SENT


async def test_a_message_that_we_got_wrong_is_an_error_in_the_log_and_climbs_the_ladder(
    company: Company, web: FakePlatform
) -> None:
    web.failures["post"] = [OurFault("chat.postMessage: invalid_blocks")]
    company.owe()
    delivery = a_delivery(company, web)
    with capture_logs() as logged:
        await delivery.deliver(ACME)
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["notice undeliverable"]
    await delivery.deliver(ACME)
    assert company.notice().state is NoticeState.FAILED
    assert web.to("max") == ["undelivered 1"]


async def test_a_doubt_waits_for_the_platform_to_be_connected_again(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    connected: list[Platform] = [web, FakePlatform(name="slack")]
    web.after["post"] = [no_answer()]
    company.owe()
    delivery = a_delivery(company, seconds=seconds, connected=connected)
    await delivery.deliver(ACME)
    connected.remove(web)
    passes(company, seconds, 61)
    await delivery.deliver(ACME)
    assert company.notice().state is NoticeState.SENDING, "that nothing was found is no proof"

    connected.append(web)
    passes(company, seconds, 901)
    await delivery.deliver(ACME)
    assert (company.notice().state, web.to("olga")) == (NoticeState.SENT, ["opened 1"])


async def test_that_a_message_may_be_doubled_stays_on_record_whatever_comes_after(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    web.after["post"] = [no_answer()]
    web.failures["find"] = [CannotTell("im:history was taken away")]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds)
    await delivery.deliver(ACME)
    passes(company, seconds, 61)
    web.failures["post"] = [RetryLater("ratelimited", after=40)]
    for _ in range(3):
        await delivery.deliver(ACME)
        passes(company, seconds, 61)

    assert company.notice().state is NoticeState.SENT
    assert company.notice().error == "it may have gone out twice: im:history was taken away"


async def test_a_file_in_doubt_after_a_crash_is_on_record_as_perhaps_sent_twice(
    company: Company, web: FakePlatform
) -> None:
    ask_for_a_file(company)
    web.after["post"] = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await a_delivery(company, web).deliver(ACME)
    web.messages.clear()  # as a platform that can't find it: a file carries no notice's id
    company.clock.step(seconds=1)
    restarted = a_delivery(company, web)
    await restarted.deliver(ACME)
    company.clock.step(seconds=61)
    await restarted.deliver(ACME)

    [file] = [one for one in files_owed(company) if one.state is NoticeState.SENT]
    assert file.error.startswith("it may have gone out twice")


async def test_waits_double_up_to_a_quarter_of_an_hour_and_never_end(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    web.failures["post"] = [RetryLater("down", after=30) for _ in range(8)]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds)
    waits = []
    for _ in range(8):
        await delivery.deliver(ACME)
        again = company.notice().next_attempt_at
        assert again is not None
        waits.append((again - company.clock.now()).total_seconds())
        passes(company, seconds, waits[-1])
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    await delivery.deliver(ACME)
    assert company.notice().state is NoticeState.SENT


async def test_a_revoked_token_keeps_notices_until_it_is_connected_again(company: Company, web: FakePlatform) -> None:
    web.failures["post"] = [TokenRevoked("token_revoked")]
    company.owe()
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    company.clock.step(minutes=15)
    await delivery.deliver(ACME)
    assert company.notice().state is NoticeState.SENT


@pytest.mark.parametrize("went_out", [True, False])
async def test_after_an_unclear_answer_the_platform_is_asked_before_it_is_sent_again(
    company: Company, web: FakePlatform, seconds: Seconds, went_out: bool
) -> None:
    (web.after if went_out else web.failures)["post"] = [no_answer()]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds)
    await delivery.deliver(ACME)
    await delivery.deliver(ACME)
    assert web.found_since == [], "too early to ask"
    seconds.passed += 61
    company.clock.step(seconds=1)
    await delivery.deliver(ACME)
    await delivery.deliver(ACME)
    assert web.to("olga") == ["opened 1"]
    assert company.notice().state is NoticeState.SENT


@pytest.mark.parametrize("went_out", [True, False])
async def test_what_a_crash_left_half_sent_is_settled_by_the_next_start(
    company: Company, web: FakePlatform, went_out: bool
) -> None:
    company.owe()

    # As far as the program gets.
    (web.after if went_out else web.failures)["post"] = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await a_delivery(company, web).deliver(ACME)
    assert company.notice().state is NoticeState.SENDING
    company.clock.step(seconds=1)
    restarted = a_delivery(company, web)
    await restarted.deliver(ACME)
    await restarted.deliver(ACME)
    assert web.to("olga") == ["opened 1"]
    assert company.notice().state is NoticeState.SENT


async def test_a_doubt_that_cannot_be_looked_up_yet_stays_one(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    web.after["post"] = [no_answer()]
    web.failures["find"] = [RetryLater("ratelimited", after=20)]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds)
    await delivery.deliver(ACME)
    for _ in range(3):
        seconds.passed += 61
        company.clock.step(seconds=61)
        await delivery.deliver(ACME)
    assert web.to("olga") == ["opened 1"]
    assert company.notice().state is NoticeState.SENT


async def test_a_clock_moved_ahead_does_not_hide_what_was_sent_in_real_time(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    web.after["post"] = [no_answer()]
    company.owe()
    delivery = a_delivery(company, web, seconds=seconds, moved_by=timedelta(days=7))
    await delivery.deliver(ACME)
    seconds.passed += 61
    company.clock.step(seconds=1)
    await delivery.deliver(ACME)
    assert web.found_since[0] < company.clock.now() - timedelta(days=7)


async def test_one_bad_notice_is_logged_with_its_traceback_and_stops_no_other(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    faults = [ZeroDivisionError("a bug")]

    def broken_once(uow: UnitOfWork, notice: Notice) -> View | None:
        if notice.person_id == "olga" and faults:
            raise faults.pop()
        return titled(uow, notice)

    company.owe("person:olga")
    company.owe("person:max")
    delivery = a_delivery(company, web, describe=broken_once, seconds=seconds)
    with capture_logs() as logged:
        await delivery.deliver(ACME)
    assert [(entry["event"], entry.get("exc_info")) for entry in logged if entry["log_level"] == "error"] == [
        ("notice not delivered", True)
    ]
    assert web.to("max") == ["opened 1"]
    for _ in range(2):
        seconds.passed += 61
        company.clock.step(seconds=61)
        await delivery.deliver(ACME)
    assert web.to("olga") == ["opened 1"]


async def test_a_person_s_notices_arrive_in_order_and_spaced_as_the_platform_likes(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    company.owe(rounds=3)
    free = Rate(a_minute=6000, burst=100)
    limits = Limits(between=1.0, posts=free, edits=free, looks=free, introductions=free)
    pace = Pace({"web": limits}, now=seconds, sleep=seconds.sleep)
    await a_delivery(company, web, seconds=seconds, pace=pace).deliver(ACME)
    assert web.to("olga") == ["opened 1", "opened 2", "opened 3"]
    assert seconds.slept == [1.0, 1.0]


async def test_a_message_is_described_when_its_turn_has_come_and_not_before(
    company: Company, web: FakePlatform, seconds: Seconds
) -> None:
    company.owe(rounds=2)
    free, slow = Rate(a_minute=6000, burst=100), Rate(a_minute=1, burst=1)
    limits = Limits(between=0.0, posts=slow, edits=free, looks=free, introductions=free)

    async def sleep(passed: float) -> None:
        passes(company, seconds, passed)

    pace = Pace({"web": limits}, now=seconds, sleep=sleep)
    await a_delivery(company, web, seconds=seconds, pace=pace).deliver(ACME)
    assert [one.view.summary for one in web.messages] == ["at 10:00", "at 10:01"]


async def test_a_batch_is_claimed_at_once_and_the_rest_comes_after(company: Company, web: FakePlatform) -> None:
    company.owe(rounds=30)
    delivery = a_delivery(company, web)
    assert [await delivery.deliver(ACME) for _ in range(3)] == [20, 10, 0]


async def test_two_passes_at_the_same_time_send_nothing_twice(company: Company, web: FakePlatform) -> None:
    company.owe(rounds=20)
    delivery = a_delivery(company, web)
    await asyncio.gather(*(delivery.deliver(ACME) for _ in range(4)))
    assert sorted(web.to("olga")) == sorted(f"opened {number}" for number in range(1, 21))


async def test_while_another_process_delivers_this_one_sends_nothing(
    company: Company, web: FakePlatform, tmp_path: Path
) -> None:
    company.owe()
    mine, other = ProcessLock(tmp_path / "lock"), ProcessLock(tmp_path / "lock")
    assert other.hold()
    delivery = Delivery(
        units=company.units,
        platforms=lambda _: {"web": web},
        describe=titled,
        read_file=files_by_hash,
        lock=mine,
        pace=Pace({}),
        jitter=lambda: 0.0,
    )
    assert await delivery.deliver(ACME) == 0
    other.close()
    assert await delivery.deliver(ACME) == 1
    mine.close()


# editing


def a_message_about_the_task(company: Company) -> None:
    company.write(open_a_task)


def changed(company: Company) -> None:
    company.write(lambda uow: uow.notices.touch(TaskId("task-1")))


async def test_a_message_is_edited_once_after_what_it_shows_has_changed(company: Company, web: FakePlatform) -> None:
    a_message_about_the_task(company)
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    company.clock.step(hours=2)
    changed(company)
    changed(company)
    assert [await delivery.edit(ACME), await delivery.edit(ACME)] == [1, 0]
    assert (web.messages[0].edits, web.messages[0].view.summary) == (1, "at 12:00")


async def test_a_message_that_is_gone_is_let_go(company: Company, web: FakePlatform) -> None:
    a_message_about_the_task(company)
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    web.failures["edit"] = [Undeliverable("message_not_found")]
    changed(company)
    assert [await delivery.edit(ACME), await delivery.edit(ACME)] == [1, 0]


@pytest.mark.parametrize("fault", [RetryLater("ratelimited", after=40), TokenRevoked("revoked"), ZeroDivisionError()])
async def test_an_edit_that_failed_is_made_later(
    company: Company, web: FakePlatform, seconds: Seconds, fault: Exception
) -> None:
    a_message_about_the_task(company)
    delivery = a_delivery(company, web, seconds=seconds)
    await delivery.deliver(ACME)
    web.failures["edit"] = [fault]
    changed(company)
    assert [await delivery.edit(ACME), await delivery.edit(ACME)] == [1, 0]
    seconds.passed += 900
    await delivery.edit(ACME)
    assert web.messages[0].edits == 1


async def test_what_is_not_connected_takes_no_turn_from_what_is(company: Company, seconds: Seconds) -> None:
    a_message_about_the_task(company)
    connected = [FakePlatform()]
    free, once = Rate(a_minute=6000, burst=100), Rate(a_minute=0.01, burst=1)
    limits = Limits(between=0.0, posts=free, edits=once, looks=free, introductions=free)
    pace = Pace({"web": limits}, now=seconds, sleep=seconds.sleep)
    delivery = a_delivery(company, connected=connected, seconds=seconds, pace=pace)
    await delivery.deliver(ACME)
    web = connected.pop()
    connected.append(FakePlatform(name="slack"))
    changed(company)
    await delivery.edit(ACME)
    connected.append(web)
    seconds.passed += 900
    await delivery.edit(ACME)
    assert (web.messages[0].edits, seconds.slept) == (1, [])


async def test_a_change_while_an_edit_is_under_way_is_edited_too(company: Company, web: FakePlatform) -> None:
    a_message_about_the_task(company)
    again = [changed]
    delivery = a_delivery(company, web)
    await delivery.deliver(ACME)
    changed(company)
    web.on_edit = lambda: again.pop()(company) if again else None
    assert [await delivery.edit(ACME), await delivery.edit(ACME), await delivery.edit(ACME)] == [1, 1, 0]


def ask_for_a_file(company: Company) -> None:
    evidence = some_evidence("leavers")

    def ask(uow: UnitOfWork) -> None:
        uow.evidence.add(evidence)
        key = NoticeKey(about=f"evidence:{evidence.id}", recipient="person:olga", occasion=Occasion.FILE)
        uow.notices.owe([OwedNotice(key=key, owed_at=uow.now, detail=evidence.id)])

    company.write(open_a_task)
    company.write(ask)


def files_owed(company: Company) -> list[Notice]:
    every = [company.notice(number) for number in (1, 2)]
    return [one for one in every if one.key.occasion is Occasion.FILE]


async def test_a_file_that_was_asked_for_is_sent_with_its_bytes(company: Company, web: FakePlatform) -> None:
    ask_for_a_file(company)
    await a_delivery(company, web).deliver(ACME)
    assert web.sent_files == {"leavers.csv": some_evidence("leavers").sha256.encode()}


async def test_what_changed_while_a_message_was_on_its_way_is_edited_at_once(
    company: Company, web: FakePlatform
) -> None:
    shown = iter(["as it was", "as it is", "as it is"])
    company.write(open_a_task)
    delivery = a_delivery(company, web, describe=lambda *_: View(title=next(shown), summary="x"))
    await delivery.deliver(ACME)
    assert web.messages[0].view.title == "as it was"
    await delivery.edit(ACME)
    assert web.messages[0].view.title == "as it is"
