"""The composition root: the only place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import uuid
from typing import TYPE_CHECKING, Self

import aiohttp
import structlog

from bot import tracing
from bot.app.everybody import GROUND, ground_intervals
from bot.app.ground import Base
from bot.app.metrics import Metrics
from bot.app.moment import now
from bot.app.parts import intervals
from bot.app.readiness import Readiness
from bot.app.served import DRAIN_SECONDS, Served, serve_one
from bot.jobs.clock import Clock
from bot.services.alerts.own_health import CallTally
from bot.setting_types import BotMode
from bot.settings import Settings
from bot.slack.bolt import build_shared
from bot.slack.dispatch import BROKEN
from bot.slack.tasks import Tasks
from bot.store import WORKSPACE, Database, Everybody, Scope
from bot.store.leadership import Leadership
from bot.texts import everybody, locale_of, ready, shared
from bot.web.app import build_web
from bot.web.server import WebServer
from bot.web.webhooks import Webhooks

if TYPE_CHECKING:
    from bot.slack.socket import SocketRunner

_log = structlog.get_logger(__name__)
_TELL_SECONDS = 3.0


class App:
    """The whole bot.

    Args:
        settings: Complete and checked.

    Attributes:
        port: Where the web server listens, once started.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        many = settings.has_many
        self._scope = GROUND if many else Scope(WORKSPACE, settings.clicksend_username)
        self._tasks = Tasks(lambda name: self._metrics.handled(name, BROKEN))
        self._database = Database(settings.database_url)
        self._metrics = Metrics(
            self._database,
            self._scope,
            ground_intervals(settings) if many else intervals(settings),
            whose=Everybody() if many else None,
        )
        self._stack = contextlib.AsyncExitStack()
        self._readiness: Readiness | None = None
        self._server: WebServer | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        """Start everything: the database first, the doors to Slack last.

        Raises:
            DatabaseInUseError: Another bot runs on the same SQLite file.
            SchemaError: The tables are not those of this version.
            OSError: The port is taken.
        """
        async with contextlib.AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop everything, in the other direction; what runs is waited for."""
        await self._stack.aclose()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        everybody(locale_of(self._settings.bot_language))
        await ready(shared())
        await self._database.open()
        stack.push_async_callback(self._database.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        base = self._base(session)
        if self._settings.has_many:
            # What encrypts is 7 MiB, and a bot for one workspace has nothing to encrypt.
            from bot.app.many import serve_many  # noqa: PLC0415 - see above

            served = await serve_many(base, stack)
        else:
            served = await serve_one(base, self._scope, CallTally(), stack)
        self._ready_clock(base.clock, stack)
        await stack.enter_async_context(served.running)
        stack.push_async_callback(self._tasks.drain, DRAIN_SECONDS)
        await self._open_doors(served, stack)
        base.clock.start()  # all jobs at once keep the loop busy for a while: people come first
        # At a stop people are told what can be told at once; a long queue is left to the next bot.
        loop = asyncio.get_running_loop()
        stack.callback(lambda: loop.call_later(_TELL_SECONDS, served.hush))

    def _base(self, session: aiohttp.ClientSession) -> Base:
        owner = uuid.uuid4().hex
        clock = Clock(
            self._database,
            self._scope,
            owner=owner,
            now=now,
            metrics=self._metrics.registry,
            leadership=Leadership(self._settings.database_url),
        )
        return Base(
            self._settings, self._database, owner, session, self._metrics, self._tasks, clock
        )

    def _ready_clock(self, clock: Clock, stack: contextlib.AsyncExitStack) -> None:
        # Once more when the clock has stopped: its last strike may have begun something.
        stack.push_async_callback(self._tasks.drain, DRAIN_SECONDS)
        stack.push_async_callback(clock.stop)

    async def _open_doors(self, served: Served, stack: contextlib.AsyncExitStack) -> None:
        settings = self._settings
        bolt = build_shared(
            served.host,
            slack=served.slack,
            tasks=self._tasks,
            token=served.token,
            signing_secret=settings.slack_signing_secret,
            seen=self._metrics.handled,
            acknowledged=self._metrics.acknowledged,
            outside=served.outside,
        )
        socket: SocketRunner | None = None
        if settings.bot_mode is BotMode.SOCKET and settings.slack_app_token:
            from bot.slack.socket import SocketRunner  # noqa: PLC0415 - HTTP needs none of it

            socket = SocketRunner(bolt, settings.slack_app_token)

        self._readiness = Readiness(self._database, self._metrics, socket)
        web = build_web(
            bolt=None if socket else bolt,
            ready=self._readiness.look,
            metrics=self._metrics.registry,
            before_metrics=self._metrics.look,
            routes=(*Webhooks(served.intakes, now=now).routes(), *served.routes),
        )
        server = WebServer(
            web, settings.bot_host, settings.bot_port, proxies=settings.trusted_proxies
        )
        self.port = await server.start()
        self._server = server
        stack.push_async_callback(server.stop)
        if socket:
            await socket.start()
            stack.push_async_callback(socket.stop)
        _log.info("running", mode=settings.bot_mode.value, port=self.port)

    async def idle(self) -> None:
        """Wait until no slow work is under way."""
        await self._tasks.idle()

    async def leave(self) -> None:
        """Say that nothing more should come, and answer what comes until everybody knows."""
        if self._readiness:
            self._readiness.accepting = False
        if self._server:
            self._server.leave()
        await asyncio.sleep(self._settings.leave_seconds)


async def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM.

    Raises:
        DatabaseInUseError: Another bot runs on the same SQLite file.
        SchemaError: The tables are not those of this version.
        OSError: The port is taken.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    finish = tracing.start(os.environ)
    try:
        async with App(settings) as app:
            await stopped.wait()
            _log.info("stopping")
            await app.leave()
    finally:
        await asyncio.to_thread(finish)
