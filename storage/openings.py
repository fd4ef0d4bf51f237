"""Planned tasks become open ones with their prompts, a range of rows at a time and without reading them."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.repository import Repository, mine
from storage.tables import notices, people, planned, tasks
from tasks.model import TaskState
from tasks.notices import NoticeState, Occasion
from tasks.ports import OpenedChunk

P = planned.c

OCCURRENCE: Final = tuple(
    column.name for column in planned.c if column.name in tasks.c and column.name != "next_rung_at"
)
"""What a planned task and an open one have in common."""

LAST_OF_CHUNK = (
    select(P.opens_at, P.id)
    .where(mine(planned), P.opens_at <= bindparam("now"))
    .order_by(P.opens_at, P.id)
    .limit(bindparam("limit"))
    .subquery()
)
# The whole chunk is one range of the primary key, so each statement names it by its last row.
FIND_LAST = select(LAST_OF_CHUNK).order_by(LAST_OF_CHUNK.c.opens_at.desc(), LAST_OF_CHUNK.c.id.desc()).limit(1)
IN_CHUNK = and_(
    mine(planned),
    tuple_(P.opens_at, P.id) <= tuple_(bindparam("last_opens_at", type_=P.opens_at.type), bindparam("last_id")),
)


def _owner_can_be_asked() -> ColumnElement[bool]:
    """Active, and not away on the day the prompt is for; after an outage that is today."""
    day = func.max(P.prompt_on, bindparam("today", type_=P.prompt_on.type))
    away = and_(people.c.away_from <= day, day <= people.c.away_until)
    return and_(people.c.active, or_(people.c.away_from.is_(None), people.c.away_until.is_(None), ~away))


OWNERS = planned.join(people, and_(people.c.workspace_id == P.workspace_id, people.c.id == P.owner_id))
FRESH: Final = {
    "state": literal(TaskState.OPEN.value),
    "return_reason": literal_column("''"),
    "waiting_on": literal_column("''"),
    "round": literal_column("1"),
    "version": literal_column("1"),
}
OPEN = (
    upsert(tasks)
    .from_select(
        [*OCCURRENCE, "next_rung_at", *FRESH],
        select(
            *(P[name] for name in OCCURRENCE),
            case((_owner_can_be_asked(), P.next_rung_at), else_=P.opens_at),
            *FRESH.values(),
        )
        .select_from(OWNERS)
        .where(IN_CHUNK)
        .order_by(P.opens_at, P.id),
    )
    .on_conflict_do_nothing()
    .returning(tasks.c.id)
)
PROMPT: Final = {
    "workspace_id": P.workspace_id,
    "about": literal_column("'task:'") + P.id,
    "recipient": literal_column("'person:'") + P.owner_id,
    "occasion": literal(Occasion.OPENED.value),
    "round": literal_column("1"),
    "task_id": P.id,
    "owed_at": P.prompt_at,
    "state": literal(NoticeState.OWED.value),
    "detail": literal_column("''"),
    "attempts": literal_column("0"),
    "next_attempt_at": null(),
    "platform": literal_column("''"),
    "conversation": literal_column("''"),
    "message": literal_column("''"),
    "error": literal_column("''"),
}
ASK = (
    upsert(notices)
    .from_select(
        list(PROMPT),
        select(*PROMPT.values())
        .select_from(OWNERS)
        .where(
            IN_CHUNK,
            _owner_can_be_asked(),
            # A planned task that was dropped, because its key is taken, left no row of its own.
            select(tasks.c.id).where(tasks.c.workspace_id == P.workspace_id, tasks.c.id == P.id).exists(),
        ),
    )
    .on_conflict_do_nothing()
)
FORGET = delete(planned).where(IN_CHUNK)


class Openings(Repository):
    def open_due(self, *, now: datetime, limit: int) -> OpenedChunk:
        """Chunks in which every key was taken already are passed over, so a count of 0 means that nothing is due."""
        while last := self._row(FIND_LAST, now=now, limit=limit):
            opened = self._open_until(last.opens_at, last.id, today=now.date())
            if opened:
                return OpenedChunk(count=len(opened), digest=digest_of(opened))
        return OpenedChunk(count=0, digest=digest_of([]))

    def _open_until(self, opens_at: datetime, task_id: str, *, today: date) -> Sequence[str]:
        chunk = {"last_opens_at": opens_at, "last_id": task_id}
        opened = [row.id for row in self._rows(OPEN, **chunk, today=today)]
        self._change(ASK, **chunk, today=today)
        self._change(FORGET, **chunk)
        return opened


def digest_of(task_ids: Sequence[str]) -> str:
    """Of the ids in alphabetical order, each on a line of its own: anybody can repeat it from a list of the tasks."""
    lines = "".join(f"{task_id}\n" for task_id in sorted(task_ids))
    return hashlib.sha256(lines.encode()).hexdigest()
