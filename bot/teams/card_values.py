"""What a sent card carries: the values of its fields, and where it came from. Pure; nothing is trusted to be there.

An input's id says how its value is read: t_ one text, m_ any number of choices, d_ a day.
"""

from dataclasses import dataclass
from urllib.parse import unquote

from bot.teams.markdown import Json
from handlers.actions import Action, decode, encode
from handlers.requests import Value

TEXT, MANY, DAY = "t_", "m_", "d_"
MOST_FIELDS = 200
LONGEST_TEXT = 16_000
LONGEST_NAME = 80
SEPARATORS = str.maketrans({";": ","})
"""Clients put commas between choices; some older ones semicolons."""


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """Where a form came from; a hint like everything else that comes back."""

    action: Action | None = None
    conversation: str = ""
    message: str = ""
    form: bool = False
    """It is a form that was sent, not a button that was pressed."""


def remember(origin: Remembered) -> Json:
    """Put into the data of a form's button, beside the values of the inputs."""
    kept = {
        "action": encode(origin.action) if origin.action else "",
        "conversation": origin.conversation,
        "message": origin.message,
    }
    return {"form": "1", **{name: text for name, text in kept.items() if text}}


def recall(data: object) -> Remembered:
    """Of a pressed button as well, which remembers only its action."""
    kept = data if isinstance(data, dict) else {}
    return Remembered(
        action=decode(_text(kept.get("action"))),
        conversation=_text(kept.get("conversation"))[:500],
        message=_text(kept.get("message"))[:500],
        form=kept.get("form") == "1",
    )


def values_of(data: object) -> dict[str, Value]:
    """By field name. What was left empty may be missing altogether: that is how clients send it."""
    sent = data.items() if isinstance(data, dict) else ()
    named = [(name, value) for name, value in sent if isinstance(name, str) and _is_ours(name)]
    return {name[2:]: _value(name[:2], value) for name, value in named[:MOST_FIELDS]}


def _is_ours(name: str) -> bool:
    return name[:2] in (TEXT, MANY, DAY) and 2 < len(name) <= LONGEST_NAME


def _value(kind: str, value: object) -> Value:
    if kind == MANY:
        listed = value if isinstance(value, list) else _text(value).translate(SEPARATORS).split(",")
        return tuple(unquote(each) for each in listed if isinstance(each, str) and each)
    text = _text(value).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()[:10] if kind == DAY and text.strip()[10:11] == "T" else text


def _text(value: object) -> str:
    return value.replace("\x00", "")[:LONGEST_TEXT] if isinstance(value, str) else ""


def choice(value: str) -> str:
    """A value that can stand among others with commas between them."""
    return value.replace("%", "%25").replace(",", "%2C").replace(";", "%3B")
