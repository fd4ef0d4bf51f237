"""docs/operations.md, its dashboard, rules and unit file, and docs/slack.md, against what the program does."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.core import Metric

from bot.checks_here import LATE, LATEST_ENTRIES
from bot.doctor import CHECKS
from bot.jobs import JOBS
from bot.metrics import Metrics, Watched
from storage.gauges import Gauges
from tasks.notices import NoticeState
from tests.bot.slack.test_manifest import BOT_SCOPES, SUBSCRIBED
from tests.docs.pages import ROOT, quoted, table_after, words_of

OPERATIONS = ROOT / "docs" / "operations.md"
SLACK = ROOT / "docs" / "slack.md"
BESIDE = ROOT / "docs" / "operations"
ALERTS = yaml.safe_load((BESIDE / "prometheus-alerts.yaml").read_text())
DASHBOARD = json.loads((BESIDE / "grafana-dashboard.json").read_text())
PARTS = ("_bucket", "_count", "_sum")
ALONG_WITH_OTHERS = {"slack scopes", "clock", "teams keys", "teams clock", "teams endpoint"}
"""Found by the checks of the tokens and of the public address."""


async def no_gauges() -> Gauges:
    raise AssertionError


def metrics() -> dict[str, Metric]:
    """Everything there is, each with a sample."""
    ours = Metrics("1.0")
    ours.requested("web", 200, 0.1)
    ours.acknowledged("command", "ok", 0.1)
    ours.ran("deliver", "ok", 0.1)
    now = datetime.now(UTC)
    watching = ours.watch(
        Watched(
            gauges=no_gauges,
            now=lambda: now,
            disk_free=lambda: 1,
            scheduler_alive=lambda: True,
            slack_problem=lambda: "",
        )
    )
    watching.show(
        Gauges(
            notices=dict.fromkeys(NoticeState, 1),
            oldest_owed=now,
            oldest_due=now,
            oldest_opening=now,
            oldest_rung=now,
            edits_behind=1,
            overdue={"it": 1},
            missed={"it": 1},
        )
    )
    return {family.name: family for family in ours.registry.collect()}


METRICS = metrics()


def labels_of(family: Metric) -> set[str]:
    return {label for sample in family.samples for label in sample.labels} - {"le"}


def subsection(page: Path, heading: str) -> list[list[str]]:
    """The table under a heading of whichever level, up to the next of any."""
    under = re.split(r"\n#+ ", words_of(page).partition(f"# {heading}\n")[2])[0]
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def expressions() -> dict[str, str]:
    """Where it stands → PromQL."""
    rules = {f"alert {rule['alert']}": rule["expr"] for group in ALERTS["groups"] for rule in group["rules"]}
    panels = {
        f"panel {panel['title']} {target['refId']}": target["expr"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    }
    return rules | panels


# metrics


def test_every_metric_stands_in_the_document_with_its_labels_and_no_other() -> None:
    told = {quoted(name)[0]: set(quoted(labels)) for name, labels, _ in subsection(OPERATIONS, "Metrics")}
    assert told == {name: labels_of(family) for name, family in METRICS.items()}


def test_no_metric_is_named_anywhere_in_the_documents_that_does_not_exist() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for name in re.findall(r"\bsoc2_[a-z_]+[a-z]\b", words_of(page)):
            assert _family(name) in METRICS, f"{page.name}: {name}"


@pytest.mark.parametrize("where", expressions())
def test_dashboard_and_rules_ask_for_what_exists(where: str) -> None:
    expression = expressions()[where]
    named = re.findall(r"\bsoc2_[a-z_]+[a-z]\b", expression)
    assert named or "up{" in expression
    for name in named:
        family = METRICS.get(_family(name))
        assert family, name
        assert (family.type == "histogram") == name.endswith(PARTS), f"{name} of a {family.type}"
    for name, selector in re.findall(r"\b(soc2_[a-z_]+[a-z])\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)\s*[!=~]", selector)) <= labels_of(METRICS[_family(name)]), selector


@pytest.mark.parametrize("where", expressions())
def test_grouping_is_by_labels_that_exist(where: str) -> None:
    expression = expressions()[where]
    known = {"le"}.union(
        *(labels_of(METRICS[_family(name)]) for name in re.findall(r"\bsoc2_[a-z_]+[a-z]\b", expression))
    )
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        assert {label.strip() for label in grouped.split(",")} <= known
    assert expression.count("(") == expression.count(")")


def _family(name: str) -> str:
    return next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name)


def test_every_outcome_that_a_rule_waits_for_can_happen() -> None:
    outcomes = {word for one in expressions().values() for word in re.findall(r'outcome="(\w+)"', one)}
    assert outcomes == {"failed"}
    assert '"failed"' in (ROOT / "bot" / "jobs.py").read_text()


# alerts, dashboard


def test_every_alert_has_a_cure_in_the_document_and_the_reverse() -> None:
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    assert [row[0] for row in subsection(OPERATIONS, "Alerts, and what to do")] == [rule["alert"] for rule in rules]
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "warning", "info"}
        assert rule["annotations"]["summary"]


def test_the_panels_of_the_dashboard_lie_side_by_side_and_each_has_its_own_id() -> None:
    panels = DASHBOARD["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_dashboard_shows_every_metric() -> None:
    asked = {_family(name) for one in expressions().values() for name in re.findall(r"\bsoc2_[a-z_]+[a-z]\b", one)}
    assert asked == set(METRICS)


# doctor, unit file


def test_every_check_of_doctor_stands_in_the_document_in_its_order() -> None:
    told = [row[0] for row in subsection(OPERATIONS, "What doctor looks at")]
    assert [name for name in told if name not in ALONG_WITH_OTHERS] == list(CHECKS)
    assert set(told) - set(CHECKS) == ALONG_WITH_OTHERS
    text = words_of(OPERATIONS)
    assert f"the latest {LATEST_ENTRIES:,} entries" in text
    assert LATE.total_seconds() == 600


def test_the_lines_of_the_log_that_are_explained_are_written_somewhere() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    for row in table_after(OPERATIONS, "Logs"):
        assert f'"{quoted(row[0])[0]}"' in source, row[0]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("this machine has no systemd-analyze")
    unit = tmp_path / "soc2bot.service"
    text = (BESIDE / "soc2bot.service").read_text()
    unit.write_text(text.replace("/opt/soc2bot/.venv/bin/soc2", sys.executable))
    verdict = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stderr
    assert "soc2bot.service" not in verdict.stderr, verdict.stderr


def test_the_unit_shuts_the_service_in() -> None:
    lines = (BESIDE / "soc2bot.service").read_text().splitlines()
    for line in ("User=soc2bot", "NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=soc2bot", "UMask=0077"):
        assert line in lines, line
    assert "Type=notify" not in lines, "we don't notify"


# Slack


def test_every_scope_is_explained_and_no_other() -> None:
    assert [quoted(row[0])[0] for row in table_after(SLACK, "What it may do, and why")] == sorted(BOT_SCOPES)


def test_every_event_is_explained_and_no_other() -> None:
    assert [quoted(row[0])[0] for row in table_after(SLACK, "What Slack tells it")] == sorted(SUBSCRIBED)


def test_every_trouble_has_a_cause_and_a_cure() -> None:
    rows = table_after(SLACK, "Trouble")
    assert len(rows) > 8
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_words_a_guard_refuses_with_are_those_that_are_explained() -> None:
    source = (ROOT / "bot" / "slack" / "verification.py").read_text()
    for word in ("bad_signature", "stale_timestamp", "unknown_workspace"):
        assert f'"{word}"' in source
        assert f"`{word}`" in words_of(SLACK)


def test_the_manifest_s_name_for_the_message_menu_is_the_document_s() -> None:
    manifest: Any = yaml.safe_load((ROOT / "manifest.yaml").read_text())
    for shortcut in manifest["features"].get("shortcuts", ()):
        assert f"*{shortcut['name']}*" in words_of(SLACK)


def test_the_jobs_have_names_of_one_word_for_their_label() -> None:
    assert all(re.fullmatch(r"[a-z-]+", job.name) for job in JOBS)
