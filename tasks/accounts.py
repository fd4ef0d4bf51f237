"""Several accounts, one person: what each of them counts for."""

from collections.abc import Mapping
from dataclasses import replace

from tasks.people import Person
from tasks.ports import AccountState, Identity

Accounts = Mapping[Identity, AccountState]


def leading(living: Accounts) -> Identity | None:
    """The one account whose name and time zone are the person's. A full one before a guest's; then by the platform's
    name, which puts Slack before Teams: Teams' list knows no time zones."""
    ranked = {one: (state is not AccountState.MEMBER, one.platform, one.external_id) for one, state in living.items()}
    return min(ranked, key=ranked.__getitem__, default=None)


def placed(person: Person, living: Accounts) -> Person:
    """A full account anywhere makes a full member; whoever is only a guest takes part if an admin named them."""
    if AccountState.MEMBER in living.values():
        return replace(person, guest=False, named=False)
    return replace(person, guest=not person.named) if AccountState.GUEST in living.values() else person
