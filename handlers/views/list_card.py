"""What became of a list of accounts that was handed in."""

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Buttons,
    Element,
    Fact,
    Facts,
    FormButton,
    Note,
    Text,
    Tone,
    View,
)
from tasks.access.stored import Body
from tasks.imports import Import
from tasks.wording import counted, day, moment, shortened

MOST_ROWS = 25
AGAIN = FormButton(label="Hand in another …", action=action("import_access"))


def frozen_card(item: Import, body: Body, zone: str) -> View:
    tally, source = body.tally, body.asked.source
    held = counted(tally.accesses, "access", "accesses") if tally else "The list"
    text = f"{source.system}: {held} of {moment(source.extracted_at, zone)}. It is kept as it is from now on."
    facts = Facts(
        facts=(
            Fact(label="File", value=item.name),
            Fact(label="Rows at the source", value=f"{source.row_count:,}, as many as in the file"),
            Fact(label="Digest of the rows", value=body.digest),
        )
    )
    body_of: list[Element] = [Text(text=text, strong=True, tone=Tone.GOOD), facts, Bullets(items=_told(body))]
    buttons = (
        ActionButton(label="Open the system", action=action("show_system", s=body.system_id)),
        ActionButton(label="Access reviews", action=action("show_access")),
    )
    return View(title="List of accounts", summary=text, body=(*body_of, Buttons(buttons=buttons)))


def _told(body: Body) -> tuple[str, ...]:
    tally = body.tally
    if tally is None:
        return ("Read whole.",)
    said = [
        f"{tally.privileged:,} privileged, {tally.impersonal:,} of service and shared accounts",
        f"{counted(tally.unmatched, 'account', 'accounts')} of nobody we know: the system's owner is asked about them",
    ]
    if tally.since:
        said.append(f"Since the list of {day(tally.since)}: {tally.new:,} new, {tally.vanished:,} gone")
    if tally.unused:
        said.append(f"Columns nobody needed: {shortened(', '.join(tally.unused), 300)}")
    return tuple(said)


def refused_card(item: Import, body: Body) -> View:
    """Every row that can't be read, as far as a message goes; the command line lists them all."""
    text = f"{item.error} Nothing was imported."
    if item.error.endswith("Nothing was imported."):
        text = item.error
    found: list[Element] = [Text(text=text, tone=Tone.WARNING)]
    lines = [f"Row {one.row}: {one.reason}" for one in body.unreadable[:MOST_ROWS]]
    found += [Bullets(items=tuple(lines))] if lines else []
    rest = len(body.unreadable) - MOST_ROWS
    found += [Note(text=f"and {counted(rest, 'more row')}; “soc2 access import” lists them all.")] if rest > 0 else []
    return View(title="It can't be taken over", summary=shortened(text, 150), body=(*found, Buttons(buttons=(AGAIN,))))


def columns_card(item: Import) -> View:
    text = f"I can't tell which column of {item.name} holds what. Say it once, and I read it again."
    match = FormButton(label="Match the columns", action=action("match_columns", i=item.id, v=item.version))
    return View(title="Which column is which?", summary=text, body=(Text(text=text), Buttons(buttons=(match,))))
