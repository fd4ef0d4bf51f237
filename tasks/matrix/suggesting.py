"""Which criteria a control may support, told from the words it shares with a control or criterion we know.

A word counts the more, the fewer of the shipped controls have it, and double where it stands in a title. The reason is
told with the suggestion, and a person decides.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from tasks.catalogue.loader import shipped
from tasks.catalogue.model import Catalogue
from tasks.matrix.model import Suggestion
from tasks.wording import listed

ENOUGH = 5.0
"""Below it the likeness is chance."""
MOST_WORDS_SHOWN = 4
STOP = frozenset(
    re.findall(
        r"\w+",
        "and are for the that with from have has been not all any its their this when who was were will shall must may "
        "can each every than then them they such into onto upon our your company organization organisation control "
        "controls process processes procedure procedures policy policies performed perform ensure ensures including "
        "appropriate management review reviewed reviews least basis quarterly monthly weekly annual annually yearly "
        "daily periodic periodically formal formally documented document documents team personnel place via other "
        "system systems",
    )
)
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "als", "al", "ed", "es", "s", "y", "e")


@dataclass(frozen=True, kw_only=True)
class Known:
    name: str
    """IAM-03 Leaver access removal."""
    criteria: tuple[str, ...]
    title: frozenset[str]
    words: frozenset[str]


class Likeness:
    def __init__(self, catalogue: Catalogue) -> None:
        controls = [
            Known(
                name=f"{one.code} {one.text.title}",
                criteria=one.criteria,
                title=words_of(one.text.title),
                words=words_of(f"{one.text.title} {one.text.prompt} {one.text.statement} {one.text.population}"),
            )
            for one in catalogue.controls
        ]
        criteria = [
            Known(
                name=f"{one.id} {one.title}", criteria=(one.id,), title=words_of(one.title), words=words_of(one.title)
            )
            for one in catalogue.criteria
        ]
        seen = Counter(word for one in controls for word in one.words)
        self._rarity = {word: log(1 + len(controls) / count) for word, count in seen.items()}
        self._known = (*controls, *criteria)

    def suggest(self, title: str, description: str) -> Suggestion | None:
        """None where nothing is like it."""
        inside, in_title = words_of(f"{title} {description}"), words_of(title)
        best = max(self._known, key=lambda known: self.score(known, inside, in_title), default=None)
        if best is None or self.score(best, inside, in_title) < ENOUGH:
            return None
        shared = sorted(best.words & inside, key=lambda word: -self._weight(word, best.title))
        words = listed([f"“{_whole(word, f'{title} {description}')}”" for word in shared[:MOST_WORDS_SHOWN]])
        return Suggestion(criteria=best.criteria, because=f"looks like {best.name} ({words})")

    def score(self, known: Known, inside: frozenset[str], in_title: frozenset[str]) -> float:
        """At least two words must be the same. A long text shares words by chance: it counts for less."""
        shared = known.words & inside
        if len(shared) < 2:
            return 0.0
        total = sum(self._weight(word, known.title | in_title) for word in shared)
        return total / (1 + log(1 + len(known.words | inside) / 40))

    def _weight(self, word: str, title: frozenset[str]) -> float:
        return self._rarity.get(word, 1.0) * (2 if word in title else 1)


@cache
def likeness() -> Likeness:
    """To the shipped catalogue."""
    return Likeness(shipped())


def words_of(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(text) if word not in STOP)


def _words(text: str) -> Sequence[str]:
    return re.findall(r"[a-z]{3,}", text.casefold())


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _whole(stem: str, text: str) -> str:
    """As it stands in the text."""
    return next((word for word in _words(text) if _stem(word) == stem), stem)
