"""/soc2 controls [code | words | it | CC6 | unassigned | retired | new | import]: what the company does repeatedly."""

from datetime import timedelta
from itertools import islice

from handlers.actions import Action, action
from handlers.context import Context
from handlers.control_search import matching, nearest, with_code
from handlers.import_matrix import type_import
from handlers.replies import OpenForm, Replace, Reply, Show
from handlers.requests import FormSubmitted
from handlers.views.control_card import Change, ControlPage, control_card, version_card
from handlers.views.control_list import A_PAGE, ANY, ControlLine, ControlList, control_list, find_form
from handlers.views.elements import Form, View
from handlers.views.new_control_forms import new_control_form
from tasks import audit, duties, people_duties
from tasks.business_days import calendar_of
from tasks.controls import Control
from tasks.identifiers import ControlId, PersonId
from tasks.model import Task
from tasks.operations.acting import require_steward, today_of
from tasks.people import Directory, Person, Role
from tasks.recurrence import FIVE_YEARS, Occurrence, occurrences, span_label
from tasks.status import StatusScope
from tasks.whole_company import WholeCompany
from tasks.wording import listed, moment, shortened

NEW = ("new", "add")
USUAL_DEPARTMENTS = ("security", "hr", "it", "finance", "engineering", "legal")
NEXT, LATELY, LOOKED_AT, REMEMBERED = 3, 5, 12, 10
LONGEST_SEARCH = 200
NAMES = {
    "rrule": "cadence",
    "cadence_text": "cadence",
    "span": "cadence",
    "refs": "criteria",
    "limit_days": "limit",
    "starts_on": "start",
}
VERBS = {
    "add": "added it",
    "retire": "retired it",
    "restore": "brought it back",
}


def type_controls(words: str, context: Context) -> Reply:
    wanted = " ".join(words.split())
    if wanted.lower() in NEW:
        return OpenForm(form=build_new(action("add_control"), context))
    if wanted.lower() == "import":
        return type_import(context)
    found = with_code(context.uow.controls.every(), wanted)
    return Show(view=card(context, found.id) if found else listing(context, wanted))


def press_controls(act: Action, context: Context) -> Reply:
    return Show(view=listing(context, act.get("q")))


def press_turn(act: Action, context: Context) -> Reply:
    return Replace(view=listing(context, act.get("q"), page=act.get("page")))


def press_control(act: Action, context: Context) -> Reply:
    return Show(view=card(context, ControlId(act.get("c"))))


def press_version(act: Action, context: Context) -> Reply:
    control = context.uow.controls.get(ControlId(act.get("c")))
    version = int(act.get("n")) if act.get("n").isdecimal() and len(act.get("n")) < 6 else 0
    return Show(view=version_card(control, version, context.uow.controls.text(control.id, version)))


def build_find(_: Action, context: Context) -> Form:
    controls = context.uow.controls.every()
    criteria = {ref for control in controls for ref in control.text.refs.get("tsc", ())}
    return find_form(
        departments=sorted({control.department for control in controls}),
        criteria=sorted({*criteria, *(ref.partition(".")[0] for ref in criteria)}),
    )


def submit_find(request: FormSubmitted, context: Context) -> Reply:
    chosen = [request.text(name) for name in ("words", "department", "criterion", "cadence", "only")]
    return Show(view=listing(context, " ".join(word for word in chosen if word not in ("", ANY))))


def listing(context: Context, words: str, *, page: str = "1") -> View:
    uow, words = context.uow, words[:LONGEST_SEARCH]
    company = WholeCompany(uow.people.everyone())
    controls = uow.controls.every()
    found = matching(controls, company, words)
    pages = max(1, -(-len(found) // A_PAGE))
    number = min(int(page), pages) if page.isdecimal() and len(page) < 6 and int(page) else 1
    lines = [_line(control, company) for control in found[(number - 1) * A_PAGE : number * A_PAGE]]
    return control_list(
        ControlList(
            words=words,
            lines=lines,
            total=len(found),
            page=number,
            nearest=None if found else nearest(controls, words),
            may_edit=people_duties.is_steward(context.person),
            may_import=people_duties.is_steward(context.person),
        )
    )


def card(context: Context, control_id: ControlId, *, opening: str = "") -> View:
    uow = context.uow
    control = uow.controls.get(control_id)
    owner, unassigned = _owner(control, uow.people)
    return control_card(
        ControlPage(
            control=control,
            owner=owner,
            unassigned=unassigned,
            coming=coming(context, control),
            tasks=_lately(context, control),
            history=_history(context, control),
            now=uow.now,
            time_zone=context.person.time_zone,
            may_edit=people_duties.is_steward(context.person),
            may_assign=duties.may_assign(context.person, control, uow.people),
        ),
        opening=opening,
    )


def build_new(act: Action, context: Context) -> Form:
    require_steward(context.actor, Role.COMPLIANCE_LEAD, Role.ADMIN)
    return new_control_form(
        act,
        departments=departments(context),
        colleagues=context.colleagues(),
        today=today_of(context.uow, context.person),
    )


def departments(context: Context) -> tuple[str, ...]:
    own = {control.department for control in context.uow.controls.every()}
    return (*USUAL_DEPARTMENTS, *sorted(own - set(USUAL_DEPARTMENTS)))


def _line(control: Control, company: WholeCompany) -> ControlLine:
    owner, unassigned = _owner(control, company)
    return ControlLine(control=control, owner=owner, unassigned=unassigned)


def _owner(control: Control, directory: Directory) -> tuple[str, bool]:
    owner, unassigned = duties.owner_for(control, directory)
    if unassigned:
        return f"unassigned: falls to {owner.name if owner else 'nobody yet'}", True
    name = owner.name if owner else "nobody"
    return (name if owner and owner.id == control.owner_id else f"{name}, the department's lead"), False


def coming(context: Context, control: Control) -> list[str]:
    """The next ones to open, whoever plans are made for now."""
    if control.retired:
        return []
    owner, _ = duties.owner_for(control, context.uow.people)
    calendar = calendar_of(owner or context.person, context.uow.workspace)
    today = calendar.local_date(context.uow.now)
    after = max(control.starts_on, today) - timedelta(days=1)
    found = occurrences(
        control.text, starts_on=control.starts_on, after=after, until=after + FIVE_YEARS, calendar=calendar
    )
    return [_in_words(one, context.person) for one in islice(found, NEXT + 1) if one.opens_at > context.uow.now][:NEXT]


def _in_words(one: Occurrence, reader: Person) -> str:
    span = span_label(one.span_start, one.span_end)
    return f"{span}: opens {moment(one.opens_at, reader.time_zone)}, due {moment(one.due_at, reader.time_zone)}"


def _lately(context: Context, control: Control) -> list[Task]:
    today = today_of(context.uow, context.person)
    tasks = context.uow.status.list(StatusScope(controls=(control.id,)), limit=LOOKED_AT)
    seen = (task for task in tasks if duties.may_see_task(context.person, task, directory=context.uow.people, on=today))
    return list(islice(seen, LATELY))


def _history(context: Context, control: Control) -> list[Change]:
    entries = context.uow.audit.of(f"control:{control.id}", limit=REMEMBERED)
    return [_change(context, entry) for entry in entries]


def _change(context: Context, entry: audit.Entry) -> Change:
    person = context.uow.people.find(PersonId(entry.who))
    who = person.name if person else {"cli": "The command line", "clock": "The clock"}.get(entry.who, "Somebody")
    version = entry.after.get("version")
    return Change(
        text=f"{who} {_what(context, entry)}",
        when=moment(entry.at, context.person.time_zone),
        reason=shortened(entry.detail, 300),
        version=version if isinstance(version, int) else None,
    )


def _what(context: Context, entry: audit.Entry) -> str:
    verb = entry.what.partition(":")[2]
    if verb == "assign":
        owner = context.uow.people.find(PersonId(str(entry.after.get("owner"))))
        return f"gave it to {owner.name if owner else 'somebody who is no longer here'}"
    if verb == "edit":
        names = [NAMES.get(name, name).replace("_", " ") for name in entry.after if name != "version"]
        return f"changed {listed(list(dict.fromkeys(names)))}"
    return VERBS.get(verb, f"changed its {verb.replace('_', ' ')}")
