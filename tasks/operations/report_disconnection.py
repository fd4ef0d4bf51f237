"""A platform has refused us: whoever runs this is told wherever else they can be reached."""

from tasks.notices import NoticeKey, Occasion, OwedNotice
from tasks.people import Person, Role
from tasks.ports import UnitOfWork


def report_disconnection(uow: UnitOfWork, platform: str, sentence: str) -> int:
    """At most once a day: a process that restarts again and again must not repeat itself. Returns how many are new."""
    admins = uow.people.holders(Role.ADMIN) or uow.people.holders(Role.COMPLIANCE_LEAD)
    about = f"connection:{platform}:{uow.now.date().isoformat()}"
    return uow.notices.owe(
        [
            OwedNotice(
                key=NoticeKey(about=about, recipient=f"person:{one.id}", occasion=Occasion.DISCONNECTED),
                owed_at=uow.now,
                detail=sentence,
            )
            for one in admins
            if _is_elsewhere(uow, one, platform)
        ]
    )


def _is_elsewhere(uow: UnitOfWork, person: Person, platform: str) -> bool:
    return any(one.platform != platform for one in uow.people.identities(person.id))
