"""The demo from end to end, as somebody new to it goes through it. The tests run in the order in which they stand."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.a_demo import ROOT, User, a_demo
from tests.browser.browsing import ARGUMENTS, CHROMIUM, emptied, watched_page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"There is no browser at {CHROMIUM}.")

NewUser = Callable[..., User]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DEVICES = b"device,encrypted\n" + b"".join(b"laptop-%d,yes\n" % number for number in range(40))
EXPECTED = ("status of 400", "status of 413", "status of 422", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with a_demo(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def problems() -> list[str]:
    return []


@pytest.fixture(scope="module")
def used_again(browser: Browser, problems: list[str]) -> Page:
    return watched_page(browser.new_context(), problems)


@pytest.fixture(scope="module")
def visitors() -> dict[str, Any]:
    """The cookies of everybody who was there before: they come back to their messages without choosing again."""
    return {}


@pytest.fixture
def user(
    browser: Browser, address: str, used_again: Page, visitors: dict[str, Any], problems: list[str]
) -> Iterator[NewUser]:
    """A browser of its own for each; in none of them anything may go wrong in the browser's own eyes."""
    own: list[BrowserContext] = []
    free = [used_again]
    problems.clear()

    def new_user(name: str = "", **options: Any) -> User:
        if options or not free:
            own.append(browser.new_context(**options))
            somebody = User(page=watched_page(own[-1], problems), address=address)
            return somebody.becomes(name) if name else somebody
        somebody = User(page=free.pop(), address=address)
        return comes_back(somebody, name, visitors) if name else somebody

    yield new_user
    for context in own:
        context.close()
    emptied(used_again, address)
    assert not [problem for problem in problems if not any(expected in problem for expected in EXPECTED)]


def comes_back(somebody: User, name: str, visitors: dict[str, Any]) -> User:
    context = somebody.page.context
    if name in visitors:
        context.add_cookies(visitors[name])
        somebody.page.goto(f"{somebody.address}/web/chat")
    else:
        somebody.becomes(name)
        visitors[name] = context.cookies()
    return somebody


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "var/demo/soc2.db") as database:
        return database.execute(query).fetchall()


# the main job


def test_the_first_page_says_whom_to_be_first(user: NewUser, address: str) -> None:
    page = user().page
    page.goto(address)
    first, manager, lead = page.locator(".start .person").all()
    expect(first).to_contain_text("Has a task to answer")
    expect(manager).to_contain_text("Inès Laurent")
    expect(lead).to_contain_text("Dana Reyes")
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Direct messages with soc2bot")
    expect(page.get_by_role("article").get_by_role("button", name="Attach evidence").last).to_be_visible()


def test_the_button_that_stands_out_is_the_one_to_press_next(user: NewUser) -> None:
    card = user("Leo Martins").about("Monthly endpoint protection check")
    expect(card.locator(".button.primary")).to_have_text("Attach evidence")


def test_a_real_file_is_attached_and_its_list_asks_for_three_things_at_most(user: NewUser) -> None:
    leo = user("Leo Martins")
    leo.presses(leo.about("Monthly endpoint protection check"), "Attach evidence")
    held = {"name": "devices.csv", "mimeType": "text/csv", "buffer": DEVICES}
    leo.form.get_by_label("Files").set_input_files(held)  # type: ignore[arg-type]
    leo.presses(leo.form, "Attach")
    expect(leo.form.get_by_role("heading", name="Source card")).to_be_visible()
    expect(leo.form.locator(".field")).to_have_count(3)
    leo.fills_source_card()
    expect(leo.last).to_contain_text("devices.csv has its source card.")
    expect(leo.last).to_contain_text("Still missing")
    expect(leo.last.locator(".button.primary")).to_have_text("Attach evidence")


def test_done_records_the_answer_and_every_message_about_it_says_so(user: NewUser) -> None:
    leo = user("Leo Martins")
    leo.attaches_the_rest()
    expect(leo.last).to_contain_text("Everything is attached.")
    expect(leo.last).to_contain_text("I confirm that")
    pressed = leo.last
    leo.presses(pressed, "Done")
    expect(pressed).to_contain_text("You answered “Done”")
    prompt = leo.messages.filter(has_text="VUL-03").filter(has_text="October 2026").first
    expect(prompt).to_contain_text("Answered on time")
    expect(prompt).to_contain_text("40 rows · from Intune")
    assert "needs a source card" not in prompt.inner_text()
    assert "optional" not in prompt.inner_text()


def test_an_answer_goes_to_its_acceptor_who_opens_the_very_file_and_accepts(user: NewUser, folder: Path) -> None:
    victor = user("Victor Chen")
    card = victor.about("Semi-annual network exposure")
    victor.attaches(card, file=("exposure.csv", DEVICES + b"one-more,yes\n"))
    victor.attaches_the_rest()
    victor.presses(victor.last, "Done")
    expect(victor.messages.filter(has_text="Waiting for acceptance by Dana Reyes").first).to_be_visible()

    dana = user("Dana Reyes")
    asked = dana.about("A submission waits for your acceptance.", "Semi-annual network exposure")
    dana.presses(asked.locator(".row").filter(has_text="exposure.csv"), "Open")
    with dana.page.expect_download() as download:
        dana.page.get_by_role("link", name="Download exposure.csv").click()
    assert Path(download.value.path()).read_bytes() == DEVICES + b"one-more,yes\n"
    opened = "select count(*) from evidence_openings join evidence on evidence.id = evidence_id where name = '{}'"
    assert rows(folder, opened.format("exposure.csv"))[0][0] >= 1
    dana.presses(asked, "Accept")
    expect(asked).to_contain_text("Accepted by Dana Reyes")
    expect(victor.messages.filter(has_text="Accepted by Dana Reyes").first).to_be_visible()


def test_an_honest_not_done_is_thanked_and_keeps_its_three_answers(user: NewUser) -> None:
    julia = user("Julia Rossi")
    card = julia.about("Monthly privacy request", "October 2026")
    julia.presses(julia.opens_task("PRV-03"), "Not done …")
    expect(julia.form).to_contain_text("Thank you for saying so")
    for label in ("What happened?", "What did you check", "What will be done"):
        julia.form.get_by_label(label).fill(f"Our words about: {label}")
    julia.presses(julia.form, "Sign and send")
    expect(julia.last).to_contain_text("Thank you for the honest answer.")
    expect(card).to_contain_text("You answered “Not done”")
    expect(card).to_contain_text("Our words about: What happened?")


# what goes wrong


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("report.pdf", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200, "report.pdf"),
        ("empty.csv", b"", "empty"),
    ],
    ids=["a program named .pdf", "an empty file"],
)
def test_a_wrong_file_is_refused_in_a_plain_sentence(user: NewUser, name: str, content: bytes, said: str) -> None:
    kofi = user("Kofi Mensah")
    kofi.attaches(kofi.opens_task("MON-01"), file=(name, content))
    refused = kofi.messages.filter(has_text="A file was refused").filter(has_text=said)
    expect(refused.last).to_be_visible()
    for word in ("Traceback", "Error", "sniff", "mime"):
        assert word not in refused.last.inner_text()


def test_the_slower_of_two_is_told_who_answered_and_when(user: NewUser) -> None:
    kofi = user("Kofi Mensah")
    kofi.attaches(kofi.opens_task("MON-01"), file=("alerts.csv", b"alert,outcome\n1,closed\n"))
    kofi.attaches_the_rest()
    elsewhere = user("Kofi Mensah")
    faster, slower = (one.about("Everything is attached.", "week of 16 Nov") for one in (kofi, elsewhere))
    elsewhere.page.context.set_offline(True)
    kofi.presses(faster, "Done")
    expect(faster).to_contain_text("You answered “Done”")
    elsewhere.presses(slower, "Done")
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("did not reach soc2bot")
    elsewhere.page.route("**/web/messages?**", lambda route: route.abort())
    elsewhere.page.context.set_offline(False)
    elsewhere.presses(slower, "Done")
    told = elsewhere.about("You already answered “Weekly security alert and log review”")
    expect(told).to_contain_text("23 Nov 2026")


def test_a_form_keeps_its_words_while_the_server_is_away_and_says_so_where_it_is_seen(user: NewUser) -> None:
    leo = user("Leo Martins")
    leo.presses(leo.opens_task("VUL-03"), "Correct …")
    leo.form.locator(".primary").click()
    leo.form.get_by_label("What was wrong before?").fill("The count.")
    leo.page.context.set_offline(True)
    leo.presses(leo.form, "Correct")
    told = leo.form.get_by_role("alert").filter(has_text="did not reach soc2bot")
    expect(told).to_be_in_viewport()
    leo.page.context.set_offline(False)
    leo.presses(leo.form, "Correct")
    expect(leo.form).to_have_count(0)
    expect(told).to_have_count(0)
    expect(leo.last).to_contain_text("Corrected")


def test_a_mistyped_command_gets_the_nearest_match(user: NewUser) -> None:
    answer = user("Amy Wong").types("/soc2 taks")
    expect(answer).to_contain_text("I don't know “taks”. Did you mean “tasks”?")


# other ways in


def test_a_file_dropped_into_the_conversation_goes_to_the_one_open_task(user: NewUser) -> None:
    priya = user("Priya Natarajan")
    before = priya.messages.count()
    priya.page.evaluate(
        """() => {
            const held = new DataTransfer();
            held.items.add(new File(["system,class\\ncrm,confidential\\n"], "classes.csv", { type: "text/csv" }));
            const target = document.querySelector(".main");
            for (const kind of ["dragover", "drop"])
                target.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
        }"""
    )
    expect(priya.page.get_by_role("list", name="Files to send")).to_contain_text("classes.csv")
    priya.page.keyboard.press("Enter")
    expect(priya.answer_after(before + 1)).to_contain_text("classes.csv is attached to “Annual data classification")


def test_whoever_is_away_hands_over_the_tasks_already_open(user: NewUser) -> None:
    priya = user("Priya Natarajan")
    priya.page.get_by_label("Message", exact=True).fill("/soc2 away ")
    priya.page.keyboard.press("Enter")
    first = priya.form.get_by_label("First day away")
    priya.form.get_by_label("Last day away").fill("2026-12-04")
    assert first.input_value() == "2026-11-23"
    meanwhile = priya.form.get_by_label("Who answers meanwhile?")
    amys = meanwhile.locator("option").filter(has_text="Amy Wong").get_attribute("value")
    meanwhile.select_option(value=amys)
    priya.presses(priya.form, "Save")
    expect(priya.last).to_contain_text("Amy Wong answers for you")
    amy = user("Amy Wong")
    expect(amy.about("Priya Natarajan is away; you answer meanwhile.")).to_contain_text("DAT-04")
    expect(amy.types("/soc2 tasks")).to_contain_text("for Priya Natarajan")


def test_everything_can_be_done_by_keyboard_alone(user: NewUser) -> None:
    helen = user()
    page = helen.page
    page.goto(f"{helen.address}/web")

    def tab_to(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.innerText || ''"):
                return
        raise AssertionError(f"No Tab leads to {name}.")

    tab_to("Helen Fischer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/web/chat")
    page.keyboard.type("/soc2 ta")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    helen.about("My tasks")
    page.locator(".message").last.focus()
    tab_to("Open")
    page.keyboard.press("Enter")
    expect(helen.last).to_contain_text("GOV-04")
    helen.last.focus()
    tab_to("Nothing to report")
    page.keyboard.press("Enter")
    expect(helen.form.get_by_label("Which system did you ask?")).to_be_focused()
    page.keyboard.type("Board minutes")
    page.keyboard.press("Tab")
    page.keyboard.type("All minutes of 2026")
    page.keyboard.press("Enter")
    expect(helen.form).to_have_count(0)
    expect(helen.last).to_contain_text("is sent.")


# how it looks


def test_on_a_phone_nothing_is_wider_than_the_screen(user: NewUser) -> None:
    raj = user("Raj Patel", **PHONE)
    for check in ("/soc2 help", "/soc2 tasks", "/soc2 status"):
        raj.types(check)
        assert raj.page.evaluate("document.documentElement.scrollWidth") <= 390
    card = raj.opens_task("VUL-05")
    assert raj.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert card.evaluate("card => card.scrollWidth - card.clientWidth") <= 0
    expect(card.get_by_role("button", name="Hand over")).to_have_count(0)
    for button in ("Attach evidence", "Not done …", "Ask a colleague …"):
        raj.presses(card, button)
        expect(raj.form.get_by_role("heading").first).to_be_visible()
        assert raj.form.evaluate("form => form.scrollWidth") <= 390
        raj.form.get_by_role("link", name="Cancel").click()
        expect(raj.form).to_have_count(0)


UNNAMED = """() => [...document.querySelectorAll(
    "button, a[href], input:not([type=hidden]), select, textarea, dialog[open]")]
    .filter((item) => item.checkVisibility())
    .filter((item) => !(item.innerText || item.ariaLabel || item.labels?.length || item.title
        || document.getElementById(item.getAttribute("aria-labelledby"))?.innerText))
    .map((item) => item.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll("[id]")].map((item) => item.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at); }"""


@pytest.mark.parametrize("name", ["", "Dana Reyes", "Raj Patel"])
def test_everything_has_a_name_one_heading_leads_and_landmarks_stand(user: NewUser, name: str) -> None:
    somebody = user(name)
    page = somebody.page
    if name:
        somebody.types("/soc2 tasks")
        somebody.presses(somebody.types("/soc2 help"), "I will be away", exact=False)
        somebody.form.wait_for()
    else:
        page.goto(f"{somebody.address}/web")
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(TWICE) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"


# time


def test_status_shows_counts_whose_turn_it_is_and_nudges_once(user: NewUser) -> None:
    dana = user("Dana Reyes")
    board = dana.types("/soc2 status")
    for word in ("Overdue", "Missed", "Answered on time", "Next 14 days", "By department", "By criteria group"):
        expect(board).to_contain_text(word)
    late = board.locator(".row").filter(has_text="Tom Becker's turn")
    expect(late).to_contain_text("HRS-05")
    before = dana.messages.count()
    late.get_by_role("button", name="Nudge").dblclick()
    expect(dana.answer_after(before)).to_contain_text("Tom Becker gets a message from you about it.")
    dana.presses(board, "HR")
    expect(dana.last).to_contain_text("Status: HR")
    tom = user("Tom Becker")
    expect(tom.messages.filter(has_text="Dana Reyes asks you about this.")).to_have_count(1)


def test_an_overdue_task_climbs_from_the_manager_to_the_compliance_lead_and_the_channel(user: NewUser) -> None:
    ines = user("Inès Laurent")
    told = ines.about("A control task is overdue: two business days or more.")
    expect(told).to_contain_text("Tom Becker")
    ines.waits_for("+1 day")
    expect(ines.page.locator("#clock")).to_contain_text("Tue 24 Nov 2026")
    ines.waits_for("+1 week")
    expect(ines.page.locator(".others .person.new").filter(has_text="Dana Reyes")).to_be_visible()
    dana = user("Dana Reyes")
    dana.about("overdue: five business days or more.", "HRS-05")
    dana.waits_for("+1 week")
    dana.page.locator(".place").filter(has_text="compliance").click()
    line = dana.about("overdue for ten business days or more")
    expect(line).to_contain_text("HRS-05")
    assert "Tom" not in line.inner_text()
    assert "Becker" not in line.inner_text()


def test_the_answer_settles_what_its_manager_was_told(user: NewUser) -> None:
    tom = user("Tom Becker")
    tom.presses(tom.opens_task("HRS-05"), "Nothing to report …")
    tom.form.get_by_label("Which system did you ask?").fill("HiBob")
    tom.form.get_by_label("Which report").fill("Leavers in October: 0")
    tom.presses(tom.form, "Sign and send")
    expect(tom.last).to_contain_text("is sent.")
    ines = user("Inès Laurent")
    expect(ines.messages.filter(has_text="Tom Becker answered this").first).to_be_visible()
    expect(ines.messages.filter(has_text="HRS-05").filter(has_text="A control task is overdue")).to_have_count(0)


def test_after_all_of_it_the_audit_log_proves_itself(folder: Path, address: str) -> None:
    assert address
    settings = {"SOC2_DATABASE_URL": "sqlite:///var/demo/soc2.db", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from bot.cli import app; app()", "audit", "verify"]
    proof = subprocess.run(command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stderr
