"""Where an export of accounts keeps what: tables of column names. Case, spaces and signs make no difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tasks.access.model import AccessColumn
from tasks.errors import Invalid
from tasks.matrix.layouts import LAST_HEADER_ROW
from tasks.matrix.model import Sheet

SIGN = re.compile(r"[\W_]+")
MARK = re.compile(r"\[[^\]]*\]")
"""What Google Workspace adds to its column names: [READ ONLY]."""
FIRST_NAMES = ("first name", "given name", "forename")
LAST_NAMES = ("last name", "surname", "family name")
REVERSED = ("suspended", "disabled", "deactivated", "is suspended", "is disabled", "blocked", "archived")
"""Yes in such a column means: not active."""
Names = Mapping[AccessColumn, tuple[str, ...]]


class LayoutName(StrEnum):
    OKTA = "Okta"
    GOOGLE_WORKSPACE = "Google Workspace"
    ENTRA = "Microsoft Entra"
    AWS = "AWS IAM credential report"
    GITHUB = "GitHub"
    SALESFORCE = "Salesforce"
    GENERIC = "list of accounts"
    MAPPED = "columns chosen by hand"


OKTA: Names = {
    AccessColumn.ACCOUNT: ("app username", "application username", "login", "username", "user login", "user name"),
    AccessColumn.EMAIL: ("email", "primary email", "user email"),
    AccessColumn.NAME: ("display name", "full name", "name", "user"),
    AccessColumn.ENTITLEMENT: (
        *("role", "roles", "admin role", "admin roles", "application", "app", "app instance", "app instance name"),
        *("application name", "app name", "group", "groups", "group name"),
    ),
    AccessColumn.DESCRIPTION: ("description", "application description", "role description"),
    AccessColumn.PRIVILEGED: ("privileged", "admin", "is admin"),
    AccessColumn.LAST_LOGIN: ("last login", "last sign in", "last accessed", "last app login"),
    AccessColumn.CREATED: ("created", "assigned", "assigned date", "activated"),
    AccessColumn.KIND: ("account type", "user type"),
    AccessColumn.ACTIVE: ("status", "user status", "okta status"),
}
GOOGLE_WORKSPACE: Names = {
    AccessColumn.ACCOUNT: ("email address", "primary email"),
    AccessColumn.NAME: ("full name", "name"),
    AccessColumn.ENTITLEMENT: ("admin role", "admin roles", "roles", "role"),
    AccessColumn.PRIVILEGED: ("is super admin", "super admin", "is admin", "admin"),
    AccessColumn.LAST_LOGIN: ("last sign in", "last login time"),
    AccessColumn.CREATED: ("creation time", "created"),
    AccessColumn.ACTIVE: ("status",),
}
ENTRA: Names = {
    AccessColumn.ACCOUNT: ("user principal name", "sign in name", "principal name", "member user principal name"),
    AccessColumn.EMAIL: ("mail", "email"),
    AccessColumn.NAME: ("display name", "name"),
    AccessColumn.ENTITLEMENT: ("role", "role name", "role definition name", "assigned role", "assigned roles"),
    AccessColumn.DESCRIPTION: ("role description", "description"),
    AccessColumn.PRIVILEGED: ("privileged", "is privileged"),
    AccessColumn.LAST_LOGIN: ("last sign in date time", "last sign in", "last interactive sign in date time"),
    AccessColumn.CREATED: ("created date time", "creation date", "assignment start date time"),
    AccessColumn.KIND: ("object type", "member type", "principal type", "user type"),
    AccessColumn.ACTIVE: ("account enabled", "enabled"),
}
AWS: Names = {
    AccessColumn.ACCOUNT: ("user",),
    AccessColumn.LAST_LOGIN: (
        *("password last used", "access key 1 last used date", "access key 2 last used date"),
        *("access key 1 last used", "access key 2 last used"),
    ),
    AccessColumn.CREATED: ("user creation time",),
    AccessColumn.ACTIVE: ("password enabled", "access key 1 active", "access key 2 active"),
}
GITHUB: Names = {
    AccessColumn.ACCOUNT: ("login", "username"),
    AccessColumn.EMAIL: ("email", "public email", "verified email", "verified emails", "saml name id"),
    AccessColumn.NAME: ("name", "full name"),
    AccessColumn.ENTITLEMENT: ("role", "org role", "organization role"),
    AccessColumn.LAST_LOGIN: ("last active", "last activity"),
    AccessColumn.CREATED: ("joined at", "created at"),
}
SALESFORCE: Names = {
    AccessColumn.ACCOUNT: ("username", "user username"),
    AccessColumn.EMAIL: ("email", "user email"),
    AccessColumn.NAME: ("full name", "name", "display name"),
    AccessColumn.ENTITLEMENT: ("profile", "profile name", "profile profile name", "user profile name"),
    AccessColumn.LAST_LOGIN: ("last login", "last login date"),
    AccessColumn.CREATED: ("created date", "created"),
    AccessColumn.KIND: ("account type",),
    AccessColumn.ACTIVE: ("active", "is active"),
}
GENERIC: Names = {
    AccessColumn.ACCOUNT: (
        *("account", "account name", "username", "user name", "login", "login name", "user id", "user", "principal"),
        *("account id", "sam account name", "user principal name", "member", "identity", "user account", "uid"),
    ),
    AccessColumn.EMAIL: ("email", "email address", "e mail", "mail", "user email", "primary email", "e mail address"),
    AccessColumn.NAME: ("display name", "full name", "name", "person", "employee", "employee name"),
    AccessColumn.ENTITLEMENT: (
        *("entitlement", "entitlements", "role", "roles", "permission", "permissions", "access", "access level"),
        *("group", "groups", "profile", "permission set", "role name", "group name", "access rights", "privileges"),
    ),
    AccessColumn.DESCRIPTION: (
        *("description", "entitlement description", "role description", "permission description", "meaning"),
        "plain description",
    ),
    AccessColumn.PRIVILEGED: (
        *("privileged", "is privileged", "privileged access", "admin", "is admin", "administrator", "superuser"),
        "privilege",
    ),
    AccessColumn.LAST_LOGIN: (
        *("last login", "last login date", "last sign in", "last signed in", "last active", "last used", "last seen"),
        *("last logon", "last activity", "last access", "last login at", "last login time"),
    ),
    AccessColumn.CREATED: ("created", "created at", "created on", "creation date", "created date", "date created"),
    AccessColumn.KIND: ("type", "account type", "user type", "kind", "identity type"),
    AccessColumn.ACTIVE: ("active", "is active", "enabled", "status", "account status", "state", *REVERSED),
}
LAYOUTS: Mapping[LayoutName, Names] = {
    LayoutName.OKTA: OKTA,
    LayoutName.GOOGLE_WORKSPACE: GOOGLE_WORKSPACE,
    LayoutName.ENTRA: ENTRA,
    LayoutName.AWS: AWS,
    LayoutName.GITHUB: GITHUB,
    LayoutName.SALESFORCE: SALESFORCE,
    LayoutName.GENERIC: GENERIC,
}
SIGNS: Mapping[LayoutName, tuple[tuple[str, ...], tuple[str, ...]]] = {
    LayoutName.AWS: (("user", "arn", "password enabled"), ("password last used", "access key 1 active")),
    LayoutName.GOOGLE_WORKSPACE: (("email address", "first name", "last name"), ("org unit path", "last sign in")),
    LayoutName.ENTRA: (
        (),
        ("user principal name", "sign in name", "principal name", "member user principal name"),
    ),
    LayoutName.SALESFORCE: (("username",), ("profile", "profile name", "profile profile name", "user profile name")),
    LayoutName.GITHUB: (("login", "role"), ("last active", "tfa enabled", "2fa enabled", "saml name id", "is public")),
    LayoutName.OKTA: (
        (),
        (
            *("okta id", "okta status", "app username", "application username", "app instance", "app instance name"),
            *("status changed", "password changed", "transitioning to status", "okta user id"),
        ),
    ),
}
"""Columns that a product's own export always has, and columns of which it has at least one. The first that fits."""


class UnknownColumns(Invalid):
    """No column is known to hold the account. `columns` are what the file has, for a person to choose from."""

    def __init__(self, message: str, *, columns: tuple[str, ...], fields: dict[str, str] | None = None) -> None:
        super().__init__(message, fields=fields)
        self.columns = columns


@dataclass(frozen=True, kw_only=True)
class Header:
    layout: LayoutName
    row: int
    """Counted from 1."""
    places: Mapping[AccessColumn, tuple[int, ...]]
    """Several for a name in two columns, and for AWS, which tells of a password and two keys."""
    reversed_active: bool
    unused: Mapping[int, str]
    width: int
    """Cells further right stand in no column."""


def find_table(
    sheets: Sequence[Sheet], *, mapping: Mapping[AccessColumn, str] | None = None, sheet: str = ""
) -> tuple[Sheet, Header]:
    """The sheet of that name, or the first with a header. Raises UnknownColumns, or Invalid for an unknown sheet."""
    wanted = [one for one in sheets if not sheet or key(one.name) == key(sheet)]
    if not wanted:
        names = ", ".join(f"“{one.name}”" for one in sheets[:10])
        raise Invalid(f"There is no sheet “{sheet[:60]}”; there is {names}.", fields={"sheet": "Name one of them."})
    for one in wanted:
        header = find_header(one.rows, mapping)
        if header:
            return one, header
    raise _unknown(wanted, mapping)


def find_header(rows: Sequence[Sequence[str]], mapping: Mapping[AccessColumn, str] | None = None) -> Header | None:
    """The first row that names an account and something else, else the first that names an account."""
    headers = [
        header
        for number, cells in enumerate(rows[:LAST_HEADER_ROW], start=1)
        if (header := _mapped(number, cells, mapping) if mapping else _told(number, cells)) is not None
    ]
    return next((one for one in headers if len(one.places) > 1), headers[0] if headers else None)


def key(name: str) -> str:
    """lastLogin, Last Login and last_login are one name."""
    return SIGN.sub("", MARK.sub("", name).casefold())


def _told(number: int, cells: Sequence[str]) -> Header | None:
    names = [key(cell) for cell in cells]
    layout = told_by(names)
    places = _places(names, LAYOUTS[layout], every=layout is LayoutName.AWS)
    return _header(layout, number, cells, places) if _names_an_account(places) else None


def _mapped(number: int, cells: Sequence[str], mapping: Mapping[AccessColumn, str]) -> Header | None:
    names = [key(cell) for cell in cells]
    wanted = {column: key(name) for column, name in mapping.items() if key(name)}
    if not _names_an_account(wanted) or not set(wanted.values()) <= set(names):
        return None
    places = {column: (names.index(name),) for column, name in wanted.items()}
    return _header(LayoutName.MAPPED, number, cells, places)


def _names_an_account(columns: Mapping[AccessColumn, object]) -> bool:
    """An e-mail address will do."""
    return AccessColumn.ACCOUNT in columns or AccessColumn.EMAIL in columns


def _header(
    layout: LayoutName, number: int, cells: Sequence[str], places: Mapping[AccessColumn, tuple[int, ...]]
) -> Header:
    used = {place for taken in places.values() for place in taken}
    active = places.get(AccessColumn.ACTIVE, ())
    return Header(
        layout=layout,
        row=number,
        places=places,
        reversed_active=len(active) == 1 and key(cells[active[0]]) in {key(name) for name in REVERSED},
        unused={place: cell.strip() or f"Column {place + 1}" for place, cell in enumerate(cells) if place not in used},
        width=len(cells),
    )


def told_by(names: Sequence[str]) -> LayoutName:
    """`names` as `key` makes them."""
    here = set(names)
    for layout, (always, some) in SIGNS.items():
        if {key(name) for name in always} <= here and here & {key(name) for name in some}:
            return layout
    return LayoutName.GENERIC


def _places(names: Sequence[str], columns: Names, *, every: bool) -> dict[AccessColumn, tuple[int, ...]]:
    """A column goes to the first that has a name for it; of several the best known, unless `every` one counts."""
    places: dict[AccessColumn, tuple[int, ...]] = {}
    taken: set[int] = set()
    for column, known in columns.items():
        found = [names.index(one) for name in known if (one := key(name)) in names and names.index(one) not in taken]
        chosen = tuple(found) if every else tuple(found[:1])
        if chosen:
            places[column] = chosen
            taken.update(chosen)
    if AccessColumn.NAME not in places and (parts := _parts_of_name(names)):
        places[AccessColumn.NAME] = parts
    return places


def _parts_of_name(names: Sequence[str]) -> tuple[int, ...]:
    sought = ([key(name) for name in FIRST_NAMES], [key(name) for name in LAST_NAMES])
    return tuple(place for known in sought for place in [names.index(one) for one in known if one in names][:1])


def _unknown(sheets: Sequence[Sheet], mapping: Mapping[AccessColumn, str] | None) -> UnknownColumns:
    columns = columns_of(sheets)
    named = ", ".join(columns[:20]) or "none"
    if not mapping or not _names_an_account(mapping):
        words = f"I can't tell which column holds the account. The file has the columns: {named}. Say which is which."
        return UnknownColumns(words, columns=columns, fields={AccessColumn.ACCOUNT.value: "Choose a column."})
    here = {key(name) for name in columns}
    missing = {column: name for column, name in mapping.items() if key(name) not in here}
    quoted = ", ".join(f"“{name[:60]}”" for name in missing.values())
    words = f"No row has all of the columns chosen; I miss {quoted}. The file has the columns: {named}."
    return UnknownColumns(words, columns=columns, fields={one.value: "Choose another column." for one in missing})


def columns_of(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """The first of the rows that fill most cells; what a form offers."""
    rows = [row for one in sheets for row in one.rows[:LAST_HEADER_ROW]]
    widest = max(rows, key=lambda row: sum(bool(cell.strip()) for cell in row), default=())
    return tuple(dict.fromkeys(cell.strip() for cell in widest if cell.strip()))
