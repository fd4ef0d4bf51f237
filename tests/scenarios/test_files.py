"""Files people send, wherever they send them; what is wrong with one is told in chat, and nothing is lost."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.evidence import Evidence, EvidenceState
from tasks.model import Task, TaskState
from tests.builders import an_item, utc
from tests.scenarios.company import CARD, CSV, PDF, Company, a_catalogue_control, buttons, shown, with_a_list

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200)
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def evidence_of(company: Company, task: Task) -> list[Evidence]:
    return list(company.read(lambda uow: uow.evidence.of_task(task.id)))


def test_a_file_dropped_in_the_conversation_goes_to_the_one_open_task(company: Company) -> None:
    task = company.open_a_task()

    answer = company.drops("olga", company.a_file())

    assert "proof.pdf is attached to “Leaver access removal”" in shown(answer)
    [evidence] = evidence_of(company, task)
    assert (evidence.state, evidence.item) == (EvidenceState.BOUND, "removal-proof")


def test_a_file_dropped_under_a_prompt_goes_to_that_task(company: Company) -> None:
    company.install(a_catalogue_control(), a_catalogue_control("IAM-04", title="Password settings"))
    company.at(utc(2026, 11, 2, 9))
    prompt = company.prompt("olga", words="IAM-04")

    answer = company.drops("olga", company.a_file(), under=prompt)

    assert "attached to “Password settings”" in shown(answer)
    assert answer.thread_ts == prompt.ts
    assert [one.name for one in evidence_of(company, company.task("IAM-04"))] == ["proof.pdf"]
    assert evidence_of(company, company.task("IAM-03")) == []


def test_with_several_open_tasks_the_person_says_which(company: Company) -> None:
    company.install(a_catalogue_control(), a_catalogue_control("IAM-04", title="Password settings"))
    company.at(utc(2026, 11, 2, 9))

    question = company.drops("olga", company.a_file())
    assert "Which task is proof.pdf evidence for?" in shown(question)
    company.presses("olga", "IAM-04 Password settings", question)

    assert [one.name for one in evidence_of(company, company.task("IAM-04"))] == ["proof.pdf"]


def test_a_file_nobody_asked_for_is_attached_to_nothing(company: Company) -> None:
    company.open_a_task()

    answer = company.drops("cora", company.a_file("cora"))

    assert "You have no open task" in shown(answer)


def test_a_list_dropped_in_the_conversation_asks_for_its_source_card(company: Company) -> None:
    company.open_a_task(with_a_list())

    answer = company.drops("olga", company.a_file(name="leavers.csv", content=CSV, mimetype="text/csv"))
    assert "Fill in source card" in buttons(answer)
    company.opens("olga", "Fill in source card", answer)
    company.sends("olga", CARD)

    company.presses("olga", "Done", company.prompt(words="October 2026"))
    assert company.task().state is TaskState.SUBMITTED


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "empty": ("proof.pdf", {"content": b""}, "proof.pdf is empty."),
    "web page": ("proof.pdf", {"content": LOGIN}, "proof.pdf holds a web page"),
    "web page as such": ("proof.pdf", {"content": LOGIN, "mimetype": "text/html"}, "web page"),
    "program": ("proof.pdf", {"content": EXE}, "proof.pdf is of a kind that is not accepted."),
    "program by name": ("setup.exe", {"content": EXE}, "setup.exe is of a kind that is not accepted."),
    "too large": ("proof.pdf", {"declared_size": 26 * 1024 * 1024}, "proof.pdf is larger than 25 MB."),
    "elsewhere": ("proof.pdf", {"url": "https://evil.example/proof.pdf"}, "kept outside Slack"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_refused_in_a_plain_sentence(company: Company, wrong: str) -> None:
    name, how, sentence = WRONG[wrong]
    task = company.open_a_task()

    company.attaches("olga", company.prompt(), company.a_file(name=name, **how))

    assert sentence in shown(company.prompt("olga", words="A file was refused"))
    assert "refused: " in shown(company.inbox("olga")[0])
    assert [one.state for one in evidence_of(company, task)] == [EvidenceState.REJECTED]
    assert "Done" in buttons(company.inbox("olga")[0]), "the task waits for another file"


def test_a_sign_in_page_in_place_of_the_bytes_is_told_apart(company: Company) -> None:
    task = company.open_a_task()
    file = company.a_file()
    company.slack.stored_files[file.id] = replace(file, content=LOGIN, mimetype="text/html")
    dropped = replace(file, mimetype="application/pdf")

    company.drops("olga", dropped)

    assert [one.state for one in evidence_of(company, task)] == [EvidenceState.REJECTED]
    assert "web page" in shown(company.prompt("olga", words="A file was refused"))


def test_a_file_that_stood_for_an_earlier_span_already_returns_the_task(company: Company) -> None:
    company.open_a_task()
    company.answers_done()
    company.presses("lea", "Accept", company.prompt("lea"))
    company.at(utc(2026, 12, 2, 9))
    prompt = company.prompt("olga", words="November 2026")

    company.attaches("olga", prompt, company.a_file(content=PDF))

    assert "proof.pdf is the very same file as for 2026-10." in shown(company.prompt("olga", words="was refused"))


def test_an_answer_given_while_files_are_being_checked_comes_back_when_one_is_refused(company: Company) -> None:
    task = company.open_a_task()
    company.slack.http_status("files.info", 503, times=1)
    company.attaches("olga", company.prompt(), company.a_file(content=EXE))
    assert "checking the file" in shown(company.prompt())
    company.presses("olga", "Done", company.prompt())
    assert company.task_again(task.id).state is TaskState.SUBMITTED
    assert "Checking 1 file" in shown(company.prompt())

    company.wait(60)

    assert company.task_again(task.id).is_open
    assert "proof.pdf is of a kind that is not accepted." in shown(
        company.prompt("olga", words="This came back to you")
    )


def test_a_link_under_a_prompt_is_evidence_and_other_words_are_not(company: Company) -> None:
    task = company.open_a_task()

    company.drops("olga", under=company.prompt(), text="all good")
    assert "Words alone don't answer" in shown(company.inbox("olga")[-1])
    company.drops("olga", under=company.inbox("olga")[0], text="<https://tickets.acme.example/42>")

    assert [one.text for one in evidence_of(company, task)] == ["https://tickets.acme.example/42"]


def test_items_are_offered_in_the_form_and_files_sorted_in_later(company: Company) -> None:
    task = company.open_a_task(a_catalogue_control(evidence=(an_item("report"), an_item("proof"))))
    company.drops("olga", company.a_file(name="scan.pdf"))
    assert "belongs to no evidence item" not in shown(company.inbox("olga")[0])

    company.opens("olga", "Say what it is", company.inbox("olga")[0])
    company.sends("olga", {"Evidence item": "proof"})

    assert [one.item for one in evidence_of(company, task)] == ["proof"]


def test_a_file_like_last_times_goes_where_that_one_went(company: Company) -> None:
    company.open_a_task(a_catalogue_control(evidence=(an_item("report"), an_item("proof"))))
    first = company.a_file(name="okta-2026-10.pdf")
    company.drops("olga", first)
    company.opens("olga", "Say what it is", company.inbox("olga")[-1])
    company.sends("olga", {"Evidence item": "report"})
    company.drops("olga", company.a_file(name="the proof.pdf", content=PDF + b"1"))
    company.presses("olga", "Done", company.inbox("olga")[0])
    company.presses("lea", "Accept", company.prompt("lea"))
    company.at(utc(2026, 12, 2, 9))

    company.drops("olga", company.a_file(name="okta-2026-11.pdf", content=PDF + b"2"))

    assert [(one.name, one.item) for one in evidence_of(company, company.task())] == [("okta-2026-11.pdf", "report")]


def test_a_file_under_a_settled_prompt_is_told_how_it_gets_in(company: Company) -> None:
    company.open_a_task()
    prompt = company.answers_done()

    answer = company.drops("olga", company.a_file(name="late.pdf", content=PDF + b"3"), under=prompt)
    assert "already answered “Leaver access removal”" in shown(answer)
    assert "correct the answer: the file comes along" in shown(answer)
    assert answer.thread_ts == prompt.ts
    company.opens("olga", "Correct …", answer)


def test_a_file_with_nothing_open_is_offered_to_the_answer_that_is_not_accepted_yet(company: Company) -> None:
    company.open_a_task()
    company.answers_done()

    answer = company.drops("olga", company.a_file(name="late.pdf", content=PDF + b"3"))

    assert "Correct IAM-03 …" in buttons(answer)
