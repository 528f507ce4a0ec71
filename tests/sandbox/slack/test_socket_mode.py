"""Socket Mode of the local Slack: with the bot's own runner, and with slack_sdk's client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.server import KEY, USER
from bot.sandbox.slack import SlackSandbox, delivery, sockets
from bot.sandbox.slack.oauth import APP_TOKEN, TOKEN
from bot.settings import Settings
from tests.sandbox.slack.conftest import Caller
from tests.sandbox.slack.receiver import Receiver

ADA, OPS = "U0ADA", "C0OPS"
Answer = Callable[[SocketModeRequest], dict[str, Any] | None]


@asynccontextmanager
async def sdk(
    slack: SlackSandbox, answer: Answer
) -> AsyncIterator[tuple[SocketModeClient, list[SocketModeRequest]]]:
    """slack_sdk's own client, connected; what it received."""
    received: list[SocketModeRequest] = []

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        received.append(request)
        payload = answer(request)
        if payload is not None:
            response = SocketModeResponse(envelope_id=request.envelope_id, payload=payload or None)
            await client.send_socket_mode_response(response)

    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(base_url=f"{slack.url}/api/", session=session)
        client = SocketModeClient(app_token=APP_TOKEN, web_client=web)
        client.socket_mode_request_listeners.append(listen)
        before = slack.sockets.count
        await client.connect()
        await slack.workspace.feed.until(lambda: slack.sockets.count > before)
        try:
            yield client, received
        finally:
            await client.close()


@asynccontextmanager
async def bot(slack: SlackSandbox, clicksend_url: str, folder: Path) -> AsyncIterator[App]:
    """The whole bot, in Socket Mode."""
    settings = Settings.model_validate(
        {
            "bot_mode": "socket",
            "slack_bot_token": TOKEN,
            "slack_app_token": APP_TOKEN,
            "slack_api_url": f"{slack.url}/api/",
            "clicksend_username": USER,
            "clicksend_api_key": KEY,
            "clicksend_base_url": f"{clicksend_url}/v3",
            "database_url": f"sqlite+aiosqlite:///{folder}/bot.sqlite3",
            "bot_port": 0,
            "bot_admins": ADA,
        }
    )
    async with App(settings) as app:
        await slack.workspace.feed.until(lambda: slack.sockets.count > 0)
        yield app


async def test_the_bot_takes_commands_and_forms_over_its_socket(
    slack: SlackSandbox, tmp_path: Path
) -> None:
    clicksend = ClickSendSandbox()
    async with clicksend.serve() as url, bot(slack, url, tmp_path):
        told = await slack.command(ADA, OPS, "/balance")
        assert told.error is None
        assert "AUD 100.00 left" in (await slack.wait_message(1)).text

        await slack.command(ADA, OPS, "/sms", "+61411111111 Over the socket")
        await slack.wait_view(ADA, "sms.form")
        assert (await slack.submit(ADA)).error is None
        await slack.wait_view(ADA, "send.confirm")
        assert (await slack.submit(ADA)).error is None
        assert "SMS sent by" in (await slack.wait_message(2)).text

    assert [message.body for message in clicksend.outbox("sms")] == ["Over the socket"]
    assert {each.over for each in slack.wire.crossings if each.way == "to the bot"} == {"socket"}


async def test_the_bot_opens_the_next_connection_when_told_that_its_own_will_end(
    slack: SlackSandbox, tmp_path: Path
) -> None:
    async with ClickSendSandbox().serve() as url, bot(slack, url, tmp_path):
        await slack.sockets.refresh(linger=5)
        await slack.workspace.feed.until(lambda: slack.sockets.count == 2)

        assert (await slack.command(ADA, OPS, "/balance")).error is None


async def test_the_bot_comes_back_after_its_connection_was_cut(
    slack: SlackSandbox, tmp_path: Path
) -> None:
    async with ClickSendSandbox().serve() as url, bot(slack, url, tmp_path):
        await slack.sockets.drop()
        await slack.workspace.feed.until(lambda: slack.sockets.count == 0)
        await slack.workspace.feed.until(lambda: slack.sockets.count == 1)

        assert (await slack.command(ADA, OPS, "/balance")).error is None


async def test_slack_sdks_client_receives_a_command_and_its_answer_is_shown(
    slack: SlackSandbox,
) -> None:
    async with sdk(slack, lambda _: {"text": "*Hello*"}) as (_, received):
        told = await slack.command(ADA, OPS, "/balance", "now & then")

    assert told.error is None
    assert [request.type for request in received] == ["slash_commands"]
    assert received[0].payload["command"] == "/balance"
    assert received[0].payload["text"] == "now &amp; then"
    assert [(each.text, each.only_for) for each in slack.messages] == [("*Hello*", ADA)]


async def test_payloads_go_over_the_connections_in_turn(slack: SlackSandbox) -> None:
    async with sdk(slack, lambda _: {}) as (_, one), sdk(slack, lambda _: {}) as (_, two):
        for _ in range(4):
            assert (await slack.command(ADA, OPS, "/balance")).error is None

    assert (len(one), len(two)) == (2, 2)


async def test_what_is_not_acknowledged_in_time_is_a_failure_that_the_person_sees(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (delivery, sockets):
        monkeypatch.setattr(module, "ACK_SECONDS", 0.05)
    async with sdk(slack, lambda _: None) as (_, received):
        told = await slack.command(ADA, OPS, "/balance")

    assert told.error == "operation_timeout"
    assert len(received) == 1
    assert "operation_timeout" in slack.messages[0].text
    assert slack.messages[0].only_for == ADA


async def test_a_command_whose_connection_is_cut_fails_at_once(slack: SlackSandbox) -> None:
    async with sdk(slack, lambda _: None) as (_, received):
        typed = asyncio.create_task(slack.command(ADA, OPS, "/balance"))
        await slack.workspace.feed.until(lambda: slack.sockets.count == 1)
        while not received:  # noqa: ASYNC110 - slack_sdk has no event for what it received
            await asyncio.sleep(0.001)
        await slack.sockets.drop()

        assert (await typed).error == "dispatch_failed"


async def test_without_a_socket_payloads_go_over_http(slack: SlackSandbox) -> None:
    receiver = Receiver()
    async with receiver.serve() as slack.request_url:
        async with sdk(slack, lambda _: {}) as (_, received):
            await slack.command(ADA, OPS, "/balance")
        await slack.workspace.feed.until(lambda: slack.sockets.count == 0)
        await slack.command(ADA, OPS, "/usage")

    assert [request.payload["command"] for request in received] == ["/balance"]
    assert [payload["command"] for payload in receiver.payloads] == ["/usage"]


async def test_an_address_is_good_once(
    slack: SlackSandbox, call: Caller, http: aiohttp.ClientSession
) -> None:
    answer = await call("apps.connections.open", token=APP_TOKEN)
    async with http.ws_connect(answer["url"]) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(answer["url"])
    assert slack.sockets.count <= 1


async def test_only_the_apps_own_token_opens_a_connection(call: Caller) -> None:
    refused = await call("apps.connections.open", token=TOKEN)
    assert refused == {"ok": False, "error": "not_allowed_token_type"}


async def test_there_are_at_most_ten_connections(call: Caller, http: aiohttp.ClientSession) -> None:
    opened = []
    for _ in range(10):
        answer = await call("apps.connections.open", token=APP_TOKEN)
        opened.append(await http.ws_connect(answer["url"]))
        await opened[-1].receive_json()

    assert (await call("apps.connections.open", token=APP_TOKEN))["error"] == "too_many_websockets"
    for socket in opened:
        await socket.close()
