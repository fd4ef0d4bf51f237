"""Everything about controls in every state."""

from dataclasses import replace
from datetime import date

from handlers.actions import action
from handlers.views.control_card import Change, ControlPage, control_card, version_card
from handlers.views.control_forms import cadence_form, how_often_form, retire_form, wording_form
from handlers.views.control_list import ControlLine, ControlList, control_list, find_form
from handlers.views.elements import Form, Option, View
from handlers.views.new_control_forms import new_control_form
from tasks.catalogue.loader import shipped
from tasks.controls import Cadence, Control
from tasks.timetable import timetable_of
from tests.builders import a_control, a_control_text, a_task, an_item, utc

NOW = utc(2026, 11, 12, 10)
DEPARTMENTS = ("security", "hr", "it", "finance", "engineering", "legal", "platform")
COLLEAGUES = tuple(Option(value=name, label=name.title(), note="it") for name in ("hans", "lee", "dana"))
COMING = (
    "October 2026: opens 2 Nov 2026 at 09:00, due 16 Nov 2026 at 17:00",
    "November 2026: opens 2 Dec 2026 at 09:00, due 16 Dec 2026 at 17:00",
)
HISTORY = (
    Change(text="Lee changed title", when="10 Nov 2026 at 09:30", reason="The HR system changed", version=2),
    Change(text="Lee gave it to Olga", when="5 Nov 2026 at 11:00"),
    Change(text="The command line added it", when="2 Nov 2026 at 09:00", version=1),
)


def a_control_page(**changes: object) -> ControlPage:
    page = ControlPage(
        control=a_control(version=2),
        owner="Olga",
        unassigned=False,
        coming=COMING,
        tasks=(a_task(), a_task("task-2", occurrence="2026-09")),
        history=HISTORY,
        now=NOW,
        time_zone="UTC",
        may_edit=True,
        may_assign=True,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def _lines(number: int) -> list[ControlLine]:
    return [ControlLine(control=a_control(f"IAM-{n:02}"), owner="Olga", unassigned=False) for n in range(1, number + 1)]


def _list(**changes: object) -> ControlList:
    shown = ControlList(words="", lines=_lines(10), total=62, page=2, may_edit=True, may_import=True)
    return replace(shown, **changes)  # type: ignore[arg-type]


def _own() -> Control:
    """With every kind of evidence item, and nothing mapped."""
    items = (
        an_item("list", population=True),
        an_item("report", required=False, restricted=True),
        an_item("both", population=True, restricted=True),
    )
    text = a_control_text(evidence=items, refs={}, acceptance=True, limit_days=30)
    return a_control("OPS-01", department="customer success", owner_id=None, text=text)


FULL = next(one for one in shipped().controls if one.code == "IAM-01")
SHIPPED = a_control("IAM-01", text=FULL.text, version=1)
NAMED: dict[str, str | int] = {"c": "iam-03", "v": 2}

VIEWS: dict[str, View] = {
    "controls": control_list(_list()),
    "controls: for a member": control_list(_list(may_edit=False, may_import=False, page=1)),
    "controls: found": control_list(
        _list(
            words="it unassigned",
            lines=[
                ControlLine(control=_own(), owner="unassigned: falls to Lee", unassigned=True),
                ControlLine(control=a_control(retired=True), owner="Olga", unassigned=False),
            ],
            total=2,
            page=1,
        )
    ),
    "controls: nothing found": control_list(_list(words="IAM-33", lines=(), total=0, page=1, nearest=a_control())),
    "controls: none yet": control_list(_list(lines=(), total=0, page=1)),
    "control": control_card(a_control_page()),
    "control: saved": control_card(a_control_page(), opening="Saved as version 2."),
    "control: for a member": control_card(a_control_page(may_edit=False, may_assign=False, tasks=())),
    "control: own, unassigned, new": control_card(
        a_control_page(control=_own(), owner="unassigned: falls to Lee", unassigned=True, tasks=(), history=HISTORY[2:])
    ),
    "control: retired": control_card(a_control_page(control=a_control(retired=True), coming=())),
    "control: no evidence": control_card(a_control_page(control=a_control(text=a_control_text(evidence=())))),
    "control: shipped, every framework": control_card(a_control_page(control=SHIPPED)),
    "control: version": version_card(a_control(version=2), 1, a_control_text()),
    "control: present version": version_card(a_control(version=2), 2, a_control_text(limit_days=30)),
}

NEW_STEPS = {
    "who": action("add_control"),
    "weekly": action("add_control", code="OPS-01", cadence="weekly"),
    "yearly": action("add_control", code="OPS-01", cadence="annual"),
    "words": action("add_control", code="OPS-01", cadence="weekly", day="Monday"),
}
FORMS: dict[str, Form] = {
    "find controls": find_form(departments=DEPARTMENTS, criteria=("CC1", "CC6", "CC6.1", "A1", "P8")),
    **{
        f"new control: {step}": new_control_form(
            act, departments=DEPARTMENTS, colleagues=COLLEAGUES, today=date(2026, 11, 12)
        )
        for step, act in NEW_STEPS.items()
    },
    "cadence: how often": how_often_form(a_control(), action("edit_cadence", **NAMED)),
    **{
        f"cadence: {cadence or 'as it is'}": cadence_form(
            a_control(), timetable_of(a_control_text()), action("edit_cadence", **NAMED), cadence=cadence, coming=COMING
        )
        for cadence in (None, *Cadence)
    },
    "cadence: a rule of its own": cadence_form(
        a_control(text=a_control_text(rrule="FREQ=MONTHLY;BYDAY=1MO", limit_days=30)),
        None,
        action("edit_cadence", **NAMED),
        cadence=Cadence.MONTHLY,
        coming=(),
    ),
    "wording": wording_form(SHIPPED, action("edit_wording", **NAMED)),
    "wording: own": wording_form(_own(), action("edit_wording", **NAMED)),
    "retire": retire_form(a_control(), action("retire_control", c="iam-03"), open_tasks="2 open tasks stay open."),
}
