"""What can be typed, and the same by button."""

from collections.abc import Sequence

from handlers.actions import action
from handlers.views.elements import ActionButton, Buttons, Element, Fact, Facts, FormButton, Text, View


def help_card(commands: Sequence[tuple[str, str]], *, unknown: str = "", nearest: str = "") -> View:
    """`commands`: usage and what it does."""
    body: list[Element] = []
    if unknown:
        guess = f" Did you mean “{nearest}”?" if nearest else ""
        body.append(Text(text=f"I don't know “{unknown}”.{guess}", strong=True))
    body += [
        Text(
            text="I ask you when a control is due, take your answer and its evidence, and remind you until it is done."
        ),
        Facts(facts=tuple(Fact(label=f"/soc2 {usage}", value=what) for usage, what in commands)),
        Buttons(
            buttons=(
                ActionButton(label="My tasks", action=action("show_tasks")),
                ActionButton(label="Status", action=action("show_status")),
                ActionButton(label="Review", action=action("show_review")),
                ActionButton(label="Evidence", action=action("show_missing")),
                ActionButton(label="Ask a colleague", action=action("show_requests")),
            )
        ),
        Buttons(
            buttons=(
                ActionButton(label="Correct an answer", action=action("show_correctable")),
                ActionButton(label="Delegate", action=action("show_delegation")),
                ActionButton(label="Controls", action=action("show_controls")),
                ActionButton(label="People", action=action("show_people")),
                FormButton(label="I will be away …", action=action("go_away")),
                FormButton(label="Assign a control …", action=action("assign_control")),
            )
        ),
    ]
    summary = (
        f"I don't know “{unknown}”. Here is what I understand." if unknown else "Here is what you can type or press."
    )
    return View(title="soc2bot", summary=summary, body=tuple(body))
