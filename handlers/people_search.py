"""Who is meant by some words: a department, a role, a state, or part of a name or e-mail address."""

from collections.abc import Callable, Sequence
from datetime import date
from difflib import get_close_matches

from tasks.people import Person, Role

AWAY, DEACTIVATED, UNMANAGED, GUEST = "away", "deactivated", "unmanaged", "guest"
MOST_WORDS = 12

Test = Callable[[Person], bool]


def matching(people: Sequence[Person], words: str, today: date) -> list[Person]:
    """All of the words have to fit. Deactivated people and guests only where they are asked for."""
    wanted = " ".join(words.casefold().split())
    tests: list[Test] = []
    for phrase, test in _phrases(people).items():
        if phrase in wanted:
            wanted = wanted.replace(phrase, "")
            tests.append(test)
    single = wanted.split()[:MOST_WORDS]
    tests += [_deactivated if DEACTIVATED in single else _active]
    tests += [] if GUEST in single else [_full_member]
    departments = {person.department for person in people}
    tests += [_test(word, departments, today) for word in single if word != DEACTIVATED]
    return [person for person in people if all(test(person) for test in tests)]


def nearest(people: Sequence[Person], words: str) -> Person | None:
    by_name: dict[str, Person] = {}
    for person in people:
        if person.active:
            for name in (person.name.casefold(), *person.name.casefold().split(), person.email):
                by_name.setdefault(name, person)
    near = get_close_matches(words.strip().removeprefix("@").casefold(), list(by_name), n=1, cutoff=0.7)
    return by_name[near[0]] if near else None


def _phrases(people: Sequence[Person]) -> dict[str, Test]:
    """Roles as they are said, and departments of several words."""
    roles: dict[str, Test] = {role.replace("-", " "): _with_role(role) for role in Role if "-" in role}
    departments = sorted({person.department for person in people if " " in person.department})
    return {**roles, **{department: _in_department(department) for department in departments}}


def _test(word: str, departments: set[str], today: date) -> Test:
    if word == AWAY:
        return lambda person: person.is_away(today)
    if word == UNMANAGED:
        return lambda person: person.manager_id is None
    if word == GUEST:
        return lambda person: person.guest
    if word in set(Role) and word != Role.MEMBER:
        return _with_role(Role(word))
    if word in departments:
        return _in_department(word)
    return lambda person: word.removeprefix("@") in f"{person.name} {person.email}".casefold()


def _with_role(role: Role) -> Test:
    return lambda person: person.has(role)


def _in_department(department: str) -> Test:
    return lambda person: person.department == department


def _deactivated(person: Person) -> bool:
    return not person.active


def _active(person: Person) -> bool:
    return person.active


def _full_member(person: Person) -> bool:
    return not person.guest
