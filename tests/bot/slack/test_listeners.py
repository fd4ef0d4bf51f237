"""Signed requests on a real socket in, Requests at the router, and its Replies out to a strict Slack."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.slack.answers import SECONDS
from bot.slack.api import SlackApi
from bot.slack.block_kit import render_message
from bot.slack.bolt import build_bolt, slack_endpoint
from bot.slack.client import SlackClient
from bot.slack.home import render_home
from bot.slack.listeners import SlackListeners
from bot.slack.verification import SlackVerification, TeamWorkspaces
from handlers.actions import action
from handlers.replies import FormErrors, Nothing, OpenForm, Replace, Reply, Show
from handlers.requests import (
    ButtonPressed,
    CommandTyped,
    FileShared,
    FormSubmitted,
    HomeOpened,
    Request,
    SharedFile,
    TextSent,
)
from handlers.views.elements import (
    ActionButton,
    Buttons,
    ChoiceField,
    DateField,
    Element,
    FilesField,
    Form,
    FormButton,
    ManyField,
    Option,
    PersonField,
    Text,
    TextField,
    View,
)
from tasks.identifiers import WorkspaceId
from tasks.operations.sync_people import Member
from tests.bot.slack.serving import served
from tests.bot.slack.start_pages import SeenStartPages
from tests.fake_slack import FakeSlack, Message
from tests.fake_slack import View as FakeView
from tests.slack_requests import FORM, SlackSender, fill, find_button

PRESS = ActionButton(label="Done", action=action("answer_task", id="t1", v=4))
CARD = View(title="Card", summary="A card", body=(Text(text="Hello & <welcome>"), Buttons(buttons=(PRESS,))))
OTHER = View(title="Other", summary="Another card", body=(Text(text="Changed"),))
SEND = action("save_note", id="t1")
ASKED = Form(title="Note", action=SEND, fields=(TextField(name="note", label="Your note"),))


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class ScriptedRouter:
    """Answers what the test says; the last answer stays."""

    reply: Reply = field(default_factory=Nothing)
    seen: list[Request] = field(default_factory=list)
    fails: bool = False

    async def __call__(self, request: Request) -> Reply:
        self.seen.append(request)
        if self.fails:
            raise RuntimeError("the database is gone")
        return self.reply

    @property
    def last(self) -> Any:
        return self.seen[-1]


@dataclass
class KnownPeople:
    known: dict[str, str] = field(default_factory=dict)

    async def people(self, workspace: WorkspaceId, slack_users: Sequence[str]) -> Mapping[str, str]:
        return {user: self.known[user] for user in slack_users if user in self.known}

    async def slack_users(self, workspace: WorkspaceId, people: Sequence[str]) -> Mapping[str, str]:
        return {person: user for user, person in self.known.items() if person in people}


@dataclass
class Bench:
    slack: FakeSlack
    sender: SlackSender
    router: ScriptedRouter
    people: KnownPeople
    members: list[Member]
    homes: SeenStartPages
    ann: str

    def card(self, reply: Reply) -> Message:
        """A message of ours in Ann's direct messages; the router now answers `reply`."""
        self.router.reply = Show(view=CARD)
        self.sender.dm(self.ann, "hi")
        self.router.reply = reply
        return self.slack.messages_to(self.ann)[-1]

    def press(self, message: Message, label: str = "Done") -> int:
        return self.sender.press(self.ann, *find_button(message, label), message=message).status_code


@pytest.fixture
def bench() -> Iterator[Bench]:
    router, people, members, homes = ScriptedRouter(), KnownPeople(), list[Member](), SeenStartPages()

    async def find_workspace(platform: str, team: str) -> WorkspaceId | None:
        return WorkspaceId("w1") if (platform, team) == ("slack", "T0ACME") else None

    async def member_changed(workspace: WorkspaceId, member: Member) -> None:
        members.append(member)

    with FakeSlack() as slack:
        workspace_for = TeamWorkspaces(find_workspace)
        client = SlackClient(SlackApi(token=slack.token, url=slack.url))
        listeners = SlackListeners(
            router=router,
            workspace_for=workspace_for,
            client=client,
            people=people,
            member_changed=member_changed,
            homes=homes,
        )
        check = SlackVerification(signing_secret=slack.signing_secret, clock=RealClock(), workspace_for=workspace_for)
        endpoint = slack_endpoint(build_bolt(listeners, api_url=slack.url), check)
        with served(endpoint, at_the_end=client.api.close) as address:
            ann = slack.add_user("Ann").id
            sender = SlackSender(address, slack.signing_secret, slack)
            yield Bench(slack=slack, sender=sender, router=router, people=people, members=members, homes=homes, ann=ann)
        assert slack.violations == []


# commands


def test_a_command_becomes_a_request_from_a_verified_workspace(bench: Bench) -> None:
    bench.sender.command(bench.ann, "status hr", trigger="t-1")

    request = bench.router.last
    assert isinstance(request, CommandTyped)
    assert (request.text, request.source.user, request.source.workspace) == ("status hr", bench.ann, "w1")
    assert (request.source.platform, request.source.delivery) == ("slack", "command:t-1")


def test_the_same_command_sent_twice_has_the_same_delivery_key(bench: Bench) -> None:
    for _ in range(2):
        bench.sender.command(bench.ann, "help", trigger="t-1")

    assert bench.router.seen[0].source.delivery == bench.router.seen[1].source.delivery


def test_a_view_answers_a_command_in_the_response_for_the_typist_only(bench: Bench) -> None:
    bench.router.reply = Show(view=CARD)
    response = bench.sender.command(bench.ann, "help")

    assert response.json()["response_type"] == "ephemeral"
    assert bench.slack.ephemerals[-1].text == "A card"


def test_a_command_can_open_a_form_before_the_ack(bench: Bench) -> None:
    bench.router.reply = OpenForm(form=ASKED)
    response = bench.sender.command(bench.ann, "away")

    assert (response.status_code, response.content) == (200, b"")
    assert bench.slack.open_view(bench.ann).title == "Note"


def test_a_form_that_did_not_open_is_said_in_the_answer_to_the_command(bench: Bench) -> None:
    bench.router.reply = OpenForm(form=ASKED)
    bench.slack.fail("views.open", "expired_trigger_id")

    assert "try once more" in bench.sender.command(bench.ann, "away").json()["text"]


# buttons


def test_a_button_becomes_its_action_with_the_message_it_stands_on(bench: Bench) -> None:
    message = bench.card(Nothing())
    bench.press(message)

    request = bench.router.last
    assert isinstance(request, ButtonPressed)
    assert request.action == PRESS.action
    assert (request.source.conversation, request.source.message) == (message.channel, message.ts)
    assert request.source.delivery.startswith("click:")


def test_a_view_answers_a_button_for_its_presser_only(bench: Bench) -> None:
    bench.press(bench.card(Show(view=OTHER)))

    assert [each.text for each in bench.slack.ephemerals] == ["Another card"]


def test_a_replacement_takes_the_messages_place(bench: Bench) -> None:
    message = bench.card(Replace(view=OTHER))
    bench.press(message)

    assert bench.slack.find_message(message.channel, message.ts).text == "Another card"
    assert bench.slack.ephemerals == []


def test_an_answer_for_one_person_is_replaced_too(bench: Bench) -> None:
    bench.router.reply = Show(view=CARD)
    bench.sender.command(bench.ann, "help")
    bench.router.reply = Replace(view=OTHER)
    bench.press(bench.slack.ephemerals[-1])

    assert [each.text for each in bench.slack.ephemerals] == ["Another card"]


def test_a_replacement_that_slack_refuses_is_shown_instead(bench: Bench) -> None:
    message = bench.card(Replace(view=OTHER))
    bench.slack.fail("chat.update", "message_not_found")
    bench.press(message)

    assert [each.text for each in bench.slack.ephemerals] == ["Another card"]


def test_a_button_opens_a_form_that_remembers_the_message(bench: Bench) -> None:
    message = bench.card(OpenForm(form=ASKED))
    bench.press(message)
    view = bench.slack.open_view(bench.ann)
    bench.sender.submit(bench.ann, view, fill(view, {"Your note": "all fine"}))

    source = bench.router.last.source
    assert (source.conversation, source.message) == (message.channel, message.ts)


def test_a_form_that_did_not_open_is_said_to_the_presser(bench: Bench) -> None:
    message = bench.card(OpenForm(form=ASKED))
    bench.slack.fail("views.open", "expired_trigger_id")

    assert bench.press(message) == 200
    assert "try once more" in bench.slack.ephemerals[-1].text


def test_slack_failing_after_the_decision_costs_the_answer_only(bench: Bench) -> None:
    message = bench.card(OpenForm(form=ASKED))
    bench.slack.http_status("views.open", 503)

    assert bench.press(message) == 200


@pytest.mark.parametrize("value", ["", "nonsense", "rm -rf?x", "answer_task", "?", "a?" + "x=1&" * 900])
def test_a_value_nobody_rendered_never_reaches_the_router(bench: Bench, value: str) -> None:
    message = bench.card(Nothing())
    before = len(bench.router.seen)
    response = bench.sender.press(bench.ann, "answer_task:1", value, message=message)

    assert (response.status_code, len(bench.router.seen)) == (200, before)
    assert ["no longer works" in each.text for each in bench.slack.ephemerals] == ([True] if value else [])


# forms


def full_form() -> Form:
    few = (Option(value="yes", label="Yes"), Option(value="no", label="No"))
    many = tuple(Option(value=f"p{n}", label=f"Person {n}") for n in range(101))
    return Form(
        title="Everything",
        action=SEND,
        fields=(
            TextField(name="note", label="Note"),
            ChoiceField(name="one", label="One", options=few),
            ManyField(name="some", label="Some", options=few),
            DateField(name="day", label="Day"),
            PersonField(name="who", label="Who", options=many),
            FilesField(name="files", label="Files"),
        ),
    )


def submit_everything(bench: Bench, who: str) -> Any:
    bench.router.reply = OpenForm(form=full_form())
    bench.sender.command(bench.ann, "form")
    bench.router.reply = Nothing()
    view = bench.slack.open_view(bench.ann)
    file = bench.slack.add_file("list.csv", b"a,b", "text/csv", bench.ann)
    answers = {"Note": "n & m", "One": "No", "Some": ["Yes", "No"], "Day": "2026-03-02", "Who": who, "Files": [file]}
    return bench.sender.submit(bench.ann, view, fill(view, answers)), file


def test_a_submission_carries_every_kind_of_value_with_people_as_our_own_ids(bench: Bench) -> None:
    bob = bench.slack.add_user("Bob").id
    bench.people.known = {bob: "p7"}
    response, file = submit_everything(bench, bob)

    request = bench.router.last
    assert isinstance(request, FormSubmitted)
    shared = SharedFile(reference=file.id, name="list.csv", declared_type="text/csv", size=3)
    assert request.values == {
        "note": "n & m",
        "one": "no",
        "some": ("yes", "no"),
        "day": "2026-03-02",
        "who": "p7",
        "files": (shared,),
    }
    assert request.action == SEND
    assert (response.status_code, response.content) == (200, b"")


def test_a_person_we_do_not_know_is_refused_in_the_field(bench: Bench) -> None:
    response, _ = submit_everything(bench, bench.slack.add_user("Bob").id)

    assert list(response.json()["errors"]) == ["who"]
    assert not isinstance(bench.router.last, FormSubmitted)


def asked(bench: Bench, reply: Reply) -> Any:
    """A note was sent in a form; the router answered `reply`."""
    bench.press(bench.card(OpenForm(form=ASKED)))
    bench.router.reply = reply
    view = bench.slack.open_view(bench.ann)
    response = bench.sender.submit(bench.ann, view, fill(view, {"Your note": "typed"}))
    return response.json() if response.content else None


def test_errors_are_shown_in_their_fields(bench: Bench) -> None:
    answer = asked(bench, FormErrors(form=ASKED, errors={"note": "Say more."}, values={"note": "typed"}))

    assert answer == {"response_action": "errors", "errors": {"note": "Say more."}}


def test_an_error_of_the_whole_form_redraws_it_with_what_was_typed(bench: Bench) -> None:
    asked(bench, FormErrors(form=ASKED, errors={"": "Bob answered at 09:14."}, values={"note": "typed"}))

    blocks = bench.slack.open_view(bench.ann).blocks
    assert "Bob answered at 09:14." in blocks[0]["text"]["text"]
    assert blocks[1]["element"]["initial_value"] == "typed"


def test_a_corrected_submission_has_a_delivery_key_of_its_own(bench: Bench) -> None:
    asked(bench, FormErrors(form=ASKED, errors={"note": "Say more."}))
    view = bench.slack.open_view(bench.ann)
    for note in ("typed more", "typed more"):
        bench.sender.submit(bench.ann, view, fill(view, {"Your note": note}))

    first, second, third = [each.source.delivery for each in bench.router.seen[-3:]]
    assert first != second == third


def test_a_form_can_be_followed_by_another(bench: Bench) -> None:
    asked(bench, OpenForm(form=Form(title="Second", action=SEND, fields=ASKED.fields)))

    assert bench.slack.open_view(bench.ann).title == "Second"


def test_a_view_answers_a_form_where_it_was_opened(bench: Bench) -> None:
    asked(bench, Show(view=OTHER))

    assert bench.slack.ephemerals[-1].text == "Another card"
    assert bench.slack.stack(bench.ann) == []


def test_a_view_answers_a_form_in_a_direct_message_where_the_bot_has_no_seat(bench: Bench) -> None:
    elsewhere = bench.slack.add_channel("general", bot_is_member=False)
    bench.router.reply = OpenForm(form=ASKED)
    bench.sender.command(bench.ann, "x", channel=elsewhere.id)
    bench.router.reply = Show(view=OTHER)
    view = bench.slack.open_view(bench.ann)
    bench.sender.submit(bench.ann, view, fill(view, {"Your note": "typed"}))

    assert bench.slack.messages_to(bench.ann)[-1].text == "Another card"


def test_a_replacement_after_a_form_takes_the_place_of_the_message_behind_it(bench: Bench) -> None:
    asked(bench, Replace(view=OTHER))

    assert bench.slack.messages_to(bench.ann)[-1].text == "Another card"


# messages and other events


def test_words_in_a_direct_message_become_text_as_it_was_typed(bench: Bench) -> None:
    bench.sender.dm(bench.ann, "a &lt; b", thread_ts="1.5")

    request = bench.router.last
    assert isinstance(request, TextSent)
    assert (request.text, request.thread) == ("a < b", "1.5")
    assert request.source.delivery.startswith("Ev")


def test_files_in_a_direct_message_are_references(bench: Bench) -> None:
    file = bench.slack.add_file("scan.pdf", b"%PDF", "application/pdf", bench.ann)
    bench.sender.dm(bench.ann, "here", files=[file])

    request = bench.router.last
    assert isinstance(request, FileShared)
    assert request.files == (SharedFile(reference=file.id, name="scan.pdf", declared_type="application/pdf", size=4),)


def test_a_message_is_answered_where_it_was_written(bench: Bench) -> None:
    bench.router.reply = Show(view=CARD)
    bench.sender.dm(bench.ann, "hi")

    assert bench.slack.messages_to(bench.ann)[-1].text == "A card"


def test_a_form_cannot_be_opened_by_a_message_and_the_answer_says_how(bench: Bench) -> None:
    bench.router.reply = OpenForm(form=ASKED)
    bench.sender.dm(bench.ann, "hi")

    assert "/soc2 tasks" in bench.slack.messages_to(bench.ann)[-1].text


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"hidden": True},
        {"channel_type": "channel"},
        {"user": None},
    ],
)
def test_what_is_no_persons_new_message_to_the_bot_is_left_alone(bench: Bench, changes: dict[str, Any]) -> None:
    said = {"type": "message", "channel_type": "im", "channel": "D1", "user": bench.ann, "ts": "1.2", "text": "hi"}

    assert bench.sender.event({**said, **changes}).status_code == 200
    assert bench.router.seen == []


def test_an_event_whose_work_failed_is_answered_500_so_that_slack_sends_it_again(bench: Bench) -> None:
    bench.router.fails = True

    assert bench.sender.dm(bench.ann, "hi").status_code == 500


@pytest.mark.parametrize("event", ["user_change", "team_join"])
def test_a_changed_person_goes_to_the_list_of_people(bench: Bench, event: str) -> None:
    bob = bench.slack.add_user("Bob", deleted=True)
    bench.sender.event({"type": event, "user": bob.as_json(), "event_ts": "1.2"})

    assert [(each.external_id, each.email, each.deleted) for each in bench.members] == [
        (bob.id, "bob@acme.example", True)
    ]


@pytest.mark.parametrize("event", ["app_uninstalled", "tokens_revoked", "reaction_added", "app_home_opened"])
def test_other_events_are_acknowledged(bench: Bench, event: str) -> None:
    assert bench.sender.event({"type": event, "event_ts": "1.2"}).status_code == 200


# who may


def test_somebody_of_another_organisation_is_refused_in_words(bench: Bench) -> None:
    message = bench.card(Show(view=OTHER))
    before = len(bench.router.seen)
    payload = bench.sender._who("block_actions", bench.ann)
    payload["user"]["team_id"] = "T0OTHER"
    pressed = {"type": "button", "action_id": "answer_task:1", "value": "answer_task?"}
    where = bench.sender._where(message, bench.ann, None)
    bench.sender._interact({**payload, **where, "trigger_id": bench.slack.trigger(), "actions": [pressed]})

    assert len(bench.router.seen) == before
    assert "installed me" in bench.slack.ephemerals[-1].text


def test_a_message_from_another_organisation_is_refused_in_words(bench: Bench) -> None:
    where = bench.slack.dm_of(bench.ann).id
    said = {"type": "message", "channel_type": "im", "channel": where, "user": bench.ann, "ts": "1.2", "text": "hi"}
    bench.sender.event({**said, "user_team": "T0OTHER"})

    assert bench.router.seen == []
    assert "installed me" in bench.slack.messages_to(bench.ann)[-1].text


def test_another_teams_command_is_refused_before_bolt(bench: Bench) -> None:
    body = urlencode({"command": "/soc2", "team_id": "T0OTHER", "user_id": "U1", "text": "help"}).encode()

    assert bench.sender.raw(body, bench.sender.signed_headers(body, FORM)).status_code == 403
    assert bench.router.seen == []


def test_no_text_of_a_person_is_ever_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "slack_bolt")
    bench.sender.command(bench.ann, "a very secret word")
    bench.sender.dm(bench.ann, "a very secret word")
    bench.router.fails = True
    bench.sender.dm(bench.ann, "a very secret word")

    assert "very secret" not in caplog.text
    assert bench.slack.token not in caplog.text


def test_no_request_costs_a_call_to_slack(bench: Bench) -> None:
    for _ in range(3):
        bench.sender.command(bench.ann, "help")

    assert bench.slack.calls == []


def test_the_ack_is_not_kept_waiting_longer_than_slack_waits() -> None:
    assert SECONDS < 3


def test_what_is_shown_is_what_the_renderer_made(bench: Bench) -> None:
    bench.router.reply = Show(view=CARD)

    assert bench.sender.command(bench.ann, "help").json()["blocks"] == json.loads(
        json.dumps(render_message(CARD).blocks)
    )


# the Home tab


def home_of(bench: Bench, *body: Element) -> FakeView:
    """What Ann has on her Home tab."""
    view = View(title="Home", summary="Home", body=body)
    with bench.slack.changed:
        bench.slack.homes[bench.ann] = bench.slack.put_view(bench.ann, render_home(view))
    return bench.slack.homes[bench.ann]


def press_at_home(bench: Bench, reply: Reply, button: ActionButton | FormButton = PRESS) -> None:
    home = home_of(bench, Buttons(buttons=(button,)))
    bench.router.reply = reply
    action_id, value = find_button(home, button.label)
    assert bench.sender.press_in_view(bench.ann, home, action_id, value).status_code == 200


def test_an_opened_home_is_a_request_and_shown_right_after_the_answer(bench: Bench) -> None:
    assert bench.sender.home_opened(bench.ann).status_code == 200

    request = bench.router.last
    assert isinstance(request, HomeOpened)
    assert (request.source.user, request.source.workspace) == (bench.ann, "w1")
    assert request.source.delivery.startswith("Ev")
    assert bench.homes.shown == [("w1", "slack", bench.ann)]
    assert bench.slack.calls == [], "nothing is said to Slack before it has its answer"


def test_the_tab_with_the_messages_is_no_home(bench: Bench) -> None:
    opened = {"type": "app_home_opened", "user": bench.ann, "tab": "messages", "channel": "D1", "event_ts": "1.1"}
    bench.sender.event(opened)

    assert (bench.router.seen, bench.homes.shown) == ([], [])


def test_who_has_no_home_is_told_there(bench: Bench) -> None:
    bench.router.reply = Show(view=OTHER)
    bench.sender.home_opened(bench.ann)

    assert (bench.homes.shown, bench.homes.told) == ([], [(bench.ann, "Another card")])


def test_a_home_that_could_not_be_noted_is_opened_again_by_slack(bench: Bench) -> None:
    bench.router.fails = True

    assert bench.sender.home_opened(bench.ann).status_code == 500
    assert bench.homes.shown == []


def test_a_button_on_the_home_tab_answers_in_the_direct_messages(bench: Bench) -> None:
    press_at_home(bench, Show(view=OTHER))

    assert bench.router.last.source.conversation == ""
    assert [each.text for each in bench.slack.messages_to(bench.ann)] == ["Another card"]
    assert bench.homes.shown == [("w1", "slack", bench.ann)]


def test_a_form_of_the_home_tab_opens_and_its_answer_shows_the_home_anew(bench: Bench) -> None:
    press_at_home(bench, OpenForm(form=ASKED), FormButton(label="Note", action=SEND))
    form = bench.slack.open_view(bench.ann)
    bench.router.reply = Nothing()
    bench.sender.submit(bench.ann, form, fill(form, {"Your note": "x"}))

    assert form.title == "Note"
    assert len(bench.homes.shown) == 2


def test_nothing_to_say_at_home_is_nothing_said(bench: Bench) -> None:
    press_at_home(bench, Nothing())

    assert bench.homes.shown == [("w1", "slack", bench.ann)]
    assert bench.slack.calls == []


def test_what_would_replace_a_message_stands_in_the_direct_messages_for_there_is_none_at_home(bench: Bench) -> None:
    press_at_home(bench, Replace(view=OTHER))

    assert [each.text for each in bench.slack.messages_to(bench.ann)] == ["Another card"]
    assert bench.homes.shown == [("w1", "slack", bench.ann)]


def test_the_answer_to_a_form_of_the_home_tab_stands_in_the_direct_messages(bench: Bench) -> None:
    press_at_home(bench, OpenForm(form=ASKED), FormButton(label="Note", action=SEND))
    form = bench.slack.open_view(bench.ann)
    bench.router.reply = Replace(view=OTHER)
    bench.sender.submit(bench.ann, form, fill(form, {"Your note": "x"}))

    assert [each.text for each in bench.slack.messages_to(bench.ann)] == ["Another card"]
    assert form.closed


def test_a_button_elsewhere_leaves_the_home_alone(bench: Bench) -> None:
    bench.press(bench.card(Show(view=OTHER)))

    assert bench.homes.shown == []
