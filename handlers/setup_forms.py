"""The steps of /soc2 setup: each form says what stands, saves what was sent, and shows the steps again."""

import re

from handlers.actions import Action, action
from handlers.answer_task import day_in
from handlers.context import Context
from handlers.replies import Reply, Show
from handlers.requests import FormSubmitted
from handlers.set_up import page
from handlers.views.elements import Form
from handlers.views.setup_forms import (
    DEPARTMENT,
    OWN,
    YES,
    channel_form,
    controls_form,
    ladder_form,
    owners_form,
    people_form,
    period_form,
    place_form,
    rhythm_form,
)
from tasks.catalogue.model import Pack
from tasks.errors import Invalid
from tasks.identifiers import PersonId
from tasks.ladder import CHOSEN, a_ladder
from tasks.operations.set_up import departments, is_finished, owner_in, require_may_set_up, team_of
from tasks.operations.set_up_people import Accepts, choose_owners, choose_people
from tasks.operations.set_up_start import choose_controls, choose_rhythm, proposed_start
from tasks.operations.set_up_workspace import set_channel, set_ladder, set_period, set_place
from tasks.people import Person
from tasks.places import days_named
from tasks.wording import shortened

SAVED = "Saved."
MOST_DEPARTMENTS = 30
SLACK_CHANNEL = re.compile(r"(?:<#)?([CG][A-Z0-9]{5,20})(?:\|[^>]*)?>?")
SLACK_LINK = re.compile(r"https://[\w.-]+\.slack\.com/archives/([CG][A-Z0-9]{5,20})/?\S*")
OTHER_CHANNEL = re.compile(r"[\w:@.;=-]{1,150}")
PLATFORMS = ("slack", "teams", "web")
SLACK_HINT = "A link to the channel, or its id as in C0123ABCD. Both are in the channel's details."
OTHER_HINT = "The channel's id. Leave it empty for none."


# --- controls


def build_controls(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    return controls_form(act, context.uow.setups.get())


def submit_controls(request: FormSubmitted, context: Context) -> Reply:
    packs = frozenset(Pack(name) for name in request.choices("packs") if name in set(Pack))
    choose_controls(context.uow, context.actor, packs=packs, own_controls=request.text("source") == OWN)
    return _saved(context)


# --- time zone and holidays


def build_place(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    running = is_finished(context.uow, context.uow.setups.get())
    return place_form(act, context.uow.workspace, everybody=not running)


def submit_place(request: FormSubmitted, context: Context) -> Reply:
    set_place(
        context.uow,
        context.actor,
        time_zone=request.text("time_zone"),
        country=request.text("country"),
        shutdown_days=days_named(request.text("shutdown")),
        everybody=request.text("everybody") == YES,
    )
    return _saved(context)


# --- people


def build_people(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    team = team_of(context.uow, context.uow.setups.get())
    return people_form(
        act,
        colleagues=context.colleagues(),
        lead=team.lead.id if team.lead else "",
        second=_first(team.acceptors),
        sponsor=_first(team.sponsors),
    )


def _first(people: tuple[Person, ...]) -> str:
    return people[0].id if people else ""


def submit_people(request: FormSubmitted, context: Context) -> Reply:
    choose_people(
        context.uow,
        context.actor,
        lead=PersonId(request.text("lead")),
        second=_person(request, "second"),
        accepts=Accepts.DEPARTMENT if request.text("accepts") == DEPARTMENT else Accepts.EVERYTHING,
        sponsor=_person(request, "sponsor"),
    )
    return _saved(context)


def _person(request: FormSubmitted, name: str) -> PersonId | None:
    return PersonId(request.text(name)) if request.text(name) else None


# --- owners


def build_owners(act: Action, context: Context) -> Form:
    """The departments travel with the form, so that an answer is about the one it was given for."""
    require_may_set_up(context.actor)
    setup = context.uow.setups.get()
    names = _departments(act) or departments(context.uow, setup)[:MOST_DEPARTMENTS]
    if not names:
        raise Invalid("There is no control yet whose owner could be chosen. Choose the controls first.")
    owners = [(name, owner_in(context.uow, setup, name)) for name in names]
    fields = [(f"owner_{n}", name, owner.id if owner else "") for n, (name, owner) in enumerate(owners)]
    return owners_form(action(act.name, d="\n".join(names)), fields, colleagues=context.colleagues())


def submit_owners(request: FormSubmitted, context: Context) -> Reply:
    names = _departments(request.action)
    chosen = {name: _person(request, f"owner_{number}") for number, name in enumerate(names)}
    try:
        choose_owners(context.uow, context.actor, {name: person for name, person in chosen.items() if person})
    except Invalid as error:
        fields = {f"owner_{names.index(name)}": text for name, text in error.fields.items() if name in names}
        raise Invalid(str(error), fields=fields) from error
    return _saved(context)


def _departments(act: Action) -> tuple[str, ...]:
    return tuple(act.get("d").split("\n")) if act.get("d") else ()


# --- ladder


def build_ladder(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    return ladder_form(act, context.uow.workspace.ladder)


def submit_ladder(request: FormSubmitted, context: Context) -> Reply:
    set_ladder(context.uow, context.actor, a_ladder({one: _number(request.text(one)) for one in CHOSEN}))
    return _saved(context)


def _number(text: str) -> int:
    """0, which no rung takes, for anything that isn't a small number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0


# --- channel


def build_channel(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    platform, _, channel = context.uow.workspace.compliance_channel.partition(":")
    shown = channel if platform == context.actor.platform else context.uow.workspace.compliance_channel
    return channel_form(act, shown, hint=SLACK_HINT if context.actor.platform == "slack" else OTHER_HINT)


def submit_channel(request: FormSubmitted, context: Context) -> Reply:
    set_channel(context.uow, context.actor, channel_named(request.text("channel"), context.actor.platform))
    return _saved(context)


def channel_named(text: str, platform: str) -> str:
    """Platform and id, as in slack:C0123ABCD; empty for none. Slack tells no bot the id of a name typed to it."""
    prefix, _, rest = text.partition(":")
    if prefix in PLATFORMS and rest:
        platform, text = prefix, rest
    if not text:
        return ""
    if platform == "slack":
        found = SLACK_CHANNEL.fullmatch(text) or SLACK_LINK.fullmatch(text)
        name = found[1] if found else ""
    else:
        name = text.removeprefix("#") if OTHER_CHANNEL.fullmatch(text.removeprefix("#")) else ""
    if not name:
        sentence = f"“{shortened(text, 60)}” is not an id or a link. Open the channel's details and copy its link."
        raise Invalid(sentence, fields={"channel": sentence})
    return f"{platform}:{name}"


# --- period and rhythm


def build_period(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    return period_form(act, context.uow.workspace)


def submit_period(request: FormSubmitted, context: Context) -> Reply:
    set_period(context.uow, context.actor, day_in(request, "start"), day_in(request, "end"))
    return _saved(context)


def build_rhythm(act: Action, context: Context) -> Form:
    require_may_set_up(context.actor)
    setup = context.uow.setups.get()
    first = proposed_start(context.uow, setup)
    return rhythm_form(act, setup, first=first, running=is_finished(context.uow, setup))


def submit_rhythm(request: FormSubmitted, context: Context) -> Reply:
    choose_rhythm(
        context.uow,
        context.actor,
        starts_on=day_in(request, "starts_on"),
        level=request.text("level") == YES,
        starter=request.text("starter") == YES,
    )
    return _saved(context)


def _saved(context: Context) -> Reply:
    return Show(view=page(context, SAVED))
