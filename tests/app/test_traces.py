"""A trace from Slack's payload to ClickSend's call, also through the queue; nothing personal."""

from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from bot import tracing
from bot.app import App
from bot.store import Database, Scope, sends
from tests.app.conftest import World
from tests.app.test_sending import BODY, TO, reviewed
from tests.app.world import SECRET

SCOPE = Scope("default", "demo")
HOOK = "a-hook-secret-of-this-test"
PRIVATE = (TO, TO.removeprefix("+"), BODY, SECRET, HOOK, "00000000-DEMO", "demo", "xoxb-", "U0ADA",
           "Ada", "127.0.0.1")  # fmt: skip


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    found, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    tracing.use(provider)
    yield found
    tracing.use(None)
    provider.shutdown()


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [each for each in exporter.get_finished_spans() if each.name == name]


def below(child: ReadableSpan, above: ReadableSpan) -> bool:
    """Whether a span is right below another, in one trace."""
    assert child.context
    assert above.context
    one = child.context.trace_id == above.context.trace_id
    return one and child.parent is not None and child.parent.span_id == above.context.span_id


def private_in(exporter: InMemorySpanExporter) -> list[str]:
    """What must not be in a trace, of what is."""
    told = "\n".join(each.to_json() for each in exporter.get_finished_spans())
    assert told
    return [each for each in PRIVATE if each in told]


async def sent(world: World) -> str:
    """Send an SMS; the id of its row."""
    review = await reviewed(world)
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage")
    return str(review["private_metadata"])


async def test_a_command_and_the_reads_it_causes_are_one_trace(
    world: World, exporter: InMemorySpanExporter
) -> None:
    await world.ada.command("/balance")
    await world.slack.next("respond")

    (asked,) = named(exporter, "slack.command")
    (read,) = named(exporter, "clicksend account.get")
    assert below(read, asked)
    assert (asked.kind, read.kind) == (SpanKind.SERVER, SpanKind.CLIENT)
    assert dict(read.attributes or {}) == {
        "clicksend.operation": "account.get",
        "clicksend.outcome": "ok",
        "request.id": (asked.attributes or {})["request.id"],
    }
    assert (asked.attributes or {})["handler"] == "balance.balance"
    assert private_in(exporter) == []


async def test_the_worker_goes_on_with_the_trace_of_the_yes(
    outside: World, exporter: InMemorySpanExporter
) -> None:
    async with App(outside.settings) as app:
        outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
        send_id = await sent(outside)

    yes = named(exporter, "slack.view")[-1]
    (taken,) = named(exporter, "send sms.send")
    (call,) = named(exporter, "clicksend sms.send")
    assert below(taken, yes)
    assert below(call, taken)
    assert (taken.attributes or {})["send.id"] == send_id
    assert (taken.attributes or {})["send.state"] == "sent"
    assert {each.attributes["request.id"] for each in (yes, taken, call) if each.attributes} == {
        (yes.attributes or {})["request.id"]
    }
    assert call.start_time is not None
    assert call.end_time is not None
    assert 0 < call.end_time - call.start_time < 30e9
    assert private_in(exporter) == []


async def test_what_goes_wrong_is_seen_without_its_text(
    world: World, exporter: InMemorySpanExporter
) -> None:
    world.clicksend.cut.add("sms.send")
    await sent(world)

    (call,) = named(exporter, "clicksend sms.send")
    assert not call.status.is_ok
    assert call.status.description == "NoAnswer"
    assert call.events == ()
    assert private_in(exporter) == []


async def test_a_webhook_is_traced_without_its_secret(
    outside: World, exporter: InMemorySpanExporter
) -> None:
    given = {**outside.settings.model_dump(), "webhook_secret": HOOK}
    async with App(outside.settings.model_validate(given)) as app, httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{app.port}/clicksend/webhooks/{HOOK}/inbound/sms"
        form = {"message_id": "M1", "from": TO, "to": "+61422222222", "body": BODY}
        assert (await http.post(url, data=form)).status_code == 200

    (pushed,) = named(exporter, "webhook")
    assert (pushed.attributes or {})["webhook"] == "inbound/sms"
    assert private_in(exporter) == []


async def test_without_traces_the_request_id_still_goes_through_the_queue(world: World) -> None:
    send_id = await sent(world)
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        send = await sends.get(connection, SCOPE, send_id)
    await database.close()
    assert send
    assert send.origin
    assert len(send.origin) == 6
