"""What a notice says, and where it can be said."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.platform import Address, OutgoingFile, ToChannel, ToPerson
from handlers.views.elements import View
from tasks.identifiers import EvidenceId
from tasks.notices import Notice, Occasion
from tasks.ports import UnitOfWork

Describe = Callable[[UnitOfWork, Notice], View | None]
ReadFile = Callable[[str], Awaitable[bytes]]
"""A bound file's bytes by their SHA-256."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    view: View | None
    addresses: tuple[tuple[str, Address], ...]
    """Platform and address, best first; only where the workspace is connected."""
    unconnected: tuple[str, ...] = ()
    file: OutgoingFile | None = None


def plan(
    uow: UnitOfWork, notice: Notice, *, connected: Collection[str], describe: Describe, read_file: ReadFile
) -> Plan:
    every = addresses_of(uow, notice)
    return Plan(
        view=describe(uow, notice),
        addresses=tuple((name, address) for name, address in every if name in connected),
        unconnected=tuple(name for name, _ in every if name not in connected),
        file=_file(uow, notice, read_file),
    )


def addresses_of(uow: UnitOfWork, notice: Notice) -> tuple[tuple[str, Address], ...]:
    """Platform and address, the next for when one can't be reached for good: what the person chose, then what they used
    last."""
    if notice.person_id is not None:
        person, identities = uow.people.find(notice.person_id), uow.people.identities(notice.person_id)
        if person and person.write_to:
            identities = sorted(identities, key=lambda one: one.platform != person.write_to)
        return tuple((one.platform, ToPerson(external_id=one.external_id)) for one in identities)
    platform, _, channel = uow.workspace.compliance_channel.partition(":")
    if notice.key.recipient.startswith("channel:") and channel:
        return ((platform, ToChannel(id=channel)),)
    return ()


def _file(uow: UnitOfWork, notice: Notice, read_file: ReadFile) -> OutgoingFile | None:
    if notice.key.occasion is not Occasion.FILE:
        return None
    evidence = uow.evidence.get(EvidenceId(notice.detail))
    return OutgoingFile(
        evidence_id=evidence.id,
        name=evidence.name,
        media_type=evidence.media_type,
        content=lambda: read_file(evidence.sha256),
    )
