"""Evidence that somebody wants to look at in the browser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial

from bot.web.collaborators import Download
from tasks.errors import DomainError
from tasks.evidence import Evidence
from tasks.identifiers import EvidenceId, PersonId, WorkspaceId
from tasks.operations.open_evidence import open_evidence
from tasks.people import Actor
from tasks.ports import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, kw_only=True)
class Downloads:
    units: UnitsOfWork
    read_file: Callable[[str], bytes]
    """By SHA-256. Blocking."""

    async def find(self, workspace: WorkspaceId, person: PersonId, wanted: EvidenceId) -> Download | None:
        """None also for what the person may not see."""
        try:
            evidence = await self.units.write(workspace, partial(_open, person=person, wanted=wanted))
        except DomainError:
            return None
        content = evidence.text.encode() or await asyncio.to_thread(self.read_file, evidence.sha256)
        return Download(name=evidence.name, chunks=_whole(content))


def _open(uow: UnitOfWork, person: PersonId, wanted: EvidenceId) -> Evidence:
    return open_evidence(uow, Actor(person=uow.people.get(person), platform="web", at=uow.now), wanted)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
