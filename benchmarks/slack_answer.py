"""Done pressed under a prompt, from the signed request to the durable commit to the ack, against raw SQL."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import company
from benchmarks.figures import Figure, Outcome, Scale, Target, percentile, ratio
from benchmarks.load import Load, closed_loop
from benchmarks.processes import rival, soc2_serve, soc2_settings, together
from benchmarks.requests import click
from bot.slack.block_kit import render_message
from handlers.actions import action, encode
from handlers.views.elements import ActionButton, Buttons, Text, View

CALLERS = 16


def measure(scale: Scale, folder: Path) -> Outcome:
    ours_kept, raw_kept = folder / "soc2.db", folder / "raw.db"
    company.found(ours_kept, people=scale.people, tasks=scale.clicks * (scale.rounds + 1))
    shutil.copyfile(ours_kept, raw_kept)
    with rival("slack", folder) as slack:
        settings = soc2_settings(folder, slack=f"http://127.0.0.1:{slack.port}/api/")
        with together(soc2_serve(folder, settings), rival("click", folder, str(raw_kept))) as (ours, raw):
            company.wait_until_quiet(ours_kept)
            messages = company.messages(ours_kept)
            rounds = [partial(slack_clicks, scale, messages, number) for number in range(scale.rounds + 1)]
            loads = [_round(ours.port, raw.port, clicks, number) for number, clicks in enumerate(rounds)][1:]
    company.check_answered(ours_kept, scale.clicks * (scale.rounds + 1))
    company.check_answered(raw_kept, scale.clicks * (scale.rounds + 1))
    return _outcome([ours for ours, _ in loads], [raw for _, raw in loads])


def _round(ours: int, raw: int, clicks: Callable[[], list[bytes]], number: int) -> tuple[Load, Load]:
    """Of the same clicks; who is first changes."""
    ports = (ours, raw) if number % 2 else (raw, ours)
    loads = {port: closed_loop(port, clicks(), callers=CALLERS) for port in ports}
    return loads[ours], loads[raw]


def slack_clicks(scale: Scale, messages: dict[str, str], number: int) -> list[bytes]:
    """A round's. Signed when they are sent: a signature lives for five minutes."""
    first = number * scale.clicks
    return [_click(task, scale.people, messages) for task in range(first, first + scale.clicks)]


def _click(number: int, people: int, messages: dict[str, str]) -> bytes:
    task = company.task_id(number)
    value = encode(action("answer_task", t=task, v=1))
    user = company.slack_user(company.owner_of(number, people))
    return click(user, value=value, message=messages[task], blocks=_prompt(value), number=number)


def _prompt(value: str) -> list[dict[str, object]]:
    """About as much as a prompt shows: Slack sends the message back with every press."""
    words = Text(text="Please check that the access of everybody who left was removed. " * 8)
    done = Buttons(buttons=(ActionButton(label="Done", action=action("answer_task", t=value[-24:])),))
    return list(render_message(View(title="IAM-03", summary="A task", body=(words, done))).blocks)


def _outcome(ours: list[Load], raw: list[Load]) -> Outcome:
    rates, raw_rates = [load.rate for load in ours], [load.rate for load in raw]
    waits = [wait * 1000 for load in ours for wait in load.latencies]
    return Outcome(
        targets=(Target(name="an answer against raw SQL", value=ratio(rates, raw_rates), limit=0.3, at_least=True),),
        figures=(
            Figure(name=f"answers, {CALLERS} callers", value=percentile(rates, 0.5), unit="/s"),
            Figure(name="answers, p50", value=percentile(waits, 0.5), unit="ms"),
            Figure(name="answers, p99", value=percentile(waits, 0.99), unit="ms"),
            Figure(name="raw SQL", value=percentile(raw_rates, 0.5), unit="/s"),
        ),
    )
