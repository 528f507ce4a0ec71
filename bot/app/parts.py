"""The parts between the doors: services, watches and jobs, put together from the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clicksend import ClickSend
from bot.jobs.watches import Watches
from bot.services.account import AccountReader
from bot.services.audit_trail import AuditTrail
from bot.services.by_hand import ByHand
from bot.services.campaigns import Campaigns
from bot.services.checks import Checks
from bot.services.credit_watch import CreditWatch
from bot.services.decisions import Decisions
from bot.services.explain import explain
from bot.services.failure_watch import FailureWatch
from bot.services.guards import QuietHours
from bot.services.journal import Journal
from bot.services.limit_book import LimitBook
from bot.services.outbox import Outbox
from bot.services.permissions import Permissions
from bot.services.reconcile import Reconciler
from bot.services.retention import Retention
from bot.services.rules import Rules
from bot.services.scheduled import Scheduled
from bot.services.sending import Sending
from bot.services.templates import Templates
from bot.services.worker import Worker
from bot.settings import Settings
from bot.slack.client import Slack
from bot.store import Database, Scope
from commands import Services
from commands.notices import SlackNotifier

_OUTBOX_SECONDS = 5
_RECONCILE_SECONDS = 5
_APPROVAL_SECONDS = 15
_LOST_CALLS_SECONDS = 60
_RETENTION_SECONDS = 86_400


def now() -> datetime:
    """The clock of everything."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part stands on.

    Attributes:
        settings: Complete and checked.
        database: Open.
        scope: Whose rows.
        clicksend: The client.
        slack: The Web API.
        owner: This process.
        deliver: Posts what there is to say, at once and in the background.
    """

    settings: Settings
    database: Database
    scope: Scope
    clicksend: ClickSend
    slack: Slack
    owner: str
    deliver: Callable[[], None]

    @property
    def skew(self) -> timedelta:
        """How far the clocks of several bots may differ."""
        return timedelta(seconds=self.settings.clock_skew_seconds)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done every so many seconds."""

    seconds: int
    name: str
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is put together: for the handlers, for the clock, and for the loop of sends."""

    services: Services
    worker: Worker
    outbox: Outbox
    jobs: tuple[Job, ...]


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


def build(ground: Ground) -> Parts:
    """Put the parts together."""
    settings, database, scope = ground.settings, ground.database, ground.scope
    account = AccountReader(ground.clicksend, now=now, low_credit=settings.low_credit_threshold)
    rules = rules_of(settings)
    journal = Journal(scope, now=now, bodies=settings.audit_bodies)
    worker = Worker(
        ground.clicksend,
        account,
        database,
        scope,
        journal=journal,
        rules=rules,
        owner=ground.owner,
        skew=ground.skew,
        pause=timedelta(seconds=settings.retry_seconds),
        now=now,
        told=ground.deliver,
    )

    def wake() -> None:
        worker.wake()
        ground.deliver()

    services = _services(ground, account, journal=journal, rules=rules, wake=wake)
    notifier = SlackNotifier(
        ground.slack,
        services.sending,
        alert_channel=settings.alert_channel,
        approval_channel=settings.approval_channel,
        admins=settings.bot_admins,
    )
    outbox = Outbox(
        database,
        scope,
        notifier,
        owner=ground.owner,
        lease=timedelta(seconds=settings.slack_deadline_seconds) + ground.skew,
        now=now,
    )
    return Parts(services, worker, outbox, _jobs(ground, services, journal, outbox))


def _services(
    ground: Ground,
    account: AccountReader,
    *,
    journal: Journal,
    rules: Rules,
    wake: Callable[[], None],
) -> Services:
    settings, clicksend = ground.settings, ground.clicksend
    database, scope = ground.database, ground.scope
    limits = LimitBook(account, database, scope, now=now)
    return Services(
        clicksend=clicksend,
        access=Permissions(
            database,
            scope,
            ground.slack,
            admins=settings.bot_admins,
            senders=settings.bot_senders,
            now=now,
        ),
        account=account,
        sending=Sending(
            clicksend,
            account,
            database,
            scope,
            checks=Checks(clicksend, account, scope, rules=rules, now=now),
            limits=limits,
            journal=journal,
            rules=rules,
            now=now,
            wake=wake,
        ),
        decisions=Decisions(database, scope, journal=journal, limits=limits, now=now, wake=wake),
        limits=limits,
        audit=AuditTrail(database, scope, now=now),
        campaigns=Campaigns(clicksend, database, scope, now=now, words=explain),
        scheduled=Scheduled(clicksend, database, scope, now=now),
        templates=Templates(clicksend, words=explain),
        by_hand=ByHand(clicksend, database, scope, now=now),
        now=now,
        default_country=settings.default_country,
    )


def _jobs(ground: Ground, services: Services, journal: Journal, outbox: Outbox) -> tuple[Job, ...]:
    settings, clicksend = ground.settings, ground.clicksend
    database, scope = ground.database, ground.scope
    watches = Watches(
        CreditWatch(services.account, database, scope, now=now),
        FailureWatch(clicksend, database, scope, journal=journal, now=now),
        outbox,
        now=now,
    )
    reconciler = Reconciler(
        clicksend,
        database,
        scope,
        journal=journal,
        patience=timedelta(seconds=settings.settle_seconds),
        now=now,
        told=ground.deliver,
    )
    retention = Retention(database, scope, days=settings.retention_days, now=now)
    return (
        Job(settings.credit_watch_seconds, "credit_watch", watches.credit),
        Job(settings.failure_watch_seconds, "failure_watch", watches.failures),
        Job(_OUTBOX_SECONDS, "outbox", watches.deliver),
        Job(_RECONCILE_SECONDS, "reconcile", reconciler.look),
        Job(_APPROVAL_SECONDS, "approvals", services.decisions.expire),
        Job(_RETENTION_SECONDS, "retention", retention.purge),
        Job(_LOST_CALLS_SECONDS, "lost_calls", services.by_hand.recover),
    )
