"""OpenTelemetry's traces, where they are installed and wanted: from Slack to ClickSend.

A payload is a span; what it causes is below it, in slow work after the acknowledgement and, through
the queue, in the worker of another process, too. Attributes are names of ours: operation, outcome,
handler, request id; nothing of what people wrote or to whom, no text of an exception. Without
`start` every function here does next to nothing, and OpenTelemetry is not even imported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, Literal

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

Kind = Literal["SERVER", "CONSUMER"]
_NAME: Final = "clicksend-slack"
_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HTTP: Final = "http/protobuf"
_PARENT: Final = "traceparent"
_NOTHING: Final = nullcontext()
_log = structlog.get_logger(__name__)
_tracer: Tracer | None = None


def start(environment: Mapping[str, str]) -> Callable[[], None]:
    """Trace from now on, if the environment asks for it by OpenTelemetry's own variables.

    Args:
        environment: Where an endpoint (or `OTEL_TRACES_EXPORTER`) turns traces on; the SDK reads
            the rest of its variables by itself.

    Returns:
        What hands over the spans that are left, and ends it; it may take seconds.
    """
    if not _is_wanted(environment):
        return _stop
    try:
        provider = _provider(environment)
    except ImportError:
        _log.warning('traces are wanted, but not installed: pip install "clicksend-slack[otel]"')
        return _stop
    use(provider)

    def finish() -> None:
        _stop()
        provider.shutdown()

    return finish


def use(provider: TracerProvider | None) -> None:
    """Trace with this provider from now on; not at all with None."""
    global _tracer  # noqa: PLW0603 - as logging, it is one for the process
    _tracer = None if provider is None else provider.get_tracer(_NAME)


def _stop() -> None:
    use(None)


def _is_wanted(environment: Mapping[str, str]) -> bool:
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return False
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), _HTTP)
    if exporter not in {"", "otlp", "console"} or protocol != _HTTP:
        _log.warning("traces go by OTLP over http/protobuf, or to the console: there are none now")
        return False
    return bool(exporter) or any(environment.get(name) for name in _ENDPOINTS)


def _provider(environment: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.sdk.resources import (  # noqa: PLC0415 - an extra
        OTELResourceDetector,
        Resource,
    )
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 - an extra
        BatchSpanProcessor,
        ConsoleSpanExporter,
        SpanExporter,
    )

    exporter: SpanExporter
    if environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "console":
        exporter = ConsoleSpanExporter()
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )

        exporter = OTLPSpanExporter()
    ours = Resource({"service.name": _NAME}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=Resource.create(dict(ours.attributes)))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def span(name: str, kind: Kind, **attributes: str) -> AbstractContextManager[None]:
    """A span around what is done meanwhile.

    Args:
        name: What it is, one of a few.
        kind: `SERVER` for what comes in, `CONSUMER` for what is taken from the queue.
        attributes: More of it; nothing that a person wrote.
    """
    return _NOTHING if _tracer is None else _span(_tracer, name, kind, attributes)


@contextmanager
def _span(tracer: Tracer, name: str, kind: Kind, attributes: Mapping[str, str]) -> Iterator[None]:
    from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - an extra

    with tracer.start_as_current_span(
        name,
        kind=SpanKind[kind],
        attributes={**attributes, **_request()},
        record_exception=False,  # its text may hold what somebody wrote
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def note(**attributes: str) -> None:
    """Say more of the span that is open here; see `span`."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span  # noqa: PLC0415 - an extra

        get_current_span().set_attributes(attributes)


def called(operation: str, outcome: str, seconds: float) -> None:
    """A call of ClickSend that has just ended, as a span below the one that is open here.

    Args:
        operation: Such as `sms.send`.
        outcome: `ok`, or the kind of error.
        seconds: How long it took.
    """
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - an extra

    ended = time.time_ns()
    attributes = {"clicksend.operation": operation, "clicksend.outcome": outcome, **_request()}
    made = _tracer.start_span(
        f"clicksend {operation}",
        kind=SpanKind.CLIENT,
        attributes=attributes,
        start_time=ended - int(seconds * 1e9),
    )
    if outcome != "ok":
        made.set_status(Status(StatusCode.ERROR, outcome))
    made.end(ended)


def origin() -> str | None:
    """What leads back to the payload that is handled here: its id, and its trace if there is one.

    Returns:
        For `resumed`; None where no payload is handled.
    """
    request = get_contextvars().get("request")
    if request is None:
        return None
    carrier: dict[str, str] = {}
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - an extra
            TraceContextTextMapPropagator,
        )

        TraceContextTextMapPropagator().inject(carrier)
    return " ".join([str(request), *carrier.values()])


@contextmanager
def resumed(origin: str | None) -> Iterator[None]:
    """Go on with what a payload began: its id is in the log, its trace goes on.

    Args:
        origin: What `origin` gave then, perhaps in another process.
    """
    request, _, parent = (origin or "").partition(" ")
    if not request:
        yield
        return
    with bound_contextvars(request=request), _below(parent):
        yield


@contextmanager
def _below(parent: str) -> Iterator[None]:
    if _tracer is None or not parent:
        yield
        return
    from opentelemetry import context  # noqa: PLC0415 - an extra
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - an extra
        TraceContextTextMapPropagator,
    )

    token = context.attach(TraceContextTextMapPropagator().extract({_PARENT: parent}))
    try:
        yield
    finally:
        context.detach(token)


def _request() -> dict[str, str]:
    request = get_contextvars().get("request")
    return {} if request is None else {"request.id": str(request)}
