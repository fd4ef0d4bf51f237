"""Who is not of this company is turned away, politely, and learns nothing."""

from urllib.parse import urlencode

from tests.scenarios.company import Company, a_catalogue_control, shown, user_id
from tests.slack_requests import FORM, SlackSender, find_button

STRANGER = "I work for the people of the workspace that installed me."


def test_somebody_of_another_team_in_a_shared_channel_is_refused(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())
    company.slack.add_user("Eve", "eve@other.example", id="U0EVE", team_id="T0OTHER", is_stranger=True)
    action, value = find_button(company.prompt(), "Done")
    payload = company.sender._who("block_actions", "U0EVE")
    payload["user"]["team_id"] = "T0OTHER"
    channel = company.slack.add_channel("shared")
    payload |= {
        "trigger_id": company.slack.trigger("U0EVE"),
        "container": {"type": "message", "channel_id": channel.id},
    }
    payload |= {"channel": {"id": channel.id}, "response_url": company.slack.response_url(channel.id, "U0EVE")}
    payload |= {"actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}]}

    assert company.sender._interact(payload).status_code == 200

    assert STRANGER in shown(company.slack.ephemerals[-1])
    assert company.task_again(task.id).is_open


def test_a_guest_is_refused(company: Company) -> None:
    company.slack.add_user("Gus Guest", "gus@acme.example", id=user_id("gus"), is_restricted=True)
    company.sync_people()

    assert "I don't know you in this workspace yet." in shown(company.says("gus", "tasks"))


def test_somebody_who_becomes_a_guest_can_do_nothing_any_more(company: Company) -> None:
    company.open_a_task()
    company.slack.users[user_id("olga")].is_restricted = True
    company.sync_people()

    assert "I don't know you" in shown(company.says("olga", "tasks"))


def test_somebody_unknown_is_told_whom_to_ask(company: Company) -> None:
    company.slack.add_user("New", "new@acme.example", id=user_id("new"))

    assert "Ask your compliance lead to add you" in shown(company.says("new", "tasks"))
    company.sync_people()
    assert "Nothing is waiting for you." in shown(company.says("new", "tasks"))


def test_a_team_that_is_not_connected_is_refused_at_the_door(company: Company) -> None:
    sender = SlackSender(company.running.address, company.slack.signing_secret, company.slack, team="T0OTHER")

    response = sender.command(user_id("olga"), "status")

    assert (response.status_code, response.json()) == (403, {"error": "unknown_workspace"})


def test_slacks_own_checks_are_answered(company: Company) -> None:
    assert company.sender.url_verification("abc").json() == {"challenge": "abc"}
    body = urlencode({"ssl_check": "1", "token": "x"}).encode()
    assert company.sender.raw(body, company.sender.signed_headers(body, FORM)).status_code == 200
