"""The forms of a review: a decision, passing on, keeping the rest, naming a reviewer, finding."""

from collections.abc import Sequence

from handlers.actions import Action
from handlers.review_page import LONGEST_SEARCH, MyPart, Place
from handlers.views.elements import (
    Bullets,
    ChoiceField,
    Element,
    Fact,
    Facts,
    Form,
    Note,
    Option,
    PersonField,
    Text,
    TextField,
    Tone,
)
from tasks.access.deciding import Row
from tasks.access.model import Verdict
from tasks.access.texts import called
from tasks.wording import counted, day

ANY = "any"
CHOICES = (
    Option(value=Verdict.KEEP.value, label="Keep", note="Still needed"),
    Option(value=Verdict.REVOKE.value, label="Revoke", note="Not needed any more"),
    Option(value=Verdict.CHANGE.value, label="Change", note="Something less, or something else"),
)


def decide_form(act: Action, row: Row, found: Sequence[str], story: Sequence[str], *, own: bool) -> Form:
    decision = row.decision
    needed = "Needed: this access is privileged, shared, a service's or dormant."
    return Form(
        title="Decide",
        action=act,
        fields=(
            ChoiceField(
                name="verdict",
                label="This access",
                options=CHOICES,
                value=decision.verdict.value if decision else "",
            ),
            TextField(
                name="change_to",
                label="Change to",
                hint="Only where you choose Change.",
                value=decision.change_to if decision else "",
                required=False,
                longest=200,
            ),
            TextField(
                name="reason",
                label="Reason",
                hint=needed if own else "Needed for privileged, shared, service and dormant access only.",
                value=decision.reason if decision else "",
                multiline=True,
                required=own,
                longest=500,
            ),
        ),
        submit="Save",
        intro=_about(row, found, story),
    )


def _about(row: Row, found: Sequence[str], story: Sequence[str]) -> tuple[Element, ...]:
    access = row.item.access
    facts = [
        Fact(label="Whose", value=called(access)),
        Fact(label="System", value=row.item.system),
        Fact(label="Access", value=access.entitlement or "the account itself"),
    ]
    if access.description:
        facts.append(Fact(label="Means", value=access.description))
    if access.last_login:
        facts.append(Fact(label="Last sign-in", value=day(access.last_login)))
    body: list[Element] = [Facts(facts=tuple(facts))]
    body += [Text(text=" · ".join(found), tone=Tone.WARNING)] if found else []
    body += [Bullets(items=tuple(story))] if story else []
    return tuple(body)


def pass_on_form(act: Action, row: Row, found: Sequence[str]) -> Form:
    return Form(
        title="Not sure, or not mine",
        action=act,
        fields=(TextField(name="reason", label="Why", hint="The next in line reads it.", multiline=True, longest=500),),
        submit="Pass it on",
        intro=(*_about(row, found, ()), Note(text="It goes to the next in line, and doesn't come back to you.")),
    )


def keep_form(act: Action, mine: MyPart) -> Form:
    left = mine.part.own_open
    out = f" {counted(left, 'access', 'accesses')} left out: privileged, shared, service or dormant." if left else ""
    text = f"{counted(mine.for_bulk, 'access', 'accesses')} will be kept, with one reason for all.{out}"
    return Form(
        title="Keep the remaining",
        action=act,
        fields=(TextField(name="reason", label="Reason for all of them", multiline=True, longest=500),),
        submit=f"Keep {mine.for_bulk:,}",
        intro=(Text(text=text, tone=Tone.WARNING), Note(text="The report says that they were decided in bulk.")),
    )


def reassign_form(act: Action, row: Row, found: Sequence[str], colleagues: tuple[Option, ...]) -> Form:
    return Form(
        title="Name a reviewer",
        action=act,
        fields=(PersonField(name="person", label="Who decides", options=colleagues),),
        submit="Give it to them",
        intro=_about(row, found, ()),
    )


def find_form(act: Action, place: Place, systems: Sequence[str]) -> Form:
    options = (Option(value=ANY, label="Every system"), *(Option(value=one, label=one) for one in systems))
    return Form(
        title="Find",
        action=act,
        fields=(
            TextField(
                name="search",
                label="Words",
                hint="In the account, the name, the e-mail address or the access.",
                value=place.search,
                required=False,
                longest=LONGEST_SEARCH,
            ),
            ChoiceField(name="system", label="System", options=options, value=place.system or ANY, required=False),
        ),
        submit="Find",
    )
