"""The whole chat without JavaScript: pages, forms and redirects only."""

from datetime import timedelta

from handlers.actions import action
from handlers.requests import ButtonPressed, CommandTyped, FileShared, FormSubmitted, SharedFile, TextSent
from handlers.views.elements import ActionButton, Buttons, View
from tests.bot.web.chat_kit import Kit, Visitor
from tests.bot.web.markup import fields_of
from tests.bot.web.sample_views import TASK, told


def test_everybody_can_be_chosen_by_department() -> None:
    visitor = Visitor(Kit())
    assert [head.words() for head in visitor.page.all("h3")] == ["Start here", "Finance", "HR", "IT", "Security"]
    assert "Max Adeyemi Department lead" in visitor.words()


def test_choosing_somebody_opens_their_direct_messages() -> None:
    kit = Kit()
    kit.say(told("Good morning, Olga."))
    assert "Good morning, Olga." in Visitor(kit, person="olga").words()
    assert "Good morning, Olga." not in Visitor(kit, person="max").words()


def test_without_a_choice_every_page_leads_to_it() -> None:
    visitor = Visitor(Kit())
    visitor.get("/web/chat")
    assert "Who would you like to be?" in visitor.words()


def test_a_command_reaches_the_router_and_its_answer_the_page() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    visitor.send("/soc2 help me")
    [asked] = kit.router.requests
    assert isinstance(asked, CommandTyped)
    assert (asked.text, asked.source.user, asked.source.workspace) == ("help me", "olga", "acme")
    assert (asked.source.platform, asked.source.conversation) == ("web", "dm:olga")
    assert "/soc2 help me" in visitor.words()
    assert "You typed help me" in visitor.words()


def test_a_slash_alone_begins_a_command_too() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    visitor.send("/tasks")
    visitor.send("/")
    assert [asked.text for asked in kit.router.requests if isinstance(asked, CommandTyped)] == ["tasks", ""]


def test_words_without_a_slash_are_a_text() -> None:
    kit = Kit()
    Visitor(kit, person="olga").send("  it is done\r\nreally  ")
    [asked] = kit.router.requests
    assert isinstance(asked, TextSent)
    assert asked.text == "it is done\nreally"


def test_a_reply_names_the_message_it_is_about() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    visitor.get(f"/web/chat?reply={message}")
    visitor.send("waiting for HR")
    [asked] = kit.router.requests
    assert isinstance(asked, TextSent)
    assert asked.thread == str(message)


def test_what_was_said_and_answered_is_there_on_the_next_visit() -> None:
    kit = Kit()
    Visitor(kit, person="olga").send("/help")
    assert "You typed help" in Visitor(kit, person="olga").words()


def test_an_empty_message_is_not_sent() -> None:
    kit = Kit()
    Visitor(kit, person="olga").send("   ")
    assert not kit.router.requests


def test_a_button_reaches_the_router_and_its_message_is_replaced() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    visitor.press(message, "Nothing to report")
    [asked] = kit.router.requests
    assert isinstance(asked, ButtonPressed)
    assert asked.action == action("answer_task", t="task-1", v=1)
    assert asked.source.message == str(message)
    card = visitor.page.one("article", id=f"m-{message}").words()
    assert "Done, on time." in card
    assert "updated" in card


def test_a_confirmed_button_acts_from_its_dialog() -> None:
    kit = Kit()
    message = kit.say(TASK)
    Visitor(kit, person="olga").press(message, "Record it")
    assert len(kit.router.requests) == 1


def test_a_form_opens_as_a_page_is_filled_in_and_sent() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    visitor.press(message, "Answer")
    assert "How did it go?" in visitor.words()
    sent = {"t:answer": "done", "t:source": "HiBob", "t:comment": "one\r\ntwo"}
    visitor.submit(sent, {"f:proof": ("leavers.csv", b"name\nBen\n")})
    asked = kit.router.requests[-1]
    assert isinstance(asked, FormSubmitted)
    assert (asked.text("answer"), asked.text("source"), asked.text("comment")) == ("done", "HiBob", "one\ntwo")
    assert asked.action == action("answer_form", t="task-1", v=1)
    assert asked.source.message == str(message)
    [file] = asked.files("proof")
    assert (file.name, file.size) == ("leavers.csv", 9)
    assert kit.files.kept[file.reference] == b"name\nBen\n"
    assert "Done, on time." in visitor.words()


def test_a_mistaken_form_comes_back_with_its_errors_and_what_was_typed() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    visitor.press_anew(kit)
    visitor.submit({"t:answer": "not-done", "t:source": "wrong", "t:comment": "kept <b>"})
    assert "Name the system the list came from." in visitor.words()
    assert "Nothing was saved yet." in visitor.page.one("div", role="alert").words()
    assert visitor.page.one("input", name="t:source").attributes["value"] == "wrong"
    assert visitor.page.one("textarea").text.strip() == "kept <b>"
    checked = [node.attributes["value"] for node in visitor.page.all("input") if "checked" in node.attributes]
    assert checked == ["not-done"]


def test_a_file_of_a_mistaken_form_need_not_be_sent_again() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    visitor.press_anew(kit)
    visitor.submit({"t:source": "wrong"}, {"f:proof": ("leavers.csv", b"Ben")})
    kept = visitor.page.one("input", name="k:proof").attributes["value"]
    visitor.submit({"t:source": "HiBob", "k:proof": kept}, {"f:proof": ("more.csv", b"Eve")})
    asked = kit.router.requests[-1]
    assert isinstance(asked, FormSubmitted)
    assert [file.name for file in asked.files("proof")] == ["leavers.csv", "more.csv"]
    assert [kit.files.kept[file.reference] for file in asked.files("proof")] == [b"Ben", b"Eve"]


def test_files_dropped_in_the_composer_are_shared() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    sent = {**visitor.fields(), "text": "here it is", "thread": str(message)}
    visitor.post("/web/send", sent, files={"f:files": ("C:\\lists\\leavers.csv", b"Ben")})
    [asked] = kit.router.requests
    assert isinstance(asked, FileShared)
    assert (asked.text, asked.thread) == ("here it is", str(message))
    assert isinstance(asked.files[0], SharedFile)
    assert asked.files[0].name == "leavers.csv"
    assert "leavers.csv" in visitor.page.all("div", class_="said")[0].words()


def test_the_same_form_sent_twice_is_carried_out_once() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    sent = {**visitor.fields(), "text": "/help"}
    visitor.post("/web/send", sent)
    visitor.post("/web/send", sent)
    assert len(kit.router.requests) == 1
    assert len(visitor.page.all("div", class_="said")) == 1


def test_two_buttons_of_the_same_page_are_both_carried_out() -> None:
    kit = Kit()
    both = Buttons(buttons=tuple(ActionButton(label=name, action=action(name)) for name in ("one", "two")))
    message = kit.say(View(title="t", summary="s", body=(both,)))
    visitor = Visitor(kit, person="olga")
    page = visitor.page
    visitor.press(message, "one")
    visitor.page = page
    visitor.press(message, "two")
    assert len(kit.router.requests) == 2


def test_a_form_can_be_opened_again_from_a_page_gone_back_to() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    page = visitor.page
    for _ in range(2):
        visitor.page = page
        visitor.press(message, "Answer")
        assert "How did it go?" in visitor.words()


def test_a_command_in_the_channel_is_answered_to_its_author_only() -> None:
    kit = Kit()
    visitor = Visitor(kit, person="olga")
    visitor.get("/web/channel/compliance")
    visitor.send("/help")
    assert "You typed help" in visitor.words()
    assert "Only you can see this" in visitor.words()
    other = Visitor(kit, person="max")
    assert "You typed help" not in other.get("/web/channel/compliance").words()


def test_everybody_reads_what_the_bot_wrote_in_the_channel() -> None:
    kit = Kit()
    kit.say(told("IAM-03 (IT) is ten days overdue."), conversation="channel:compliance")
    for person in ("olga", "max"):
        page = Visitor(kit, person=person).get("/web/channel/compliance")
        assert "IAM-03 (IT) is ten days overdue." in page.words()
        assert "Only you can see this" not in page.words()


def test_a_button_in_the_channel_leaves_the_message_as_it_is_for_the_others() -> None:
    kit = Kit()
    message = kit.say(TASK, conversation="channel:compliance")
    visitor = Visitor(kit, person="olga")
    visitor.get("/web/channel/compliance")
    visitor.press(message, "Nothing to report")
    assert "Done, on time." in visitor.words()
    assert "Done, on time." not in Visitor(kit, person="max").get("/web/channel/compliance").words()


def test_the_clock_moves_by_a_day_or_a_week() -> None:
    kit = Kit()
    before = kit.clock.at
    visitor = Visitor(kit, person="olga")
    assert "Mon 16 Nov 2026" in visitor.words()
    visitor.post("/web/clock", {**visitor.fields("clock"), "by": "day"})
    visitor.post("/web/clock", {**visitor.fields("clock"), "by": "week"})
    assert kit.clock.at - before == timedelta(days=8)
    assert "Tue 24 Nov 2026" in visitor.words()


def test_a_clock_that_can_not_be_moved_is_not_shown() -> None:
    visitor = Visitor(Kit(changes={"move_clock": None}), person="olga")
    assert not visitor.page.all("form", id="clock")
    answer = visitor.client.post("/web/clock", data={**visitor.fields(), "by": "day"})
    assert answer.status_code == 404


def test_times_are_the_persons_own() -> None:
    """08:30 UTC is 09:30 in Berlin."""
    kit = Kit()
    message = kit.say(TASK)
    shown = Visitor(kit, person="olga").page.one("article", id=f"m-{message}")
    assert shown.one("time").words() == "09:30"
    assert shown.one("time").attributes["datetime"] == "2026-11-16T09:30:00+01:00"


def test_each_day_is_headed_once() -> None:
    kit = Kit()
    kit.say(told("one"))
    kit.say(told("two"))
    kit.clock.at += timedelta(days=1)
    kit.say(told("three"))
    days = Visitor(kit, person="olga").page.all("p", class_="day")
    assert [day.words() for day in days] == ["Monday 16 November", "Tuesday 17 November"]


def test_a_file_one_may_see_is_handed_out_as_a_download() -> None:
    visitor = Visitor(Kit(), person="olga")
    answer = visitor.client.get("/web/evidence/evidence-1")
    assert answer.content == b"name\nBen\n"
    assert answer.headers["content-type"] == "application/octet-stream"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''leavers%20%22%C3%96%22.csv%0D%0AX%3A%201"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_one_may_not_see_looks_like_one_that_is_not_there() -> None:
    kit = Kit()
    other = Visitor(kit, person="max").client.get("/web/evidence/evidence-1")
    missing = Visitor(kit, person="olga").client.get("/web/evidence/nothing")
    assert other.status_code == missing.status_code == 404
    assert other.text == missing.text


def test_only_what_changed_is_sent_to_the_script() -> None:
    kit = Kit()
    first = kit.say(told("first"))
    visitor = Visitor(kit, person="olga")
    revision = visitor.page.one("div", id="messages").attributes["data-revision"]
    query = {"conversation": "dm:olga", "since": revision}
    assert visitor.client.get("/web/messages", params=query).status_code == 204
    second = kit.say(told("second"))
    answer = visitor.client.get("/web/messages", params=query)
    assert "second" in answer.text
    assert "first" not in answer.text
    kit.unit.chat.edit(first, "<p>mended</p>", kit.clock.now())
    query["since"] = answer.headers["soc2-revision"]
    answer = visitor.client.get("/web/messages", params=query)
    assert "mended" in answer.text
    assert f"m-{second}" not in answer.text


def test_the_script_is_given_a_form_to_show_in_place() -> None:
    kit = Kit()
    message = kit.say(TASK)
    visitor = Visitor(kit, person="olga")
    sent = {**visitor.card(message), "open": "open_form?t=task-1&v=1"}
    answer = visitor.client.post("/web/press", data=sent, headers={"Soc2-Fragment": "1"})
    assert answer.headers["soc2-form"] == "1"
    assert answer.text.lstrip().startswith("<form")


def test_pages_of_a_person_show_the_others_and_who_has_tasks() -> None:
    page = Visitor(Kit(), person="olga").page
    aside = page.one("nav", aria_label="People")
    assert [node.attributes["value"] for node in aside.all("button")] == ["olga", "max", "lee", "ines", "ruth"]
    assert fields_of(aside.all("form")[0])["workspace"] == "acme"
