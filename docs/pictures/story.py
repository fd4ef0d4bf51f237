"""What the README and the guides show: a prompt, the status board and a start page of a company in November."""

from dataclasses import replace
from datetime import date, timedelta

from handlers.task_page import ItemAsked, TaskPage
from handlers.views.elements import View
from handlers.views.home import Home, home
from handlers.views.status_board import Counts, Group, StatusBoard, Waiting, department_name, status_board
from handlers.views.task_card import task_card
from handlers.views.task_list import AskedItem, TaskList
from tasks.catalogue.loader import shipped
from tasks.identifiers import PersonId
from tasks.model import Answer, Contribution, Task, TaskState
from tests.builders import a_task, utc
from tests.handlers.views.examples import CARD, NOW, TASK_PAGES, some_evidence

CONTROLS = {control.code: control for control in shipped().controls}
BUSY = Counts(open=4, due_soon=3, overdue=1, missed=1, waiting_acceptance=2, on_time=31, late=2, problems=1)
DEPARTMENTS = {"security": (11, 12), "engineering": (9, 10), "it": (7, 10), "hr": (5, 6), "finance": (3, 6)}


def pictures() -> dict[str, View]:
    return {"prompt": task_card(_prompt()), "status": _status(), "home": _home()}


def _prompt() -> TaskPage:
    """Half way: one item is there, the other isn't."""
    page, control = TASK_PAGES["open, last time shown"], CONTROLS["HRS-05"]
    first, *others = (item for item in control.text.evidence if item.required)
    items = ItemAsked(item=first, evidence=(some_evidence("leavers", item=first.key, card=CARD),))
    rest = tuple(ItemAsked(item=item, evidence=()) for item in others)
    last = page.last_time and replace(
        page.last_time, attestation=replace(page.last_time.attestation, at=utc(2026, 10, 9, 15))
    )
    task = _task("HRS-05", days=4)
    return replace(page, task=task, text=control.text, items=(items, *rest), last_time=last)


def _task(code: str, *, days: int, **changes: object) -> Task:
    """Due in so many days."""
    control = CONTROLS[code]
    due = NOW.replace(hour=17) + timedelta(days=days)
    task = a_task(code, code=code, title=control.text.title, department=control.department, due_at=due)
    return replace(task, missed_at=utc(2026, 12, 2, 9), **changes)  # type: ignore[arg-type]


def _status() -> View:
    waiting = {"waiting_on": "the payroll vendor", "waiting_until": date(2026, 11, 20)}
    late = _task("HRS-05", days=-3, **waiting)
    september = {"span_start": date(2026, 9, 1), "span_end": date(2026, 9, 30)}
    missed = replace(_task("VUL-02", days=-20, **september), missed_at=utc(2026, 11, 2, 9))
    board = StatusBoard(
        title="Status",
        scope="",
        now=NOW,
        time_zone="UTC",
        counts=BUSY,
        overdue=(Waiting(task=late, turn="Olga", may_nudge=True),),
        missed=(Waiting(task=missed, turn="Hans", may_nudge=True),),
        problems=(missed,),
        coming=(_task("BCP-02", days=1), _task("CHG-01", days=4)),
        departments=tuple(_group(name, done, total) for name, (done, total) in DEPARTMENTS.items()),
        criteria=(),
    )
    return status_board(board)


def _group(name: str, done: int, total: int) -> Group:
    return Group(key=name, label=department_name(name), counts=Counts(open=total - done, on_time=done))


def _home() -> View:
    asked = Contribution(
        task_id=a_task().id,
        item="leaver-list",
        person_id=PersonId("olga"),
        asked_by=PersonId("hans"),
        asked_at=NOW,
        note="by Friday, please",
    )
    done = {"state": TaskState.SUBMITTED, "answered_at": NOW - timedelta(hours=2), "answer": Answer.DONE}
    tasks = TaskList(
        now=NOW,
        time_zone="UTC",
        mine=[_task("HRS-05", days=-1), _task("IAM-04", days=1), _task("BCP-02", days=4)],
        for_others=[(_task("CHG-01", days=6), "Max")],
        to_accept=[_task("VUL-01", days=3, **done)],
        asked=[AskedItem(contribution=asked, task=_task("HRS-01", days=2), item="List of new hires", asked_by="Hans")],
        answered=[_task("IAM-03", days=3, **(done | {"state": TaskState.RECORDED}))],
    )
    return home(Home(tasks=tasks))
