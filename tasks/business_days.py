"""A person's working time: 09:00 to 17:00 by their own clock; no weekends, public holidays or company shutdown days."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from tasks.people import Person, Workspace

OPENING_HOUR = 9
CLOSING_HOUR = 17
ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class BusinessCalendar:
    time_zone: str
    """IANA name, as in Europe/Berlin."""
    country: str
    """ISO 3166-1 alpha-2."""
    shutdown_days: tuple[date, ...] = ()

    def is_business_day(self, day: date) -> bool:
        return day not in self.shutdown_days and day not in days_off(self.country.upper(), day.year)

    def roll_forward(self, day: date) -> date:
        """The day itself, or the next business day."""
        while not self.is_business_day(day):
            day += ONE_DAY
        return day

    def shift(self, day: date, business_days: int) -> date:
        """So many business days later, or earlier when negative; by 0: rolled forward."""
        if business_days == 0:
            return self.roll_forward(day)
        step = ONE_DAY if business_days > 0 else -ONE_DAY
        left = abs(business_days)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """How many business days after `start`, up to and including `end`; negative when `end` comes first."""
        if end < start:
            return -self.business_days_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def at(self, day: date, hour: int = OPENING_HOUR) -> datetime:
        """That hour on their clock, in UTC. An hour that a clock change leaves out is the first moment after it; an
        hour that comes twice is the first of the two."""
        local = datetime.combine(day, time(hour), tzinfo=self._zone)
        moment = local.astimezone(UTC)
        skipped = moment.astimezone(self._zone).replace(tzinfo=None) != local.replace(tzinfo=None)
        return self._clock_change_before(moment) if skipped else moment

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def into_hours(self, moment: datetime) -> datetime:
        """The moment itself when it lies in working time, else the next 09:00 of a business day."""
        day = self.local_date(moment)
        if not self.is_business_day(day):
            return self.at(self.roll_forward(day))
        if moment < self.at(day):
            return self.at(day)
        if moment < self.at(day, CLOSING_HOUR):
            return moment
        return self.at(self.roll_forward(day + ONE_DAY))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def _clock_change_before(self, moment: datetime) -> datetime:
        """The first second with the moment's offset. No clock ever skipped more than a day (Samoa skipped one)."""
        after = moment.astimezone(self._zone).utcoffset()
        start = moment - ONE_DAY
        seconds = range(int(ONE_DAY.total_seconds()))

        def changed(second: int) -> bool:
            return (start + timedelta(seconds=second)).astimezone(self._zone).utcoffset() == after

        return start + timedelta(seconds=bisect_left(seconds, True, key=changed))


@lru_cache(maxsize=1024)
def days_off(country: str, year: int) -> frozenset[date]:
    """Weekends and public holidays, with the days on which a holiday is observed instead."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    try:
        known = holidays.country_holidays(country, years=year)
    except NotImplementedError:  # a country that the library doesn't know: Saturdays and Sundays, no holidays
        return frozenset(day for day in days if day.weekday() >= SATURDAY)
    return frozenset(day for day in days if not known.is_working_day(day))


def calendar_of(person: Person | None, workspace: Workspace) -> BusinessCalendar:
    """The workspace's own where nobody is meant, or the person's place is unknown."""
    return BusinessCalendar(
        time_zone=(person and person.time_zone) or workspace.time_zone,
        country=(person and person.country) or workspace.country,
        shutdown_days=workspace.shutdown_days,
    )
