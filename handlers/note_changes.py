"""A message or a file was edited or deleted where it came from: noted where it is evidence, and nowhere else."""

from handlers.requests import MessageChanged
from tasks.operations.note_source_change import SourceChange, is_known, note_source_change
from tasks.ports import UnitOfWork


def concerns_us(request: MessageChanged, uow: UnitOfWork) -> bool:
    return is_known(uow, _change(request))


def note_changes(request: MessageChanged, uow: UnitOfWork) -> int:
    return note_source_change(uow, _change(request))


def _change(request: MessageChanged) -> SourceChange:
    source = request.source
    return SourceChange(
        platform=source.platform,
        conversation=source.conversation,
        message=source.message,
        file=request.file,
        deleted=request.deleted,
        at=request.at,
    )
