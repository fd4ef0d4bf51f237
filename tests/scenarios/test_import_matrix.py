"""The company's own control matrix, handed in on Slack: by form or dropped, looked through, taken over."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from tasks.controls import Control
from tasks.ports import Identity
from tests.bot.a_company import StepClock
from tests.fake_slack import File
from tests.matrices import SPREADSHEET, VANTA, Rows, as_csv, as_xlsx, many, simple
from tests.scenarios.browser import Browser
from tests.scenarios.company import START, Company, a_slack, buttons, email, inputs, serving, shown

WITH_OPTIONS = "Control list, with options …"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def with_owner(rows: Rows, old: str, handle: str) -> Rows:
    return [[email(handle) if cell == old else cell for cell in row] for row in rows]


def a_workbook(company: Company, rows: Rows = SPREADSHEET, **more: Any) -> File:
    content = as_xlsx(Controls=with_owner(rows, "olga@example.com", "olga"))
    return company.a_file("lea", "controls.xlsx", **{"content": content, "mimetype": XLSX} | more)


def hand_in(company: Company, file: File, handle: str = "lea", **answers: Any) -> None:
    company.asks_for_a_form(handle, "controls import")
    company.sends(handle, {"Your list of controls": [file], **answers})


def control(company: Company, code: str) -> Control:
    found = company.read(lambda uow: uow.controls.by_code(code))
    assert found, code
    return found


def codes(company: Company) -> list[str]:
    return [one.code for one in company.read(lambda uow: uow.controls.every())]


def test_a_workbook_becomes_controls_once_the_lead_has_confirmed_it(company: Company) -> None:
    hand_in(company, a_workbook(company))

    told = company.prompt("lea", words="3 controls read")
    assert codes(company) == [], "nothing is a control before it is confirmed"
    company.presses("lea", "Decide 2 rows", told)
    page = company.prompt("lea", words="To decide")
    assert "needs a criterion: CC7.5, A1.2 and A1.3?" in shown(page)

    form = company.opens("lea", "Decide …", page, nth=1)
    assert inputs(form)[1:3] == ["Criteria it supports", "How often is it asked for?"]
    company.sends("lea", {"Criteria it supports": ["A1.2"], "Department": "it"}, form)
    page = company.prompt("lea", words="OP-3 is as you said.")
    company.presses("lea", "The whole list", page)
    company.presses("lea", "Take all suggestions", company.prompt("lea", words="3 controls read"))
    company.presses("lea", "Import 3 controls", company.prompt("lea", words="The suggestions are taken."))

    assert "From controls.xlsx: 3 controls added." in shown(company.prompt("lea", words="Imported"))
    assert codes(company) == ["AC-1", "HR-7", "OP-3"]
    assert control(company, "AC-1").text.prompt == SPREADSHEET[3][2]
    assert control(company, "AC-1").owner_id == company.person("olga").id
    assert control(company, "OP-3").text.refs == {"tsc": ("A1.2",)}


def test_a_spreadsheet_dropped_in_the_conversation_is_asked_about(company: Company) -> None:
    file = company.a_file("lea", "controls.csv", as_csv(VANTA).encode(), mimetype="text/csv")

    question = company.drops("lea", file)
    company.presses("lea", "It is our control list", question)

    assert "2 controls read" in shown(company.prompt("lea", words="controls read"))


def test_of_a_dropped_workbook_the_sheet_and_the_layout_can_be_chosen(company: Company) -> None:
    question = company.drops("lea", a_workbook(company, content=as_xlsx(Draft=many(3), Final=many(2))))

    form = company.opens("lea", WITH_OPTIONS, question)
    assert inputs(form) == ["Where is it from?", "Which sheet?"]
    company.sends("lea", {"Which sheet?": "Final"}, form)

    assert "2 controls read" in shown(company.prompt("lea", words="controls read"))


def test_in_the_browser_as_well(home: Path) -> None:
    clock = StepClock(moment=START)
    with a_slack(clock) as slack, serving(home, slack, clock, browser_chat=True) as company:
        lea = company.person("lea").id
        company.write(lambda uow: uow.people.link(Identity(platform="web", external_id=lea, person_id=lea)))
        browser = Browser(company.running.address)
        browser.become(lea)
        assert WITH_OPTIONS in browser.drops("controls.xlsx", as_xlsx(Draft=many(3), Final=many(2)))

        assert "I read controls.xlsx." in browser.presses(WITH_OPTIONS)
        browser.submits({"t:sheet": "Final"})
        company.run_due_jobs()

        assert "2 controls read" in browser.get("/web/chat")
        browser.client.close()
        assert slack.violations == []


def test_the_same_press_twice_takes_nothing_over_twice(company: Company) -> None:
    hand_in(company, a_workbook(company, many(3)))
    told = company.prompt("lea", words="3 controls read")
    as_drawn = deepcopy(told)

    company.presses("lea", "Import 3 controls", told)
    company.presses("lea", "Import 3 controls", as_drawn)

    assert "is taken over already" in shown(company.whispered("lea"))
    assert codes(company) == ["C-1", "C-2", "C-3"]


def test_a_long_list_is_taken_over_by_the_clock_and_told_when_done(company: Company) -> None:
    hand_in(company, a_workbook(company, many(130)))
    company.presses("lea", "Import 130 controls", company.prompt("lea", words="130 controls read"))
    company.run_due_jobs()

    assert len(codes(company)) == 130
    assert "All of controls.xlsx is here: 130 controls." in shown(company.prompt("lea", words="All of controls.xlsx"))


def test_a_wrong_file_is_told_in_a_plain_sentence_and_can_be_handed_in_again(company: Company) -> None:
    hand_in(company, a_workbook(company, content=LOGIN, mimetype="text/html"))
    told = company.prompt("lea", words="Nothing was imported.")
    assert "web page" in shown(told)

    company.opens("lea", "Hand in a file …", told)
    company.sends("lea", {"Your list of controls": [a_workbook(company, many(1))]})
    assert "1 control read" in shown(company.prompt("lea", words="control read"))


def test_a_file_kept_elsewhere_is_never_fetched(company: Company) -> None:
    hand_in(company, a_workbook(company, url="https://evil.example/controls.xlsx"))
    assert "kept outside Slack" in shown(company.prompt("lea", words="Nothing was imported."))


def test_slack_being_down_for_a_while_loses_nothing(company: Company) -> None:
    company.slack.http_status("files.info", 503, times=1)
    hand_in(company, a_workbook(company, many(2)))
    company.wait(60)
    assert "2 controls read" in shown(company.prompt("lea", words="controls read"))


def test_nobody_else_may_hand_one_in(company: Company) -> None:
    told = company.says("olga", "controls import")
    assert "Import" not in buttons(told)
    assert codes(company) == []


def test_hostile_words_in_a_cell_are_words(company: Company) -> None:
    evil = "=cmd|'/C calc'!A0 <!channel> <@U0LEA> *bold* & <https://evil.example|here>"
    hand_in(company, a_workbook(company, simple(("AC-1", evil, evil, "Quarterly", "CC6.1"))))
    told = company.prompt("lea", words="1 control read")
    company.presses("lea", "Take all suggestions", told)
    company.presses("lea", "Import 1 control", company.prompt("lea", words="The suggestions are taken."))
    assert control(company, "AC-1").text.prompt == evil
