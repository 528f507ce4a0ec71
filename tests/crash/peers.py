"""A ClickSend and a Slack that can stop the bot dead at a certain step of a certain call."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.serving import serve

Json = dict[str, Any]
Effect = Callable[[], Awaitable[web.StreamResponse]]
Stage = Literal["arrived", "done", "answered", "held"]
_TO_READ = 0.05
ANSWERS = "/answers/"
"""Where a command's `response_url` leads."""


@dataclass
class Trap:
    """Where the bot is to be killed.

    Attributes:
        call: An operation's id, or a Slack method.
        stage: `arrived`: the call was made and takes no effect; `done`: it took effect and is not
            answered; `answered`: the moment the answer is written; `held`: the answer was written,
            and what comes of it cannot be committed, as the table is locked.
        matches: Whether a call with this body is meant.
        skip: How many of those pass first.
    """

    call: str
    stage: Stage
    matches: Callable[[Json], bool] = lambda _: True
    skip: int = 0


@dataclass
class Gate:
    """Every call of the bot goes through here.

    Attributes:
        kill: Kills the bot.
        lock: Locks what the call's outcome is written to, in the bot's database.
        trap: The one that is set; it is used up when it closes.
    """

    kill: Callable[[], None]
    lock: Callable[[str], AbstractAsyncContextManager[None]]
    trap: Trap | None = None

    async def through(
        self, request: web.Request, call: str, body: Json, effect: Effect
    ) -> web.StreamResponse:
        """Let a call take effect, unless it is where the bot dies."""
        trap = self._closing(call, body)
        if trap is None:
            return await effect()
        if trap.stage == "arrived":
            self.kill()
            return cut(request)
        if trap.stage == "held":
            async with self.lock("notices" if call.startswith("chat.") else "sends"):
                answer = await self._written(request, effect)
                # Long enough for the bot to read it: what it then wants to write, it cannot.
                await asyncio.sleep(_TO_READ)
                self.kill()
            return answer
        if trap.stage == "answered":
            answer = await self._written(request, effect)
            self.kill()
            return answer
        await effect()
        self.kill()
        return cut(request)

    def _closing(self, call: str, body: Json) -> Trap | None:
        trap = self.trap
        if trap is None or trap.call != call or not trap.matches(body):
            return None
        trap.skip -= 1
        if trap.skip >= 0:
            return None
        self.trap = None
        return trap

    async def _written(self, request: web.Request, effect: Effect) -> web.StreamResponse:
        answer = await effect()
        await answer.prepare(request)
        await answer.write_eof()
        return answer


def cut(request: web.Request) -> web.Response:
    """Drop the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


class GatedClickSend(ClickSendSandbox):
    """The local ClickSend behind a gate; receipts never come, as nobody here waits for them."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.state.delay = 1e9
        self._gate = gate

    async def _answer(self, request: web.Request, path: str) -> web.StreamResponse:
        route, _ = self._route(request, path)
        answer = super()._answer
        text = await request.text()
        body = json.loads(text) if text else dict(request.query)
        return await self._gate.through(request, route.id, body, lambda: answer(request, path))

    def taken(self, body: str) -> list[str]:
        """The recipients of a text, once for each time that it was taken."""
        found = (m for m in self.outbox("sms") if m.body == body and m.status != "Cancelled")
        return sorted(message.to for message in found)


@dataclass
class Posted:
    """A message in Slack, with everything it ever said."""

    channel: str
    ts: str
    text: str
    buttons: dict[str, str]
    said: list[str] = field(default_factory=list)
    whole: str = ""


class LocalSlack:
    """Keeps messages and modals; down, it answers 503.

    Attributes:
        messages: By timestamp, the oldest first.
        views: By view id.
        answers: What was answered at an address that came with a command.
        changed: Notified of every change.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._numbers = itertools.count(1)
        self.down = False
        self.messages: dict[str, Posted] = {}
        self.views: dict[str, Json] = {}
        self.changed = asyncio.Condition()
        self.answers: list[Json] = []

    def serve(self) -> AbstractAsyncContextManager[str]:
        """Serve it; the Web API is below `/api/`."""
        return serve(self._handle)

    def shown(self, channel: str) -> list[Posted]:
        """What stands in a channel now."""
        return [posted for posted in self.messages.values() if posted.channel == channel]

    async def view(self, wanted: Callable[[Json], bool]) -> Json:
        """Wait for a modal.

        Raises:
            TimeoutError: It did not come.
        """

        def found() -> Json | None:
            return next((view for view in self.views.values() if wanted(view)), None)

        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(lambda: found() is not None)
        view = found()
        assert view is not None
        return view

    async def message(self, wanted: Callable[[Posted], bool]) -> Posted:
        """Wait for a message.

        Raises:
            TimeoutError: It did not come.
        """

        def found() -> list[Posted]:
            return [posted for posted in self.messages.values() if wanted(posted)]

        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(found)
        return found()[0]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.path.removeprefix("/api/").lstrip("/")
        text = await request.text()
        if request.path.startswith(ANSWERS):
            self.answers.append({"to": request.path.removeprefix(ANSWERS), **json.loads(text)})
            return web.json_response({"ok": True})
        body = json.loads(text) if text.startswith("{") else dict(request.query)

        async def effect() -> web.StreamResponse:
            if self.down:
                return web.Response(status=503)
            async with self.changed:
                answer = self._does(method, body)
                self.changed.notify_all()
            return web.json_response(answer)

        return await self._gate.through(request, method, body, effect)

    def _does(self, method: str, body: Json) -> Json:
        if method == "chat.postMessage":
            return self._post(body)
        if method == "chat.update":
            return self._change(body)
        if method in {"views.open", "views.update"}:
            view_id = body.get("view_id") or f"V{next(self._numbers)}"
            self.views[view_id] = {**body["view"], "id": view_id}
            return {"ok": True, "view": self.views[view_id]}
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": f"D{body['users'][1:]}"}}
        return {"ok": True, "user": {"tz": "Australia/Sydney"}}

    def _post(self, body: Json) -> Json:
        ts = f"{next(self._numbers)}.0001"
        said = [body["text"]]
        posted = Posted(body["channel"], ts, body["text"], buttons(body), said, json.dumps(body))
        self.messages[ts] = posted
        return {"ok": True, "ts": ts, "channel": body["channel"]}

    def _change(self, body: Json) -> Json:
        posted = self.messages.get(body["ts"])
        if posted is None:
            return {"ok": False, "error": "message_not_found"}
        posted.text, posted.buttons = body["text"], buttons(body)
        posted.said.append(body["text"])
        return {"ok": True, "ts": posted.ts, "channel": posted.channel}


def buttons(body: Json) -> dict[str, str]:
    """The value of each button of a message, by its action id."""
    return {
        element["action_id"]: element.get("value", "")
        for block in body.get("blocks") or []
        for element in block.get("elements", [])
        if element.get("type") == "button"
    }
