"""The rows of an export become accesses. What can't be read is listed with its row, never dropped."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TypeVar

from tasks.access.cells import NOT_TOLD, Order, When, kind, order_in, plain, quoted, truth, when, working
from tasks.access.layouts import Header, LayoutName, find_table
from tasks.access.model import Access, AccessColumn, AccountKind, Source, Unreadable
from tasks.access.privileges import is_privileged
from tasks.errors import Invalid
from tasks.matrix.cells import EMAIL
from tasks.matrix.model import Sheet
from tasks.wording import counted, day

T = TypeVar("T")
MOST_ROWS = 100_000
ONE_DAY = timedelta(days=1)
"""By which two time zones may differ."""
ROOT = "<root_account>"
EMPTY: tuple[str, ...] = ("",)


@dataclass(frozen=True, kw_only=True)
class AccessRead:
    source: Source
    layout: LayoutName
    sheet: str
    rows: tuple[Access, ...]
    """Several from one row of the file where it names several roles. None is of an unreadable row."""
    unreadable: tuple[Unreadable, ...] = ()
    unused: tuple[str, ...] = ()
    """Columns that hold something and that we have no use for."""
    row_count: int
    """Rows of the file under its header, empty ones left out."""

    @property
    def mismatch(self) -> str:
        """A sentence where the source counted other rows than the file holds."""
        told = self.source.row_count
        if told == self.row_count:
            return ""
        lacks = self.row_count < told
        why = "Part of it may be missing: export it again" if lacks else "Count again at the source, or export it again"
        return (
            f"{self.source.system} counted {counted(told, 'row')}, and the file holds {self.row_count:,}. "
            f"{why}, and hand in both together. Nothing was imported."
        )

    @property
    def whole(self) -> bool:
        """May be imported: every row was read, and they are as many as the source counted."""
        return not self.unreadable and not self.mismatch


def read_access(
    sheets: Sequence[Sheet],
    *,
    source: Source,
    as_of: date,
    mapping: Mapping[AccessColumn, str] | None = None,
    sheet: str = "",
) -> AccessRead:
    """`as_of` is the day of the export: no login is later. Raises UnknownColumns, or Invalid where nothing is there."""
    table, header = find_table(sheets, mapping=mapping, sheet=sheet)
    filled = [
        (number, row) for number, row in enumerate(table.rows, 1) if number > header.row and any(map(str.strip, row))
    ]
    if not filled:
        raise Invalid(f"There are no accounts under the header in row {header.row}. Nothing was read.")
    if len(filled) > MOST_ROWS:
        raise Invalid(f"The file holds {len(filled):,} rows; {MOST_ROWS:,} at most. Split it into two systems.")
    reader = Reader(header, [row for _, row in filled], as_of)
    rows, unreadable = list[Access](), list[Unreadable]()
    for number, row in filled:
        found = reader.read(number, row)
        if isinstance(found, Unreadable):
            unreadable.append(found)
        else:
            rows.extend(found)
    return AccessRead(
        source=source,
        layout=header.layout,
        sheet=table.name,
        rows=tuple(rows),
        unreadable=tuple(unreadable),
        unused=tuple(_unused(header, filled)),
        row_count=len(filled),
    )


def roles_in(text: str) -> tuple[str, ...]:
    """Between semicolons or on lines of their own. A comma may be part of a name, as in CN=Admins,OU=Groups."""
    return tuple(role for part in re.split(r"[;\r\n]", text) if (role := part.strip())) or EMPTY


def _unused(header: Header, filled: Sequence[tuple[int, Sequence[str]]]) -> Iterator[str]:
    for place, name in header.unused.items():
        if any(place < len(row) and row[place].strip() for _, row in filled):
            yield name


class Reader:
    """One table's rows in turn. Remembers what cells say, since columns repeat themselves, and where a key stood."""

    def __init__(self, header: Header, rows: Sequence[Sequence[str]], as_of: date) -> None:
        self._header = header
        self._places = header.places
        self._single = {column: places[0] for column, places in header.places.items() if len(places) == 1}
        self._latest = as_of + ONE_DAY
        self._orders = {place: self._order(rows, place) for place in self._date_places()}
        self._when = cache(when)
        self._truth = cache(truth)
        self._working = cache(working)
        self._kind = cache(kind)
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, number: int, cells: Sequence[str]) -> tuple[Access, ...] | Unreadable:
        row, problems = [cell.strip() for cell in cells], list[str]()
        account = self._text(row, AccessColumn.ACCOUNT) or self._text(row, AccessColumn.EMAIL)
        roles = roles_in(self._text(row, AccessColumn.ENTITLEMENT))
        problems += self._misplaced(row)
        problems += self._twice(number, account, roles) if account else ["It names no account."]
        found = self._accesses(number, row, account, roles, problems)
        return Unreadable(row=number, reason=" ".join(problems)) if problems else found

    def _accesses(
        self, number: int, row: Sequence[str], account: str, roles: tuple[str, ...], problems: list[str]
    ) -> tuple[Access, ...]:
        login = self._latest_of(row, AccessColumn.LAST_LOGIN, problems)
        created = self._latest_of(row, AccessColumn.CREATED, problems)
        told = self._said(row, AccessColumn.PRIVILEGED, self._truth, None, problems)
        email, name = self._email(row, account), self._text(row, AccessColumn.NAME)
        description = self._text(row, AccessColumn.DESCRIPTION)
        of_kind = self._kind_of(row, problems)
        active = self._active(row, account, problems)
        return tuple(
            Access(
                row=number,
                account=account,
                email=email,
                name=name,
                entitlement=role,
                description=description,
                privileged=is_privileged(account, role) if told is None else told,
                last_login=login.day,
                login_told=login.told,
                created=created.day,
                kind=of_kind,
                active=active,
            )
            for role in roles
        )

    # --- what is wrong with a row

    def _misplaced(self, row: Sequence[str]) -> list[str]:
        """A comma too many, and every cell behind it is another column's."""
        if len(row) <= self._header.width or not any(row[self._header.width :]):
            return []
        return [f"It has {len(row)} cells under {self._header.width} columns."]

    def _twice(self, number: int, account: str, roles: tuple[str, ...]) -> list[str]:
        problems = []
        for role in roles:
            first = self._seen.setdefault((account.casefold(), role.casefold()), number)
            if first != number:
                held = f" with “{quoted(role)}”" if role else ""
                problems.append(f"“{quoted(account)}”{held} stands in row {first} already.")
        if len({role.casefold() for role in roles}) < len(roles):
            problems.append("It names the same role twice.")
        return problems

    # --- cells

    def _text(self, row: Sequence[str], column: AccessColumn) -> str:
        """`row`: its cells without spaces around them."""
        place = self._single.get(column)
        if place is not None:
            return row[place] if place < len(row) else ""
        places = self._places.get(column, ())
        return " ".join(filter(None, (row[place] for place in places if place < len(row))))

    def _said(
        self, row: Sequence[str], column: AccessColumn, say: Callable[[str], T], unsaid: T, problems: list[str]
    ) -> T:
        if column not in self._places:
            return unsaid
        try:
            return say(self._text(row, column))
        except ValueError as error:
            problems.append(f"{_capital(column)}: {error}")
            return unsaid

    def _email(self, row: Sequence[str], account: str) -> str:
        text = self._text(row, AccessColumn.EMAIL)
        if "@" not in text and (not text or plain(text) in NOT_TOLD):
            text = account
            return text if EMAIL.fullmatch(text) else ""
        found = EMAIL.search(text)
        return found[0] if found else text

    # --- days

    def _date_places(self) -> Iterator[int]:
        for column in (AccessColumn.LAST_LOGIN, AccessColumn.CREATED):
            yield from self._places.get(column, ())

    def _order(self, rows: Sequence[Sequence[str]], place: int) -> Order | None:
        return order_in(row[place] for row in rows if place < len(row))

    def _latest_of(self, row: Sequence[str], column: AccessColumn, problems: list[str]) -> When:
        found = [self._day(row, place, column, problems) for place in self._places.get(column, ())]
        if len(found) == 1:
            return found[0]
        days = [one.day for one in found if one.day is not None]
        return When(day=max(days, default=None), told=any(one.told for one in found))

    def _day(self, row: Sequence[str], place: int, column: AccessColumn, problems: list[str]) -> When:
        try:
            found = self._when(row[place] if place < len(row) else "", self._orders[place])
        except ValueError as error:
            problems.append(f"{_capital(column)}: {error}")
            return When()
        if found.day is not None and found.day > self._latest:
            problems.append(f"{_capital(column)}: {day(found.day)} is later than the export itself.")
        return found

    # --- what an account is

    def _kind_of(self, row: Sequence[str], problems: list[str]) -> AccountKind:
        """AWS does not tell: without a password, and with a key that works, nobody signs in by hand."""
        if self._header.layout is not LayoutName.AWS:
            return self._said(row, AccessColumn.KIND, self._kind, AccountKind.HUMAN, problems)
        password, *keys = self._flags(row, [])
        return AccountKind.SERVICE if password is False and True in keys else AccountKind.HUMAN

    def _active(self, row: Sequence[str], account: str, problems: list[str]) -> bool:
        """AWS tells of each way in: one is enough, and the root user always has one."""
        if self._header.layout is LayoutName.AWS:
            flags = self._flags(row, problems)
            return account == ROOT or True in flags or False not in flags
        if self._header.reversed_active:
            stopped = self._said(row, AccessColumn.ACTIVE, self._truth, None, problems)
            return not stopped
        return self._said(row, AccessColumn.ACTIVE, self._working, None, problems) is not False

    def _flags(self, row: Sequence[str], problems: list[str]) -> list[bool | None]:
        """Of AWS: the password, then the keys."""
        flags: list[bool | None] = []
        for place in self._places.get(AccessColumn.ACTIVE, ()):
            try:
                flags.append(self._truth(row[place] if place < len(row) else ""))
            except ValueError as error:
                flags.append(None)
                problems.append(f"{_capital(AccessColumn.ACTIVE)}: {error}")
        return flags or [None]


def _capital(column: AccessColumn) -> str:
    return column.value[:1].upper() + column.value[1:]
