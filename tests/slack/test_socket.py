"""Socket Mode against a Slack that greets, delivers, goes away, and was not there at first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.slack.bolt import build_bolt
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.router import Router
from bot.slack.socket import SocketRunner
from bot.slack.tasks import Tasks
from bot.texts import Phrase
from tests.slack.desk import Services
from tests.slack.payloads import command
from tests.slack.workspace import TOKEN

APP_TOKEN = "xapp-sandbox"
HELLO = {"type": "hello"}


class SocketSlack:
    """Gives out addresses, each good once, and keeps what comes in over them."""

    def __init__(self) -> None:
        self.opened: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.acknowledged: asyncio.Queue[tuple[web.WebSocketResponse, Any]] = asyncio.Queue()
        self.refusals: list[web.Response] = []
        self.tokens: list[str | None] = []
        self.tickets: set[str] = set()
        self.base = ""

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_get("/link", self._link)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _open(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("authorization"))
        if self.refusals:
            return self.refusals.pop(0)
        ticket = f"t{len(self.tokens)}"
        self.tickets.add(ticket)
        return web.json_response({"ok": True, "url": f"{self.base}/link?ticket={ticket}"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        self.tickets.remove(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self.opened.put(socket)
        async for message in socket:
            await self.acknowledged.put((socket, message.json()))
        return socket

    async def next(self) -> web.WebSocketResponse:
        socket = await self.opened.get()
        await socket.send_json(HELLO)
        return socket


class Bot:
    """A bot that waits, in its handler, for as long as a test wants."""

    def __init__(self) -> None:
        self.calls: list[Call[Services]] = []
        self.go = asyncio.Event()
        self.go.set()

    @asynccontextmanager
    async def run(self, slack: SocketSlack) -> AsyncIterator[SocketRunner]:
        router: Router[Services] = Router()

        @router.command("balance", summary=Phrase("what is left"), shortcut="/balance")
        async def balance(call: Call[Services]) -> None:
            self.calls.append(call)
            await self.go.wait()

        async with aiohttp.ClientSession() as session:
            client = Slack(SecretStr(TOKEN), f"{slack.base}/api/", session, clock=lambda: 0.0)
            app = build_bolt(
                router,
                [],
                slack=client,
                tasks=Tasks(),
                token=SecretStr(TOKEN),
                signing_secret=None,
            )
            runner = SocketRunner(app, SecretStr(APP_TOKEN), first_pause=0.001)
            await runner.start()
            try:
                yield runner
            finally:
                await runner.stop()


@pytest.fixture
async def slack() -> AsyncIterator[SocketSlack]:
    async with SocketSlack().serve() as served:
        yield served


def envelope(payload: dict[str, Any], envelope_id: str = "e1") -> dict[str, Any]:
    return {
        "type": "slash_commands",
        "envelope_id": envelope_id,
        "payload": payload,
        "accepts_response_payload": True,
    }


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the runner shows a flag, as readiness needs it
            await asyncio.sleep(0.001)


async def test_a_command_is_handled_and_acknowledged(slack: SocketSlack) -> None:
    bot = Bot()
    async with bot.run(slack) as runner:
        assert not runner.connected
        socket = await slack.next()
        await until(lambda: runner.connected)
        await socket.send_json(envelope(command("/balance", "now")))

        assert await slack.acknowledged.get() == (socket, {"envelope_id": "e1"})
        assert [call.text for call in bot.calls] == ["now"]
    assert slack.tokens == [f"Bearer {APP_TOKEN}"]
    assert not runner.connected


async def test_an_answer_travels_in_the_acknowledgement(slack: SocketSlack) -> None:
    async with Bot().run(slack):
        socket = await slack.next()
        await socket.send_json(envelope(command("/clicksend", "help")))

        _, answer = await slack.acknowledged.get()
        assert answer["payload"]["response_type"] == "ephemeral"
        assert "/clicksend balance" in answer["payload"]["text"]


async def test_a_slack_that_is_down_at_the_start_is_tried_until_it_is_there(
    slack: SocketSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    slack.refusals = [
        web.json_response({"ok": False, "error": "internal_error"}),
        web.json_response({"ok": True, "url": f"{slack.base}/nowhere?ticket=secret-ticket"}),
        web.json_response({"ok": False, "error": "invalid_auth"}),
    ]
    async with Bot().run(slack) as runner:
        await slack.next()
        await until(lambda: runner.connected)

    assert len(slack.tokens) == 4
    written = capsys.readouterr().out
    assert "invalid_auth" in written
    assert "secret-ticket" not in written
    assert APP_TOKEN not in written


async def test_a_dropped_connection_is_opened_again_with_a_new_address(slack: SocketSlack) -> None:
    async with Bot().run(slack) as runner:
        first = await slack.next()
        await until(lambda: runner.connected)
        await first.close()
        second = await slack.next()
        await until(lambda: runner.connected)
        await second.send_json(envelope(command("/balance")))

        assert (await slack.acknowledged.get())[0] is second


async def test_when_slack_says_goodbye_the_next_connection_opens_before_the_old_one_ends(
    slack: SocketSlack,
) -> None:
    bot = Bot()
    bot.go.clear()
    async with bot.run(slack) as runner:
        old = await slack.next()
        await old.send_json(envelope(command("/balance", "under way")))
        await until(lambda: bool(bot.calls))
        await old.send_json({"type": "disconnect", "reason": "warning"})
        new = await slack.next()
        await until(lambda: runner.connected)
        bot.go.set()

        assert await slack.acknowledged.get() == (old, {"envelope_id": "e1"})
        await new.send_json(envelope(command("/balance"), "e2"))
        assert await slack.acknowledged.get() == (new, {"envelope_id": "e2"})


async def test_what_is_delivered_again_is_acknowledged_again_and_handled_once(
    slack: SocketSlack,
) -> None:
    bot, twice = Bot(), command("/balance")
    async with bot.run(slack):
        socket = await slack.next()
        await socket.send_json(envelope(twice, "e1"))
        await socket.send_json(envelope(twice, "e2"))
        answers = [(await slack.acknowledged.get())[1]["envelope_id"] for _ in range(2)]

    assert sorted(answers) == ["e1", "e2"]
    assert len(bot.calls) == 1


async def test_what_makes_no_sense_is_survived(slack: SocketSlack) -> None:
    async with Bot().run(slack):
        socket = await slack.next()
        for nonsense in ("{", "[]", "3", '{"type":"new_in_2030"}'):
            await socket.send_str(nonsense)
        await socket.send_json(envelope({"type": "new_in_2030"}, "e0"))
        await socket.send_json(envelope(command("/balance"), "e1"))
        answers = [(await slack.acknowledged.get())[1]["envelope_id"] for _ in range(2)]

    assert sorted(answers) == ["e0", "e1"]


async def test_a_stop_lets_a_running_handler_acknowledge(slack: SocketSlack) -> None:
    bot = Bot()
    bot.go.clear()
    async with bot.run(slack) as runner:
        socket = await slack.next()
        await socket.send_json(envelope(command("/balance")))
        await until(lambda: bool(bot.calls))
        stopping = asyncio.create_task(runner.stop())
        await asyncio.sleep(0)
        bot.go.set()
        await stopping

    assert await slack.acknowledged.get() == (socket, {"envelope_id": "e1"})
    assert len(slack.tokens) == 1
