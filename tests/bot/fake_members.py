"""A platform's member list in memory: its cursors are page numbers, and it fails as it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.operations.sync_people import Member, MemberPage


def a_member(external_id: str, **changes: Any) -> Member:
    handle = external_id.lower()
    return Member(**{"external_id": external_id, "email": f"{handle}@example.com", "name": external_id, **changes})


@dataclass
class FakeMemberList:
    """`failures` are raised by the next calls, in order; None lets one through."""

    pages: Sequence[Sequence[Member]] = ((),)
    failures: list[Exception | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The cursors."""
    sought: list[str] = field(default_factory=list)
    """The e-mails."""

    async def page(self, cursor: str) -> MemberPage:
        self.asked.append(cursor)
        self._fail()
        number = int(cursor or 0)
        following = str(number + 1) if number + 1 < len(self.pages) else ""
        return MemberPage(members=tuple(self.pages[number]), following=following)

    async def find(self, email: str) -> Member | None:
        self.sought.append(email)
        self._fail()
        return next((one for page in self.pages for one in page if one.email == email), None)

    def _fail(self) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
