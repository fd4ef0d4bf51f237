"""Where somebody's evidence could go, the likeliest first: by its name, by last time's, by what is missing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from handlers.context import Context
from tasks import duties, likeness
from tasks.controls import ControlText, EvidenceItem
from tasks.model import Task
from tasks.operations.acting import today_of
from tasks.operations.task_text import text_of

MOST_LOOKED_AT = 40


@dataclass(frozen=True, kw_only=True)
class Place:
    """An item of an open task; without one where the control asks for none."""

    task: Task
    item: EvidenceItem | None
    number: int
    """The item's place in the control's list."""
    missing: bool
    last_time: tuple[str, ...]
    """The names of what stood there then."""

    @property
    def key(self) -> str:
        return self.item.key if self.item else ""

    @property
    def words(self) -> str:
        return f"{self.item.text} {self.item.key}" if self.item else ""


Score = Callable[[Place], float]


def places_in(context: Context, tasks: Sequence[Task]) -> list[Place]:
    """Of the first so many tasks: each takes a few look-ups."""
    return [place for task in tasks[:MOST_LOOKED_AT] for place in _places(context, task)]


def _places(context: Context, task: Task) -> Iterator[Place]:
    uow = context.uow
    text = text_of(uow, task)
    there = {one.item for one in uow.evidence.of_task(task.id) if one.present}
    previous = uow.tasks.previous(task)
    before = uow.evidence.of_task(previous.id) if previous else ()
    for number, item in _items(context, task, text):
        key = item.key if item else ""
        yield Place(
            task=task,
            item=item,
            number=number,
            missing=bool(item and item.required and key not in there),
            last_time=tuple(one.name for one in before if one.present and one.item == key),
        )


def _items(context: Context, task: Task, text: ControlText) -> list[tuple[int, EvidenceItem | None]]:
    """What the person may attach: everything where it is their turn, else what they were asked for."""
    listed: list[tuple[int, EvidenceItem | None]] = list(enumerate(text.evidence))
    if duties.may_answer(context.person, task, context.uow.people, today_of(context.uow, context.person)):
        return listed or [(0, None)]
    asked = {one.item for one in context.uow.answers.contributions(task.id) if one.person_id == context.person.id}
    return [(number, item) for number, item in listed if item and item.key in asked]


def of_file(name: str) -> Score:
    return lambda place: likeness.of_file(
        name,
        item=place.words,
        title=place.task.title,
        code=place.task.code,
        last_time=place.last_time,
        missing=place.missing,
    )


def of_text(text: str) -> Score:
    return lambda place: likeness.of_text(
        text, item=place.words, title=place.task.title, code=place.task.code, missing=place.missing
    )


def likeliest_first(places: Sequence[Place], *scores: Score) -> list[Place]:
    """By the best of the scores; where those say nothing, in the order given."""
    return sorted(places, key=lambda place: -max((score(place) for score in scores), default=0.0))


def obvious(places: Sequence[Place], score: Score) -> Place | None:
    """The only one there is, the one that nothing else comes near, or the only one still missing."""
    if len(places) == 1:
        return places[0]
    ranked = likeliest_first(places, score)
    if ranked and score(ranked[0]) >= likeness.OBVIOUS and score(ranked[0]) > score(ranked[1]):
        return ranked[0]
    missing = [place for place in places if place.missing]
    return missing[0] if len(missing) == 1 else None
