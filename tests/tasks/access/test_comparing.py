from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from tasks.access.comparing import Checked, Comparison, Outcome, compare
from tasks.access.model import Access, Verdict
from tests.tasks.access.campaigns import NOW, a_decision, an_access, an_item

VIEWER = an_access()
LATER = NOW + timedelta(days=7)


def compared(*following: Access, last: Iterable[Access] = (VIEWER,), **decision: Any) -> Comparison:
    decided = [(an_item(access=VIEWER), a_decision(**decision))] if decision else []
    return compare(last, following, decided, extracted_at=LATER)


def checked(*following: Access, **decision: Any) -> Checked:
    [found] = compared(*following, **decision).checked
    return found


def editor(**changes: Any) -> Access:
    return an_access(entitlement="Editor", **changes)


# --- revoked


def test_what_was_revoked_and_is_not_listed_any_more_is_gone() -> None:
    found = checked(verdict=Verdict.REVOKE)
    assert (found.outcome, found.as_decided, found.reopens, found.after) == (Outcome.GONE, True, False, None)


def test_what_was_revoked_and_is_listed_all_the_same_reopens() -> None:
    found = checked(an_access(row=9, last_login=None, account="SAM@example.com"), verdict=Verdict.REVOKE)
    assert (found.outcome, found.as_decided, found.reopens) == (Outcome.STILL_THERE, False, True)


@pytest.mark.parametrize("changes", [{"active": False}, {"privileged": True}])
def test_what_was_revoked_and_is_listed_otherwise_is_shown_before_and_after(changes: dict[str, Any]) -> None:
    found = checked(an_access(**changes), verdict=Verdict.REVOKE)
    assert (found.outcome, found.as_decided) == (Outcome.CHANGED, False)
    assert (found.before, found.after) == (VIEWER, an_access(**changes))


def test_another_entitlement_does_not_hide_that_the_revoked_one_is_gone() -> None:
    found = compared(editor(), verdict=Verdict.REVOKE)
    assert found.checked[0].outcome is Outcome.GONE
    assert found.new == (editor(),)


# --- changed


@pytest.mark.parametrize("last", [[VIEWER], [VIEWER, editor()]])
def test_what_was_changed_as_asked_is_changed(last: list[Access]) -> None:
    [found] = compared(editor(), last=last, verdict=Verdict.CHANGE, change_to="editor").checked
    assert (found.outcome, found.as_decided, found.after) == (Outcome.CHANGED, True, editor())


def test_what_was_changed_to_something_else_is_changed_and_not_as_decided() -> None:
    found = checked(editor(), verdict=Verdict.CHANGE, change_to="Auditor")
    assert (found.outcome, found.as_decided, found.after) == (Outcome.CHANGED, False, editor())


def test_what_was_to_change_and_did_not_reopens() -> None:
    assert checked(VIEWER, editor(), verdict=Verdict.CHANGE, change_to="Editor").reopens


def test_what_was_to_change_and_is_not_listed_any_more_is_gone() -> None:
    found = checked(an_access(account="eve"), verdict=Verdict.CHANGE, change_to="Editor")
    assert (found.outcome, found.as_decided) == (Outcome.GONE, False)


# --- the rest


def test_what_was_kept_is_not_checked() -> None:
    assert compared(VIEWER, verdict=Verdict.KEEP).checked == ()


def test_an_export_taken_before_the_decision_proves_nothing() -> None:
    found = compared(verdict=Verdict.REVOKE, decided_at=LATER)
    assert (found.checked, found.too_early) == ((), ("item-1",))


def test_new_and_vanished_access_is_listed() -> None:
    found = compared(editor(), editor(row=3))
    assert (found.new, found.vanished) == ((editor(),), (VIEWER,))


def test_the_same_export_again_has_nothing_new() -> None:
    found = compared(an_access(account="SAM@EXAMPLE.COM"))
    assert (found.new, found.vanished) == ((), ())
