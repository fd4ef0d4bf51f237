"""Which access is privileged, where the export does not say. Meant to be read by an auditor; errs towards privileged.

An entitlement is taken for privileged when one of its words is in WORDS or ends as in ENDINGS, or it holds one of
PHRASES; an account when it is one of ACCOUNTS. “Non-admin” and “not admin” do not count.
"""

import re
from functools import lru_cache

WORDS = {
    *("admin", "admins", "administrator", "administrators", "adm", "owner", "owners", "root", "superuser"),
    *("superusers", "super", "sudo", "sudoers", "wheel", "sysdba", "dba", "god", "poweruser", "privileged"),
}
ENDINGS = ("admin", "admins", "administrator", "administrators", "superuser")
PHRASES = (
    *("full access", "full control", "power user", "break glass", "all privileges", "modify all data"),
    *("global", "unrestricted"),
)
ACCOUNTS = {"root", "administrator", "<root_account>", "sa", "sysadmin"}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NOT_ADMIN = re.compile(r"\b(?:non|not|no)[ ]?(?:an )?admin\w*")


def is_privileged(account: str, entitlement: str) -> bool:
    return account.casefold() in ACCOUNTS or gives_power(entitlement)


@lru_cache(maxsize=4096)
def gives_power(entitlement: str) -> bool:
    """Remembered: a list of thousands of accounts has a few dozen entitlements."""
    words = re.sub(r"[\W_]+", " ", CAMEL.sub(" ", entitlement)).casefold()
    words = NOT_ADMIN.sub(" ", f" {words} ")
    return any(f" {phrase} " in words for phrase in PHRASES) or any(
        word in WORDS or word.endswith(ENDINGS) for word in words.split()
    )
