"""Errors whose message is fit for a person in chat: it says what happened and what to do next."""


class DomainError(Exception):
    """Base of every refusal. `str(error)` is the sentence the person reads."""


class NotFound(DomainError):
    """Also the answer to another workspace's ids: the two cases must not be told apart."""


NO_SUCH_TASK = "This task is not here. Type /soc2 tasks to see the ones you have."
NO_SUCH_IMPORT = "This file is not here any more. Type /soc2 controls import to hand it in again."
NO_SUCH_SYSTEM = "This system is not here. Type /soc2 access to see the ones there are."
NO_SUCH_EXPORT = "This list of accounts is not here. Type /soc2 access to see the ones there are."
NO_SUCH_CAMPAIGN = "This access review is not here. Type /soc2 access to see the ones there are."
NO_SUCH_ITEM = "This access is not under review here any more. Open the review again."
NO_SUCH_EVIDENCE = "This file or link is not here. Open the task again to see what is attached to it."
NO_SUCH_LINK = "This is not waiting any more. Type “link” to get a new code."
NO_SUCH_MESSAGE = "I don't have this message any more. Choose “Attach as evidence” on it again."


class NotAllowed(DomainError):
    pass


class Invalid(DomainError):
    """The input can be mended by the person: `fields` maps a form field's name to its sentence."""

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class Stale(DomainError):
    """Somebody else changed it first."""


class BadRule(DomainError):
    """A recurrence rule that we refuse; the message names the part."""
