"""From the prompt to the record: what an owner meets in their direct messages."""

import hashlib

from tasks.evidence import EvidenceState
from tasks.model import Answer, TaskState
from tests.builders import an_item, utc
from tests.scenarios.company import (
    CARD,
    CSV,
    OPENS,
    PDF,
    Company,
    a_catalogue_control,
    buttons,
    inputs,
    shown,
    user_id,
    with_a_list,
)

WHY_NOT = {
    "What happened?": "The export was broken.",
    "What did you check for the time it was not done?": "No leaver signed in.",
    "What will be done, and by when?": "Mended by Friday.",
}


def test_a_task_that_opens_prompts_its_owner_in_a_direct_message_with_its_buttons(company: Company) -> None:
    company.open_a_task()

    [prompt] = company.inbox("olga")
    assert "A task for you has opened." in shown(prompt)
    assert "I confirm that the access of everybody who left was removed for October 2026" in shown(prompt)
    assert {"Done", "Attach evidence", "Not done …", "Hand over …"} <= set(buttons(prompt))


def test_done_with_evidence_missing_opens_the_form_that_lists_what_is_missing(company: Company) -> None:
    task = company.open_a_task(with_a_list())

    form = company.opens("olga", "Done", company.prompt())

    assert "The leaver list: not attached yet" in shown(form)
    assert company.sends("olga", {})["response_action"] == "update"
    assert "Not sent yet. The leaver list: not attached yet." in shown(company.slack.open_view(user_id("olga")))
    assert company.task_again(task.id).is_open


def test_a_file_sent_in_the_form_is_fetched_with_the_token_and_bound_by_its_hash(company: Company) -> None:
    task = company.open_a_task()

    company.attaches("olga", company.prompt(), company.a_file())

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert evidence.state is EvidenceState.BOUND
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (company.folder / "evidence").exists()
    prompt = company.prompt()
    assert "· checked" in shown(prompt), "the prompt was edited to show it"
    assert len(company.inbox("olga")) == 1
    assert "proof.pdf is attached" in shown(company.whispered("olga"))


def test_the_source_card_has_three_inputs_and_is_remembered_the_next_time(company: Company) -> None:
    company.open_a_task(with_a_list())
    company.attaches("olga", company.prompt(), company.a_file(name="leavers.csv", content=CSV, mimetype="text/csv"))

    card = company.slack.open_view(user_id("olga"))
    assert card.title == "Source card"
    assert len(inputs(card)) == 3
    company.sends("olga", CARD)
    assert "2 rows" in shown(company.prompt())
    company.presses("olga", "Done", company.prompt())
    assert company.task().state is TaskState.SUBMITTED

    company.at(utc(2026, 12, 2, 9))
    prompt = company.prompt(words="November 2026")
    assert "Same as last time?" in shown(prompt)
    newer = company.a_file(name="leavers.csv", content=CSV + b"Cy,cy@acme.example,2026-11-03\n", mimetype="text/csv")
    company.attaches("olga", prompt, newer)
    again = company.slack.open_view(user_id("olga"))
    origin = next(block for block in again.blocks if block.get("block_id") == "origin")
    assert origin["element"]["initial_value"] == "Okta: report “Leavers”"
    company.sends("olga", {name: value for name, value in CARD.items() if name != "Where is it from?"})
    assert "from Okta" in shown(company.prompt(words="November 2026"))


def test_done_submits_asks_the_acceptor_and_edits_the_owners_message(company: Company) -> None:
    task = company.open_a_task()

    prompt = company.answers_done()

    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert "You answered “Done”" in shown(company.prompt())
    assert company.prompt().ts == prompt.ts, "edited in place"
    assert "Done" not in buttons(company.prompt())
    assert "A submission waits for your acceptance." in shown(company.prompt("lea"))
    assert company.inbox("ada") == []


def test_the_acceptor_opens_the_file_and_accepts(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()

    company.presses("lea", "Open", company.prompt("lea"))
    company.presses("lea", "Accept", company.prompt("lea", words="waits for your acceptance"))

    accepted = company.task_again(task.id)
    assert accepted.state is TaskState.ACCEPTED
    assert accepted.settled_by == company.person("lea").id
    assert "Accepted by Lea Lead" in shown(company.prompt("olga"))
    assert company.read(lambda uow: uow.evidence.opened_by(task.id, company.person_in(uow, "lea").id))


def test_a_return_with_a_reason_tells_the_owner_who_answers_again(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()

    company.opens("lea", "Return …", company.prompt("lea"))
    company.sends("lea", {"What should change?": "The list lacks contractors."})

    returned = company.prompt("olga", words="This came back to you.")
    assert "The list lacks contractors." in shown(returned)
    assert "Sent back: The list lacks contractors." in shown(company.prompt("lea"))
    company.presses("olga", "Done", returned)
    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert "A submission waits for your acceptance." in shown(company.inbox("lea")[-1])


def test_not_done_asks_three_questions_and_opens_a_deviation(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(acceptance=False))

    form = company.opens("olga", "Not done …", company.prompt())
    assert "Thank you for saying so" in shown(form)
    assert inputs(form)[:3] == list(WHY_NOT)
    company.sends("olga", WHY_NOT)

    assert company.task_again(task.id).answer is Answer.NOT_DONE
    [deviation] = company.read(lambda uow: uow.answers.deviations(task.id))
    assert deviation.cause == "The export was broken."
    assert "Thank you for the honest answer" in shown(company.whispered("olga"))


def test_nothing_to_report_needs_the_query_that_shows_zero(company: Company) -> None:
    task = company.open_a_task(with_a_list())

    company.opens("olga", "Nothing to report …", company.prompt())
    company.sends(
        "olga", {"Which system did you ask?": "Okta", "Which report or query shows zero?": "Leavers in October"}
    )

    assert company.task_again(task.id).answer is Answer.NOTHING_TO_REPORT
    [proof] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert proof.card
    assert proof.card.row_count == 0


def test_who_has_to_mend_a_problem_that_was_found_is_told(company: Company) -> None:
    task = company.open_a_task()
    company.attaches("olga", company.prompt(), company.a_file())

    company.finds_a_problem("An account too many", "cora")

    assert "An account too many" in shown(company.prompt("cora", words="A problem to"))
    [finding] = company.read(lambda uow: uow.answers.findings(task.id))
    assert finding.owner_id == company.person("cora").id


def test_until_acceptance_the_owner_may_correct_and_both_versions_stay(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()

    company.opens("olga", "Correct …", company.prompt())
    company.sends("olga", {"What is the right answer?": "not-done"})
    why, *_ = inputs(company.slack.open_view(user_id("olga")))
    company.sends("olga", {why: "I looked at the wrong month.", **WHY_NOT})

    versions = company.read(lambda uow: uow.answers.attestations(task.id))
    assert [one.answer for one in versions] == [Answer.DONE, Answer.NOT_DONE]
    assert "I looked at the wrong month." in shown(company.prompt("olga"))


def test_handing_over_prompts_the_new_owner_and_says_so_to_the_old(company: Company) -> None:
    company.open_a_task()

    company.opens("olga", "Hand over …", company.prompt())
    company.sends("olga", {"Who takes it over?": company.person("cora").id})

    assert "Olga Owner gave this to you." in shown(company.prompt("cora"))
    assert "Cora Colleague has this task now." in shown(company.inbox("olga")[0])
    assert company.task().owner_id == company.person("cora").id


def test_a_colleague_who_is_asked_for_one_item_sends_it_from_their_own_prompt(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(evidence=(an_item("report"), an_item("proof"))))

    company.opens("olga", "Ask a colleague …", company.prompt())
    company.sends(
        "olga", {"Which item?": "proof", "Whom do you ask?": company.person("cora").id, "A word to them": "Please!"}
    )
    asked = company.prompt("cora", words="You are asked for evidence")
    assert "Please!" in shown(asked)
    company.opens("cora", "Attach", asked)
    company.sends("cora", {"Files": [company.a_file("cora")]})

    assert "Nothing is left to do." in shown(company.prompt("cora", words="Thank you"))
    assert "proof.pdf" in shown(company.prompt("olga"))
    company.attaches("olga", company.prompt(), company.a_file(content=PDF + b"\n"))
    company.presses("olga", "Done", company.prompt())
    assert company.task_again(task.id).state is TaskState.SUBMITTED


def test_words_kept_as_a_draft_are_there_when_the_form_is_opened_again(company: Company) -> None:
    task = company.open_a_task()

    company.opens("olga", "Not done …", company.prompt())
    company.sends("olga", {**WHY_NOT, "Not ready?": ["yes"]})

    assert company.task_again(task.id).is_open
    again = company.opens("olga", "Not done …", company.prompt())
    cause = next(block for block in again.blocks if block.get("block_id") == "cause")
    assert cause["element"]["initial_value"] == "The export was broken."


def test_after_acceptance_the_owner_asks_and_the_lead_reopens(company: Company) -> None:
    task = company.open_a_task()
    company.answers_done()
    company.presses("lea", "Accept", company.prompt("lea"))

    company.opens("olga", "Ask to reopen …", company.prompt())
    company.sends("olga", {"What needs to change?": "One leaver was forgotten."})
    company.presses("lea", "Open", company.prompt("lea", words="Open it again?"))
    company.opens("lea", "Reopen …", company.whispered("lea"))
    company.sends("lea", {"What should be done again?": "Add the leaver."})

    assert company.task_again(task.id).is_open
    assert "Add the leaver." in shown(company.inbox("olga")[-1])


def test_a_commit_wakes_delivery_without_waiting_for_a_tick(company: Company) -> None:
    company.install(a_catalogue_control())
    company.clock.moment = OPENS

    company.write(lambda uow: uow.tasks.open_due(now=uow.now, limit=10))

    company.slack.wait_until(lambda: company.inbox("olga"), seconds=3)
