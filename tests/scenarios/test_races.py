"""Two people, two devices, double clicks, and deliveries that come more than once: one answer counts."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx

from tasks.evidence import EvidenceState
from tasks.model import TaskState
from tests.fake_slack.postman import Postman
from tests.scenarios.company import PDF, Company, a_catalogue_control, shown, user_id
from tests.scenarios.test_absence import go_away
from tests.slack_requests import find_button


def answers_kept(company: Company) -> int:
    task = company.task()
    return len(company.read(lambda uow: uow.answers.attestations(task.id)))


def test_two_people_who_may_answer_the_loser_is_told_who_and_when(company: Company) -> None:
    company.open_a_task()
    go_away(company, "olga", "cora")
    company.attaches("cora", company.prompt("cora"), company.a_file("cora"))
    hers, theirs = company.prompt("olga"), company.prompt("cora")
    olgas_button = find_button(hers, "Done") if "Done" in shown(hers) else find_button(theirs, "Done")

    company.presses("cora", "Done", theirs)
    response = company.sender.press(user_id("olga"), *olgas_button, message=hers)

    assert response.status_code == 200
    told = shown(company.whispered("olga"))
    assert "Cora Colleague already answered “Leaver access removal” with “Done” on 2 Nov 2026" in told
    assert answers_kept(company) == 1


def test_two_devices_at_the_same_instant_one_answer_counts(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    company.attaches("olga", company.prompt(), company.a_file())
    prompt = company.prompt()
    button = find_button(prompt, "Done")

    def press(_: int) -> httpx.Response:
        return company.sender.press(user_id("olga"), *button, message=prompt)

    with ThreadPoolExecutor(8) as devices:
        responses = list(devices.map(press, range(8)))

    assert {response.status_code for response in responses} == {200}
    assert answers_kept(company) == 1
    assert "You already answered “Leaver access removal”" in shown(company.whispered("olga"))


def test_a_form_open_on_a_second_device_is_told_that_it_is_answered(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    form = company.opens("olga", "Not done …", company.prompt())
    company.attaches("olga", company.prompt(), company.a_file())
    company.presses("olga", "Done", company.prompt())
    why = {"What happened?": "a", "What did you check for the time it was not done?": "b"}

    company.sends("olga", {**why, "What will be done, and by when?": "c"}, form)

    assert "You already answered" in shown(company.whispered("olga"))
    assert answers_kept(company) == 1


def test_two_acceptors_the_second_is_told_who_accepted(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()
    asked = company.prompt("lea")
    accept = find_button(asked, "Accept")

    company.presses("lea", "Accept", asked)
    company.sender.press(user_id("ada"), *accept, message=company.says("ada", "help"))

    assert "Lea Lead already accepted" in shown(company.whispered("ada"))
    assert company.task_again(task.id).settled_by == company.person("lea").id


def test_a_card_drawn_before_the_task_changed_is_refused_kindly(company: Company) -> None:
    task = company.open_a_task()
    company.attaches("olga", company.prompt(), company.a_file())
    button = find_button(company.prompt(), "Done")
    company.opens("olga", "Waiting on …", company.prompt())
    company.sends("olga", {"Whom or what do you wait for?": "the vendor", "Until when?": "2026-11-30"})

    company.sender.press(user_id("olga"), *button, message=company.prompt())

    assert "has changed since you opened it" in shown(company.whispered("olga"))
    assert company.task_again(task.id).is_open


def test_an_event_that_comes_three_times_acts_once(company: Company) -> None:
    task = company.open_a_task()
    file = company.a_file()
    dm = company.slack.dm_of(user_id("olga")).id
    event: dict[str, Any] = {
        "type": "message",
        "subtype": "file_share",
        "user": user_id("olga"),
        "channel": dm,
        "channel_type": "im",
    }
    event |= {"ts": company.slack.new_ts(), "text": "", "files": [file.as_json()]}

    codes = [company.sender.event(event, "Ev0TWICE", number).status_code for number in (None, 1, 2)]
    company.run_due_jobs()

    assert codes == [200, 200, 200]
    assert len(company.read(lambda uow: uow.evidence.of_task(task.id))) == 1
    assert sum("is attached to" in shown(message) for message in company.inbox("olga")) == 1


def tell(company: Company, event: dict[str, Any], event_id: str) -> int:
    return company.sender.event(event, event_id).status_code


def test_events_that_come_twice_and_in_any_order_act_once_each(company: Company) -> None:
    task = company.open_a_task()
    postman = Postman()
    for number in range(4):
        file = company.a_file(name=f"{number}.pdf", content=PDF + bytes([65 + number]))
        event = {"type": "message", "subtype": "file_share", "user": user_id("olga"), "channel_type": "im", "text": ""}
        event |= {"channel": company.slack.dm_of(user_id("olga")).id, "ts": company.slack.new_ts()}
        postman.post(partial(tell, company, event | {"files": [file.as_json()]}, f"Ev{number}"), times=2)

    assert postman.bring_shuffled(seed=7) == [200] * 8
    company.run_due_jobs()

    kept = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert sorted(one.name for one in kept) == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]
    assert {one.state for one in kept} == {EvidenceState.BOUND}


def test_a_submission_that_slack_sends_twice_acts_once(company: Company) -> None:
    company.open_a_task(a_catalogue_control(acceptance=False))
    view = company.opens("olga", "Attach evidence", company.prompt())
    file = company.a_file()

    company.sends("olga", {"Files": [file]}, view)
    company.sends("olga", {"Files": [file]}, view)

    assert len(company.read(lambda uow: uow.evidence.of_task(company.task().id))) == 1


def test_what_a_button_carries_is_only_a_hint(company: Company) -> None:
    task = company.open_a_task()
    company.attaches("olga", company.prompt(), company.a_file())
    action, value = find_button(company.prompt(), "Done")

    for who in ("cora", "max", "lea"):
        card = company.says(who, "help")
        assert company.sender.press(user_id(who), action, value, message=card).status_code == 200
        told = shown(company.whispered(who))
        assert "That did not work" in told, told

    assert company.task_again(task.id).state is TaskState.OPEN


def test_nobody_accepts_their_own_answer(company: Company) -> None:
    company.install(a_catalogue_control("GOV-03", department="security"), owner="lea")
    company.at(company.clock.moment.replace(hour=9))
    company.answers_done("lea")
    task = company.task("GOV-03")
    assert "A submission waits for your acceptance." in shown(company.prompt("sid"))
    action, value = find_button(company.prompt("sid"), "Accept")

    company.sender.press(user_id("lea"), action, value, message=company.prompt("lea"))

    assert "You answered this yourself" in shown(company.whispered("lea"))
    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert json.dumps(value)
