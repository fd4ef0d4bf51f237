"""The browser chat in a real browser: keyboard, completion, forms, files, phone, dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect, sync_playwright
from starlette.responses import Response

from bot.web.sessions import COOKIE
from handlers.requests import ButtonPressed, CommandTyped, FileShared, FormSubmitted, TextSent
from tasks.identifiers import PersonId
from tests.bot.web.chat_kit import Kit
from tests.bot.web.memory import WORKSPACE
from tests.bot.web.sample_views import TASK, told
from tests.browser.browsing import ARGUMENTS, CHROMIUM, Stage, emptied, served, watched_page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"There is no browser at {CHROMIUM}.")

SOON = 2000
"""Milliseconds within which the page has asked for news by itself."""


@dataclass(kw_only=True)
class Sitting:
    """Olga at her direct messages, with one task in them."""

    kit: Kit
    page: Page
    task: int

    @property
    def card(self) -> Locator:
        return self.page.locator(f"#m-{self.task}")

    def shown(self, text: str) -> Locator:
        return self.page.locator("#messages").get_by_text(text)

    def write(self, text: str) -> None:
        self.page.get_by_label("Message", exact=True).fill(text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="module")
def address(stage: Stage) -> Iterator[str]:
    with served(stage) as address:
        yield address


@pytest.fixture(scope="module")
def problems() -> list[str]:
    return []


@pytest.fixture(scope="module")
def used_again(browser: Browser, address: str, problems: list[str]) -> Page:
    return watched_page(browser.new_context(), problems)


def as_olga(kit: Kit) -> Any:
    """The cookie of whoever chose her."""
    sessions, response = kit.chat().sessions, Response()
    sessions.store(response, sessions.start_as(WORKSPACE, PersonId("olga")))
    cookie = SimpleCookie(response.headers["set-cookie"])[COOKIE]
    return {"name": COOKIE, "value": cookie.value, "domain": "127.0.0.1", "path": cookie["path"]}


@pytest.fixture
def sit(browser: Browser, stage: Stage, address: str, used_again: Page, problems: list[str]) -> Iterator[Any]:
    """Opens a sitting; at the end nothing may have gone wrong in the browser's own eyes."""
    own: list[BrowserContext] = []
    problems.clear()

    def open_sitting(*, steps_time: bool = False, **options: Any) -> Sitting:
        kit = Kit()
        task = kit.say(TASK)
        stage.plays = kit.app()
        page = used_again
        if steps_time or options:
            own.append(browser.new_context(**options))
            page = watched_page(own[-1], problems)
        if steps_time:
            page.clock.install()
        page.context.add_cookies([as_olga(kit)])
        page.goto(f"{address}/web/chat")
        return Sitting(kit=kit, page=page, task=task)

    yield open_sitting
    for context in own:
        context.close()
    emptied(used_again, address)
    refusals = ("status of 403", "status of 404", "status of 422")
    assert not [problem for problem in problems if not any(refusal in problem for refusal in refusals)]


def phone() -> dict[str, Any]:
    return {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - 360")
    return wide


def test_enter_sends_and_the_answer_appears_without_a_new_page(sit: Any) -> None:
    sitting = sit()
    sitting.page.evaluate("window.same = true")
    sitting.write("good morning")
    sitting.page.keyboard.press("Enter")
    expect(sitting.shown("You wrote good morning")).to_be_visible()
    assert sitting.page.evaluate("window.same")
    assert isinstance(sitting.kit.router.requests[0], TextSent)
    expect(sitting.page.get_by_label("Message", exact=True)).to_have_value("")


def test_shift_and_enter_begin_a_new_line(sit: Any) -> None:
    sitting = sit()
    sitting.write("one")
    sitting.page.keyboard.press("Shift+Enter")
    sitting.page.keyboard.type("two")
    sitting.page.keyboard.press("Enter")
    expect(sitting.shown("You wrote one two")).to_be_visible()
    assert sitting.kit.router.requests[0].text == "one\ntwo"


def test_a_command_is_completed_with_the_keyboard(sit: Any) -> None:
    sitting = sit()
    box = sitting.page.locator("#text")
    box.press_sequentially("/")
    options = sitting.page.get_by_role("option")
    expect(options).to_have_count(5)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(sitting.page.locator("[aria-selected=true]")).to_contain_text("/soc2 tasks")
    assert box.get_attribute("aria-activedescendant") == "suggestion-1"
    box.press("Enter")
    expect(box).to_have_value("/soc2 tasks ")
    expect(options).to_have_count(0)
    box.press("Enter")
    expect(sitting.page.get_by_role("heading", name="Leaver access removal")).to_have_count(2)
    assert isinstance(sitting.kit.router.requests[0], CommandTyped)


@pytest.mark.parametrize(
    ("typed", "first"), [("/so", "help"), ("/st", "status"), ("/soc2 a", "assign"), ("/soc2", "help")]
)
def test_completion_offers_what_begins_alike(sit: Any, typed: str, first: str) -> None:
    sitting = sit()
    sitting.page.locator("#text").press_sequentially(typed)
    expect(sitting.page.get_by_role("option").first).to_contain_text(f"/soc2 {first}")


def test_a_command_typed_in_full_is_sent_at_once(sit: Any) -> None:
    sitting = sit()
    box = sitting.page.locator("#text")
    box.press_sequentially("/soc2 help")
    box.press("Enter")
    expect(sitting.shown("You typed help")).to_be_visible()


def test_escape_closes_the_list_and_keeps_the_text(sit: Any) -> None:
    sitting = sit()
    box = sitting.page.locator("#text")
    box.press_sequentially("/st")
    box.press("Escape")
    expect(sitting.page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_have_value("/st")


def test_a_task_is_answered_with_the_keyboard_alone(sit: Any) -> None:
    sitting = sit()
    page = sitting.page
    sitting.card.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    expect(form.get_by_label("Done", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("Done, found problems")).to_be_checked()
    form.get_by_label("List of leavers").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": b"Ben"})
    form.get_by_role("button", name="Sign and send").focus()
    page.keyboard.press("Enter")
    expect(sitting.card).to_contain_text("Done, on time.")
    expect(form).to_have_count(0)
    submitted = sitting.kit.router.requests[-1]
    assert isinstance(submitted, FormSubmitted)
    assert submitted.text("answer") == "done-found-problems"
    assert [sitting.kit.files.kept[file.reference] for file in submitted.files("proof")] == [b"Ben"]


def test_every_control_is_reached_by_tab_and_shows_it(sit: Any) -> None:
    sitting = sit()
    reached = []
    for _ in range(40):
        sitting.page.keyboard.press("Tab")
        reached.append(
            sitting.page.evaluate(
                """() => [document.activeElement.textContent.trim() || document.activeElement.ariaLabel || '',
                          getComputedStyle(document.activeElement).outlineStyle]"""
            )
        )
    words = " | ".join(text for text, _ in reached)
    for wanted in (
        "Switch",
        "soc2bot",
        "compliance",
        "+1 day",
        "Reply",
        "Answer",
        "Nothing to report",
        "Not done",
        "Send",
    ):
        assert wanted in words
    answers = [outline for text, outline in reached if text == "Answer"]
    assert answers[0] == "solid"


def test_a_mistaken_form_stays_open_and_the_wrong_field_is_focused(sit: Any) -> None:
    sitting = sit()
    sitting.card.get_by_role("button", name="Answer").click()
    form = sitting.page.get_by_role("dialog")
    form.get_by_label("Where does the list come from?").fill("wrong")
    form.get_by_label("List of leavers").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": b"Ben"})
    form.get_by_role("button", name="Sign and send").click()
    expect(form.get_by_role("alert")).to_contain_text("Nothing was saved yet.")
    source = form.get_by_label("Where does the list come from?")
    expect(source).to_be_focused()
    expect(source).to_have_value("wrong")
    source.fill("HiBob")
    form.get_by_role("button", name="Sign and send").click()
    expect(sitting.card).to_contain_text("Done, on time.")
    submitted = sitting.kit.router.requests[-1]
    assert isinstance(submitted, FormSubmitted)
    assert [file.name for file in submitted.files("proof")] == ["l.csv"]


def test_escape_closes_an_untouched_form_and_focus_returns(sit: Any) -> None:
    sitting = sit()
    button = sitting.card.get_by_role("button", name="Answer")
    button.click()
    expect(sitting.page.get_by_role("dialog")).to_be_visible()
    sitting.page.keyboard.press("Escape")
    expect(sitting.page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_form_with_something_typed_is_not_lost_unasked(sit: Any) -> None:
    sitting = sit()
    asked: list[str] = []

    def decline(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    sitting.page.on("dialog", decline)
    sitting.card.get_by_role("button", name="Answer").click()
    comment = sitting.page.get_by_label("Anything to add?")
    comment.fill("half a sentence")
    sitting.page.get_by_role("link", name="Cancel").click()
    expect(comment).to_have_value("half a sentence")
    sitting.page.remove_listener("dialog", decline)
    assert len(asked) == 1


def test_an_adverse_answer_is_confirmed_first(sit: Any) -> None:
    sitting = sit()
    sitting.card.get_by_role("button", name="Not done").click()
    dialog = sitting.page.get_by_role("dialog", name="Record that this was not done?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_have_count(0)
    assert not sitting.kit.router.requests
    sitting.card.get_by_role("button", name="Not done").click()
    dialog.get_by_role("button", name="Record it").click()
    expect(sitting.card).to_contain_text("Done, on time.")
    assert len(sitting.kit.router.requests) == 1


def test_a_double_click_acts_once(sit: Any) -> None:
    sitting = sit()
    sitting.card.get_by_role("button", name="Nothing to report").dblclick()
    expect(sitting.card).to_contain_text("Done, on time.")
    assert [type(request) for request in sitting.kit.router.requests] == [ButtonPressed]


def test_a_new_message_appears_by_itself_and_is_announced(sit: Any) -> None:
    sitting = sit(steps_time=True)
    sitting.kit.say(told("A reminder."))
    sitting.page.clock.run_for(SOON)
    expect(sitting.page.locator("#messages").get_by_text("A reminder.")).to_be_visible()
    expect(sitting.page.get_by_role("status")).to_have_text("soc2bot: A reminder.")
    expect(sitting.page.locator(".day")).to_have_count(1)


def test_a_message_that_changes_keeps_its_place(sit: Any) -> None:
    sitting = sit(steps_time=True)
    sitting.kit.say(told("later"))
    sitting.page.clock.run_for(SOON)
    expect(sitting.page.get_by_role("article")).to_have_count(2)
    sitting.kit.unit.chat.edit(sitting.task, "<p>Answered by Max.</p>", sitting.kit.clock.now())
    sitting.page.clock.run_for(SOON)
    expect(sitting.page.get_by_role("article").first).to_contain_text("Answered by Max.")
    expect(sitting.page.get_by_role("article")).to_have_count(2)


def test_an_answer_taller_than_the_window_is_shown_from_its_first_line(sit: Any) -> None:
    sitting = sit(viewport={"width": 1000, "height": 560})
    sitting.write("/soc2 status")
    sitting.page.keyboard.press("Enter")
    expect(sitting.page.locator(".said").last).to_be_in_viewport()
    expect(sitting.page.get_by_role("heading", name="Where things stand")).to_be_in_viewport()


def test_pressing_a_button_further_up_stays_there(sit: Any) -> None:
    sitting = sit(viewport={"width": 1000, "height": 760})
    sitting.write("/soc2 status")
    sitting.page.keyboard.press("Enter")
    sitting.page.get_by_role("heading", name="Where things stand").wait_for()
    sitting.card.get_by_role("button", name="Nothing to report").click()
    expect(sitting.card.get_by_text("Done, on time.")).to_be_in_viewport()


def test_files_are_attached_and_sent(sit: Any, tmp_path: Path) -> None:
    sitting = sit()
    (tmp_path / "leavers.csv").write_text("Ben")
    sitting.page.get_by_label("Attach files").set_input_files([tmp_path / "leavers.csv"])
    expect(sitting.page.get_by_role("list", name="Files to send")).to_contain_text("leavers.csv")
    sitting.page.get_by_role("button", name="Send", exact=True).click()
    expect(sitting.shown("Received leavers.csv")).to_be_visible()
    assert isinstance(sitting.kit.router.requests[0], FileShared)


DROP = """([selector, name]) => {
    const held = new DataTransfer();
    held.items.add(new File(["Ben"], name, { type: "text/csv" }));
    const target = document.querySelector(selector);
    for (const kind of ["dragover", "drop"])
        target.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def test_a_file_dropped_on_a_task_is_about_that_task(sit: Any) -> None:
    sitting = sit()
    sitting.page.evaluate(DROP, [f"#m-{sitting.task} .view", "dropped.csv"])
    expect(sitting.page.get_by_text("In reply to: Leaver access removal")).to_be_visible()
    sitting.page.keyboard.press("Enter")
    expect(sitting.shown("Received dropped.csv")).to_be_visible()
    shared = sitting.kit.router.requests[0]
    assert isinstance(shared, FileShared)
    assert shared.thread == str(sitting.task)
    expect(sitting.page.get_by_text("In reply to: Leaver access removal")).to_be_hidden()


def test_a_file_is_dropped_on_a_forms_field(sit: Any) -> None:
    sitting = sit()
    sitting.card.get_by_role("button", name="Answer").click()
    sitting.page.get_by_role("dialog").wait_for()
    sitting.page.evaluate(DROP, ["[data-drop]", "dropped.csv"])
    sitting.page.get_by_role("button", name="Sign and send").click()
    expect(sitting.card).to_contain_text("Done, on time.")
    assert [file.name for file in sitting.kit.router.requests[-1].files("proof")] == ["dropped.csv"]


def test_the_clock_moves_and_the_page_says_the_new_date(sit: Any) -> None:
    sitting = sit()
    sitting.page.locator("#clock").get_by_role("button", name="+1 week").click()
    expect(sitting.page.locator("#clock")).to_contain_text("Mon 23 Nov 2026")


def test_the_welcome_stays_closed_once_closed(sit: Any) -> None:
    sitting = sit()
    welcome = sitting.page.locator("details.welcome")
    welcome.locator("summary").click()
    expect(welcome).not_to_have_attribute("open", "")
    sitting.page.reload()
    expect(welcome).to_be_hidden()


def test_somebody_with_unread_messages_is_marked(sit: Any) -> None:
    sitting = sit()
    expect(sitting.page.get_by_role("button", name="Max Adeyemi")).not_to_contain_text("new messages")
    sitting.kit.say(told("Olga is late."), conversation="dm:max")
    sitting.page.reload()
    expect(sitting.page.get_by_role("button", name="Max Adeyemi")).to_contain_text("new messages")
    expect(sitting.page.get_by_role("button", name="Lee Nakamura")).not_to_contain_text("new messages")


def test_a_page_of_somebody_else_in_another_tab_says_so(sit: Any) -> None:
    sitting = sit()
    other = sitting.page.context.new_page()
    other.goto(sitting.page.url.replace("/chat", ""))
    other.get_by_role("button", name="Max Adeyemi").click()
    other.wait_for_url("**/web/chat")
    sitting.write("/soc2 help")
    sitting.page.keyboard.press("Enter")
    expect(sitting.page.locator("#toast")).to_contain_text("out of date")
    expect(sitting.page.get_by_label("Message", exact=True)).to_have_value("/soc2 help")
    assert not sitting.kit.router.requests


def test_without_javascript_a_task_is_answered_all_the_same(sit: Any) -> None:
    sitting = sit(java_script_enabled=False)
    page = sitting.page
    sitting.card.get_by_role("button", name="Not done").click()
    page.get_by_role("button", name="Back").click()
    sitting.card.get_by_role("button", name="Answer").click()
    page.get_by_label("List of leavers").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": b"Ben"})
    page.get_by_role("button", name="Sign and send").click()
    expect(sitting.card).to_contain_text("Done, on time.")


def test_on_a_phone_nothing_is_wider_than_the_screen(sit: Any) -> None:
    sitting = sit(**phone())
    page = sitting.page
    assert overflow(page) <= 0
    sitting.write("/soc2 status")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name="Where things stand").wait_for()
    assert overflow(page) <= 0
    sitting.card.get_by_role("button", name="Answer").click()
    page.get_by_role("dialog").wait_for()
    assert overflow(page) <= 0
    page.goto(page.url.replace("/chat", ""))
    assert overflow(page) <= 0


def test_on_a_phone_buttons_are_large_enough_for_a_finger(sit: Any) -> None:
    sitting = sit(**phone())
    buttons = sitting.page.locator("button:visible, a:visible, summary:visible")
    heights = {box["height"] for box in (item.bounding_box() for item in buttons.all()) if box}
    assert min(heights) >= 44


CONTRAST = """() => {
    const luminance = (rgb) => rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (node) => {
        for (; node; node = node.parentElement) {
            const [r, g, b, a = 1] = numbers(getComputedStyle(node).backgroundColor);
            if (a === 1) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("script, .toast")) continue;
        const [a, b] = [luminance(numbers(getComputedStyle(node).color).slice(0, 3)), luminance(ground(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) poor.push(`${walker.currentNode.data.trim()} ${ratio.toFixed(2)}`);
    }
    return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(sit: Any, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    sitting = sit(color_scheme=scheme)
    sitting.write("/soc2 status")
    sitting.page.keyboard.press("Enter")
    sitting.page.get_by_role("heading", name="Where things stand").wait_for()
    assert sitting.page.evaluate(CONTRAST) == []
    sitting.card.get_by_role("button", name="Answer").click()
    sitting.page.get_by_role("dialog").wait_for()
    assert sitting.page.evaluate(CONTRAST) == []


def test_dark_is_dark(sit: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert sit(color_scheme="dark").page.evaluate(ground) < 40
    assert sit(color_scheme="light").page.evaluate(ground) > 220
