"""From the prompt to the record, in Teams: really signed activities in, a strict connector out."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.evidence import EvidenceState
from tasks.model import Answer, TaskState
from tests.fake_teams import Message
from tests.scenarios.company import CSV, PDF, with_a_list
from tests.scenarios.teams_company import TeamsCompany, a_teams_company, presses_of, seen

WHY_NOT = {
    "What happened?": "The export was broken.",
    "What did you check for the time it was not done?": "No leaver signed in.",
    "What will be done, and by when?": "Mended by Friday.",
}


@pytest.fixture
def company(teams_home: Path) -> Iterator[TeamsCompany]:
    with a_teams_company(teams_home) as company:
        yield company


def test_typed_words_are_answered_by_a_card_in_the_chat(company: TeamsCompany) -> None:
    company.open_a_task()

    listed = company.writes("olga", "tasks")

    assert "Leaver access removal" in seen(listed)


def test_a_command_with_its_slash_is_understood_as_well(company: TeamsCompany) -> None:
    company.open_a_task()
    assert "Leaver access removal" in seen(company.writes("olga", "/soc2 tasks"))


def test_unknown_words_are_answered_with_help(company: TeamsCompany) -> None:
    assert "tasks" in seen(company.writes("olga", "tsaks"))


def test_a_task_that_opens_prompts_its_owner_from_the_stored_conversation(company: TeamsCompany) -> None:
    company.open_a_task()

    [prompt] = company.chat("olga")
    assert "A task for you has opened." in seen(prompt)
    assert {"Done", "Attach evidence"} <= set(presses_of(prompt))


def test_done_on_the_prompt_edits_it_in_place_and_is_on_record(company: TeamsCompany) -> None:
    task = company.open_a_task()
    company.gives("olga")
    prompt = company.asked(words="A task for you has opened.")

    company.clicks("olga", "Done", prompt)

    assert company.task_again(task.id).state is TaskState.SUBMITTED
    entries = company.read(lambda uow: uow.audit.of(f"task:{task.id}", limit=50))
    [entry] = [one for one in entries if one.what == "task:answer"]
    assert entry.platform == "teams"
    assert entry.message == f"a:olga/{prompt.id}"
    assert "Done" not in presses_of(prompt)
    assert prompt.edits


def test_done_on_a_card_that_was_asked_for_replaces_it_in_the_answer_to_the_press(company: TeamsCompany) -> None:
    task = company.open_a_task()
    company.gives("olga")
    company.clicks("olga", "Open", company.writes("olga", "tasks"))
    card = company.chat("olga")[-1]

    answer = company.clicks("olga", "Done", card)

    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert "Done" not in presses_of(card)


def test_a_client_without_execute_sends_a_message_and_the_card_is_edited(company: TeamsCompany) -> None:
    task = company.open_a_task()
    company.gives("olga")
    company.clicks("olga", "Open", company.writes("olga", "tasks"))
    card = company.chat("olga")[-1]

    company.does(company.sends_to.old_press("olga", "Done", card))

    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert card.edits


def test_a_file_dropped_into_the_chat_is_fetched_without_our_token_and_bound_by_its_hash(company: TeamsCompany) -> None:
    task = company.open_a_task()

    said = company.gives("olga")

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert evidence.state is EvidenceState.BOUND
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "proof.pdf is attached" in seen(said)
    assert "tempauth" not in evidence.reference


def test_a_file_that_teams_no_longer_gives_is_asked_for_again(company: TeamsCompany) -> None:
    task = company.open_a_task()
    file = company.file()
    company.teams.files.clear()

    company.does(company.sends_to.drops("olga", file))

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert evidence.state is not EvidenceState.BOUND
    assert "Please send it again." in evidence.problem


def test_a_file_elsewhere_than_with_microsoft_is_never_fetched(company: TeamsCompany) -> None:
    task = company.open_a_task()
    file = company.file()
    file.url = "https://acme-my.sharepoint.com.evil.example/file"

    company.does(company.sends_to.drops("olga", file))

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert "kept outside Teams" in evidence.problem


def test_done_with_evidence_missing_opens_the_form_that_lists_what_is_missing(company: TeamsCompany) -> None:
    company.open_a_task(with_a_list())
    assert "not attached yet" in seen(company.opens_dialog("olga", "Done", company.asked()))


def test_what_is_wrong_in_a_form_is_told_in_the_dialog_and_what_was_typed_stays(company: TeamsCompany) -> None:
    task = company.open_a_task()
    company.opens_dialog("olga", "Not done …", company.asked())

    company.fills_in("olga", {"What happened?": "The export was broken."})

    again = company.sends_to.open_dialog("olga")
    assert "The export was broken." in seen(again)
    assert "⚠️" in seen(again)
    assert company.task_again(task.id).is_open
    company.fills_in("olga", {name: words for name, words in WHY_NOT.items() if name != "What happened?"})
    [attestation] = company.read(lambda uow: uow.answers.attestations(task.id))
    assert attestation.answer is Answer.NOT_DONE
    assert attestation.message == f"a:olga/{company.chat('olga')[0].id}"
    assert "Thank you" in seen(company.chat("olga")[-1])


def test_a_form_may_follow_a_form_and_the_source_card_is_kept(company: TeamsCompany) -> None:
    company.open_a_task(with_a_list())
    said = company.gives("olga", "leavers.csv", CSV, "text/csv")

    dialog = company.opens_dialog("olga", presses_of(said)[0], said)

    assert "Where is it from?" in seen(dialog)


def asks_for_the_file(company: TeamsCompany) -> Message:
    """Lea, who accepts; returns what Teams shows her first."""
    company.open_a_task()
    company.gives("olga")
    company.clicks("olga", "Done", company.asked(words="A task for you"))
    card = next(one for one in reversed(company.chat("lea")) if "Open" in presses_of(one))
    company.clicks("lea", "Open", card)
    return next(one for one in company.chat("lea") if "consent" in one.attachments[0]["contentType"])


def test_evidence_comes_to_whoever_asks_for_it_by_consent(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)

    company.does(company.sends_to.consent("lea", asked))

    assert list(company.teams.uploads.values()) == [PDF]
    assert company.chat("lea")[-1].attachments[0]["name"] == "proof.pdf"
    assert asked.deleted


def test_who_declines_gets_no_file(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)

    company.does(company.sends_to.consent("lea", asked, accept=False))

    assert company.teams.uploads == {}


def test_consent_to_a_file_that_is_not_theirs_uploads_nothing(company: TeamsCompany) -> None:
    asked = asks_for_the_file(company)
    stolen = company.sends_to.consent("cora", asked)

    company.does(stolen)

    assert list(company.teams.uploads.values()) == [None]
    assert "could not be put among yours" in seen(company.chat("cora")[-1])


def test_an_activity_delivered_twice_is_done_once(company: TeamsCompany) -> None:
    task = company.open_a_task()
    company.gives("olga")
    press = company.sends_to.press("olga", "Done", company.asked(words="A task for you"))
    company.does(press, times=2)
    assert len(company.read(lambda uow: uow.answers.attestations(task.id))) == 1

    before = len(company.chat("olga"))
    company.does(company.sends_to.says("olga", "help"), times=2)
    assert len(company.chat("olga")) == before + 1


def test_a_message_can_be_attached_as_evidence_from_its_menu(company: TeamsCompany) -> None:
    task = company.open_a_task()
    team = company.teams.add_team("ops", "olga", "cora")
    payload = {
        "id": "1700000099999",
        "createdDateTime": "2026-11-02T08:30:00.000Z",
        "from": {"user": {"id": "aad-cora", "displayName": "Cora Colleague"}},
        "body": {"contentType": "html", "content": "<p>All leavers are <b>removed</b> &amp; checked.</p>"},
    }

    company.does(company.sends_to.point_at("olga", payload, chat=team))
    assert "All leavers are removed & checked." in seen(company.sends_to.open_dialog("olga")).replace("\\", "")
    company.does(company.sends_to.submit_pointed("olga", {}, chat=team))

    [evidence] = company.read(lambda uow: uow.evidence.of_task(task.id))
    assert (evidence.conversation, evidence.message) == ("19:ops@thread.tacv2", "1700000099999")
    assert "Attached" in seen(company.chat("olga")[-1])
