"""The set-up's views and forms in every state."""

from dataclasses import replace
from datetime import date

from handlers.actions import action
from handlers.set_up import IMPORT
from handlers.views.elements import Form, Option, View
from handlers.views.setup_forms import (
    channel_form,
    controls_form,
    ladder_form,
    owners_form,
    people_form,
    period_form,
    place_form,
    rhythm_form,
)
from handlers.views.setup_page import PreviewPage, preview_page, setup_page, started_view
from tasks.catalogue.loader import shipped
from tasks.catalogue.model import Pack
from tasks.ladder import DEFAULT_LADDER
from tasks.operations.set_up import NEEDED, TITLES
from tasks.people import Person, Workspace
from tasks.preview import Preview, Scheduled, preview
from tasks.setup import Setup, SetupProgress, Step, StepProgress
from tests.builders import a_person, a_workspace

FIRST = date(2026, 12, 1)
PLACE = a_workspace(
    time_zone="Europe/Berlin",
    country="DE",
    shutdown_days=tuple(date(2026, 12, day) for day in range(24, 32)),
    period_start=date(2027, 1, 1),
    period_end=date(2027, 12, 31),
)
NAMES = {"hr": "hans", "it": "iris", "finance": "fay", "security": "sam", "engineering": "ed"}
OWNERS = {department: a_person(name, department=department) for department, name in NAMES.items()}
LEE = a_person("lee", department="board")


def _progress(*done: Step, finished: bool = False) -> SetupProgress:
    sentences = {
        Step.CONTROLS: "Security core and privacy: 59 controls.",
        Step.PLACE: "Europe/Berlin, holidays of Germany; closed 24 Dec 2026 – 31 Dec 2026.",
        Step.PEOPLE: "Lee leads; Dana may accept; Sue is told last.",
        Step.OWNERS: "HR: Hans, IT: Iris; legal: nobody yet, so the compliance lead, shown as unassigned.",
        Step.LADDER: "The usual: reminders 5 and 1 business days before a task is due.",
        Step.CHANNEL: "C0123ABCD.",
        Step.PERIOD: "1 Jan 2027 to 31 Dec 2027.",
        Step.RHYTHM: "From 1 Dec 2026: all controls at once, spread evenly over the months.",
    }
    steps = tuple(
        StepProgress(
            step=step,
            title=TITLES[step],
            done=step in done,
            sentence=sentence if step in done else f"For now: {sentence}",
            needed=step in NEEDED,
        )
        for step, sentence in sentences.items()
    )
    return SetupProgress(steps=steps, finished=finished)


def _preview(workspace: Workspace = PLACE, *, owners: dict[str, Person] = OWNERS, lead: Person | None = LEE) -> Preview:
    controls = [
        Scheduled(
            code=one.code,
            department=one.department,
            text=one.text,
            starts_on=FIRST,
            owner=owners.get(one.department, lead),
            unassigned=one.department not in owners,
        )
        for one in shipped().controls
    ]
    return preview(controls, workspace=workspace, first=FIRST)


PAGE = PreviewPage(
    preview=_preview(), progress=_progress(*Step), missing=(), waiting=60, start=action("finish_setup", v=9)
)
PERIOD_ONLY = replace(PLACE, period_start=None, period_end=None)

VIEWS: dict[str, View] = {
    "set-up: empty": setup_page(_progress(), waiting=54),
    "set-up: half way": setup_page(_progress(Step.CONTROLS, Step.PLACE), waiting=54, said="Saved."),
    "set-up: own matrix": setup_page(_progress(Step.CONTROLS), waiting=0, extra=(IMPORT,)),
    "set-up: complete": setup_page(_progress(*Step), waiting=60),
    "set-up: running": setup_page(_progress(*Step, finished=True), waiting=0),
    "set-up: running, more to start": setup_page(_progress(*Step, finished=True), waiting=5),
    "preview": preview_page(PAGE),
    "preview: something missing": preview_page(
        replace(PAGE, progress=_progress(Step.CONTROLS), missing=_progress(Step.CONTROLS).missing)
    ),
    "preview: nobody to ask": preview_page(replace(PAGE, preview=_preview(PERIOD_ONLY, owners={}, lead=None))),
    "preview: nothing yet": preview_page(
        replace(PAGE, preview=preview([], workspace=PERIOD_ONLY, first=FIRST), waiting=0)
    ),
    "preview: Type 1": preview_page(
        replace(PAGE, preview=_preview(replace(PLACE, period_start=date(2027, 3, 31), period_end=date(2027, 3, 31))))
    ),
    "started": started_view(60, "1 Dec 2026"),
    "started: one": started_view(1, "1 Dec 2026"),
}

COLLEAGUES = tuple(Option(value=name, label=name.title(), note="it") for name in ("hans", "lee", "dana"))
DEPARTMENTS = (("owner_0", "engineering", "hans"), ("owner_1", "hr", ""), ("owner_2", "people & culture", ""))
CHOSEN = Setup(packs=(Pack.SECURITY_CORE, Pack.PRIVACY), own_controls=True, starter=True, level=False, version=4)

FORMS: dict[str, Form] = {
    "set-up controls": controls_form(action("choose_controls"), Setup()),
    "set-up controls: chosen": controls_form(action("choose_controls"), CHOSEN),
    "set-up place": place_form(action("set_place"), PLACE, everybody=True),
    "set-up place: running": place_form(action("set_place"), a_workspace(), everybody=False),
    "set-up people": people_form(action("choose_people"), colleagues=COLLEAGUES, lead="", second="", sponsor=""),
    "set-up people: chosen": people_form(
        action("choose_people"), colleagues=COLLEAGUES, lead="lee", second="dana", sponsor="hans"
    ),
    "set-up owners": owners_form(action("choose_owners", d="engineering\nhr"), DEPARTMENTS, colleagues=COLLEAGUES),
    "set-up ladder": ladder_form(action("set_ladder"), DEFAULT_LADDER),
    "set-up channel": channel_form(action("set_channel"), "C0123ABCD", hint="A link to the channel, or its id."),
    "set-up period": period_form(action("set_period"), PLACE),
    "set-up period: none": period_form(action("set_period"), a_workspace()),
    "set-up rhythm": rhythm_form(action("choose_rhythm"), Setup(), first=FIRST, running=False),
    "set-up rhythm: running": rhythm_form(action("choose_rhythm"), CHOSEN, first=FIRST, running=True),
}
