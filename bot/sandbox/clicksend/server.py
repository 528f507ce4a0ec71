"""The local ClickSend over HTTP.

The API is below `/v3`, the files it made or took are below `/files`, and the control path, which
is no part of the API, is below `/_sandbox` (see `control`).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import web

from bot.sandbox.clicksend.call import Call, read_body
from bot.sandbox.clicksend.callers import KEY, USER, Caller, is_open, recognise
from bot.sandbox.clicksend.control import PREFIX, Control
from bot.sandbox.clicksend.faults import EVERY, Fault, Faults, Kind, Limiter, too_many
from bot.sandbox.clicksend.inbox import receive
from bot.sandbox.clicksend.passing import settle
from bot.sandbox.clicksend.routing import Route, Router
from bot.sandbox.clicksend.seeds import seeded
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.table import ROUTES
from bot.sandbox.clicksend.webhooks import deliver, due
from bot.sandbox.clicksend.wire import Json, RefusedError, enveloped, missing, respond
from bot.sandbox.serving import serve

__all__ = ["KEY", "USER", "ClickSendSandbox"]
_TICK = 0.1
_REMEMBERED = 10_000
_BAD = 400
_SEEN = web.RequestKey("sandbox.seen", tuple[str, Json])


@dataclass(frozen=True)
class Crossed:
    """A request and its answer.

    Attributes:
        operation: The operation's id.
        sent: The body, or the query of a request without one.
        outcome: `ok`, the HTTP status of a refusal, or that the connection was cut.
        answer: The answer's JSON.
        seconds: How long it took.
    """

    operation: str
    sent: Json
    outcome: str
    answer: Json
    seconds: float


class ClickSendSandbox:
    """One account behind the documented API.

    Attributes:
        state: Balance, messages, receipts, campaigns; a test or a tour may change it.
        requests: What arrived, the last 10,000: the operation id and the body.
        effects: The operations that were done, whether or not their answer arrived; 10,000 too.
        faults: What goes wrong with the next calls.
        routes: The operations.
        url: Where it is served.
        watcher: Told of every request of an operation and its answer.
    """

    def __init__(self) -> None:
        self.state: State = seeded()
        self.requests: list[tuple[str, Json]] = []
        self.effects: list[str] = []
        self.faults = Faults()
        self.routes: tuple[Route, ...] = ROUTES
        self.url = ""
        self.watcher: Callable[[Crossed], None] | None = None
        self._router = Router(ROUTES)
        self._limiter = Limiter()
        self._control = Control(self)
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve it; the API is below the URL's `/v3`."""
        return self._serve(port)

    def outbox(self, kind: str) -> list[Message]:
        """What reached people, or waits to; what was there from the start is left out."""
        return [each for each in self.state.messages if each.kind == kind and not each.seeded]

    def fail(
        self, kind: Kind, operation: str = EVERY, *, times: int = 1, seconds: float = 20.0
    ) -> None:
        """Spoil the next calls of an operation.

        Args:
            kind: `latency`, `429`, `500`, `cut_before` or `cut_after`.
            operation: An operation's id; `*` for all.
            times: How many calls.
            seconds: How long a latency is, or what a 429 says in `Retry-After`.
        """
        self.faults.add(Fault(kind, operation, times, seconds))

    def text_in(self, sender: str, body: str, to: str | None = None) -> Json:
        """Let a customer text back; the inbound message.

        Args:
            sender: The customer's number.
            body: The text.
            to: The number texted to; left out, the one the last message came from.

        Raises:
            ValueError: The customer's number is none.
        """
        try:
            return receive(self.state, sender, body, to)
        except RefusedError as refusal:
            raise ValueError(refusal.text) from None

    def advance(self, seconds: float) -> None:
        """Put the clock forward, and let happen what is due."""
        self.state.ahead += seconds
        settle(self.state)

    def reset(self) -> None:
        """Begin again with a new account."""
        self.state = seeded()
        self.requests.clear()
        self.effects.clear()
        self.faults.waiting.clear()
        self._limiter = Limiter()

    @asynccontextmanager
    async def _serve(self, port: int) -> AsyncIterator[str]:
        async with serve(self._handle, port) as self.url:
            ticking = asyncio.create_task(self._tick())
            try:
                yield self.url
            finally:
                for task in (ticking, *self._tasks):
                    task.cancel()
                await asyncio.gather(ticking, *self._tasks, return_exceptions=True)

    async def _tick(self) -> None:
        """Let time pass without requests: receipts arrive, and webhooks go out."""
        while True:
            settle(self.state)
            for hook in due(self.state):
                task = asyncio.create_task(deliver(self.state, hook))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(_TICK)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            return await self._control.answer(request)
        started = time.monotonic()
        try:
            if path.startswith("/files/"):
                return self._file(unquote(path.removeprefix("/files/")))
            response = await self._answer(request, path)
        except RefusedError as refusal:
            response = enveloped(refusal.status, refusal.code, refusal.text, None, refusal.headers)
        self._watched(request, response, time.monotonic() - started)
        return response

    def _watched(self, request: web.Request, response: web.Response, seconds: float) -> None:
        if self.watcher is not None and (seen := request.get(_SEEN)):
            cut = request.transport is None or request.transport.is_closing()
            outcome = "ok" if response.status < _BAD else str(response.status)
            outcome = "connection cut" if cut else outcome
            answer = json.loads(response.text) if response.text and not cut else {}
            operation, sent = seen
            self.watcher(Crossed(operation, sent, outcome, answer, seconds))

    def _file(self, name: str) -> web.Response:
        """Files need no credentials; whoever knows the name may have one."""
        settle(self.state)
        kind = "text/csv" if name in self.state.exports else "application/octet-stream"
        content = self.state.exports.get(name) or self.state.uploads.get(name)
        if content is None:
            raise missing("There is no such file.")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
        return web.Response(body=content, content_type=kind, headers=headers)

    async def _answer(self, request: web.Request, path: str) -> web.Response:
        route, placed = self._route(request, path)
        caller = self._caller(request, route)
        body, files = await read_body(request)
        request[_SEEN] = (route.id, body or dict(request.query))
        self.requests.append((route.id, body))
        del self.requests[:-_REMEMBERED]
        headers = self._limiter.admit(self.state, route.id, request.remote or "")
        spoilt = self.faults.next(route.id)
        if await _spoil(spoilt):
            return _cut(request)
        caller.must_be_allowed(route.id)
        settle(self.state)
        url = f"{self.url}{path}"
        call = Call(route.id, caller, placed, dict(request.query), body, files, url)
        answer = route.run(self.state, call)
        self.effects.append(route.id)
        del self.effects[:-_REMEMBERED]
        if any(each.kind == "cut_after" for each in spoilt):
            return _cut(request)
        return respond(answer, route.said, headers)

    def _route(self, request: web.Request, path: str) -> tuple[Route, dict[str, str]]:
        """The route; who is not known learns no paths."""
        try:
            return self._router.find(request.method, path)
        except RefusedError:
            self._recognise(request)
            raise

    def _caller(self, request: web.Request, route: Route) -> Caller:
        if is_open(route.id) and "authorization" not in request.headers:
            return Caller("")
        return self._recognise(request)

    def _recognise(self, request: web.Request) -> Caller:
        header = request.headers.get("authorization", "")
        return recognise(header, self.state.shelf("subaccounts").all())


async def _spoil(faults: list[Fault]) -> bool:
    """Do what the faults say before an operation takes effect; True when the line is cut."""
    for each in faults:
        if each.kind == "latency":
            await asyncio.sleep(each.seconds)
        elif each.kind == "429":
            raise too_many(each.seconds)
        elif each.kind == "500":
            raise RefusedError(500, "INTERNAL_SERVER_ERROR", "Something is broken.")
    return any(each.kind == "cut_before" for each in faults)


def _cut(request: web.Request) -> web.Response:
    """Drop the connection; what is returned then reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
