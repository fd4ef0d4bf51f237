"""The files of a message that was attached: asked for where they can't be fetched, and taken when they are dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.attach_evidence import say_attached
from handlers.context import Context
from handlers.replies import Replace, Reply, Show
from handlers.requests import SharedFile
from handlers.views.elements import Bullets, Element, Text, Tone
from tasks.evidence import Evidence, Origin
from tasks.identifiers import TaskId
from tasks.operations.bring_files import awaited_files, bring_file
from tasks.wording import counted, shortened

MOST_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class Brought:
    added: Sequence[Evidence]
    others: tuple[SharedFile, ...]
    """What nobody waits for by its name."""


def bring_files(context: Context, files: tuple[SharedFile, ...], origin: Origin) -> Brought:
    added: list[Evidence] = []
    others: list[SharedFile] = []
    awaited = awaited_files(context.uow, context.actor)
    for file in files:
        [reference] = context.references((file,))
        came = bring_file(context.uow, context.actor, reference, awaited, origin)
        added += came
        others += [] if came else [file]
    return Brought(added=added, others=tuple(others))


def say_brought(context: Context, added: Sequence[Evidence]) -> Reply:
    """The card of one task; what went to others is told beside it."""
    about = added[0].task_id
    here = [one for one in added if one.task_id == about]
    reply = with_awaited(context, say_attached(context, about, here), about)
    return beside(context, reply, [one for one in added if one.task_id != about])


def beside(context: Context, reply: Reply, added: Sequence[Evidence]) -> Reply:
    """The reply, after a line for each file that came to where it was awaited."""
    lines = (f"{shortened(one.name, 80)} is attached to “{context.uow.tasks.get(one.task_id).title}”." for one in added)
    return _longer(reply, first=tuple(Text(text=line, tone=Tone.GOOD) for line in lines))


def with_awaited(context: Context, reply: Reply, task_id: TaskId) -> Reply:
    """The reply, and what is still to be dropped for this task."""
    every = [one.name for one in awaited_files(context.uow, context.actor) if one.task_id == task_id]
    names = list(dict.fromkeys(every))
    if not names:
        return reply
    lines = [f"Drop {shortened(name, 80)} here and it goes to the same place." for name in names[:MOST_NAMED]]
    rest = len(names) - MOST_NAMED
    lines += [f"{counted(rest, 'more file')} of the message, likewise."] if rest > 0 else []
    why = Text(text="I can't fetch the files of that message myself:")
    return _longer(reply, last=(why, Bullets(items=tuple(lines))))


def _longer(reply: Reply, *, first: tuple[Element, ...] = (), last: tuple[Element, ...] = ()) -> Reply:
    """`last`: before the buttons that end it."""
    if not isinstance(reply, Show | Replace):
        return reply
    *body, end = reply.view.body
    return replace(reply, view=replace(reply.view, body=(*first, *body, *last, end)))
