"""The composition root: the only place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self

import aiohttp
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.clicksend import ClickSend
from bot.jobs.clock import Clock
from bot.jobs.watches import Watches
from bot.services.account import AccountReader
from bot.services.by_hand import ByHand
from bot.services.campaigns import Campaigns
from bot.services.checks import Checks
from bot.services.contacts import Contacts
from bot.services.credit_watch import CreditWatch
from bot.services.csv_file import MOST_BYTES, CsvError
from bot.services.csv_parts import Csv, csv_parts
from bot.services.csv_worker import Files
from bot.services.decisions import Decisions
from bot.services.explain import explain
from bot.services.failure_watch import FailureWatch
from bot.services.guards import QuietHours
from bot.services.journal import Journal
from bot.services.limit_book import LimitBook
from bot.services.outbox import Outbox
from bot.services.permissions import Permissions
from bot.services.reconcile import Reconciler
from bot.services.rules import Rules
from bot.services.scheduled import Scheduled
from bot.services.sending import Sending
from bot.services.worker import Worker
from bot.settings import BotMode, Settings
from bot.slack.bolt import build_bolt
from bot.slack.client import FileError, Slack
from bot.slack.socket import SocketRunner
from bot.slack.tasks import Tasks
from bot.store import Database, Scope
from bot.web.app import build_web
from bot.web.server import WebServer
from commands import Services, build_router
from commands.notices import SlackNotifier

_log = structlog.get_logger(__name__)
_WORKSPACE = "default"
_DRAIN_SECONDS = 20.0
_OUTBOX_SECONDS = 5
_RECONCILE_SECONDS = 5
_APPROVAL_SECONDS = 15
_LOST_CALLS_SECONDS = 60
_FILES_SECONDS = 30


def _now() -> datetime:
    return datetime.now(UTC)


def rules_of(settings: Settings) -> Rules:
    """The rules of the send pipeline that the settings make."""
    return Rules(
        undo=timedelta(seconds=settings.undo_seconds),
        price_rise=settings.price_rise_percent,
        duplicates=timedelta(minutes=settings.duplicate_minutes),
        approval_cost=settings.approval_above_cost,
        approval_recipients=settings.approval_above_recipients,
        approval_time=timedelta(hours=settings.approval_hours),
        quiet=QuietHours(*settings.quiet_hours) if settings.quiet_hours else None,
        countries=settings.allowed_countries,
        opt_out_list=settings.opt_out_list,
    )


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
        self._scope = Scope(_WORKSPACE, settings.clicksend_username)
        self._metrics = CollectorRegistry()
        self._tasks = Tasks()
        self._database = Database(settings.database_url)
        self._stack = contextlib.AsyncExitStack()
        self.port = 0

    async def __aenter__(self) -> Self:
        """Start everything: the database first, the doors to Slack last.

        Raises:
            DatabaseInUseError: Another bot runs on the same SQLite file.
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
            settings.slack_bot_token, settings.slack_api_url, session, clock=time.monotonic
        )
        account = AccountReader(clicksend, now=_now, low_credit=settings.low_credit_threshold)
        rules = rules_of(settings)
        journal = Journal(self._scope, now=_now, bodies=settings.audit_bodies)
        worker = Worker(
            clicksend,
            account,
            self._database,
            self._scope,
            journal=journal,
            rules=rules,
            owner=self._owner,
            now=_now,
            told=lambda: self._deliver(outbox),
        )

        def wake() -> None:
            worker.wake()
            self._deliver(outbox)

        services = self._services(
            clicksend, account, slack, journal=journal, rules=rules, wake=wake
        )
        notifier = SlackNotifier(
            slack,
            services.sending,
            services.csv,
            alert_channel=settings.alert_channel,
            approval_channel=settings.approval_channel,
            admins=settings.bot_admins,
        )
        outbox = Outbox(self._database, self._scope, notifier, owner=self._owner, now=_now)
        self._start_worker(worker, stack)
        self._start_jobs(services, journal, outbox, stack)
        stack.push_async_callback(self._tasks.drain, _DRAIN_SECONDS)
        await self._open_doors(slack, services, stack)

    def _clicksend(self) -> ClickSend:
        settings = self._settings
        calls = Counter(
            "clicksend_slack_clicksend_calls",
            "Calls to ClickSend by operation and outcome",
            ("operation", "outcome"),
            registry=self._metrics,
        )
        durations = Histogram(
            "clicksend_slack_clicksend_seconds",
            "Seconds a call to ClickSend took",
            ("operation",),
            registry=self._metrics,
        )

        def observe(operation_id: str, outcome: str, seconds: float) -> None:
            calls.labels(operation_id, outcome).inc()
            durations.labels(operation_id).observe(seconds)

        return ClickSend(
            settings.clicksend_base_url,
            settings.clicksend_username,
            settings.clicksend_api_key,
            observer=observe,
        )

    def _services(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        slack: Slack,
        *,
        journal: Journal,
        rules: Rules,
        wake: Callable[[], None],
    ) -> Services:
        settings, database, scope = self._settings, self._database, self._scope
        limits = LimitBook(account, database, scope, now=_now)
        checks = Checks(clicksend, account, scope, rules=rules, now=_now)
        by_hand = ByHand(clicksend, database, scope, now=_now)
        return Services(
            clicksend=clicksend,
            access=Permissions(
                database,
                scope,
                slack,
                admins=settings.bot_admins,
                senders=settings.bot_senders,
                now=_now,
            ),
            account=account,
            sending=Sending(
                clicksend,
                account,
                database,
                scope,
                checks=checks,
                limits=limits,
                journal=journal,
                rules=rules,
                now=_now,
                wake=wake,
            ),
            decisions=Decisions(database, scope, journal=journal, now=_now, wake=wake),
            limits=limits,
            campaigns=Campaigns(clicksend, database, scope, now=_now, words=explain),
            scheduled=Scheduled(clicksend, database, scope, now=_now),
            by_hand=by_hand,
            contacts=Contacts(
                clicksend,
                by_hand,
                country=settings.default_country,
                opt_out_list=settings.opt_out_list,
            ),
            csv=self._csv(clicksend, account, checks, slack, limits, rules=rules, wake=wake),
            now=_now,
            default_country=settings.default_country,
        )

    def _start_worker(self, worker: Worker, stack: contextlib.AsyncExitStack) -> None:
        running = asyncio.create_task(worker.run(), name="sends")

        async def stop() -> None:
            worker.stop()
            await asyncio.wait({running}, timeout=_DRAIN_SECONDS)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        stack.push_async_callback(stop)

    def _start_jobs(
        self,
        services: Services,
        journal: Journal,
        outbox: Outbox,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        database, scope, clicksend = self._database, self._scope, services.clicksend
        watches = Watches(
            CreditWatch(services.account, database, scope, now=_now),
            FailureWatch(clicksend, database, scope, journal=journal, now=_now),
            outbox,
            now=_now,
        )
        reconciler = Reconciler(
            clicksend,
            database,
            scope,
            journal=journal,
            now=_now,
            told=lambda: self._deliver(outbox),
        )
        clock = Clock(database, scope, owner=self._owner, now=_now, metrics=self._metrics)
        clock.every(self._settings.credit_watch_seconds, "credit_watch", watches.credit)
        clock.every(self._settings.failure_watch_seconds, "failure_watch", watches.failures)
        clock.every(_OUTBOX_SECONDS, "outbox", watches.deliver)
        clock.every(_RECONCILE_SECONDS, "reconcile", reconciler.look)
        clock.every(_APPROVAL_SECONDS, "approvals", services.decisions.expire)
        clock.every(_LOST_CALLS_SECONDS, "lost_calls", services.by_hand.recover)

        async def files_left_off() -> None:
            self._tasks.spawn(services.csv.worker.work(), name="files")

        clock.every(_FILES_SECONDS, "files", files_left_off)
        # Once more when the clock has stopped: its last strike may have begun something.
        stack.push_async_callback(self._tasks.drain, _DRAIN_SECONDS)
        clock.start()
        stack.push_async_callback(clock.stop)

    async def _open_doors(
        self, slack: Slack, services: Services, stack: contextlib.AsyncExitStack
    ) -> None:
        settings = self._settings
        bolt = build_bolt(
            build_router(),
            services,
            slack=slack,
            tasks=self._tasks,
            token=settings.slack_bot_token,
            signing_secret=settings.slack_signing_secret,
        )
        socket: SocketRunner | None = None
        if settings.bot_mode is BotMode.SOCKET and settings.slack_app_token:
            socket = SocketRunner(bolt, settings.slack_app_token)

        async def ready() -> dict[str, str | bool]:
            parts: dict[str, str | bool] = {"database": await self._database.ready()}
            return parts | ({"socket_mode": socket.connected} if socket else {})

        web = build_web(bolt=None if socket else bolt, ready=ready, metrics=self._metrics)
        server = WebServer(web, settings.bot_host, settings.bot_port)
        self.port = await server.start()
        stack.push_async_callback(server.stop)
        if socket:
            await socket.start()
            stack.push_async_callback(socket.stop)
        _log.info("running", mode=settings.bot_mode.value, port=self.port)

    def _deliver(self, outbox: Outbox) -> None:
        """Post a new notice at once rather than at the outbox job's next turn."""
        self._tasks.spawn(_flushed(outbox), name="outbox")

    def _csv(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        checks: Checks,
        slack: Slack,
        limits: LimitBook,
        *,
        rules: Rules,
        wake: Callable[[], None],
    ) -> Csv:
        """Imports and bulk sends; their work takes minutes, so nobody waits for it."""

        def wake_files() -> None:
            wake()
            self._tasks.spawn(csv.worker.work(), name="files")

        csv = csv_parts(
            clicksend,
            account,
            checks,
            self._database,
            self._scope,
            files=_files(slack),
            limits=limits,
            rules=rules,
            country=self._settings.default_country,
            now=_now,
            wake=wake_files,
        )
        return csv


def _files(slack: Slack) -> Files:
    """What fetches a file for the services, which know nothing of Slack."""

    async def fetch(file_id: str) -> bytes:
        try:
            return (await slack.download(file_id, most=MOST_BYTES)).content
        except FileError as error:
            raise CsvError(str(error)) from None

    return fetch


async def _flushed(outbox: Outbox) -> None:
    await outbox.flush()


async def run(settings: Settings) -> None:
    """Run the bot until SIGINT or SIGTERM.

    Raises:
        DatabaseInUseError: Another bot runs on the same SQLite file.
        OSError: The port is taken.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with App(settings):
        await stopped.wait()
        _log.info("stopping")
