"""What is seen of access reviews, from a list of accounts to the sign-off: the handlers say it of a small company."""

from dataclasses import replace
from datetime import date, timedelta

from handlers import decide_access, end_review, import_access, manage_systems, show_access, start_review
from handlers.actions import action
from handlers.carried_files import carrying
from handlers.context import Context
from handlers.describe_reviews import ABOUT_REVIEWS
from handlers.replies import Replace, Reply, Show
from handlers.requests import SharedFile
from handlers.review_page import Place, my_part
from handlers.task_views import view_of
from handlers.views.access_list import AccessList, access_list
from handlers.views.campaign_card import signals_card
from handlers.views.elements import Form, View
from handlers.views.list_card import columns_card, frozen_card, refused_card
from tasks.access.model import AccessColumn, Campaign, Unreadable, Verdict
from tasks.access.ports import Order, Wanted
from tasks.access.stored import Asked, Body, Tally, write_body
from tasks.identifiers import ControlId, ImportId, NoticeId, PersonId, TaskId
from tasks.imports import Import, ImportKind, ImportState
from tasks.model import Work, origin_of
from tasks.notices import Notice, NoticeKey, NoticeState, Occasion
from tasks.operations.decide_access import decide_access as decide
from tasks.operations.extend_review import ask_extension
from tasks.operations.manage_systems import amend_access, describe_entitlements
from tasks.operations.prepare_review import prepare_for_task
from tasks.operations.sign_off_review import sign_off_review
from tasks.operations.submit_review import submit_review
from tasks.people import Person
from tests.access_company import (
    ACCESSES,
    ADA,
    LEE,
    MAX,
    NINA,
    OWEN,
    SAM,
    VERA,
    act,
    an_access,
    decide_all,
    found,
    given,
    hand_in,
    items_of,
    opened,
    prepared,
)
from tests.builders import a_task, a_workspace
from tests.fakes import FakeUnitOfWork

DORMANT = an_access(NINA, account="nina.old", entitlement="Reporting", last_login=date(2026, 3, 1))
MANY = tuple(
    an_access(SAM, account=f"sam-{number}", entitlement=f"Role {number}", description="May read reports")
    for number in range(12)
)


OPENED = "A task for you has opened."
FIRST = Tally(accesses=4, privileged=1, impersonal=0, unmatched=1)


def a_company() -> FakeUnitOfWork:
    uow = FakeUnitOfWork(workspace=a_workspace())
    found(uow)
    export = hand_in(uow, (*ACCESSES, DORMANT, *MANY))
    lee = act(uow, LEE)
    describe_entitlements(uow, lee, export.system_id, {"Viewer": "May look at everything, change nothing"})
    amend_access(
        uow,
        lee,
        export.id,
        account="deploy-bot",
        entitlement="Viewer",
        column=AccessColumn.NAME,
        value="Deployments",
        reason="Told by the platform team",
    )
    return uow


def to(uow: FakeUnitOfWork, person: Person) -> Context:
    return Context(uow=uow, person=uow.people.get(person.id), actor=act(uow, person))


def view(reply: Reply) -> View:
    assert isinstance(reply, Show | Replace)
    return reply.view


def a_notice(uow: FakeUnitOfWork, occasion: Occasion, detail: str, person: Person) -> View:
    notice = Notice(
        id=NoticeId(1),
        key=NoticeKey(about="campaign:x", recipient=f"person:{person.id}", occasion=occasion),
        task_id=None,
        owed_at=uow.now,
        state=NoticeState.SENT,
        detail=detail,
        sent_at=uow.now,
    )
    shown = ABOUT_REVIEWS[occasion](uow, notice, uow.people.get(person.id))
    assert shown
    return shown


def _lists() -> tuple[dict[str, View], dict[str, Form]]:
    uow = a_company()
    lee, owen = to(uow, LEE), to(uow, OWEN)
    [system] = uow.access_systems.every()
    [export] = uow.access_exports.of_system(system.id)
    item = Import(
        id=ImportId("i1"),
        kind=ImportKind.ACCESS_EXPORT,
        person_id=LEE.id,
        platform="slack",
        reference="F1",
        name="okta-users.csv",
        state=ImportState.CONFIRMED,
        created_at=uow.now,
    )
    body = Body(
        asked=Asked(source=export.source, owner_id=OWEN.id),
        system_id=system.id,
        export_id=export.id,
        digest=export.digest,
        tally=Tally(
            accesses=418,
            privileged=11,
            impersonal=9,
            unmatched=3,
            unused=("Employee number", "Cost centre"),
            since=date(2026, 7, 6),
            new=31,
            vanished=12,
        ),
        columns=("Kennung", "Mail", "Rechte"),
        unreadable=tuple(Unreadable(row=row, reason="“31.02.2026” is no day.") for row in range(2, 40)),
    )
    problem = replace(item, state=ImportState.REFUSED, error="38 rows can't be read. Nothing was imported.")
    waiting = replace(item, state=ImportState.READ, version=2)
    uow.imports.add(waiting)
    uow.imports.save(replace(waiting, body=write_body(body)))
    nothing = AccessList(
        now=uow.now,
        time_zone="UTC",
        mine=(),
        changes=(),
        looked_after=(),
        systems=(),
        may_hand_in=False,
        may_start=False,
    )
    views = {
        "access: nothing": access_list(nothing),
        "access: systems": view(show_access.press_access(action("show_access"), lee)),
        "list of accounts: frozen": frozen_card(item, body, "UTC"),
        "list of accounts: first": frozen_card(item, replace(body, tally=FIRST), "UTC"),
        "list of accounts: refused": refused_card(problem, body),
        "list of accounts: columns": columns_card(waiting),
        "list of accounts: asked for": a_notice(uow, Occasion.LIST_ASKED, system.id, OWEN),
        "system": view(manage_systems.press_system(action("show_system", s=system.id), lee)),
        "system: its owner": view(manage_systems.press_system(action("show_system", s=system.id), owen)),
    }
    dropped = carrying(action("import_access"), (SharedFile(reference="F1", name="okta.csv"),))
    columns = action("match_columns", i="i1", v=3)
    args: dict[str, str | int] = {"s": system.id, "v": system.version}
    forms = {
        "import access": import_access.build_import_access(action("import_access"), lee),
        "import access: dropped": import_access.build_import_access(dropped, lee),
        "import access: again": import_access.build_import_access(action("import_access", s=system.id), owen),
        "match columns": import_access.build_columns(columns, lee),
        "edit system": manage_systems.build_edit(action("edit_system", **args), lee),
        "describe entitlements": manage_systems.build_describe(action("describe_entitlements", **args), lee),
        "amend access": manage_systems.build_amend(action("amend_access", s=system.id, x=export.id), lee),
    }
    return views, forms


def _before() -> tuple[dict[str, View], dict[str, Form]]:
    uow = a_company()
    lee = to(uow, LEE)
    nothing = prepared(uow, name="Nothing yet")
    uow.campaigns.set_systems(nothing.id, [])
    campaign = prepared(uow)
    uow.tasks.put(
        a_task(
            "review-task", control_id=ControlId("iam-01"), code="IAM-01", title="User access review", owner_id=LEE.id
        )
    )
    of_task = prepare_for_task(uow, act(uow, LEE), uow.tasks.get(TaskId("review-task")))
    [system] = uow.campaigns.systems(campaign.id)
    setup = action("show_review_setup", c=campaign.id)
    views = {
        "review setup": view(start_review.press_setup(setup, lee)),
        "review setup: no system": view(start_review.press_setup(action("show_review_setup", c=nothing.id), lee)),
        "review setup: of a task": view(start_review.press_setup(action("show_review_setup", t="review-task"), lee)),
        "review task": view_of(uow, uow.tasks.get(TaskId("review-task")), lee.person),
        "campaign: preparing": view(end_review.press_campaign(action("show_campaign", c=of_task.id), lee)),
    }
    forms = {
        "start review": start_review.build_start(action("start_review"), lee),
        "review system": start_review.build_system(action("review_system", c=campaign.id, s=system.system_id), lee),
        "review systems": start_review.build_systems(action("review_systems", c=campaign.id), lee),
    }
    return views, forms


def _deciding() -> tuple[dict[str, View], dict[str, Form]]:
    uow = a_company()
    campaign = opened(uow)
    reviewer, lee = to(uow, MAX), to(uow, LEE)
    rows = items_of(uow, campaign, MAX)
    plain = next(row for row in rows if row.item.access.account == "sam-3")
    admin = next(row for row in rows if row.item.access.privileged)
    other = next(row for row in rows if row.item.access.account == "sam-4")
    decide(uow, act(uow, MAX), campaign.id, plain.item.id, given(uow, plain, Verdict.REVOKE))
    decide(uow, act(uow, MAX), campaign.id, other.item.id, given(uow, other, Verdict.CHANGE, change_to="Viewer"))
    place = Place(campaign_id=campaign.id)
    seen: dict[str, str | int] = {"i": admin.item.id, "v": admin.item.version, "t": 1}
    decided = uow.access_items.get(campaign.id, other.item.id)
    task = uow.tasks.of_origin(origin_of(Work.ACCESS_REVIEW, campaign.id))[0]
    turn = decide_access.press_turn
    gaps = replace(place, wanted=Wanted.GAPS)
    views = {
        "access: mine": view(show_access.press_access(action("show_access"), reviewer)),
        "access: all": view(show_access.press_access(action("show_access"), lee)),
        "review card": view(decide_access.press_part(action("show_review_part", c=campaign.id), reviewer)),
        "review card: a prompt": view_of(
            uow, task, uow.people.get(PersonId(task.subject)), opening="A task for you has opened."
        ),
        "review page": view(decide_access.press_review(action("review_access", c=campaign.id), reviewer)),
        "review page: second": view(turn(replace(place, number=2).to("turn_access"), reviewer)),
        "review page: decided": view(turn(replace(place, wanted=Wanted.DECIDED).to("turn_access"), reviewer)),
        "review page: by system": view(turn(replace(place, order=Order.SYSTEM).to("turn_access"), reviewer)),
        "review page: one by one": view(turn(replace(place, wanted=Wanted.OWN).to("turn_access"), reviewer)),
        "review page: found nothing": view(turn(replace(place, search="zebra").to("turn_access"), reviewer)),
        "review page: no gaps": view(turn(gaps.to("turn_access"), lee)),
        "access story": view(
            decide_access.press_story(action("access_story", c=campaign.id, i=plain.item.id), reviewer)
        ),
    }
    forms = {
        "decide access": decide_access.build_decide(place.to("decide_access", **seen), reviewer),
        "decide access: again": decide_access.build_decide(
            place.to("decide_access", i=decided.item.id, v=decided.item.version, t=1), reviewer
        ),
        "pass on access": decide_access.build_pass_on(place.to("pass_on_access", **seen), reviewer),
        "keep remaining": decide_access.build_keep_remaining(
            action("keep_remaining", c=campaign.id, n=my_part(uow, MAX, campaign.id).for_bulk, t=1), reviewer
        ),
        "reassign access": decide_access.build_reassign(place.to("reassign_access", **seen), lee),
        "find access": decide_access.build_find(place.to("find_access"), reviewer),
    }
    return views, forms


def _gaps() -> dict[str, View]:
    """Owen and Lee have left: nobody owns Okta, and nobody leads."""
    uow = a_company()
    for person in (OWEN, LEE):
        uow.people.save(replace(uow.people.get(person.id), active=False))
    campaign = _opened_by_ada(uow)
    ada = to(uow, ADA)
    return {
        "review page: gaps": view(decide_access.press_gaps(action("review_gaps", c=campaign.id), ada)),
        "review gap told": a_notice(uow, Occasion.REVIEW_GAP, campaign.id, ADA),
        "campaign: gaps": view(end_review.press_campaign(action("show_campaign", c=campaign.id), ada)),
    }


def _opened_by_ada(uow: FakeUnitOfWork) -> Campaign:
    uow.people.save(replace(uow.people.get(LEE.id), active=True, roles=frozenset()))
    campaign = opened(uow, by=ADA)
    uow.people.save(replace(uow.people.get(LEE.id), active=False))
    return campaign


def _ending() -> tuple[dict[str, View], dict[str, Form]]:
    uow = a_company()
    campaign = opened(uow)
    lee = to(uow, LEE)
    show = action("show_campaign", c=campaign.id)
    views = {"campaign: open": view(end_review.press_campaign(show, lee))}
    version = uow.campaigns.get(campaign.id).version
    asked = ask_extension(
        uow, act(uow, LEE), campaign.id, due_to=campaign.due_on + timedelta(days=7), reason="Max is ill"
    )
    views["campaign: more time asked"] = view(end_review.press_campaign(show, to(uow, ADA)))
    views["more time asked"] = a_notice(uow, Occasion.EXTENSION_ASKED, f"{campaign.id}:{asked.id}", ADA)
    args: dict[str, str | int] = {"c": campaign.id, "v": version}
    forms = {
        "extend review": end_review.build_extend(action("extend_review", c=campaign.id), lee),
        "close review": end_review.build_close(action("close_review", **args), lee),
        "cancel review": end_review.build_cancel(action("cancel_review", **args), lee),
    }
    decide_all(uow, campaign, MAX, Verdict.REVOKE)
    whole = decide_access.press_part(action("show_review_part", c=campaign.id), to(uow, MAX))
    views["review card: all decided"] = view(whole)
    submit_review(uow, act(uow, MAX), campaign.id)
    views["review card: submitted"] = view(
        decide_access.press_part(action("show_review_part", c=campaign.id), to(uow, MAX))
    )
    submitted = Place(campaign_id=campaign.id, wanted=Wanted.EVERY)
    views["review page: submitted"] = view(decide_access.press_turn(submitted.to("turn_access"), to(uow, MAX)))
    views["changes to make"] = a_notice(uow, Occasion.ACCESS_CHANGES, campaign.id, OWEN)
    [change, *_] = uow.tasks.of_origin(origin_of(Work.ACCESS_CHANGE, campaign.id))
    views["access change task"] = view_of(uow, change, uow.people.get(OWEN.id))
    for reviewer in (VERA, OWEN):
        decide_all(uow, campaign, reviewer)
        submit_review(uow, act(uow, reviewer), campaign.id)
    views["campaign: whole"] = a_notice(uow, Occasion.REVIEW_READY, campaign.id, LEE)
    version = uow.campaigns.get(campaign.id).version
    forms["sign off review"] = end_review.build_sign_off(action("sign_off_review", c=campaign.id, v=version), lee)
    sign_off_review(uow, act(uow, LEE), campaign.id, version)
    views["campaign: signed off"] = view(end_review.press_campaign(show, lee))
    views["signs of haste: none"] = signals_card(campaign.id, campaign.name, ())
    signs = [("Max", ("All 18 were kept, in 24 seconds altogether.",))]
    views["signs of haste"] = signals_card(campaign.id, campaign.name, signs)
    return views, forms


_PARTS = (_lists(), _before(), _deciding(), _ending())
VIEWS: dict[str, View] = {name: one for views, _ in _PARTS for name, one in views.items()} | _gaps()
FORMS: dict[str, Form] = {name: one for _, forms in _PARTS for name, one in forms.items()}
