"""A control of the company's own, as good as any of the catalogue's."""

from datetime import date

from tasks import audit
from tasks.control_text import problem_of_code, problem_of_name, problems_of_text
from tasks.controls import Control, ControlText
from tasks.errors import Invalid
from tasks.identifiers import ControlId, PersonId
from tasks.operations.acting import require_steward
from tasks.operations.assign import require_takes_tasks
from tasks.operations.schedule import plan_control
from tasks.people import Actor, Role
from tasks.ports import UnitOfWork

NOT_ADDED = "The control was not added yet."


def add_control(
    uow: UnitOfWork,
    actor: Actor,
    *,
    code: str,
    area: str,
    department: str,
    text: ControlText,
    starts_on: date,
    owner_id: PersonId | None = None,
) -> Control:
    """Raises Invalid with `fields`: code, area, department, title, prompt, statement, rrule, due_days, limit_days,
    evidence, criteria. What should have opened since `starts_on` opens at once."""
    require_steward(actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    control = Control(
        id=ControlId(uow.new_id()),
        code=code.strip(),
        area=area.strip(),
        department=department.strip().lower(),
        owner_id=require_takes_tasks(uow, owner_id).id if owner_id else None,
        starts_on=starts_on,
        text=text,
    )
    problems = _problems(uow, control)
    if problems:
        raise Invalid(NOT_ADDED, fields=problems)
    uow.controls.add(control)
    plan_control(uow, control)
    uow.audit.append(audit.entry("control:add", f"control:{control.id}", actor, after=_facts(control)))
    return control


def problems_of_place(uow: UnitOfWork, *, code: str, department: str) -> dict[str, str]:
    """Of what `add_control` would refuse: code and department."""
    found = {
        "code": problem_of_code(code) or _problem_of_twin(uow, code),
        "department": problem_of_name(department),
    }
    return {field: said for field, said in found.items() if said}


def _problems(uow: UnitOfWork, control: Control) -> dict[str, str]:
    area = problem_of_name(control.area)
    place = problems_of_place(uow, code=control.code, department=control.department)
    return place | ({"area": area} if area else {}) | problems_of_text(control.text)


def _problem_of_twin(uow: UnitOfWork, code: str) -> str:
    twin = uow.controls.by_code(code)
    if twin is None:
        return ""
    retired = ", which is retired: bring it back or choose another code" if twin.retired else "; choose another code"
    return f"{twin.code} is “{twin.text.title}” already{retired}."


def _facts(control: Control) -> audit.Fields:
    return {
        "code": control.code,
        "department": control.department,
        "owner": control.owner_id,
        "version": control.version,
        "starts_on": control.starts_on.isoformat(),
    }
