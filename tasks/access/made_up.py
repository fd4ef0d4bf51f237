"""A made-up account as the products' own exports would tell of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tasks.access.layouts import LayoutName
from tasks.access.model import AccountKind

Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    name: str
    email: str
    person: str
    kind: AccountKind
    active: bool
    created: date
    last_login: date | None
    """None: never."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """An account's entitlement."""

    account: Account
    entitlement: str
    description: str
    privileged: bool


def _moment(day: date | None, never: str = "") -> str:
    return f"{day.isoformat()}T09:30:00Z" if day else never


def _okta(one: Holding) -> Cells:
    who = one.account
    status = "ACTIVE" if who.active else "SUSPENDED"
    told = (one.entitlement, one.description, _moment(who.last_login, "never"), _moment(who.created))
    return (who.name, who.email, who.person, *told, who.kind.value, status)


def _google(one: Holding) -> Cells:
    who = one.account
    first, _, last = who.person.partition(" ")
    login = f"{who.last_login:%Y/%m/%d} 09:30:00" if who.last_login else "Never logged in"
    role = "Super Admin" if one.privileged else ""
    return (first, last, who.name, "/Staff", "Active" if who.active else "Suspended", login, role)


def _entra(one: Holding) -> Cells:
    who = one.account
    kind = {AccountKind.HUMAN: "User", AccountKind.SERVICE: "ServicePrincipal", AccountKind.SHARED: "Group"}[who.kind]
    days = (_moment(who.created), _moment(who.last_login, "never"))
    return (who.name, who.person, who.email, kind, str(who.active), *days, one.entitlement, one.description)


def _aws(one: Holding) -> Cells:
    who = one.account
    machine = who.kind is AccountKind.SERVICE
    password = str(who.active and not machine).lower()
    used = _moment(who.last_login, "no_information")
    key = ("true", used) if machine else ("false", "N/A")
    name = f"arn:aws:iam::123456789012:user/{who.name}"
    return (who.name, name, _moment(who.created), password, "N/A" if machine else used, *key)


def _github(one: Holding) -> Cells:
    who = one.account
    login = f"{who.last_login} 09:30:00 UTC" if who.last_login else "never"
    handle = who.name.replace("@", "-at-").replace(".", "-")
    return (handle, who.person, who.email, "owner" if one.privileged else "member", "true", login)


def _salesforce(one: Holding) -> Cells:
    who = one.account
    profile = "System Administrator" if one.privileged else "Standard User"
    active = "1" if who.active else "0"
    days = (_moment(who.last_login, "never"), _moment(who.created))
    return (f"{who.name}.crm", who.person, who.email, profile, active, *days)


def _generic(one: Holding) -> Cells:
    who = one.account
    privileged, active = ("yes" if flag else "no" for flag in (one.privileged, who.active))
    days = (str(who.last_login or "never"), who.created.isoformat())
    told = (one.entitlement, one.description, privileged)
    return (who.name, who.email, who.person, *told, *days, who.kind.value, active)


WRITERS: Mapping[LayoutName, tuple[Cells, Callable[[Holding], Cells]]] = {
    LayoutName.OKTA: (
        (
            *("App Username", "Email", "Display Name", "Role", "Role Description", "Last Login", "Created"),
            *("Account Type", "Okta Status"),
        ),
        _okta,
    ),
    LayoutName.GOOGLE_WORKSPACE: (
        (
            *("First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Org Unit Path [Required]"),
            *("Status [READ ONLY]", "Last Sign In [READ ONLY]", "Admin Role"),
        ),
        _google,
    ),
    LayoutName.ENTRA: (
        (
            *("userPrincipalName", "displayName", "mail", "objectType", "accountEnabled", "createdDateTime"),
            *("lastSignInDateTime", "roleDefinitionName", "roleDescription"),
        ),
        _entra,
    ),
    LayoutName.AWS: (
        (
            *("user", "arn", "user_creation_time", "password_enabled", "password_last_used", "access_key_1_active"),
            "access_key_1_last_used_date",
        ),
        _aws,
    ),
    LayoutName.GITHUB: (("login", "name", "email", "role", "tfa_enabled", "last_active"), _github),
    LayoutName.SALESFORCE: (
        ("Username", "Full Name", "Email", "Profile", "Active", "Last Login", "Created Date"),
        _salesforce,
    ),
    LayoutName.GENERIC: (
        (
            *("Account", "E-mail", "Display name", "Entitlement", "Description", "Privileged", "Last login", "Created"),
            *("Type", "Active"),
        ),
        _generic,
    ),
}
"""The header, and one row."""
