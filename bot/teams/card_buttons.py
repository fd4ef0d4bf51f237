"""What can be pressed on an Adaptive Card."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import assert_never

from bot.teams.card_elements import PARAGRAPH_TEXT, actions, block, container, small
from bot.teams.markdown import Json, label, line_of, paragraphs, shorten
from handlers.actions import LONGEST, encode
from handlers.views.elements import ActionButton, Button, Confirm, FormButton, LinkButton, Style

BUTTON = 40
"""A longer label is cut off on a phone."""
IN_A_ROW = 6
"""Teams leaves out the seventh."""
ROW_WIDTH = 290
"""Points across that a phone has for buttons: what stands further right can't be reached on some."""
BUTTON_FRAME, BUTTON_LETTER, NARROWEST = 34, 7.6, 66
MORE = "type tasks to see everything"
STYLES = {Style.PLAIN: "default", Style.PRIMARY: "positive", Style.DANGER: "destructive"}


class Presses:
    """One card's buttons; counts the questions on it, and knows whether there are inputs beside them."""

    def __init__(self, *, inputs: bool) -> None:
        self._alone: Json = {"associatedInputs": "none"} if inputs else {}
        self._asked = count(1)

    def row(self, buttons: Sequence[Button]) -> list[Json]:
        pressed = [self.button(button) for button in buttons]
        questions = [item for _, question in pressed for item in question]
        return [actions([press for press, _ in pressed]), *questions]

    def button(self, button: Button) -> tuple[Json, list[Json]]:
        """The button, and the question it opens instead of acting."""
        match button:
            case ActionButton() if button.confirm:
                return self._ask(button, button.confirm)
            case ActionButton():
                return self._execute(button.label, button), []
            case FormButton():
                return _press(button.label, button.style) | {"data": _opens(button)} | self._alone, []
            case LinkButton():
                return {"type": "Action.OpenUrl", "title": label(button.label, BUTTON), "url": button.url}, []
            case _:
                assert_never(button)

    def _execute(self, words: str, button: ActionButton) -> Json:
        data: Json = {"action": encode(button.action)}
        return execute(words, button.style, button.action.name, data, **self._alone)

    def _ask(self, button: ActionButton, confirm: Confirm) -> tuple[Json, list[Json]]:
        """Cards know no question before an action: this one stands hidden below the button until it is pressed."""
        place = f"ask{next(self._asked)}"
        toggle: Json = {"type": "Action.ToggleVisibility", "targetElements": [place]}
        press = toggle | {"title": label(button.label, BUTTON), "style": STYLES[button.style]}
        question: list[Json] = [
            block(line_of(confirm.title, 100), weight="bolder"),
            block(paragraphs(confirm.text, 300), spacing="small"),
            actions([self._execute(confirm.yes, button), toggle | {"title": label(confirm.no, BUTTON)}]),
        ]
        return press, [container(question, style="emphasis", id=place, isVisible=False)]


def execute(words: str, style: Style, verb: str, data: Json, **more: object) -> Json:
    """Clients that don't know Action.Execute send the same as a message."""
    press = _press(words, style) | {"data": data} | more
    return press | {"type": "Action.Execute", "verb": verb[:200], "fallback": press}


def submit(words: str, style: Style, data: Json) -> Json:
    return _press(words, style) | {"data": data}


def _press(words: str, style: Style) -> Json:
    pressed: Json = {"type": "Action.Submit", "title": label(words, BUTTON)}
    return pressed if style is Style.PLAIN else pressed | {"style": STYLES[style]}


def _opens(button: FormButton) -> Json:
    """A dialog opens only from a button that says so beforehand."""
    return {"msteams": {"type": "task/fetch"}, "action": encode(button.action)}


def works(button: Button) -> bool:
    if isinstance(button, LinkButton):
        return button.url.startswith(("https://", "http://")) and len(button.url) <= PARAGRAPH_TEXT
    return len(encode(button.action)) <= LONGEST


def unusable(button: Button) -> Json:
    return small(f"“{shorten(button.label, BUTTON)}” can't be shown in Teams – {MORE}")


def rows(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    row: list[Button] = []
    for button in buttons:
        if row and (len(row) == IN_A_ROW or sum(map(_width, [*row, button])) > ROW_WIDTH):
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _width(button: Button) -> float:
    return max(BUTTON_FRAME + BUTTON_LETTER * min(len(button.label), BUTTON), NARROWEST)
