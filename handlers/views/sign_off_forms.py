"""The forms at a campaign's end: sign-off, more time, closing early, cancelling."""

from handlers.actions import Action
from handlers.campaign_page import CampaignPage
from handlers.views.elements import Bullets, DateField, Element, Form, Note, Quote, Text, TextField, Tone
from tasks.access.model import Campaign
from tasks.wording import counted, day

NOTE = TextField(name="note", label="Anything to add", multiline=True, required=False, longest=1000)


def sign_off_form(page: CampaignPage, act: Action) -> Form:
    ending = page.ending
    intro: list[Element] = [Note(text="By signing off you sign this statement:"), Quote(text=ending.statement)]
    if ending.departures:
        intro += [Text(text="Not as planned:", tone=Tone.WARNING), Bullets(items=ending.departures)]
    if ending.open_changes:
        text = f"{counted(ending.open_changes, 'change is', 'changes are')} still to be made; each keeps its own task."
        intro.append(Note(text=text))
    intro.append(Note(text="The lists and the report are attached to the task. Nothing of it can be changed after."))
    return Form(title="Sign off", action=act, fields=(NOTE,), submit="Sign off", intro=tuple(intro))


def extend_form(campaign: Campaign, act: Action) -> Form:
    return Form(
        title="More time",
        action=act,
        fields=(
            DateField(name="due", label="New due day", hint=f"Due on {day(campaign.due_on)} now."),
            _reason("Somebody else approves it and reads this."),
        ),
        submit="Ask for it",
    )


def close_form(page: CampaignPage, act: Action) -> Form:
    open_still = page.ending.counts.undecided
    left = counted(open_still, "access is", "accesses are")
    text = f"{left} not decided and submitted. They are reported as such; what was submitted stands."
    return Form(
        title="Close early",
        action=act,
        fields=(_reason("It stands in the report."),),
        submit="Close early",
        intro=(Text(text=text, tone=Tone.WARNING),),
    )


def cancel_form(page: CampaignPage, act: Action) -> Form:
    text = "Nothing of this review counts any more, and its open changes are taken back. The record of it stays."
    return Form(
        title="Cancel the review",
        action=act,
        fields=(_reason("It stays on record."),),
        submit="Cancel the review",
        intro=(Text(text=text, tone=Tone.WARNING),),
    )


def _reason(hint: str) -> TextField:
    return TextField(name="reason", label="Reason", hint=hint, multiline=True, longest=500)
