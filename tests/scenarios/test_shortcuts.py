"""“Attach as evidence” in the menu of any message, in any conversation of the team."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.evidence import Evidence, EvidenceState
from tasks.model import Task, TaskState
from tests.builders import an_item, utc
from tests.fake_slack import Message, View
from tests.scenarios.company import CSV, PDF, Company, a_catalogue_control, buttons, shown, user_id
from tests.scenarios.test_hostile_words import BARE, NASTY

WORDS = "Bo's account is removed, see ticket 42."


def evidence_of(company: Company, task: Task) -> list[Evidence]:
    return list(company.read(lambda uow: uow.evidence.of_task(task.id)))


def a_message(
    company: Company, text: str = WORDS, *, kind: str = "public", member: bool = False, **more: Any
) -> Message:
    """By Cora, where the bot isn't reading along."""
    channel = company.slack.add_channel("it-help", kind=kind, bot_is_member=member)
    return company.slack.write(channel, more.pop("user", user_id("cora")), text, *more.pop("files", ()), **more)


def points_at(company: Company, message: Message, handle: str = "olga", **more: Any) -> View:
    before = len(company.slack.views)
    assert company.sender.point_at(user_id(handle), message, **more).status_code == 200
    assert len(company.slack.views) > before, shown(company.whispered(handle))
    return company.slack.open_view(user_id(handle))


def attaches(company: Company, message: Message, note: str = "") -> None:
    points_at(company, message)
    company.sends("olga", {"What does it show?": note} if note else {})


def test_a_message_of_a_channel_the_bot_is_not_in_becomes_evidence(company: Company) -> None:
    task = company.open_a_task()
    message = a_message(company)

    form = points_at(company, message)
    assert "Message by Cora Colleague in #it-help, 2 Nov 2026 at 09:00" in shown(form)
    company.sends("olga", {"What does it show?": "The October leaver"})

    assert "is attached to “Leaver access removal”" in shown(company.prompt(words="Attached"))
    [evidence] = evidence_of(company, task)
    assert (evidence.text, evidence.item, evidence.state) == (WORDS, "removal-proof", EvidenceState.BOUND)
    assert evidence.said
    assert (evidence.said.author_id, evidence.said.note) == (user_id("cora"), "The October leaver")
    assert (evidence.conversation, evidence.message) == (message.channel, message.ts)
    assert "essage by Cora Colleague in #it-help, 2 Nov 2026 at 09:00, as it was then" in shown(
        company.inbox("olga")[0]
    )


def test_the_link_to_the_message_is_found_after_the_evidence_is_safe(company: Company) -> None:
    task = company.open_a_task()
    attaches(company, a_message(company))

    [evidence] = evidence_of(company, task)
    assert evidence.said
    assert evidence.said.permalink.endswith(f"/archives/{evidence.conversation}/p{evidence.message.replace('.', '')}")
    assert evidence.permalink_due_at is None


def test_no_call_but_opening_the_form_comes_before_the_ack(company: Company) -> None:
    company.open_a_task()
    message = a_message(company)
    before = len(company.slack.calls)

    company.sender.point_at(user_id("olga"), message)

    assert [call.method for call in company.slack.calls[before:]] == ["views.open"]


def test_while_slack_fails_the_link_waits_and_the_evidence_does_not(company: Company) -> None:
    task = company.open_a_task()
    company.slack.http_status("chat.getPermalink", 503, times=1)
    attaches(company, a_message(company))
    [evidence] = evidence_of(company, task)
    assert evidence.state is EvidenceState.BOUND
    assert evidence.said
    assert evidence.said.permalink == ""

    company.wait(120)

    said = evidence_of(company, task)[0].said
    assert said
    assert said.permalink


def test_a_message_deleted_meanwhile_is_kept_and_has_no_link(company: Company) -> None:
    task = company.open_a_task()
    message = a_message(company)
    points_at(company, message)
    message.deleted = True
    company.sends("olga", {})

    [evidence] = evidence_of(company, task)
    assert evidence.said
    assert (evidence.text, evidence.said.permalink) == (WORDS, "")
    assert "message_not_found" in evidence.said.permalink_problem


def test_its_files_are_fetched_checked_and_hashed(company: Company) -> None:
    task = company.open_a_task()
    files = [company.a_file("cora"), company.a_file("cora", name="l.csv", content=CSV, mimetype="text/csv")]
    attaches(company, a_message(company, files=files))

    words, *kept = evidence_of(company, task)
    assert [one.state for one in kept] == [EvidenceState.BOUND] * 2
    assert [one.size for one in kept] == [len(PDF), len(CSV)]
    assert {len(one.sha256) for one in (words, *kept)} == {64}


def test_the_answer_is_given_with_it_and_accepted(company: Company) -> None:
    task = company.open_a_task()
    attaches(company, a_message(company))

    company.opens("olga", "Done", company.inbox("olga")[0])
    company.sends("olga", {})
    company.presses("lea", "Open", company.prompt("lea"))
    assert WORDS in shown(company.whispered("lea"))
    company.presses("lea", "Accept", company.prompt("lea"))

    assert company.task_again(task.id).state is TaskState.ACCEPTED


def test_the_bot_in_the_channel_answers_there_for_the_persons_eyes_only(company: Company) -> None:
    company.open_a_task()
    message = a_message(company, member=True)
    attaches(company, message)

    assert company.whispered("olga").channel == message.channel
    assert "is attached" in shown(company.whispered("olga"))


def test_a_message_of_a_bot_is_evidence_under_the_bots_name(company: Company) -> None:
    task = company.open_a_task()
    message = a_message(company, "", user="", attachments=[{"fallback": "Backup of 1 November: ok"}])
    points_at(company, message, bot_profile={"name": "Veeam", "app_id": "A0VEEAM"}, bot_id="B0VEEAM", app_id="A0VEEAM")
    company.sends("olga", {})

    [evidence] = evidence_of(company, task)
    assert evidence.said
    assert (evidence.text, evidence.said.author) == ("Backup of 1 November: ok", "Veeam")


def test_our_own_prompt_proves_nothing(company: Company) -> None:
    task = company.open_a_task()
    company.sender.point_at(user_id("olga"), company.prompt())

    assert "That is my own message" in shown(company.whispered("olga"))
    assert buttons(company.whispered("olga")) == ["Open"]
    assert evidence_of(company, task) == []


def test_without_an_open_task_nothing_opens_and_that_is_said(company: Company) -> None:
    company.open_a_task()
    company.sender.point_at(user_id("cora"), a_message(company))

    assert "You have no open task" in shown(company.whispered("cora"))


def test_somebody_of_another_team_is_told_so(company: Company) -> None:
    task = company.open_a_task()
    company.slack.users[user_id("olga")] = replace(company.slack.users[user_id("olga")], team_id="T0OTHER")
    payload = {**company.sender._who("message_action", user_id("olga"))}
    payload["user"]["team_id"] = "T0OTHER"
    message = a_message(company)
    payload |= {
        "callback_id": "attach_message",
        "trigger_id": company.slack.trigger(user_id("olga")),
        "channel": {"id": message.channel, "name": "shared"},
        "message_ts": message.ts,
        "message": message.as_json(),
        "response_url": company.slack.response_url(message.channel, user_id("olga")),
    }
    company.sender._interact(payload)

    assert "I work for the people of the workspace that installed me" in shown(company.whispered("olga"))
    assert evidence_of(company, task) == []


# hostile


def test_markup_in_a_message_comes_out_as_words(company: Company) -> None:
    company.open_a_task()
    company.slack.watch(*BARE)
    file = company.a_file("cora", name=f"{NASTY}.pdf")
    attaches(company, a_message(company, NASTY.replace("&lt;", "<"), files=[file]), note=NASTY)
    company.presses("olga", "Done", company.inbox("olga")[0])
    company.presses("lea", "Open", company.prompt("lea"))

    assert "evil.example" in shown(company.whispered("lea"))
    assert company.slack.violations == []


def test_forty_thousand_letters_and_fifty_files_fit(company: Company) -> None:
    task = company.open_a_task()
    files = [company.a_file("cora", name=f"proof-{n}.pdf", content=PDF + str(n).encode()) for n in range(50)]
    attaches(company, a_message(company, "é" * 40_000, files=files))

    found = evidence_of(company, task)
    assert len(found) == 51
    assert {one.state for one in found} == {EvidenceState.BOUND}
    assert len(found[0].text) == 40_000
    company.presses("olga", "Open the task", company.prompt(words="Attached"))


@pytest.mark.parametrize("place", ["", "nothing.0", "{task}.99", "{task}.x"])
def test_a_forged_choice_attaches_nothing(company: Company, place: str) -> None:
    task = company.open_a_task()
    form = points_at(company, a_message(company))
    value = place.format(task=task.id)
    state = {"place": {"place": {"type": "radio_buttons", "selected_option": {"value": value}}}}

    assert company.sender.submit(user_id("olga"), form, state).status_code == 200
    assert evidence_of(company, task) == []


def test_somebody_elses_task_in_the_form_is_refused(company: Company) -> None:
    company.install(a_catalogue_control("IAM-04", evidence=(an_item("proof"),)), owner="max")
    company.open_a_task()
    theirs = company.task("IAM-04")
    form = points_at(company, a_message(company))
    state = {"place": {"place": {"type": "radio_buttons", "selected_option": {"value": f"{theirs.id}.0"}}}}

    company.sender.submit(user_id("olga"), form, state)

    assert "only Max Manager can answer it" in shown(company.prompt(words="only Max"))
    assert evidence_of(company, theirs) == []


def test_messages_nobody_attached_are_forgotten_after_a_week(company: Company) -> None:
    company.open_a_task()
    message = a_message(company)
    points_at(company, message)

    def kept() -> int:
        return len(company.read(lambda uow: uow.shared_messages.of_message("slack", message.channel, message.ts)))

    company.at(utc(2026, 11, 9, 8))
    assert kept() == 1
    company.at(utc(2026, 11, 9, 10))

    assert kept() == 0
