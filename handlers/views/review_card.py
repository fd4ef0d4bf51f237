"""One reviewer's part of a campaign: how far it is, and what to do next."""

from handlers.actions import action
from handlers.review_page import MyPart
from handlers.views.elements import (
    ActionButton,
    Bullets,
    Button,
    Buttons,
    Confirm,
    Element,
    Fact,
    Facts,
    FormButton,
    Note,
    Progress,
    Quote,
    Style,
    Text,
    Tone,
    View,
)
from tasks.recurrence import span_label
from tasks.wording import counted, day, moment


def review_card(mine: MyPart, *, opening: str = "") -> View:
    """`opening`: why the reader sees it now, as a first line."""
    campaign = mine.campaign
    first = [Text(text=opening, strong=True)] if opening else []
    body: list[Element] = [*first, _standing(mine), _facts(mine), *_progress(mine), *_signed(mine)]
    buttons = _buttons(mine)
    return View(
        title=campaign.name,
        summary=f"{opening} {_words(mine)}".strip(),
        body=(*body, Buttons(buttons=buttons)) if buttons else tuple(body),
    )


def _words(mine: MyPart) -> str:
    part = mine.part
    if mine.task and not mine.task.is_open:
        return _settled_words(mine)
    left = part.items - part.decided
    if not left:
        return f"All {counted(part.items, 'access is', 'accesses are')} decided. Press Submit."
    return f"{counted(left, 'access', 'accesses')} of {part.items:,} still to decide."


def _settled_words(mine: MyPart) -> str:
    task = mine.task
    when = f" on {moment(task.answered_at, mine.reader.time_zone)}" if task and task.answered_at else ""
    if mine.attestation:
        who = "You" if mine.attestation.person_id == mine.reader.id else mine.reviewer
        return f"{who} submitted this{when}."
    return f"Nothing is left to decide here{when}: others have it, or it was decided elsewhere."


def _standing(mine: MyPart) -> Text:
    task = mine.task
    if task and not task.is_open:
        return Text(text=_settled_words(mine), tone=Tone.GOOD)
    late = task is not None and mine.now > task.due_at
    return Text(text=_words(mine), tone=Tone.BAD if late else Tone.NEUTRAL)


def _facts(mine: MyPart) -> Facts:
    campaign = mine.campaign
    return Facts(
        facts=(
            Fact(label="Covers", value=span_label(campaign.span_start, campaign.span_end)),
            Fact(label="Due", value=day(campaign.due_on)),
            Fact(label="Reviewer", value=mine.reviewer),
        )
    )


def _progress(mine: MyPart) -> list[Element]:
    part = mine.part
    if not part.items:
        return []
    lines = [f"{system}: {counted(held, 'access', 'accesses')}" for system, held in list(mine.systems.items())[:10]]
    if part.own_open:
        lines.append(f"{counted(part.own_open, 'needs', 'need')} a decision of its own, with a reason.")
    return [Progress(label="Decided", done=part.decided, total=part.items), Bullets(items=tuple(lines))]


def _signed(mine: MyPart) -> list[Element]:
    if mine.attestation is None or (mine.task and mine.task.is_open):
        return []
    return [Note(text="The statement signed:"), Quote(text=mine.attestation.statement)]


def _buttons(mine: MyPart) -> tuple[Button, ...]:
    campaign, part = mine.campaign, mine.part
    if not mine.mine or part.submitted >= part.items:
        return ()
    args = {"c": campaign.id}
    whole = part.decided == part.items
    found: list[Button] = []
    if whole:
        text = f"{counted(part.items, 'decision')}, {part.changes:,} of them to revoke or change. They become final."
        found.append(
            ActionButton(
                label="Submit",
                action=action("submit_review", **args),
                style=Style.PRIMARY,
                confirm=Confirm(title="Make them final?", text=text, yes="Submit"),
            )
        )
    review = action("review_access", **args, **({"w": "e"} if whole else {}))
    found.append(ActionButton(label="Review", action=review, style=Style.PLAIN if whole else Style.PRIMARY))
    if mine.for_bulk > 0:
        label = f"Keep the remaining {mine.for_bulk:,} …"
        t = int(mine.now.timestamp())
        found.append(FormButton(label=label, action=action("keep_remaining", **args, n=mine.for_bulk, t=t)))
    return tuple(found)
