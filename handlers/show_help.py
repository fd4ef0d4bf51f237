"""/soc2 help, and what to say to words nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from handlers.replies import Reply, Show
from handlers.views.elements import View
from handlers.views.help_card import help_card


def show_help(commands: Iterable[tuple[str, str]]) -> Reply:
    return Show(view=_help(tuple(commands)))


def show_unknown(word: str, known: Iterable[str], commands: Iterable[tuple[str, str]]) -> Reply:
    """Never silence: the nearest match and the help card."""
    nearest = get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return Show(view=help_card(tuple(commands), unknown=word[:40], nearest=nearest[0] if nearest else ""))


@cache
def _help(commands: tuple[tuple[str, str], ...]) -> View:
    """Always the same view, so that renderers may remember what they made of it."""
    return help_card(commands)
