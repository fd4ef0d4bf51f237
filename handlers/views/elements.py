"""The parts every screen is made of. Plain text only: markup, escaping and limits are the renderers' business."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from handlers.actions import Action

V = TypeVar("V")


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Tone(StrEnum):
    """How a line should feel. Never the only carrier of meaning: the words say it too."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph. `strong` for the one line that matters, `tone` for how it stands."""

    text: str
    strong: bool = False
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, kw_only=True)
class Heading:
    text: str


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words somebody wrote, or a statement to be attested, exactly as they stand."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """Small print under what it explains."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Progress:
    label: str
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Divider:
    pass


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Asked before a button acts."""

    title: str
    text: str
    yes: str
    no: str = "Back"


@dataclass(frozen=True, kw_only=True)
class ActionButton:
    """Acts at once."""

    label: str
    action: Action
    style: Style = Style.PLAIN
    confirm: Confirm | None = None


@dataclass(frozen=True, kw_only=True)
class FormButton:
    """Opens a form: its route answers with OpenForm. Told apart because some platforms must know beforehand."""

    label: str
    action: Action
    style: Style = Style.PLAIN


@dataclass(frozen=True, kw_only=True)
class LinkButton:
    label: str
    url: str


Button = ActionButton | FormButton | LinkButton


@dataclass(frozen=True, kw_only=True)
class Buttons:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a list with its own button: a task and its "Open"."""

    text: str
    note: str = ""
    button: Button | None = None
    tone: Tone = Tone.NEUTRAL
    under: bool = False
    """It belongs to the row above and stands back behind it."""


Element = Text | Heading | Quote | Note | Facts | Bullets | Table | Progress | Divider | Buttons | Row


@dataclass(frozen=True, kw_only=True)
class View:
    title: str
    summary: str
    """One sentence for notifications and screen readers: the whole point without the rest."""
    body: tuple[Element, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TextField:
    name: str
    label: str
    hint: str = ""
    placeholder: str = ""
    value: str = ""
    multiline: bool = False
    required: bool = True
    longest: int = 3000


@dataclass(frozen=True, kw_only=True)
class ChoiceField:
    """One of few (radio) or one of many (select): the renderer chooses by their number."""

    name: str
    label: str
    options: tuple[Option, ...]
    hint: str = ""
    value: str = ""
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class ManyField:
    """Any number of the options."""

    name: str
    label: str
    options: tuple[Option, ...]
    hint: str = ""
    values: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class DateField:
    """Value: YYYY-MM-DD."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class PersonField:
    """One person of the workspace. Value in: a person id. Value out: a person id; the edge translates its own ids."""

    name: str
    label: str
    options: tuple[Option, ...]
    """People's ids and names, for front ends without a people picker of their own."""
    hint: str = ""
    value: str = ""
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class FilesField:
    name: str
    label: str
    hint: str = ""
    most: int = 5
    required: bool = True


Field = TextField | ChoiceField | ManyField | DateField | PersonField | FilesField


@dataclass(frozen=True, kw_only=True)
class Form:
    title: str
    """Slack shows 24 characters."""
    action: Action
    """Comes back with the submission."""
    fields: tuple[Field, ...]
    submit: str = "Send"
    intro: tuple[Element, ...] = ()
