"""People from a spreadsheet: all or nothing, every problem named with its row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from tasks import audit
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.operations.acting import require_steward
from tasks.people import GRANTED_ROLES, Actor, Person, Role
from tasks.ports import UnitOfWork

COLUMNS = ("email", "name", "department", "manager", "time_zone", "country", "roles")
REQUIRED = ("email", "name")


@dataclass(frozen=True, kw_only=True)
class Imported:
    added: int
    changed: int
    unchanged: int


def import_people(
    uow: UnitOfWork, actor: Actor, rows: Sequence[Mapping[str, str]], *, dry_run: bool = False
) -> Imported:
    """`rows` by column name; `manager` is an e-mail, `roles` are separated by spaces. Raises Invalid with `fields`
    by row number ("2", "3", … the header being row 1)."""
    require_steward(actor, Role.ADMIN)
    clean = [{key: (value or "").strip() for key, value in row.items() if key} for row in rows]
    problems = dict(_problems(uow, clean))
    if problems:
        raise Invalid(f"Nothing was imported: {len(problems)} of {len(rows)} rows need mending.", fields=problems)
    found = [(uow.people.by_email(row["email"]), row) for row in clean]
    result = _tally([(old, _changes(uow, old, row)) for old, row in found])
    if dry_run:
        return result
    saved = [_save(uow, _merged(uow, old, row), old) for old, row in found]
    for new, row in zip(saved, clean, strict=True):
        _set_manager(uow, new, row)
    after: audit.Fields = {"added": result.added, "changed": result.changed, "granted": _granted(found, saved)}
    uow.audit.append(audit.entry("people:import", f"workspace:{uow.workspace.id}", actor, after=after))
    return result


def _problems(uow: UnitOfWork, rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    zones, seen = available_timezones(), {row.get("email", "").lower() for row in rows}
    done: set[str] = set()
    for number, row in enumerate(rows, start=2):
        email = row.get("email", "").lower()
        problem = _problem(uow, row, zones, seen)
        if email and email in done:
            problem = f"{email} is there twice"
        done.add(email)
        if problem:
            yield str(number), problem


def _problem(uow: UnitOfWork, row: Mapping[str, str], zones: set[str], emails: set[str]) -> str:
    empty = [name for name in REQUIRED if not row.get(name)]
    manager = row.get("manager", "").lower()
    unknown = set(row.get("roles", "").split()) - set(GRANTED_ROLES)
    country = row.get("country", "")
    if empty:
        return f"{empty[0]} is empty"
    if "@" not in row["email"] or " " in row["email"]:
        return f"{row['email']} is not an e-mail address"
    if manager and manager == row["email"].lower():
        return "nobody can be their own manager"
    if manager and manager not in emails and uow.people.by_email(manager) is None:
        return f"the manager {manager} is neither in this file nor known"
    if row.get("time_zone") and row["time_zone"] not in zones:
        return f"{row['time_zone']} is not a time zone such as Europe/Berlin"
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        return f"{country} is not a two-letter country code"
    return f"unknown role {min(unknown)}; known are {', '.join(GRANTED_ROLES)}" if unknown else ""


def _changes(uow: UnitOfWork, old: Person | None, row: Mapping[str, str]) -> bool:
    if old is None or _merged(uow, old, row) != old:
        return True
    manager = uow.people.by_email(row.get("manager", ""))
    return bool(row.get("manager")) and (manager is None or manager.id != old.manager_id)


def _granted(found: Sequence[tuple[Person | None, Mapping[str, str]]], saved: Sequence[Person]) -> list[str]:
    """person:role, each."""
    pairs = zip(saved, (old.roles if old else frozenset[Role]() for old, _ in found), strict=True)
    return sorted(f"{new.id}:{role}" for new, before in pairs for role in new.roles - before)


def _merged(uow: UnitOfWork, old: Person | None, row: Mapping[str, str]) -> Person:
    """An empty cell leaves what is known as it is."""
    place = uow.workspace
    base = old or Person(
        id=PersonId(uow.new_id()),
        email=row["email"].lower(),
        name=row["name"],
        time_zone=place.time_zone,
        country=place.country,
    )
    roles = frozenset(Role(role) for role in row.get("roles", "").split())
    return replace(
        base,
        name=row["name"],
        department=row.get("department", "").lower() or base.department,
        time_zone=row.get("time_zone") or base.time_zone,
        country=row.get("country", "").upper() or base.country,
        roles=base.roles | roles,
        active=True,
        deactivated_by="",
        guest=False,
        named=base.named or base.guest or old is None,
    )


def _save(uow: UnitOfWork, person: Person, old: Person | None) -> Person:
    if old is None:
        uow.people.add(person)
        return person
    return person if person == old else uow.people.save(person)


def _set_manager(uow: UnitOfWork, person: Person, row: Mapping[str, str]) -> None:
    manager = uow.people.by_email(row["manager"]) if row.get("manager") else None
    if manager and manager.id != person.manager_id:
        uow.people.save(replace(person, manager_id=manager.id))


def _tally(pairs: Sequence[tuple[Person | None, bool]]) -> Imported:
    """Who was known before, and whether their row brings something new."""
    added = sum(old is None for old, _ in pairs)
    changed = sum(old is not None and differs for old, differs in pairs)
    return Imported(added=added, changed=changed, unchanged=len(pairs) - added - changed)
