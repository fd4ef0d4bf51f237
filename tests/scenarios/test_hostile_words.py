"""Whatever people write comes out as words: no mention, no link, no formatting, no trick of direction."""

from typing import Any

import pytest

from tests.builders import an_item
from tests.fake_slack import File
from tests.scenarios.company import CARD, CSV, Company, a_catalogue_control, shown, user_id, with_a_list

NASTY = "<!channel> <@U0LEA> <https://evil.example|click> &lt; ```x``` \u202egpj.exe *b* <!date^1^{date}|x>"
BARE = ("<!channel>", "<@U0LEA>", "<https://evil.example", "<!date", "\u202e")
WHY_NOT = {
    "What happened?": NASTY,
    "What did you check for the time it was not done?": NASTY,
    "What will be done, and by when?": NASTY,
}


@pytest.fixture(autouse=True)
def watching(company: Company) -> None:
    company.slack.watch(*BARE)


def nothing_got_through(company: Company) -> bool:
    company.run_due_jobs()
    in_markup = [text for message in company.slack.everything if message.bot_id for text in _markup(message.blocks)]
    in_markup += [message.text for message in company.slack.everything if message.bot_id]
    in_markup += [text for view in company.slack.views for text in _markup(view.blocks)]
    assert "evil.example" in "".join(in_markup), "the words are shown, as words"
    assert "```" not in "".join(in_markup)
    return not [bare for bare in BARE if any(bare in text for text in in_markup)]


def _markup(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for inner in value.values() for text in _markup(inner)]
    return [text for each in value for text in _markup(each)] if isinstance(value, list) else []


def a_nasty_file(company: Company, **more: Any) -> File:
    return company.a_file(name=f"{NASTY}.pdf", **more)


def test_a_comment_and_an_adverse_answer(company: Company) -> None:
    company.open_a_task()
    company.opens("olga", "Not done …", company.prompt())
    company.sends("olga", {**WHY_NOT, "Anything to add?": NASTY})

    assert nothing_got_through(company)


def test_a_files_name_in_the_card_its_answer_and_its_refusal(company: Company) -> None:
    company.open_a_task()
    company.attaches("olga", company.prompt(), a_nasty_file(company))
    company.drops("olga", a_nasty_file(company, content=b"MZ\x90\x00" + bytes(99)))

    assert nothing_got_through(company)


def test_a_files_name_in_the_question_which_task_it_is_for(company: Company) -> None:
    company.install(a_catalogue_control(), a_catalogue_control("IAM-04", title="Password settings"))
    company.at(company.clock.moment.replace(hour=9))

    question = company.drops("olga", a_nasty_file(company))
    company.presses("olga", "IAM-04 Password settings", question)

    assert nothing_got_through(company)


def test_a_source_card_and_its_memory(company: Company) -> None:
    company.open_a_task(with_a_list())
    company.attaches("olga", company.prompt(), company.a_file(name="l.csv", content=CSV, mimetype="text/csv"))
    company.sends("olga", {**CARD, "Where is it from?": f"evil.example <!channel> <@U0LEA> ```x```: {NASTY}"})
    company.presses("olga", "Done", company.prompt())

    assert nothing_got_through(company)


def test_a_return_reason_and_a_reopening(company: Company) -> None:
    company.open_a_task()
    company.answers_done()
    company.opens("lea", "Return …", company.prompt("lea"))
    company.sends("lea", {"What should change?": NASTY})

    assert nothing_got_through(company)


def test_a_finding(company: Company) -> None:
    company.open_a_task()
    company.attaches("olga", company.prompt(), company.a_file())
    company.finds_a_problem(NASTY, "cora")

    assert "A problem to" in shown(company.prompt("cora"))
    assert nothing_got_through(company)


def test_a_note_to_a_colleague_and_a_wait(company: Company) -> None:
    company.open_a_task(a_catalogue_control(evidence=(an_item("report"), an_item("proof"))))
    company.opens("olga", "Ask a colleague …", company.prompt())
    cora = company.person("cora").id
    company.sends("olga", {"Which item?": "proof", "Whom do you ask?": cora, "A word to them": NASTY})
    company.opens("olga", "Waiting on …", company.prompt())
    company.sends("olga", {"Whom or what do you wait for?": NASTY, "Until when?": "2026-11-30"})

    assert nothing_got_through(company)


def test_a_text_and_a_link_as_evidence(company: Company) -> None:
    company.open_a_task()
    company.attaches("olga", company.prompt(), words=NASTY)
    company.presses("olga", "Done", company.prompt())
    company.sends("olga", {})
    company.presses("lea", "Open", company.prompt("lea"))

    assert nothing_got_through(company)


def test_a_command_nobody_knows_and_an_unknown_name(company: Company) -> None:
    company.open_a_task()
    company.says("olga", "<https://evil.example|click> \u202e<!channel>")
    company.says("lea", f"assign IAM-03 {NASTY}")
    company.says("lea", f"assign {NASTY} lea@acme.example")
    company.says("lea", f"status {NASTY}")

    assert nothing_got_through(company)


def test_a_persons_own_name(company: Company) -> None:
    company.slack.users[user_id("olga")].real_name = NASTY
    company.sync_people()
    company.open_a_task()
    company.answers_done()

    assert "evil.example" in shown(company.prompt("lea"))
    assert nothing_got_through(company)


def test_a_channels_worth_of_words_is_shortened_with_a_visible_note(company: Company) -> None:
    company.open_a_task()
    company.opens("olga", "Not done …", company.prompt())
    company.sends("olga", dict.fromkeys(WHY_NOT, "&" * 2000) | {"Anything to add?": "<" * 2000})

    assert "shortened" in shown(company.prompt()) or "…" in shown(company.prompt())
