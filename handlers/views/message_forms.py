"""What a message is evidence for: one choice, with the message as it will be kept."""

from collections.abc import Sequence

from handlers.actions import Action
from handlers.likely_places import Place
from handlers.views.elements import Bullets, ChoiceField, Element, Form, Note, Option, Quote, Text, TextField
from tasks.evidence import SharedMessage
from tasks.recurrence import span_label
from tasks.wording import counted, moment, shortened

MOST_PLACES = 100
NO_ITEM = "-"
SHOWN = 280


def attach_message_form(
    kept: SharedMessage,
    action: Action,
    *,
    places: Sequence[Place],
    chosen: Place | None,
    time_zone: str,
    left_out: bool = False,
) -> Form:
    options = tuple(_option(place) for place in places[:MOST_PLACES])
    value = _value(chosen) if chosen else ""
    hint = "The likeliest are listed. For another task, open it and attach a link to the message." if left_out else ""
    fields = (
        ChoiceField(name="place", label="What is it evidence for?", options=options, value=value, hint=hint),
        TextField(
            name="note",
            label="What does it show?",
            placeholder="In your words",
            required=False,
            multiline=True,
            longest=500,
        ),
    )
    return Form(
        title="Attach as evidence", action=action, intro=_intro(kept, time_zone), fields=fields, submit="Attach"
    )


def _intro(kept: SharedMessage, time_zone: str) -> tuple[Element, ...]:
    head = f"Message by {kept.author} in {kept.place}, {moment(kept.at, time_zone)}"
    body: list[Element] = [Text(text=head, strong=True)]
    if kept.text.strip():
        body.append(Quote(text=shortened(kept.text.strip(), SHOWN)))
    if kept.files:
        names = [shortened(one.name, 80) for one in kept.files[:5]]
        rest = [f"and {counted(len(kept.files) - 5, 'more file')}"] if len(kept.files) > 5 else []
        body.append(Bullets(items=(*names, *rest)))
    if any(not one.reference for one in kept.files):
        body.append(
            Note(text="I can't fetch its files myself. Attach it, then drop them into our chat: they come along.")
        )
    whole = "All of it is" if len(kept.text) > SHOWN else "It is"
    return (*body, Note(text=f"{whole} kept as it stands now, whatever happens to the message later."))


def _option(place: Place) -> Option:
    task = place.task
    what = place.item.text if place.item else task.title
    label = f"{task.code}, {span_label(task.span_start, task.span_end)}: {what}"
    return Option(value=_value(place), label=shortened(label, 75), note=shortened(_standing(place), 75))


def _standing(place: Place) -> str:
    title = place.task.title if place.item else ""
    return " · ".join(filter(None, (title, "still missing" if place.missing else "")))


def _value(place: Place) -> str:
    """By the item's number, for its key may be longer than a platform lets a choice be."""
    return f"{place.task.id}.{place.number if place.item else NO_ITEM}"
