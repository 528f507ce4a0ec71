"""Set up by OpenTelemetry's variables, go to a collector, and cost nothing unasked."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.testing import capture_logs

from bot import tracing

ROOT = Path(__file__).parents[1]


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """What takes spans over OTLP: its address, and what came."""
    came: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            assert self.path == "/v1/traces"
            came.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", came
        finally:
            server.shutdown()
            serving.join()


def test_spans_go_to_the_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as (url, came):
        for name, value in {
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        finish = tracing.start({"OTEL_EXPORTER_OTLP_ENDPOINT": url})
        with tracing.span("slack.command", "SERVER"):
            tracing.called("sms.send", "ok", 0.25)
        finish()
    (request,) = came
    (whole,) = request.resource_spans
    about = {each.key: each.value.string_value for each in whole.resource.attributes}
    assert about["service.name"] == "clicksend-slack"
    assert about["deployment.environment"] == "test"
    call, command = whole.scope_spans[0].spans
    assert (call.name, command.name) == ("clicksend sms.send", "slack.command")
    assert call.parent_span_id == command.span_id
    assert (call.end_time_unix_nano - call.start_time_unix_nano) / 1e9 == pytest.approx(0.25)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "console"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
)
def test_nothing_is_traced_unless_it_is_wanted(environment: dict[str, str]) -> None:
    with capture_logs() as log:
        finish = tracing.start(environment)
    assert tracing._tracer is None
    assert log == []
    finish()


@pytest.mark.parametrize(
    "environment",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
def test_what_cannot_be_done_is_said(environment: dict[str, str]) -> None:
    with capture_logs() as log:
        tracing.start(environment)()
    assert tracing._tracer is None
    assert "http/protobuf" in log[0]["event"]


def test_what_is_not_installed_is_said_and_does_not_stop_the_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with capture_logs() as log:
        tracing.start({"OTEL_TRACES_EXPORTER": "otlp"})()
    assert tracing._tracer is None
    assert "clicksend-slack[otel]" in log[0]["event"]


def test_without_it_opentelemetry_is_not_imported_and_a_span_is_one_and_the_same_object() -> None:
    code = (
        "import sys; from bot import app, tracing\n"
        "with tracing.span('a', 'SERVER'): tracing.note(b='c'); tracing.called('d', 'ok', 1)\n"
        "assert tracing.span('a', 'SERVER') is tracing.span('b', 'SERVER')\n"
        "print([n for n in sys.modules if n.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_what_a_payload_began_goes_on_under_its_id() -> None:
    with bound_contextvars(request="3f9a1c"):
        left = tracing.origin()
    assert left == "3f9a1c"
    with tracing.resumed(left):
        assert get_contextvars()["request"] == "3f9a1c"
    assert "request" not in get_contextvars()


@pytest.mark.parametrize("left", [None, "", "3f9a1c nonsense", "3f9a1c 00-0-0-01"])
def test_whatever_a_row_holds_a_send_is_done(left: str | None) -> None:
    done = False
    with tracing.resumed(left), tracing.span("send sms.send", "CONSUMER"):
        done = True
    assert done
