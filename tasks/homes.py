"""A start page that somebody opened on their platform. It is kept true for as long as they are likely to look at it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Home:
    platform: str
    external_id: str
    """The platform's own id of the person: whose page it is follows from it whenever the page is made."""
    opened_at: datetime
    hash: str = ""
    """The platform's mark of what it shows there; empty while nothing was shown."""
    digest: str = ""
    """Of what was shown last; empty when it has to be shown whatever it says: it was just opened."""
    seen: int = 0
    """How far the audit log had come when it was last looked at."""
    checked_at: datetime
    """When it was last looked at."""
    version: int = 1
