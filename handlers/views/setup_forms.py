"""The forms of the set-up: one for each step."""

from collections.abc import Sequence
from datetime import date

from handlers.actions import Action
from handlers.views.elements import (
    Bullets,
    ChoiceField,
    DateField,
    Element,
    Form,
    ManyField,
    Note,
    Option,
    PersonField,
    Text,
    TextField,
)
from handlers.views.status_board import department_name
from tasks.catalogue.model import Pack
from tasks.ladder import CHOSEN, Ladder, distance
from tasks.notices import Occasion
from tasks.people import Workspace
from tasks.places import days_listed
from tasks.setup import OPTIONAL_PACKS, Setup
from tasks.wording import shortened

CATALOGUE, OWN = "catalogue", "own"
EVERYTHING, DEPARTMENT = "everything", "department"
YES, NO = "yes", "no"
PACKS = {
    Pack.AVAILABILITY: "Availability",
    Pack.CONFIDENTIALITY: "Confidentiality",
    Pack.PROCESSING_INTEGRITY: "Processing integrity",
    Pack.PRIVACY: "Privacy",
}
RUNGS = {
    Occasion.REMINDER_5: "First reminder, days before due",
    Occasion.REMINDER_1: "Second reminder, days before due",
    Occasion.OVERDUE: "Overdue: the owner, days after due",
    Occasion.MANAGER: "Their manager, days after due",
    Occasion.COMPLIANCE_LEAD: "The compliance lead, days after due",
    Occasion.SPONSOR: "The executive sponsor, days after due",
}
LADDER_RULES = (
    "All numbers are business days.",
    "The owner is asked when a task opens, and once more on the due day.",
    "No reminder comes before 40 % of the time has passed.",
    "Weekly controls stop at the manager.",
    "All of it stops the moment the task is answered.",
)


def controls_form(action: Action, setup: Setup) -> Form:
    sources = (
        Option(value=CATALOGUE, label="The controls soc2bot brings", note="60 in ten areas; edit them as you like"),
        Option(value=OWN, label="Our own control matrix", note="Your ids and your wording stay"),
    )
    packs = tuple(Option(value=pack, label=PACKS[pack]) for pack in OPTIONAL_PACKS)
    fields = (
        ChoiceField(
            name="source", label="Which controls?", options=sources, value=OWN if setup.own_controls else CATALOGUE
        ),
        ManyField(
            name="packs",
            label="Also in the scope of your audit",
            options=packs,
            hint="The security core is part of every SOC 2.",
            values=tuple(pack for pack in setup.packs if pack in PACKS),
        ),
    )
    intro = (Text(text="Nothing is installed yet: that happens when you press Start."),)
    return Form(title="Controls", action=action, intro=intro, fields=fields, submit="Save")


def place_form(action: Action, workspace: Workspace, *, everybody: bool) -> Form:
    """`everybody`: whether people who have the workspace's country so far are moved along, unless told otherwise."""
    options = (
        Option(value=YES, label="Everybody who has the old country gets it"),
        Option(value=NO, label="Only the company's own calendar"),
    )
    fields = (
        TextField(
            name="time_zone", label="Time zone", hint="As in Europe/Berlin, or a city.", value=workspace.time_zone
        ),
        TextField(
            name="country",
            label="Country",
            hint="Its code or name, as in DE. Chooses the holidays.",
            value=workspace.country,
        ),
        ChoiceField(
            name="everybody", label="When the country changes", options=options, value=YES if everybody else NO
        ),
        TextField(
            name="shutdown",
            label="Days the whole company is closed",
            hint="As in 2026-12-24 to 2026-12-31, 2027-05-07. Public holidays are known.",
            value=days_listed(workspace.shutdown_days),
            required=False,
            multiline=True,
            longest=2000,
        ),
    )
    intro = (Text(text="People may live elsewhere: their own time zone and country come first."),)
    return Form(title="Time zone and holidays", action=action, intro=intro, fields=fields, submit="Save")


def people_form(action: Action, *, colleagues: tuple[Option, ...], lead: str, second: str, sponsor: str) -> Form:
    accepts = (
        Option(value=EVERYTHING, label="Everything, as a second compliance lead"),
        Option(value=DEPARTMENT, label="Their department's, as its lead"),
    )
    fields = (
        PersonField(
            name="lead", label="Compliance lead", options=colleagues, value=lead, hint="Keeps an eye on all of it."
        ),
        PersonField(
            name="second",
            label="Second acceptor",
            options=colleagues,
            value=second,
            required=False,
            hint="Accepts what the compliance lead answers. Can be named later, but before the start.",
        ),
        ChoiceField(name="accepts", label="What may the second accept?", options=accepts, value=EVERYTHING),
        PersonField(
            name="sponsor",
            label="Executive sponsor",
            options=colleagues,
            value=sponsor,
            required=False,
            hint="Hears of what nobody else could move. Can be named later, but before the start.",
        ),
    )
    intro = (Text(text="They get these roles now, and no message. Roles held already are kept."),)
    return Form(title="Who watches over it", action=action, intro=intro, fields=fields, submit="Save")


def owners_form(action: Action, owners: Sequence[tuple[str, str, str]], *, colleagues: tuple[Option, ...]) -> Form:
    """`owners`: field name, department, and the id of who owns it so far."""
    fields = tuple(
        PersonField(
            name=name,
            label=shortened(department_name(department), 48),
            options=colleagues,
            value=person,
            required=False,
        )
        for name, department, person in owners
    )
    intro: tuple[Element, ...] = (
        Text(text="Who answers for the controls of each department? One person may have several."),
        Note(text="Left empty, the compliance lead stands in and the controls are shown as unassigned."),
    )
    return Form(title="Owners", action=action, intro=intro, fields=fields, submit="Save")


def ladder_form(action: Action, ladder: Ladder) -> Form:
    fields = tuple(
        TextField(
            name=occasion,
            label=RUNGS[occasion],
            value=str(distance(ladder, occasion)),
            longest=2,
        )
        for occasion in CHOSEN
    )
    return Form(title="Reminders", action=action, intro=(Bullets(items=LADDER_RULES),), fields=fields, submit="Save")


def channel_form(action: Action, channel: str, *, hint: str) -> Form:
    field = TextField(name="channel", label="Channel", hint=hint, value=channel, required=False, longest=200)
    intro = (
        Text(
            text="The channel gets one line a day while something is long overdue, and the week's closing line. It "
            "names controls and departments, never people. Invite the bot to it."
        ),
    )
    return Form(title="Compliance channel", action=action, intro=intro, fields=(field,), submit="Save")


def period_form(action: Action, workspace: Workspace) -> Form:
    start, end = workspace.period_start, workspace.period_end
    fields = (
        DateField(name="start", label="First day", value=start.isoformat() if start else ""),
        DateField(
            name="end",
            label="Last day",
            hint="For a Type 1 report choose the same day twice: it is as of that day.",
            value=end.isoformat() if end else "",
        ),
    )
    intro = (Text(text="A Type 2 report covers three to twelve months. Agree on them with your auditor."),)
    return Form(title="First audit period", action=action, intro=intro, fields=fields, submit="Save")


def rhythm_form(action: Action, setup: Setup, *, first: date, running: bool) -> Form:
    spread = (
        Option(value=YES, label="Level", note="Quarterly controls are spread over the three months"),
        Option(value=NO, label="As they stand", note="Most quarterly controls open in Jan, Apr, Jul and Oct"),
    )
    pace = (
        Option(value=NO, label="All at once", note="Every control begins on the first day"),
        Option(value=YES, label="Starter rhythm", note="Twelve controls first, eight more each month"),
    )
    fields = (
        DateField(name="starts_on", label="First day", value=first.isoformat(), hint="Nothing opens before it."),
        ChoiceField(name="level", label="Over the months", options=spread, value=YES if setup.level else NO),
        ChoiceField(name="starter", label="To begin with", options=pace, value=YES if setup.starter else NO),
    )
    intro = (Text(text="What runs already stays as it is: this is for controls added from now on."),) if running else ()
    return Form(title="Rhythm", action=action, intro=intro, fields=fields, submit="Save")
