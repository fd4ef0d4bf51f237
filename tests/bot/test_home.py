"""Start pages on a platform that, as Slack, shows the last page it was sent unless it stands on another one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.home import ANYTHING, MOST_IN_A_PASS, RATE, TRIES, Homes, Overtaken
from bot.platform import RetryLater, TokenRevoked, Undeliverable
from handlers.views.elements import View
from tasks.audit import Entry
from tasks.homes import Home
from tasks.identifiers import PersonId
from tasks.operations.show_homes import NO_LATER, NO_SOONER, open_home
from tasks.people import Person
from tasks.ports import Identity, UnitOfWork
from tests.bot.a_company import ACME, Company, a_company
from tests.builders import a_person

pytestmark = pytest.mark.anyio


@dataclass
class FakeHomes:
    """A bot.home.HomePlatform. `failures` are raised by the next calls; `lost` as well, once the page is shown."""

    shown: dict[str, list[str]] = field(default_factory=dict)
    overs: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)
    on_publish: Callable[[], Awaitable[None]] | None = None
    """Called once, before the page that was sent is looked at."""

    async def publish(self, external_id: str, view: View, *, over: str) -> str:
        self.overs.append(over)
        if self.on_publish:
            happens, self.on_publish = self.on_publish, None
            await happens()
        if self.failures:
            raise self.failures.pop(0)
        pages = self.shown.setdefault(external_id, [])
        if over not in (ANYTHING, mark(pages)):
            raise Overtaken(over)
        pages.append(view.summary)
        if self.lost:
            raise self.lost.pop(0)
        return mark(pages)

    def page(self, external_id: str = "olga") -> str:
        return self.shown[external_id][-1]


def mark(pages: list[str]) -> str:
    return f"mark-{len(pages)}"


def describe(uow: UnitOfWork, person: Person, platform: str) -> View:
    """Changes with every entry of the log, and by the clock every minute."""
    said = f"{person.id}: {uow.audit.position()} entries, {uow.now:%H:%M}"
    return View(title="Home", summary=said)


@dataclass
class Stage:
    company: Company
    slack: FakeHomes = field(default_factory=FakeHomes)
    seconds: list[float] = field(default_factory=lambda: [0.0])
    describe: Callable[[UnitOfWork, Person, str], View] = describe

    def process(self) -> Homes:
        """A process of its own."""
        return Homes(
            units=self.company.units,
            platforms=lambda _: {"web": self.slack},
            describe=lambda uow, person, platform: self.describe(uow, person, platform),
            seconds=lambda: self.seconds[0],
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.seconds[0] += seconds

    def opened(self, *people: str) -> None:
        for one in people or ("olga",):
            self.company.write(lambda uow, one=one: open_home(uow, "web", one))  # type: ignore[misc]

    def something_happens(self) -> None:
        self.company.write(_append)

    def passes(self, **by: float) -> None:
        self.company.clock.step(**by)

    @property
    def home(self) -> Home | None:
        return self.company.read(lambda uow: uow.homes.find("web", "olga"))


def _append(uow: UnitOfWork) -> None:
    entry = Entry(what="task:answer", about="task:1", who="olga", at=uow.now, platform="web")
    uow.audit.append(entry)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_company(tmp_path) as company:
        yield Stage(company=company)


async def test_an_opened_page_is_shown_and_what_it_says_is_on_record(stage: Stage) -> None:
    stage.opened()
    assert await stage.process().refresh(ACME) == 1
    assert stage.slack.page() == "olga: 0 entries, 10:00"
    assert stage.home
    assert (stage.home.hash, stage.home.seen) == ("mark-1", 0)
    assert stage.home.digest


async def test_a_page_nobody_opened_is_never_shown(stage: Stage) -> None:
    stage.something_happens()
    assert await stage.process().refresh(ACME) == 0
    assert stage.slack.shown == {}


async def test_it_is_shown_anew_when_something_changed_over_what_stands_there(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.something_happens()
    stage.passes(seconds=3)
    assert await homes.refresh(ACME) == 1
    assert stage.slack.page() == "olga: 1 entries, 10:00"
    assert stage.slack.overs == [ANYTHING, "mark-1"]


async def test_a_burst_of_changes_is_one_change(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.something_happens()
    stage.passes(seconds=NO_SOONER.total_seconds() - 1)
    assert await homes.refresh(ACME) == 0
    stage.something_happens()
    stage.passes(seconds=1)
    assert await homes.refresh(ACME) == 1


async def test_what_says_the_same_is_not_shown_again_nor_looked_at_again_at_once(stage: Stage) -> None:
    looks: list[str] = []

    def always_the_same(uow: UnitOfWork, person: Person, platform: str) -> View:
        looks.append(person.id)
        return View(title="Home", summary="the same")

    stage.describe = always_the_same
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.something_happens()
    stage.passes(seconds=3)
    assert [await homes.refresh(ACME), await homes.refresh(ACME)] == [0, 0]
    assert (len(looks), stage.slack.shown) == (2, {"olga": ["the same"]})


async def test_what_the_clock_changes_is_shown_within_half_a_minute(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.passes(seconds=60)
    assert timedelta(seconds=30) >= NO_LATER
    assert await homes.refresh(ACME) == 1
    assert stage.slack.page() == "olga: 0 entries, 10:01"


async def test_an_hour_after_it_was_opened_it_is_left_alone_until_it_is_opened_again(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.passes(hours=1)
    stage.something_happens()
    assert await homes.refresh(ACME) == 0
    stage.opened()
    assert await homes.refresh(ACME) == 1


async def test_opened_again_it_is_shown_whatever_it_says(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.opened()
    assert await homes.refresh(ACME) == 1
    assert stage.slack.overs == [ANYTHING, "mark-1"]


async def test_one_person_is_shown_their_page_at_once_without_anybody_waiting(stage: Stage) -> None:
    homes = stage.process()
    stage.opened("olga", "max")
    homes.soon(ACME, "web", "olga")
    assert stage.slack.shown == {}
    await homes.close()
    assert list(stage.slack.shown) == ["olga"]


async def test_whoever_never_opened_it_is_not_shown_it_soon_either(stage: Stage) -> None:
    homes = stage.process()
    homes.soon(ACME, "web", "olga")
    await homes.close()
    assert stage.slack.shown == {}


async def test_who_has_no_page_can_be_told_why_and_nothing_is_kept_of_it(stage: Stage) -> None:
    homes = stage.process()
    homes.tell(ACME, "web", "stranger", View(title="Hello", summary="I don't know you."))
    await homes.close()
    assert stage.slack.page("stranger") == "I don't know you."
    assert stage.home is None


async def test_who_can_not_even_be_told_is_let_be(stage: Stage) -> None:
    homes = stage.process()
    stage.slack.failures = [Undeliverable("views.publish: user_not_found")]
    homes.tell(ACME, "web", "stranger", View(title="Hello", summary="I don't know you."))
    await homes.close()
    assert stage.slack.shown == {}


# races


async def test_a_page_looked_at_earlier_never_takes_the_place_of_a_later_one(stage: Stage) -> None:
    """The second process looks, shows and records while the first one's page is on its way."""
    slow, quick = stage.process(), stage.process()
    stage.opened()
    await slow.refresh(ACME)
    stage.something_happens()
    stage.passes(seconds=3)

    async def meanwhile() -> None:
        stage.something_happens()
        assert await quick.refresh(ACME) == 1

    stage.slack.on_publish = meanwhile
    assert await slow.refresh(ACME) == 0
    assert stage.slack.shown["olga"] == ["olga: 0 entries, 10:00", "olga: 2 entries, 10:00"]


async def test_two_processes_at_once_end_with_what_is_true(stage: Stage) -> None:
    processes = [stage.process() for _ in range(2)]
    stage.opened()
    for number in range(1, 20):
        stage.something_happens()
        stage.passes(seconds=3)
        stage.seconds[0] += 5
        await asyncio.gather(*(one.refresh(ACME) for one in processes))
        assert stage.slack.page().startswith(f"olga: {number} entries")


async def test_two_first_pages_at_once_end_with_the_later_one(stage: Stage) -> None:
    """Nothing stood there, so nothing told the slower one that it was overtaken until it recorded."""
    slow, quick = stage.process(), stage.process()
    stage.opened()

    async def meanwhile() -> None:
        stage.something_happens()
        await quick.refresh(ACME)

    stage.slack.on_publish = meanwhile
    await slow.refresh(ACME)
    assert stage.slack.page() == "olga: 1 entries, 10:00"
    assert stage.home
    assert stage.home.hash == mark(stage.slack.shown["olga"])


async def test_opened_while_it_is_on_its_way_it_is_shown_once_more(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()

    async def meanwhile() -> None:
        stage.opened()

    stage.slack.on_publish = meanwhile
    assert await homes.refresh(ACME) == 1
    assert len(stage.slack.shown["olga"]) == 2
    assert await homes.refresh(ACME) == 0


async def test_after_a_crash_between_showing_and_recording_it_is_shown_over_whatever_stands_there(stage: Stage) -> None:
    stage.opened()
    await stage.process().refresh(ACME)
    stage.slack.shown["olga"].append("shown by a process that died")
    stage.something_happens()
    stage.passes(seconds=3)
    assert await stage.process().refresh(ACME) == 1
    assert stage.slack.page() == "olga: 1 entries, 10:00"
    assert stage.slack.overs == [ANYTHING, *["mark-1"] * (TRIES - 1), ANYTHING]


async def test_a_page_that_may_have_been_shown_is_shown_again(stage: Stage) -> None:
    """Even when what it says is back to what is on record."""
    summary = ["one"]
    stage.describe = lambda uow, person, platform: View(title="Home", summary=summary[0])
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    summary[0] = "two"
    stage.slack.lost = [RetryLater("views.publish: no answer", after=1, in_doubt=True)]
    stage.something_happens()
    stage.passes(seconds=3)
    assert await homes.refresh(ACME) == 0
    summary[0] = "one"
    stage.seconds[0] += 2
    assert await homes.refresh(ACME) == 1
    assert stage.slack.shown["olga"] == ["one", "two", "one"]


# limits and failures


async def test_a_rate_limit_is_waited_out_for_the_whole_workspace(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    stage.slack.failures = [RetryLater("views.publish: ratelimited", after=40)]
    assert await homes.refresh(ACME) == 0
    stage.opened("max")
    stage.seconds[0] = 39
    assert await homes.refresh(ACME) == 0
    homes.soon(ACME, "web", "max")
    await homes.close()
    assert len(stage.slack.overs) == 1
    stage.seconds[0] = 41
    assert await homes.refresh(ACME) == 2


async def test_no_more_are_shown_at_once_than_the_platform_takes(stage: Stage) -> None:
    homes = stage.process()
    for _ in range(RATE.burst + 5):
        stage.opened()
        await homes.refresh(ACME)
    assert len(stage.slack.shown["olga"]) == RATE.burst
    stage.seconds[0] += 60 / RATE.a_minute
    assert await homes.refresh(ACME) == 1


async def test_a_pass_is_bounded_and_the_others_come_next(stage: Stage) -> None:
    people = [f"p{number:02}" for number in range(MOST_IN_A_PASS + 3)]
    stage.company.write(lambda uow: _hire(uow, people))
    stage.opened(*people)
    looks: list[str] = []

    def noted(uow: UnitOfWork, person: Person, platform: str) -> View:
        looks.append(person.id)
        return View(title="Home", summary="Home")

    stage.describe = noted
    homes = stage.process()
    assert await homes.refresh(ACME) == RATE.burst
    assert len(looks) == MOST_IN_A_PASS
    stage.seconds[0] += 60
    await homes.refresh(ACME)
    stage.seconds[0] += 60
    await homes.refresh(ACME)
    assert sorted(stage.slack.shown) == people


def _hire(uow: UnitOfWork, people: list[str]) -> None:
    for one in people:
        uow.people.add(a_person(one))
        uow.people.link(Identity(platform="web", external_id=one, person_id=PersonId(one)))


async def test_a_revoked_token_is_left_alone_for_a_quarter_of_an_hour(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    stage.slack.failures = [TokenRevoked("views.publish: token_revoked")]
    assert await homes.refresh(ACME) == 0
    stage.seconds[0] = 899
    assert await homes.refresh(ACME) == 0
    stage.seconds[0] = 901
    assert await homes.refresh(ACME) == 1


@pytest.mark.parametrize("error", ["not_enabled", "user_not_found"])
async def test_a_page_the_platform_does_not_keep_is_forgotten_until_it_is_opened_again(
    stage: Stage, error: str
) -> None:
    homes = stage.process()
    stage.opened()
    stage.slack.failures = [Undeliverable(f"views.publish: {error}")]
    assert await homes.refresh(ACME) == 0
    assert stage.home is None
    stage.opened()
    assert await homes.refresh(ACME) == 1


async def test_who_has_left_is_forgotten_and_shown_nothing_more(stage: Stage) -> None:
    homes = stage.process()
    stage.opened()
    await homes.refresh(ACME)
    stage.company.write(_leave)
    stage.passes(seconds=30)
    assert await homes.refresh(ACME) == 0
    assert (stage.home, len(stage.slack.overs)) == (None, 1)


def _leave(uow: UnitOfWork) -> None:
    uow.people.save(replace(uow.people.get(PersonId("olga")), active=False))


async def test_one_that_can_not_be_made_is_logged_and_stops_no_other(stage: Stage) -> None:
    def broken_for_olga(uow: UnitOfWork, person: Person, platform: str) -> View:
        return View(title="Home", summary=f"{1 / (person.id != 'olga')}")

    stage.describe = broken_for_olga
    stage.opened("olga", "max")
    with capture_logs() as logged:
        assert await stage.process().refresh(ACME) == 1
    assert list(stage.slack.shown) == ["max"]
    assert stage.home is None
    assert [one["event"] for one in logged if one.get("exc_info")] == ["start page not shown"]


async def test_where_nothing_is_connected_nothing_is_done(stage: Stage) -> None:
    stage.opened()
    homes = Homes(units=stage.company.units, platforms=lambda _: {}, describe=describe)
    homes.soon(ACME, "web", "olga")
    homes.tell(ACME, "web", "olga", View(title="Hello", summary="Hello"))
    await homes.close()
    assert await homes.refresh(ACME) == 0
