"""The composition root: the only place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
import uuid
from typing import Self

import aiohttp
import structlog

from bot.app.ground import Ground, now
from bot.app.metrics import Metrics
from bot.app.parts import Parts, build, intervals
from bot.app.readiness import Readiness
from bot.clicksend import ClickSend, Timeouts
from bot.jobs.clock import Clock
from bot.services.alerts.own_health import CallTally
from bot.services.hooks import secret_of
from bot.services.worker import Worker
from bot.setting_types import BotMode
from bot.settings import Settings
from bot.slack.bolt import BROKEN, build_bolt
from bot.slack.client import Slack
from bot.slack.socket import SocketRunner
from bot.slack.tasks import Tasks
from bot.store import WORKSPACE, Database, Scope
from bot.store.leadership import Leadership
from bot.web.app import build_web
from bot.web.server import WebServer
from bot.web.webhooks import Webhooks, of_one
from commands import Services, build_router

_log = structlog.get_logger(__name__)
_TELL_SECONDS = 3.0
_DRAIN_SECONDS = 45.0
"""Longer than the client waits for an answer: a send that is under way gets its outcome."""


class App:
    """The whole bot.

    Args:
        settings: Complete and checked.

    Attributes:
        port: Where the web server listens, once started.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._owner = uuid.uuid4().hex
        self._scope = Scope(WORKSPACE, settings.clicksend_username)
        self._tasks = Tasks(lambda name: self._metrics.handled(name, BROKEN))
        self._calls = CallTally()
        self._database = Database(settings.database_url)
        self._metrics = Metrics(self._database, self._scope, intervals(settings))
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
        settings = self._settings
        await self._database.open()
        stack.push_async_callback(self._database.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        clicksend = await stack.enter_async_context(self._clicksend())
        slack = Slack(
            settings.slack_bot_token,
            settings.slack_api_url,
            session,
            clock=time.monotonic,
            deadline=settings.slack_deadline_seconds,
            observer=self._metrics.asked_slack,
        )
        given = settings.webhook_secret
        secret = await secret_of(
            self._database,
            self._scope,
            given.get_secret_value() if given else None,
            at=now(),
        )
        parts: Parts = build(
            Ground(
                settings,
                self._database,
                self._scope,
                clicksend,
                slack,
                self._owner,
                secret,
                deliver=lambda: parts.doorbell.ring(),  # noqa: PLW0108 - parts is not there yet
                spawn=lambda work, name: self._tasks.spawn(work, name=name),
                calls=self._calls,
            )
        )
        self._start_worker(parts.worker, stack)
        self._start_clock(parts, stack)
        stack.push_async_callback(self._tasks.drain, _DRAIN_SECONDS)
        webhooks = Webhooks(of_one(parts.intake, secret), now=now)
        await self._open_doors(slack, parts.services, webhooks, stack)
        # At a stop people are told what can be told at once; a long queue is left to the next bot.
        loop = asyncio.get_running_loop()
        stack.callback(lambda: loop.call_later(_TELL_SECONDS, parts.doorbell.stop))

    def _clicksend(self) -> ClickSend:
        settings = self._settings

        def observe(operation_id: str, outcome: str, seconds: float) -> None:
            self._calls.note(outcome)
            self._metrics.called(operation_id, outcome, seconds)

        return ClickSend(
            settings.clicksend_base_url,
            settings.clicksend_username,
            settings.clicksend_api_key,
            timeouts=Timeouts.within(settings.clicksend_deadline_seconds),
            observer=observe,
            retried=self._metrics.retried,
        )

    def _start_worker(self, worker: Worker, stack: contextlib.AsyncExitStack) -> None:
        running = asyncio.create_task(worker.run(), name="sends")

        async def stop() -> None:
            worker.stop()
            await asyncio.wait({running}, timeout=_DRAIN_SECONDS)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        stack.push_async_callback(stop)

    def _start_clock(self, parts: Parts, stack: contextlib.AsyncExitStack) -> None:
        clock = Clock(
            self._database,
            self._scope,
            owner=self._owner,
            now=now,
            metrics=self._metrics.registry,
            leadership=Leadership(self._settings.database_url),
        )
        for job in parts.jobs:
            clock.every(job.seconds, job.name, job.work)
        # Once more when the clock has stopped: its last strike may have begun something.
        stack.push_async_callback(self._tasks.drain, _DRAIN_SECONDS)
        clock.start()
        stack.push_async_callback(clock.stop)

    async def _open_doors(
        self,
        slack: Slack,
        services: Services,
        webhooks: Webhooks,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        settings = self._settings
        bolt = build_bolt(
            build_router(),
            services,
            slack=slack,
            tasks=self._tasks,
            token=settings.slack_bot_token,
            signing_secret=settings.slack_signing_secret,
            seen=self._metrics.handled,
            acknowledged=self._metrics.acknowledged,
        )
        socket: SocketRunner | None = None
        if settings.bot_mode is BotMode.SOCKET and settings.slack_app_token:
            socket = SocketRunner(bolt, settings.slack_app_token)

        self._readiness = Readiness(self._database, self._metrics, socket)
        web = build_web(
            bolt=None if socket else bolt,
            ready=self._readiness.look,
            metrics=self._metrics.registry,
            before_metrics=self._metrics.look,
            routes=webhooks.routes(),
        )
        server = WebServer(web, settings.bot_host, settings.bot_port)
        self.port = await server.start()
        self._server = server
        stack.push_async_callback(server.stop)
        if socket:
            await socket.start()
            stack.push_async_callback(socket.stop)
        _log.info("running", mode=settings.bot_mode.value, port=self.port)

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
    async with App(settings) as app:
        await stopped.wait()
        _log.info("stopping")
        await app.leave()
