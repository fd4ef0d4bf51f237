"""OpenTelemetry itself. Only bot/tracing.py loads this, and only where traces are sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

PREFIX = "soc2."


class OpenTelemetry:
    """A bot.tracing.Tracer."""

    def __init__(self, processor: SpanProcessor, version: str) -> None:
        resource = Resource.create({"service.name": "soc2bot", "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("soc2bot", version)

    @contextmanager
    def span(self, name: str, attributes: dict[str, str]) -> Iterator[None]:
        named = {PREFIX + key: value for key, value in attributes.items()}
        # An error's words and traceback may hold what somebody wrote: its kind is enough, the log has the rest.
        with self._tracer.start_as_current_span(
            name, attributes=named, record_exception=False, set_status_on_exception=False
        ) as current:
            try:
                yield
            except BaseException as error:
                current.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def close(self) -> None:
        self._provider.shutdown()


def connect(endpoint: str, version: str) -> OpenTelemetry:
    """endpoint: as the standard has it, without the path for traces."""
    return OpenTelemetry(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")), version)
