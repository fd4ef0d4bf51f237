"""A whole access review on Slack: a list comes in, reviewers decide, the owner signs off, the next list proves it."""

from typing import Any

from tasks.access.model import CampaignKind, CampaignState
from tasks.identifiers import TaskId
from tasks.model import Answer, TaskState, Work
from tests.builders import an_item
from tests.fake_slack import File, Message
from tests.scenarios.company import Company, a_catalogue_control, email, shown

REVIEWED = (
    an_item("user-lists", population=True, reviewed=True),
    an_item("decisions", reviewed=True),
    an_item("removal-proof", reviewed=True),
)
HEADER = "login,email,name,role,privileged,last login"
OLGA = "olga@acme,{olga},Olga Owner,Viewer,no,2026-10-30"
OLGA_ADMIN = "olga@acme,{olga},Olga Owner,Super admin,yes,2026-10-30"
CORA = "cora@acme,{cora},Cora Colleague,Viewer,no,2026-10-29"
MAX = "max@acme,{max},Max Manager,Viewer,no,2026-10-28"


def a_list(company: Company, *lines: str, name: str = "okta.csv") -> File:
    mails = {handle: email(handle) for handle in ("olga", "cora", "max")}
    text = "\n".join([HEADER, *(line.format(**mails) for line in lines)]) + "\n"
    return company.a_file("lea", name, text.encode(), mimetype="text/csv")


def hand_in(company: Company, file: File, rows: int, **more: Any) -> dict[str, Any]:
    company.asks_for_a_form("lea", "access new")
    return company.sends(
        "lea",
        {
            "System": "Okta",
            "Owner of the system": company.person("ada").id,
            "Taken from": "Okta production",
            "Report, filter or query": "All users",
            "Rows at the source": str(rows),
            "The list, as the system gave it": [file],
            **more,
        },
    )


def a_company_with_a_list(company: Company, *lines: str) -> None:
    control = a_catalogue_control("IAM-01", access_review=CampaignKind.ALL_ACCESS, evidence=REVIEWED)
    company.install(control, owner="lea")
    hand_in(company, a_list(company, *lines), len(lines))
    assert "Okta: " in shown(company.prompt("lea", words="It is kept as it is from now on."))


def setup_of(company: Company) -> Message:
    found = [one for one in company.slack.ephemerals + company.inbox("lea") if "Who will be asked" in shown(one)]
    return found[-1]


def test_a_review_from_the_list_to_the_proof(company: Company) -> None:
    a_company_with_a_list(company, OLGA, OLGA_ADMIN, CORA, MAX)
    listed = company.says("lea", "access")
    company.opens("lea", "Start a review …", listed)
    company.sends("lea", {"Name": "Review of autumn"})
    company.presses("lea", "Start the review", setup_of(company))

    asked = company.prompt("max", words="Review of autumn")
    assert "3 accesses of 3 still to decide" in shown(asked)
    company.presses("max", "Review", asked)
    page = company.whispered("max")
    assert "Super admin" in shown(page)
    company.presses("max", "Keep", page, nth=0)
    form = company.opens("max", "Decide …", company.whispered("max"), nth=0)
    company.sends("max", {"This access": "revoke", "Reason": "Not on call any more"}, form)
    company.presses("max", "Keep", company.whispered("max"), nth=0)
    whole = company.prompt("max", words="Press Submit")
    company.presses("max", "Submit", whole)
    assert "You submitted this" in shown(company.prompt("max", words="Review of autumn"))

    change = company.prompt("ada", words="Revoke Super admin of Olga Owner")
    assert "Not on call any more" in shown(change)

    sid = company.prompt("sid", words="Review of autumn")
    company.presses("sid", "Review", sid)
    company.presses("sid", "Keep", company.whispered("sid"), nth=0)
    company.presses("sid", "Submit", company.prompt("sid", words="Press Submit"))

    ready = company.prompt("lea", words="Everybody has submitted")
    form = company.opens("lea", "Sign off …", ready)
    assert "covers 4 items of 1 system" in shown(form)
    company.sends("lea", {"Anything to add": "Looked through with Ada"}, form)

    [campaign] = company.read(lambda uow: uow.campaigns.lately(limit=5))
    assert campaign.state is CampaignState.SIGNED_OFF
    task = company.read(lambda uow: uow.tasks.get(TaskId(campaign.task_id or "")))
    assert task.answer is Answer.DONE_FOUND_PROBLEMS
    evidence = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert {one.name for one in evidence if one.sha256} >= {
        "okta.csv",
        "Review of autumn.xlsx",
        "Review of autumn.html",
    }

    company.wait(600)
    hand_in(company, a_list(company, OLGA, CORA, MAX, name="later.csv"), 3)
    [proof] = company.read(lambda uow: uow.access_stories.proofs(campaign.id))
    assert proof.as_decided
    tasks = company.read(lambda uow: uow.tasks.of_origin(f"{Work.ACCESS_CHANGE}:{campaign.id}"))
    assert [one.state for one in tasks] == [TaskState.RECORDED]


def test_rows_that_cant_be_read_are_listed_and_nothing_is_imported(company: Company) -> None:
    control = a_catalogue_control("IAM-01", access_review=CampaignKind.ALL_ACCESS, evidence=REVIEWED)
    company.install(control, owner="lea")
    broken = "max@acme,{max},Max Manager,Viewer,no,31.02.2026"
    hand_in(company, a_list(company, OLGA, broken), 2)
    told = shown(company.prompt("lea", words="can't be read"))
    assert "Row 3" in told
    assert "Nothing was imported." in told
    assert company.read(lambda uow: uow.access_systems.every()) == []


def test_a_count_that_does_not_match_is_refused(company: Company) -> None:
    control = a_catalogue_control("IAM-01", access_review=CampaignKind.ALL_ACCESS, evidence=REVIEWED)
    company.install(control, owner="lea")
    hand_in(company, a_list(company, OLGA, CORA), 3)
    assert "Okta counted 3 rows, and the file holds 2." in shown(company.prompt("lea", words="counted"))


def test_unknown_columns_are_matched_once_in_a_form(company: Company) -> None:
    control = a_catalogue_control("IAM-01", access_review=CampaignKind.ALL_ACCESS, evidence=REVIEWED)
    company.install(control, owner="lea")
    text = f"Kennung,Post,Darf\nolga,{email('olga')},Alles\n"
    hand_in(company, company.a_file("lea", "liste.csv", text.encode(), mimetype="text/csv"), 1)
    form = company.opens("lea", "Match the columns", company.prompt("lea", words="which column"))
    company.sends("lea", {"Account": "0", "E-mail": "1", "Entitlement": "2"}, form)
    assert "Okta: 1 access" in shown(company.prompt("lea", words="It is kept as it is"))
