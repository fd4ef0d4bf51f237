"""Done pressed on a card in Teams, from the token to the durable commit to the answer, against the click in Slack: each
platform connected to a program of its own, over copies of one database."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import company
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.load import Load, closed_loop
from benchmarks.processes import rival, soc2_serve, soc2_settings, together
from benchmarks.slack_answer import CALLERS, slack_clicks
from benchmarks.teams_requests import APP_ID, TENANT, Sender, make_token, press, publish_key
from bot.teams.answers import NOTED
from bot.teams.card_buttons import execute
from handlers.actions import action, encode
from handlers.views.elements import Style

SAID = NOTED.encode()
"""While the card is shown anew through the connector, as a prompt in Slack is through its API."""
# The same people and prompts, met in Teams.
MOVE = (
    "UPDATE workspace_links SET platform = 'teams', external_id = :tenant",
    "UPDATE identities SET platform = 'teams', external_id = :account || substr(external_id, 2)",
    "UPDATE notices SET platform = 'teams', conversation = 'a:' || substr(conversation, 2) WHERE platform = 'slack'",
    "UPDATE messages SET platform = 'teams', conversation = 'a:' || substr(conversation, 2)",
    """
    INSERT INTO conversations (workspace_id, platform, external_id, conversation, service_url, tenant, "group", seen_at)
    SELECT workspace_id, platform, external_id, 'a:U' || substr(external_id, -5), :service_url, :tenant, 0, 0
    FROM identities
    """,
)
ACCOUNT = "aaaaaaaa-0000-0000-0000-0000000"


@dataclass(frozen=True, kw_only=True)
class Side:
    """A program, and what is pressed in a round. Signed when it is sent: Slack's signature lives for five minutes."""

    port: int
    clicks: Callable[[int], list[bytes]]
    expected: bytes = b""

    def answers(self, number: int) -> Load:
        return closed_loop(self.port, self.clicks(number), callers=CALLERS, expected=self.expected)


def measure(scale: Scale, folder: Path) -> Outcome:
    published, on_slack, on_teams = folder / "keys.json", folder / "slack", folder / "teams"
    key = publish_key(published)
    microsoft = rival("microsoft", folder, str(published), module="benchmarks.teams_rivals")
    with together(rival("slack", folder), microsoft) as servers:
        slack, teams = (f"http://127.0.0.1:{server.port}" for server in servers)
        _found(scale, on_slack, on_teams, teams)
        with together(
            soc2_serve(on_slack, soc2_settings(on_slack, slack=f"{slack}/api/")),
            soc2_serve(on_teams, soc2_settings(on_teams) | _teams_settings(teams)),
        ) as (by_click, by_card):
            token = make_token(key, teams)
            clicks = partial(slack_clicks, scale, _prompts(on_slack))
            presses = partial(_presses, token, teams, scale, _prompts(on_teams))
            sides = Side(port=by_click.port, clicks=clicks), Side(port=by_card.port, clicks=presses, expected=SAID)
            loads = [_round(*sides, number) for number in range(scale.rounds + 1)][1:]
    for kept in (on_slack, on_teams):
        company.check_answered(kept / "soc2.db", scale.clicks * (scale.rounds + 1))
    return _outcome([click for click, _ in loads], [card for _, card in loads])


def _found(scale: Scale, on_slack: Path, on_teams: Path, service_url: str) -> None:
    on_slack.mkdir()
    on_teams.mkdir()
    company.found(on_slack / "soc2.db", people=scale.people, tasks=scale.clicks * (scale.rounds + 1))
    shutil.copyfile(on_slack / "soc2.db", on_teams / "soc2.db")
    with closing(sqlite3.connect(on_teams / "soc2.db")) as driver, driver:
        for statement in MOVE:
            driver.execute(statement, {"tenant": TENANT, "account": ACCOUNT, "service_url": service_url})


def _teams_settings(microsoft: str) -> dict[str, str]:
    return {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": "a-secret-of-the-benchmarks",
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_OPENID_URL": f"{microsoft}/openid",
        "TEAMS_AUTHORITY_URL": microsoft,
        "TEAMS_SERVICE_URL": microsoft,
    }


def _prompts(kept: Path) -> dict[str, str]:
    company.wait_until_quiet(kept / "soc2.db")
    return company.messages(kept / "soc2.db")


def _presses(token: str, service_url: str, scale: Scale, messages: dict[str, str], number: int) -> list[bytes]:
    first = number * scale.clicks
    tasks = range(first, first + scale.clicks)
    return [_press(token, service_url, task, company.owner_of(task, scale.people), messages) for task in tasks]


def _press(token: str, service_url: str, number: int, owner: int, messages: dict[str, str]) -> bytes:
    task = company.task_id(number)
    button = execute("Done", Style.PRIMARY, "answer_task", {"action": encode(action("answer_task", t=task, v=1))})
    sender = Sender(id=f"{ACCOUNT}{owner:05d}", chat=f"a:{company.slack_user(owner)}")
    return press(token, sender, button, service_url=service_url, message=messages[task], number=number)


def _round(by_click: Side, by_card: Side, number: int) -> tuple[Load, Load]:
    """Of the same tasks; who is first changes."""
    if number % 2:
        return by_click.answers(number), by_card.answers(number)
    cards = by_card.answers(number)
    return by_click.answers(number), cards


def _outcome(clicks: Sequence[Load], cards: Sequence[Load]) -> Outcome:
    rates, slack_rates = [load.rate for load in cards], [load.rate for load in clicks]
    waits = [wait * 1000 for load in cards for wait in load.latencies]
    against = ratio(rates, slack_rates)
    return Outcome(
        targets=(Target(name="an answer by card against Slack's click", value=against, limit=0.3, at_least=True),),
        figures=(
            Figure(name=f"answers by card, {CALLERS} callers", value=percentile(rates, 0.5), unit="/s"),
            Figure(name="answers by card, p50", value=percentile(waits, 0.5), unit="ms"),
            Figure(name="answers by card, p99", value=percentile(waits, 0.99), unit="ms"),
            Figure(name="clicks in Slack", value=percentile(slack_rates, 0.5), unit="/s"),
        ),
    )
