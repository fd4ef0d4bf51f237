"""What is traced, and that no trace holds anything a person wrote, or who they are."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from structlog.testing import capture_logs

from bot.traces import OpenTelemetry
from bot.tracing import MISSING, open_tracer, span, traced, traced_units, tracing, word_of
from handlers.actions import Action
from handlers.replies import Nothing, Reply
from handlers.requests import ButtonPressed, CommandTyped, Request, Source, TextSent
from tasks.identifiers import WorkspaceId
from tests.bot.a_company import ACME, a_company
from tests.docs.pages import ROOT

pytestmark = pytest.mark.anyio
SOURCE = Source(platform="slack", workspace=WorkspaceId("acme"), user="U0OLGA", conversation="D0OLGA", message="17.1")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with tracing(OpenTelemetry(SimpleSpanProcessor(exporter), "1.0")):
        yield exporter


def shown(one: ReadableSpan) -> dict[str, object]:
    return dict(one.attributes or {})


async def silent(request: Request) -> Reply:
    return Nothing()


async def test_a_request_is_a_span_with_its_kind_and_word(spans: InMemorySpanExporter) -> None:
    await traced(silent)(CommandTyped(source=SOURCE, text="status it"))
    [one] = spans.get_finished_spans()
    assert one.name == "request"
    assert shown(one) == {"soc2.platform": "slack", "soc2.kind": "CommandTyped", "soc2.what": "status"}


@pytest.mark.parametrize(
    ("request_made", "word"),
    [
        (CommandTyped(source=SOURCE, text=""), "help"),
        (CommandTyped(source=SOURCE, text="Ann's password is hunter2"), "unknown"),
        (ButtonPressed(source=SOURCE, action=Action(name="answer_task", args={"t": "task-1"})), "answer_task"),
        (ButtonPressed(source=SOURCE, action=Action(name="Ann", args={})), "unknown"),
        (TextSent(source=SOURCE, text="private words"), ""),
    ],
)
def test_only_words_of_the_program_are_told(request_made: Request, word: str) -> None:
    assert word_of(request_made) == word


async def test_no_attribute_name_or_event_holds_who_or_what_was_said(spans: InMemorySpanExporter) -> None:
    async def refuse(request: Request) -> Reply:
        raise ValueError("Ann Lee wrote private words")

    for request in (
        CommandTyped(source=SOURCE, text="Ann Lee"),
        TextSent(source=SOURCE, text="private words", thread="17.1"),
    ):
        with pytest.raises(ValueError, match="Ann"):
            await traced(refuse)(request)
    for one in spans.get_finished_spans():
        told = one.to_json()
        assert not [word for word in ("Ann", "private", "U0OLGA", "D0OLGA", "acme", "17.1") if word in told]


async def test_an_error_is_told_by_its_kind_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ZeroDivisionError), span("job", job="deliver"):
        raise ZeroDivisionError("private words")
    [one] = spans.get_finished_spans()
    assert (one.status.status_code, one.status.description) == (StatusCode.ERROR, "ZeroDivisionError")
    assert not one.events


async def test_a_unit_of_work_lies_within_its_request(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    with a_company(tmp_path) as company:
        units = traced_units(company.units)

        async def ask(request: Request) -> Reply:
            await units.write(ACME, lambda uow: None)
            await units.read(ACME, lambda uow: None)
            return Nothing()

        await traced(ask)(CommandTyped(source=SOURCE, text="tasks"))
    *within, outer = spans.get_finished_spans()
    assert [shown(one) for one in within] == [{"soc2.access": "write"}, {"soc2.access": "read"}]
    assert all(one.parent and outer.context and one.parent.span_id == outer.context.span_id for one in within)


async def test_off_it_stands_in_nobody_s_way(tmp_path: Path) -> None:
    assert traced(silent) is silent
    assert span("job", job="deliver") is span("request")
    with a_company(tmp_path) as company:
        assert traced_units(company.units) is company.units


def test_without_an_endpoint_there_are_no_traces() -> None:
    assert open_tracer(None, "1.0") is None


def test_an_endpoint_without_the_packages_is_said_and_the_program_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with capture_logs() as logs:
        assert open_tracer("http://127.0.0.1:4318", "1.0") is None
    assert [entry["event"] for entry in logs] == [MISSING]


def test_an_endpoint_with_the_packages_opens_a_tracer() -> None:
    tracer = open_tracer("http://127.0.0.1:9", "1.0")
    assert isinstance(tracer, OpenTelemetry)
    tracer.close()


def test_who_sends_no_traces_does_not_wait_for_the_packages_to_load() -> None:
    ask = "import sys, bot.wiring; print('opentelemetry' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"
