"""A campaign as its owner and the compliance lead see it: how far it is, who is still asked, what is to be done."""

from collections.abc import Mapping, Sequence

from handlers.actions import action
from handlers.campaign_page import CampaignPage
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    FormButton,
    Heading,
    Note,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    Tone,
    View,
)
from handlers.views.messages import open_task
from tasks.access.model import CampaignState
from tasks.access.ports import Part
from tasks.identifiers import PersonId
from tasks.recurrence import span_label
from tasks.wording import counted, day, due_moment, moment, sentence

MOST_PARTS = 15
MOST_CHANGES = 10
STATES = {
    CampaignState.PREPARING: "Being prepared",
    CampaignState.OPENING: "Being opened",
    CampaignState.OPEN: "Open",
    CampaignState.SIGNED_OFF: "Signed off",
    CampaignState.CLOSED_EARLY: "Closed early",
    CampaignState.CANCELLED: "Cancelled",
}


def campaign_card(page: CampaignPage, *, said: str = "") -> View:
    campaign = page.campaign
    first: list[Element] = [Text(text=said, tone=Tone.GOOD)] if said else []
    body = [*first, _standing(page), _facts(page), *_progress(page), *_reviewers(page), *_changes(page), *_end(page)]
    return View(title=campaign.name, summary=said or _summary(page), body=(*body, *_buttons(page)))


def _summary(page: CampaignPage) -> str:
    counts = page.ending.counts
    return f"{page.campaign.name}: {counts.decided:,} of {counted(counts.items, 'access', 'accesses')} decided."


def _standing(page: CampaignPage) -> Text:
    campaign, ending = page.campaign, page.ending
    if campaign.state is not CampaignState.OPEN:
        tone = Tone.GOOD if campaign.state is CampaignState.SIGNED_OFF else Tone.WARNING
        return Text(text=_closed_words(page), strong=True, tone=tone)
    if not ending.waiting_for:
        return Text(text="Everybody has submitted. It waits for the sign-off.", strong=True, tone=Tone.GOOD)
    waiting = counted(len(ending.waiting_for), "reviewer has", "reviewers have")
    return Text(text=f"{waiting} not submitted yet.", strong=True)


def _closed_words(page: CampaignPage) -> str:
    campaign = page.campaign
    when = f" on {moment(campaign.closed_at, page.reader.time_zone)}" if campaign.closed_at else ""
    who = f" by {page.closed_by}" if page.closed_by else ""
    reason = f": {campaign.close_reason}" if campaign.close_reason else "."
    return f"{STATES[campaign.state]}{who}{when}{reason}"


def _facts(page: CampaignPage) -> Facts:
    campaign = page.campaign
    systems = sorted(page.ending.expected)
    return Facts(
        facts=(
            Fact(label="Reviews", value=sentence(campaign.kind)),
            Fact(label="Covers", value=span_label(campaign.span_start, campaign.span_end)),
            Fact(label="Due", value=day(campaign.due_on)),
            Fact(label="Owner", value=page.owner),
            Fact(label="Systems", value=", ".join(systems) or "none yet"),
        )
    )


def _progress(page: CampaignPage) -> list[Element]:
    counts = page.ending.counts
    if not counts.items:
        return []
    words = f"{counts.keep:,} keep, {counts.revoke:,} revoke, {counts.change:,} change"
    return [
        Progress(label="Submitted", done=counts.decided, total=counts.items),
        Note(text=f"{words}. {counts.single:,} one by one, {counts.bulk:,} in bulk."),
    ]


def _reviewers(page: CampaignPage) -> list[Element]:
    if not page.parts:
        return []
    waiting = sorted(page.parts, key=lambda part: (part.submitted == part.items, -part.items))
    rows = tuple(_reviewer(part, page.names) for part in waiting[:MOST_PARTS])
    body: list[Element] = [
        Heading(text="Reviewers"),
        Table(columns=("Reviewer", "Accesses", "Decided", "Submitted", "Changes"), rows=rows),
    ]
    if len(waiting) > MOST_PARTS:
        body.append(Note(text=f"and {counted(len(waiting) - MOST_PARTS, 'more reviewer')}; the report names them all."))
    if page.gaps:
        body += [Text(text="Nobody can decide these yet:", tone=Tone.BAD), Bullets(items=page.gaps[:MOST_PARTS])]
    return body


def _reviewer(part: Part, names: Mapping[PersonId | None, str]) -> tuple[str, ...]:
    name = names.get(part.reviewer_id) or "nobody"
    return name, f"{part.items:,}", f"{part.decided:,}", f"{part.submitted:,}", f"{part.changes:,}"


def _changes(page: CampaignPage) -> list[Element]:
    if not page.ending.changes:
        return []
    done = page.ending.changes - len(page.changes)
    body: list[Element] = [
        Heading(text="Changes to be made"),
        Progress(label="Done", done=done, total=page.ending.changes),
    ]
    for task in page.changes[:MOST_CHANGES]:
        late = page.now > task.due_at
        due = f"due {due_moment(task.due_at, page.reader.time_zone, page.now)}"
        tone = Tone.BAD if late else Tone.NEUTRAL
        body.append(Row(text=task.title, note=f"overdue: {due}" if late else due, button=open_task(task), tone=tone))
    rest = len(page.changes) - MOST_CHANGES
    return [*body, Note(text=f"and {counted(rest, 'more')}.")] if rest > 0 else body


def _end(page: CampaignPage) -> list[Element]:
    body: list[Element] = []
    if page.asked:
        asked = page.asked
        body.append(Text(text=f"More time until {day(asked.due_to)} is asked for: {asked.reason}", tone=Tone.WARNING))
    if page.campaign.statement:
        body += [Note(text="The statement signed:"), Quote(text=page.campaign.statement)]
    return body


# --- buttons


def _buttons(page: CampaignPage) -> list[Element]:
    rows: Sequence[tuple[Button, ...]] = (_main(page), _more(page))
    return [Buttons(buttons=row) for row in rows if row]


def _main(page: CampaignPage) -> tuple[Button, ...]:
    campaign, found = page.campaign, list[Button]()
    if page.may_decide_extension and page.asked:
        args = {"c": campaign.id, "x": page.asked.id}
        approve = action("approve_extension", **args)
        found.append(ActionButton(label="Approve more time", action=approve, style=Style.PRIMARY))
        found.append(ActionButton(label="Refuse", action=action("refuse_extension", **args)))
    if page.may_sign and not page.ending.waiting_for:
        sign = action("sign_off_review", c=campaign.id, v=campaign.version)
        found.append(FormButton(label="Sign off …", action=sign, style=Style.PRIMARY))
    if campaign.state is CampaignState.PREPARING and page.may_end:
        setup = action("show_review_setup", c=campaign.id)
        found.append(ActionButton(label="Prepare and start", action=setup, style=Style.PRIMARY))
    if page.gaps and page.sees_signals:
        found.append(ActionButton(label="Name reviewers", action=action("review_gaps", c=campaign.id)))
    return tuple(found)


def _more(page: CampaignPage) -> tuple[Button, ...]:
    campaign, found = page.campaign, list[Button]()
    if campaign.state not in (CampaignState.PREPARING, CampaignState.OPENING):
        found.append(ActionButton(label="Report", action=action("open_report", c=campaign.id)))
    if page.sees_signals:
        found.append(ActionButton(label="Signs of haste", action=action("show_signals", c=campaign.id)))
    if page.may_end:
        args: dict[str, str | int] = {"c": campaign.id, "v": campaign.version}
        if campaign.state is CampaignState.OPEN:
            found.append(FormButton(label="More time …", action=action("extend_review", c=campaign.id)))
            found.append(FormButton(label="Close early …", action=action("close_review", **args)))
        found.append(FormButton(label="Cancel …", action=action("cancel_review", **args)))
    return tuple(found)


# --- signs of deciding without looking


def signals_card(campaign_id: str, name: str, signs: Sequence[tuple[str, Sequence[str]]]) -> View:
    back = Buttons(buttons=(ActionButton(label="Back", action=action("show_campaign", c=campaign_id)),))
    if not signs:
        text = f"Nobody shows any in {name}: no one kept everything within a minute, mostly in bulk, or for one reason."
        return View(title="Signs of haste", summary=text, body=(Text(text=text, tone=Tone.GOOD), back))
    text = f"{counted(len(signs), 'reviewer shows', 'reviewers show')} signs of deciding without looking. Ask them."
    body: list[Element] = [Text(text=text, tone=Tone.WARNING)]
    for who, sentences in signs[:MOST_PARTS]:
        body += [Heading(text=who), Bullets(items=tuple(sentences))]
    return View(title="Signs of haste", summary=text, body=(*body, back))
