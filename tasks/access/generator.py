"""A made-up company and the exports of its systems, for the demo, tests and benchmarks. The same for the same seed.

Of the people one in twenty has left; of the accounts some are nobody's, some sleep, some are machines' or shared, and
some came after the last review. Exports are rows of text, each system's in the layout of a product that it stands for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tasks.access.layouts import LayoutName
from tasks.access.made_up import WRITERS, Account, Cells, Holding
from tasks.access.model import DORMANT_DAYS, AccountKind, Source

FIRST = (
    *("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kira", "Leo", "Mina", "Noor", "Olga"),
    *("Pia", "Quinn", "Rosa", "Sam", "Tara", "Uma", "Vera", "Wim", "Xenia", "Yusuf", "Zoe"),
)
LAST = (
    *("Abbott", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Gupta", "Haddad", "Ito", "Jensen", "Kovacs", "Lopez"),
    *("Meyer", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Ueda", "Varga", "Weber", "Young"),
)
DEPARTMENTS = ("engineering", "it", "security", "finance", "hr", "legal", "sales", "support")
PER_MANAGER = 8
AREAS = (
    *("billing", "payroll", "source code", "customer data", "deployments", "backups", "tickets", "contracts"),
    *("invoices", "logs", "secrets", "user directory"),
)
ROLES: Mapping[str, tuple[str, bool]] = {
    "Viewer": ("Reads {area}; changes nothing", False),
    "Editor": ("Reads and changes {area}", False),
    "Approver": ("Releases what others changed in {area}", False),
    "Admin": ("Changes {area} and who may reach it", True),
}
SYSTEMS: Sequence[tuple[str, LayoutName]] = (
    ("Okta", LayoutName.OKTA),
    ("Google Workspace", LayoutName.GOOGLE_WORKSPACE),
    ("Entra", LayoutName.ENTRA),
    ("AWS production", LayoutName.AWS),
    ("GitHub", LayoutName.GITHUB),
    ("Salesforce", LayoutName.SALESFORCE),
    ("Payroll", LayoutName.GENERIC),
)
ONE_ROW_EACH = (LayoutName.GOOGLE_WORKSPACE, LayoutName.AWS, LayoutName.GITHUB, LayoutName.SALESFORCE)
"""Their exports tell of an account once; the others once for each entitlement."""
SINCE_LAST_REVIEW = timedelta(days=90)
NEW, DORMANT = 0.06, 0.08
"""Of all accounts."""


@dataclass(frozen=True, kw_only=True)
class Worker:
    email: str
    name: str
    department: str
    manager: str = ""
    """An e-mail address; empty for the one who leads the company."""
    left_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Export:
    """One system's accounts now, and as they were at the review before."""

    system: str
    layout: LayoutName
    owner: str
    """The system owner's e-mail address."""
    source: Source
    rows: tuple[Cells, ...]
    """The header first."""
    before_source: Source
    before: tuple[Cells, ...]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    people: tuple[Worker, ...]
    exports: tuple[Export, ...]


def organisation(
    random: Random, *, people: int = 200, systems: int = 8, accounts: int = 2000, as_of: date
) -> Organisation:
    """`accounts` counts rows over all exports, at least one for each system. Work grows with their number alone."""
    if min(people, systems) < 1 or accounts < systems:
        raise ValueError("an organisation has people and systems, and each system an account")
    staff = tuple(_people(random, people, as_of))
    shares = _shares(people, systems, accounts)
    exports = tuple(_export(random, staff, number, share, as_of) for number, share in enumerate(shares))
    return Organisation(people=staff, exports=exports)


# --- people


def _people(random: Random, number: int, as_of: date) -> Iterator[Worker]:
    """Everybody's manager came before them, so that nobody manages themselves by any way round."""
    emails: list[str] = []
    for at in range(number):
        first, last = FIRST[at % len(FIRST)], LAST[(at // len(FIRST) + at) % len(LAST)]
        emails.append(f"{first}.{last}{at + 1}@acme.example".casefold())
        left = at >= PER_MANAGER and random.random() < 0.05
        yield Worker(
            email=emails[at],
            name=f"{first} {last}",
            department=DEPARTMENTS[at % len(DEPARTMENTS)],
            manager=emails[(at - 1) // PER_MANAGER] if at else "",
            left_on=as_of - timedelta(days=random.randrange(1, 120)) if left else None,
        )


# --- systems


def _shares(people: int, systems: int, accounts: int) -> list[int]:
    """Evenly; what an export of one row each person can't hold is taken by the others."""
    most = max(people + people // 5, 1)
    shares = [1] * systems
    left = accounts - systems
    for at in range(systems):
        if _system(at)[1] in ONE_ROW_EACH:
            shares[at] += min(accounts // systems, most) - 1
            left -= shares[at] - 1
    many = [at for at in range(systems) if _system(at)[1] not in ONE_ROW_EACH]
    for place, at in enumerate(many):
        shares[at] += left // len(many) + (place < left % len(many))
    return shares


def _system(number: int) -> tuple[str, LayoutName]:
    if number < len(SYSTEMS):
        return SYSTEMS[number]
    return f"{AREAS[number % len(AREAS)].capitalize()} {number + 1}", LayoutName.GENERIC


def _export(random: Random, staff: Sequence[Worker], number: int, share: int, as_of: date) -> Export:
    system, layout = _system(number)
    holdings = list(_holdings(random, staff, layout, share, as_of))
    before_on = as_of - SINCE_LAST_REVIEW
    before = [_as_before(one, before_on) for one in holdings if one.account.created <= before_on]
    header, write = WRITERS[layout]
    stayed = [one.email for one in staff if one.left_on is None]
    return Export(
        system=system,
        layout=layout,
        owner=stayed[number % len(stayed)],
        source=_source(system, as_of, share),
        rows=(header, *(write(one) for one in holdings)),
        before_source=_source(system, before_on, len(before)),
        before=(header, *(write(one) for one in before)),
    )


def _source(system: str, day: date, rows: int) -> Source:
    extracted = datetime.combine(day, time(8), tzinfo=UTC)
    return Source(
        system=system, source=f"{system}, production", query="all users", extracted_at=extracted, row_count=rows
    )


def _as_before(holding: Holding, day: date) -> Holding:
    """Nobody had signed in later than the day of that export."""
    account = holding.account
    if account.last_login is None or account.last_login <= day:
        return holding
    earlier = day - timedelta(days=account.last_login.toordinal() % 60)
    return replace(holding, account=replace(account, last_login=max(account.created, earlier)))


# --- accounts


def _holdings(
    random: Random, staff: Sequence[Worker], layout: LayoutName, share: int, as_of: date
) -> Iterator[Holding]:
    """An account's entitlements stand one under another: first everybody's, then those of guests and of nobody."""
    each = 1 if layout in ONE_ROW_EACH else max(1, round(share / (len(staff) * 1.15)))
    account = _account(random, staff, 0, as_of)
    for number in range(share):
        holder, role = divmod(number, each)
        if number and role == 0:
            account = _account(random, staff, holder, as_of)
        yield _holding(random, account, role)


def _account(random: Random, staff: Sequence[Worker], number: int, as_of: date) -> Account:
    kind = _kind(random, beyond_staff=number >= len(staff))
    worker = staff[number] if number < len(staff) and random.random() > 0.03 else None
    if kind is not AccountKind.HUMAN:
        account, email, name = _account_of_nobody(random, kind, number), "", ""
    elif worker is None:
        account, email, name = f"guest{number + 1}@partner.example", f"guest{number + 1}@partner.example", ""
    else:
        account, email, name = worker.email, worker.email, worker.name
    gone = worker is not None and worker.left_on is not None
    age = random.randrange(1, 60) if random.random() < NEW else random.randrange(100, 1800)
    created = as_of - timedelta(days=age)
    return Account(
        name=account,
        email=email,
        person=name,
        kind=kind,
        active=not (gone and name and random.random() < 0.5),
        created=created,
        last_login=_login(random, created, as_of),
    )


def _account_of_nobody(random: Random, kind: AccountKind, number: int) -> str:
    if kind is AccountKind.SERVICE:
        return f"svc-{random.choice(AREAS).replace(' ', '-')}-{number + 1}"
    return f"team-{random.choice(DEPARTMENTS)}-{number + 1}"


def _kind(random: Random, *, beyond_staff: bool) -> AccountKind:
    return random.choices(tuple(AccountKind), (30, 50, 20) if beyond_staff else (90, 7, 3))[0]


def _login(random: Random, created: date, as_of: date) -> date | None:
    """None: never."""
    chance = random.random()
    if chance < 0.03:
        return None
    asleep = chance < 0.03 + DORMANT
    days = random.randrange(DORMANT_DAYS + 1, 500) if asleep else random.randrange(DORMANT_DAYS // 3)
    return max(created, as_of - timedelta(days=days))


def _holding(random: Random, account: Account, role: int) -> Holding:
    """Each of an account's roles is in another area, and after the last area in its second workspace."""
    area, again = AREAS[role % len(AREAS)], role // len(AREAS)
    name = random.choices(tuple(ROLES), (60, 22, 10, 8))[0]
    meaning, privileged = ROLES[name]
    place = f"{area} {again + 1}" if again else area
    return Holding(
        account=account,
        entitlement=f"{place.capitalize()} {name}",
        description=meaning.format(area=place),
        privileged=privileged,
    )
