"""What one cell says: criteria, evidence items, a department, a person."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tasks.controls import EvidenceItem
from tasks.people import Person

CRITERION = re.compile(r"(?<![A-Za-z.])(CC|PI|A|C|P)[ -]?(\d{1,2})[. ](\d{1,2})(?!\d)", re.IGNORECASE)
SERIES = re.compile(r"(?<![A-Za-z.])(CC|PI)[ -]?(\d{1,2})(?![\d.])", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[-*•–·]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
POPULATION = re.compile(
    r"\b(lists?|listings?|exports?|populations?|registers?|registry|rosters?|inventor(?:y|ies))\b", re.IGNORECASE
)
NOT_A_POPULATION = re.compile(r"\bcheck-?lists?\b", re.IGNORECASE)
EMAIL = re.compile(r"[^\s<>()\"',;]+@[^\s<>()\"',;]+")
LONGEST_KEY = 40
DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "hr": ("hr", "human resources", "people", "people ops", "people operations", "talent", "people team"),
    "it": ("it", "information technology", "it operations", "it ops", "helpdesk", "corporate it", "infrastructure"),
    "finance": ("finance", "accounting", "finance accounting", "procurement", "treasury"),
    "security": ("security", "information security", "infosec", "ciso", "cybersecurity", "security team", "secops"),
    "engineering": (
        *("engineering", "development", "devops", "software engineering", "product", "r d", "sre", "platform"),
        *("software development", "product engineering", "cloud operations"),
    ),
    "legal": ("legal", "compliance", "privacy", "grc", "legal compliance", "risk compliance", "governance"),
}
NAMED = {name: department for department, names in DEPARTMENTS.items() for name in names}


@dataclass(frozen=True, kw_only=True)
class Criteria:
    known: tuple[str, ...]
    unknown: tuple[str, ...]


def criteria_in(text: str, known: Collection[str]) -> Criteria:
    """Ids as auditors and products write them: CC6.1, cc 6.1, CC6.1.3, SOC 2 - CC6.1."""
    found = [f"{series.upper()}{number}.{point}" for series, number, point in CRITERION.findall(text)]
    whole = [f"{series.upper()}{number}" for series, number in SERIES.findall(text)]
    named = list(dict.fromkeys([*found, *whole]))
    return Criteria(
        known=tuple(one for one in named if one in known), unknown=tuple(one for one in named if one not in known)
    )


def lines_in(text: str) -> tuple[str, ...]:
    """Items of a list: one a line, or between semicolons; bullets and numbers in front are left out."""
    parts = (BULLET.sub("", part).strip() for part in re.split(r"[\n;]", text.replace("\r", "\n")))
    return tuple(dict.fromkeys(part for part in parts if part))


def evidence_in(text: str) -> tuple[EvidenceItem, ...]:
    items: list[EvidenceItem] = []
    for line in lines_in(text):
        key = _key(line, {item.key for item in items})
        items.append(EvidenceItem(key=key, text=line, required=True, population=is_population(line)))
    return tuple(items)


def is_population(words: str) -> bool:
    return bool(POPULATION.search(NOT_A_POPULATION.sub("", words)))


def _key(line: str, taken: Collection[str]) -> str:
    words = re.findall(r"[a-z0-9]+", line.casefold())
    key = ""
    for word in words:
        if len(key) + len(word) >= LONGEST_KEY:
            break
        key = f"{key}-{word}" if key else word
    key = key or "evidence"
    return next(name for name in (key, *(f"{key}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def department_in(text: str) -> str:
    """One of ours where the word is one for it; else the company's own word, in lower case."""
    word = " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())
    return NAMED.get(word.removesuffix(" department").removesuffix(" dept"), word)


def owner_in(text: str, people: Sequence[Person]) -> tuple[Person | None, str]:
    """By e-mail or by a name only one person has; and what to tell about it, empty where all is plain."""
    if not text.strip():
        return None, ""
    found = [person for words in _names(text) if (person := _person(words, people)) is not None]
    if not found:
        return None, f"I don't know the owner “{' '.join(text.split())[:80]}”; nobody is named."
    others = [words for words in _names(text) if _person(words, people) != found[0]]
    told = f"One person owns a control: {found[0].name}. Not taken over: {', '.join(others)[:120]}." if others else ""
    return found[0], told


def _names(text: str) -> list[str]:
    """An address is enough where name and address stand together."""
    parts = [part.strip() for part in re.split(r"[\n;,]| and | & ", text.replace("\r", "\n")) if part.strip()]
    return [EMAIL.findall(part)[0] if EMAIL.search(part) else part for part in parts]


def _person(words: str, people: Iterable[Person]) -> Person | None:
    able = [one for one in people if one.active and not one.guest]
    by_email = [one for one in able if one.email.casefold() == words.casefold()]
    by_name = [one for one in able if one.name.casefold() == " ".join(words.split()).casefold()]
    return by_email[0] if by_email else by_name[0] if len(by_name) == 1 else None
