"""A program's request is done once, however often it is sent: the key is claimed in the transaction that does it."""

from collections.abc import Callable

from tasks.api_answers import KEPT, KeptAnswer, RequestKey
from tasks.errors import DomainError
from tasks.ports import UnitOfWork


class KeyReused(DomainError):
    """The same key came with another request."""


REUSED = (
    "This Idempotency-Key was used for another request within the last 24 hours, and nothing was done. "
    "Give every new request a key of its own."
)


def kept_answer(uow: UnitOfWork, key: RequestKey) -> KeptAnswer | None:
    """Of the same request. Raises KeyReused."""
    kept = uow.api_answers.find(key, since=uow.now - KEPT)
    if kept and kept.request != key.request:
        raise KeyReused(REUSED)
    return kept


def answer_once(uow: UnitOfWork, key: RequestKey, work: Callable[[], tuple[int, str]]) -> tuple[KeptAnswer, bool]:
    """`work` returns status and JSON; whether it ran stands beside the answer. What it refuses by an error is not
    kept: nothing was done, and the same key may be tried again. Raises KeyReused."""
    if not uow.api_answers.claim(key, at=uow.now, since=uow.now - KEPT):
        kept = kept_answer(uow, key)
        if kept is None:
            raise LookupError("A key is taken, and has no answer.")
        return kept, False
    status, body = work()
    uow.api_answers.settle(key, status=status, body=body)
    return KeptAnswer(request=key.request, status=status, body=body, at=uow.now), True


def forget_answers(uow: UnitOfWork) -> int:
    """For the clock."""
    return uow.api_answers.forget_before(uow.now - KEPT)
