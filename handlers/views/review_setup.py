"""A campaign before it begins: its systems with their lists, who will be asked, and what is in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.actions import Action, action
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Element,
    Fact,
    Facts,
    Form,
    FormButton,
    Heading,
    ManyField,
    Note,
    Option,
    PersonField,
    Row,
    Style,
    Table,
    Text,
    TextField,
    Tone,
    View,
)
from tasks.access.exports import Export
from tasks.access.model import Capacity
from tasks.access.ports import CampaignSystem
from tasks.access.reviewers import Load
from tasks.identifiers import PersonId
from tasks.operations.start_review import Prospect
from tasks.recurrence import span_label
from tasks.wording import counted, day

MOST_SYSTEMS = 12
MOST_REVIEWERS = 15
MOST_GAPS = 10
ASKED_FIRST = {
    Capacity.MANAGER: "their managers",
    Capacity.SYSTEM_OWNER: "the system's owner",
    Capacity.NAMED: "one person for all",
}


@dataclass(frozen=True, kw_only=True)
class SetupPage:
    prospect: Prospect
    names: Mapping[PersonId, str]


def review_setup(page: SetupPage, *, said: str = "") -> View:
    found = page.prospect
    campaign, outlook = found.campaign, found.outlook
    first: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    summary = (
        f"{campaign.name}: {counted(outlook.items, 'access', 'accesses')} "
        f"for {counted(len(outlook.loads), 'reviewer')}. Nothing is sent before you start it."
    )
    body = [*first, Text(text=summary, strong=True), _facts(page), *_systems(page), *_reviewers(page), *_gaps(page)]
    return View(title="Prepare the review", summary=summary, body=(*body, *_warnings(page), *_buttons(page)))


def _facts(page: SetupPage) -> Facts:
    campaign = page.prospect.campaign
    return Facts(
        facts=(
            Fact(label="Reviews", value=campaign.kind.value),
            Fact(label="Covers", value=span_label(campaign.span_start, campaign.span_end)),
            Fact(label="Due", value=day(campaign.due_on)),
            Fact(label="Signs it off", value=page.names.get(campaign.owner_id, "")),
        )
    )


def _systems(page: SetupPage) -> list[Element]:
    systems = page.prospect.systems
    if not systems:
        text = "No system is in yet. Bring in a list of accounts first."
        return [Text(text=text, tone=Tone.WARNING)]
    rows = [_system_row(one, page.prospect.exports[one.system_id], page) for one in systems[:MOST_SYSTEMS]]
    rest = [Note(text=f"Only the first {MOST_SYSTEMS} are shown.")] if len(systems) > MOST_SYSTEMS else []
    return [Heading(text=f"Systems ({len(systems)})"), *rows, *rest]


def _system_row(one: CampaignSystem, export: Export, page: SetupPage) -> Row:
    asked = ASKED_FIRST[one.first_asked]
    if one.first_asked is Capacity.NAMED and one.named_id:
        asked = page.names.get(one.named_id, asked)
    owner = page.names.get(one.owner_id, "") if one.owner_id else ""
    said = (
        f"{counted(export.accesses, 'access', 'accesses')} on {day(one.as_of)}",
        f"asked first: {asked}",
        f"owner: {owner or 'nobody'}",
    )
    act = action("review_system", c=one.campaign_id, s=one.system_id)
    return Row(text=one.system, note=" · ".join(said), button=FormButton(label="Change …", action=act))


def _reviewers(page: SetupPage) -> list[Element]:
    loads = page.prospect.outlook.loads
    if not loads:
        return []
    rows = tuple(_load(load, page.names) for load in loads[:MOST_REVIEWERS])
    table = Table(columns=("Reviewer", "Accesses", "Systems"), rows=rows)
    rest = len(loads) - MOST_REVIEWERS
    more = [Note(text=f"and {counted(rest, 'more reviewer')} with less.")] if rest > 0 else []
    return [Heading(text=f"Who will be asked ({len(loads)})"), table, *more]


def _load(load: Load, names: Mapping[PersonId, str]) -> tuple[str, ...]:
    absent = [names.get(who, "") for who in load.on_behalf_of]
    behalf = f" (for {', '.join(absent)})" if absent else ""
    return f"{names.get(load.person_id, '')}{behalf}", f"{load.items:,}", ", ".join(load.systems)


def _gaps(page: SetupPage) -> list[Element]:
    gaps = page.prospect.outlook.gaps
    if not gaps:
        return []
    lines = tuple(f"{gap.system}, {counted(gap.items, 'access', 'accesses')}: {gap.name}" for gap in gaps[:MOST_GAPS])
    return [Text(text="Nobody can be asked about these:", tone=Tone.BAD), Bullets(items=lines)]


def _warnings(page: SetupPage) -> list[Element]:
    found = page.prospect
    lines = [*found.warnings]
    if found.left_out:
        lines.append(f"Left out: {', '.join(found.left_out)}.")
    if found.without_list:
        lines.append(f"Without a list of accounts: {', '.join(found.without_list)}.")
    return [Text(text="Look at this first:", tone=Tone.WARNING), Bullets(items=tuple(lines))] if lines else []


def _buttons(page: SetupPage) -> list[Element]:
    campaign, items = page.prospect.campaign, page.prospect.outlook.items
    found: list[Button] = []
    if items:
        reviewers = counted(len(page.prospect.outlook.loads), "reviewer")
        text = f"{reviewers} get {counted(items, 'access', 'accesses')} to decide, until {day(campaign.due_on)}."
        found.append(
            ActionButton(
                label="Start the review",
                action=action("confirm_review", c=campaign.id, m=page.prospect.seen, n=items),
                style=Style.PRIMARY,
                confirm=Confirm(title="Start the review?", text=text, yes="Start"),
            )
        )
    found += [
        FormButton(label="Choose systems …", action=action("review_systems", c=campaign.id)),
        ActionButton(label="Take the latest lists", action=action("latest_lists", c=campaign.id)),
        FormButton(label="New list …", action=action("import_access")),
        FormButton(label="Cancel …", action=action("cancel_review", c=campaign.id, v=campaign.version)),
    ]
    return [Buttons(buttons=tuple(found))]


# --- forms


def start_form(act: Action, controls: Sequence[Option], *, span: tuple[str, str], due: str, days: int) -> Form:
    return Form(
        title="Start a review",
        action=act,
        fields=(
            ChoiceField(name="control", label="For", options=tuple(controls), value=controls[0].value),
            TextField(name="name", label="Name", placeholder="Access review, third quarter", longest=100),
            DateField(name="span_start", label="Covers from", value=span[0]),
            DateField(name="span_end", label="until", value=span[1]),
            DateField(name="due", label="To be decided by", value=due),
            TextField(
                name="change_days",
                label="Business days for each change",
                hint="To revoke or change what reviewers decide.",
                value=str(days),
                longest=2,
            ),
        ),
        submit="Prepare",
        intro=(Note(text="Nobody is asked anything yet: next you see the systems and who will be asked."),),
    )


def system_form(act: Action, one: CampaignSystem, colleagues: tuple[Option, ...]) -> Form:
    asked = tuple(Option(value=capacity.value, label=label) for capacity, label in ASKED_FIRST.items())
    return Form(
        title="Who is asked",
        action=act,
        fields=(
            ChoiceField(
                name="first", label=f"Asked first about {one.system}", options=asked, value=one.first_asked.value
            ),
            PersonField(
                name="named",
                label="That one person",
                options=colleagues,
                value=one.named_id or "",
                required=False,
                hint="Only where one person is asked for all.",
            ),
            PersonField(
                name="owner",
                label="Owner of the system",
                options=colleagues,
                value=one.owner_id or "",
                required=False,
                hint="Asked about leavers and unknown accounts, and makes the changes.",
            ),
        ),
        submit="Save",
        intro=(Note(text="Nobody is ever asked about their own access: then the next in line is."),),
    )


def systems_form(act: Action, options: tuple[Option, ...], chosen: tuple[str, ...]) -> Form:
    field = ManyField(name="systems", label="Systems under review", options=options, values=chosen)
    return Form(title="Choose systems", action=act, fields=(field,), submit="Save")
