"""How payloads reach a bot over HTTP, and what happens when it does not take them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack import SlackSandbox, delivery, manifest
from tests.sandbox.slack.receiver import Receiver

ADA, OPS = "U0ADA", "C0OPS"
APP = manifest.read(
    """
    features:
      slash_commands: [{command: /hello, description: Says hello}]
    oauth_config:
      scopes: {bot: [chat:write, commands]}
    settings:
      event_subscriptions: {bot_events: [message.channels]}
    """
)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def slack(receiver: Receiver) -> AsyncIterator[SlackSandbox]:
    sandbox = SlackSandbox(APP)
    async with receiver.serve() as url, sandbox.serve():
        sandbox.request_url = url
        yield sandbox


async def test_a_command_arrives_signed_with_everything_slack_sends(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    assert (await slack.command(ADA, OPS, "/hello", "a <b> & c")).error is None
    (sent,) = receiver.payloads
    assert sent["command"] == "/hello"
    assert sent["text"] == "a &lt;b&gt; &amp; c"
    assert (sent["user_id"], sent["channel_id"], sent["channel_name"]) == (ADA, OPS, "ops")
    assert sent["response_url"].startswith(f"{slack.url}/hooks/")
    assert sent["trigger_id"]


async def test_plain_text_in_an_acknowledgement_is_a_message(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    receiver.answer = "Hello!"
    await slack.command(ADA, OPS, "/hello")
    assert [(each.text, each.only_for) for each in slack.messages] == [("Hello!", ADA)]


async def test_blocks_that_slack_refuses_are_refused_in_an_acknowledgement_too(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    receiver.answer = {"text": "x", "blocks": [{"type": "nope"}]}
    await slack.command(ADA, OPS, "/hello")
    assert [each.text for each in slack.messages] == [
        "/hello failed with the error “invalid_blocks”"
    ]


@pytest.mark.parametrize("status", [302, 401, 404, 500])
async def test_any_other_status_than_200_is_a_failure_that_the_person_sees(
    slack: SlackSandbox, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status]
    assert (await slack.command(ADA, OPS, "/hello")).error == "dispatch_failed"
    assert slack.messages[0].text == "/hello failed with the error “dispatch_failed”"


async def test_three_seconds_without_an_acknowledgement_are_a_failure(
    slack: SlackSandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ACK_SECONDS", 0.05)
    receiver.hold = asyncio.Event()
    assert (await slack.command(ADA, OPS, "/hello")).error == "operation_timeout"
    receiver.hold.set()
    assert "operation_timeout" in slack.messages[0].text


async def test_nobody_listening_is_a_failure(slack: SlackSandbox) -> None:
    slack.request_url = ""
    assert (await slack.command(ADA, OPS, "/hello")).error == "dispatch_failed"


async def test_an_event_is_delivered_again_until_it_is_taken(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    slack.outward.retry_after = (0.0, 0.0, 0.0)
    receiver.statuses = [500, 404, 200]
    slack.say(ADA, OPS, "hello")
    await slack.workspace.feed.until(lambda: len(slack.wire.crossings) == 3)

    numbers = [headers.get("x-slack-retry-num") for headers in receiver.headers]
    reasons = [headers.get("x-slack-retry-reason") for headers in receiver.headers]
    assert numbers == [None, "1", "2"]
    assert reasons == [None, "http_error", "http_error"]
    assert len({payload["event_id"] for payload in receiver.payloads}) == 1


async def test_an_event_is_given_up_after_three_repetitions(
    slack: SlackSandbox, receiver: Receiver
) -> None:
    slack.outward.retry_after = (0.0, 0.0, 0.0)
    receiver.statuses = [500] * 9
    slack.say(ADA, OPS, "hello")
    await slack.workspace.feed.until(lambda: len(slack.wire.crossings) == 4)
    await slack.outward.close()
    assert len(receiver.payloads) == 4


async def test_a_command_is_never_delivered_again(slack: SlackSandbox, receiver: Receiver) -> None:
    receiver.statuses = [500]
    await slack.command(ADA, OPS, "/hello")
    assert len(receiver.payloads) == 1
