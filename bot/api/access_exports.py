"""POST /v1/access-exports: a program hands in a list of a system's accounts."""

import asyncio
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from bot.access_imports import freeze, read_listing, stage
from bot.api.endpoints import Answer, Call, Endpoint
from bot.api.problems import FieldProblem, Problem
from bot.spreadsheets import ACCESS_EXPORT, UnreadableSpreadsheet
from tasks.access.model import Source
from tasks.access.stored import Asked
from tasks.api_tokens import Scope
from tasks.operations.import_access import NotWhole, owner_named, require_asked
from tasks.operations.use_token import act_for_token
from tasks.people import Actor
from tasks.ports import UnitOfWork

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListFacts(BaseModel):
    """What makes the list believable."""

    system: str = Field(description="The system's name, as people here call it.")
    source: str = Field(description="The system and environment it was taken from.")
    query: str = Field(description="The report, filter or query, exactly.")
    extracted_at: AwareDatetime = Field(description="When it was taken, with the offset from UTC.")
    row_count: int = Field(description="Rows at the source, without the header; the file must hold as many.")
    owner: str = Field(default="", description="E-mail of the system's owner; needed for a system that is new here.")
    sheet: str = Field(default="", description="Of a workbook with several.")
    file_name: str = Field(default="", max_length=200, description="What to call the file.")


class FrozenList(BaseModel):
    id: str
    system: str
    accesses: int
    privileged: int
    unmatched: int = Field(description="People's accounts whose e-mail address is nobody's here.")
    digest: str = Field(description="SHA-256 over the rows.")
    sha256: str = Field(description="Of the file.")
    new: int = Field(description="Accesses that the list before did not have.")
    vanished: int
    imported_at: datetime


async def hand_in(call: Call) -> Answer:
    facts = call.parameters(ListFacts)
    asked = await call.read(lambda uow, actor: _asked(uow, actor, facts))
    name = facts.file_name or ("accounts.xlsx" if call.media_type == XLSX else "accounts.csv")
    try:
        listing = await asyncio.to_thread(read_listing, call.body, name, asked)
    except NotWhole as problem:
        rows = [FieldProblem(field=f"row {one.row}", detail=one.reason) for one in problem.unreadable]
        raise Problem(
            422, str(problem), errors=rows or [FieldProblem(field="row_count", detail=str(problem))]
        ) from None
    except UnreadableSpreadsheet as problem:
        raise Problem(422, str(problem)) from None

    def act(uow: UnitOfWork) -> Actor:
        return act_for_token(uow, call.caller.token.id, call.caller.digest)

    taken = await stage(call.units, call.workspace_id, act, listing)

    def last_step(uow: UnitOfWork, actor: Actor) -> Answer:
        frozen = freeze(uow, actor, taken.export, listing)
        body = FrozenList(
            id=frozen.id,
            system=frozen.source.system,
            accesses=frozen.accesses,
            privileged=taken.tally.privileged,
            unmatched=taken.tally.unmatched,
            digest=frozen.digest,
            sha256=frozen.sha256,
            new=taken.tally.new,
            vanished=taken.tally.vanished,
            imported_at=frozen.imported_at,
        )
        return Answer.of(201, body)

    return await call.once(last_step)


def _asked(uow: UnitOfWork, actor: Actor, facts: ListFacts) -> Asked:
    source = Source(
        system=facts.system,
        source=facts.source,
        query=facts.query,
        extracted_at=facts.extracted_at,
        row_count=facts.row_count,
    )
    asked = Asked(source=source, owner_id=owner_named(facts.owner, uow), sheet=facts.sheet)
    require_asked(uow, actor, asked)
    return asked


ACCESS_EXPORTS = Endpoint(
    method="POST",
    path="/access-exports",
    scope=Scope.ACCESS_EXPORTS,
    summary="Hand in a list of a system's accounts",
    description="Read whole or refused whole, with every row that can't be read. Frozen from then on.",
    answers={201: FrozenList},
    refusals={409: "This very file was handed in for the system before."},
    query=ListFacts,
    files={CSV: "The list as CSV, UTF-8", XLSX: "The list as an Excel workbook"},
    largest_body=ACCESS_EXPORT.bytes,
    handle=hand_in,
)
