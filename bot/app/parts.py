"""The parts between the doors: services, watches and jobs, put together from the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clicksend import ClickSend
from bot.jobs.watches import Watches
from bot.services.account import AccountReader
from bot.services.alerts.book import Clerk
from bot.services.alerts.calling import Call, Calling
from bot.services.alerts.desk import Desk
from bot.services.alerts.own_health import CallTally, OwnHealth
from bot.services.alerts.routing import Escalation
from bot.services.alerts.rules import RULES
from bot.services.alerts.watch import AlertWatch
from bot.services.alerts.webhook import Webhook
from bot.services.audit_trail import AuditTrail
from bot.services.by_hand import ByHand
from bot.services.campaigns import Campaigns
from bot.services.checks import Checks
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
from bot.settings import Settings
from bot.slack.client import Slack
from bot.store import Database, Scope
from commands import Services
from commands.alert_posts import AlertPosts
from commands.notices import SlackNotifier

_OUTBOX_SECONDS = 5
_RECONCILE_SECONDS = 5
_APPROVAL_SECONDS = 15
_LOST_CALLS_SECONDS = 60
_DECIDE_SECONDS = 5
_HEALTH_SECONDS = 60


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
        calls: Counts how calls to ClickSend end.
    """

    settings: Settings
    database: Database
    scope: Scope
    clicksend: ClickSend
    slack: Slack
    owner: str
    deliver: Callable[[], None]
    calls: CallTally


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
        alerts=_alert_posts(ground, services),
        alert_channel=settings.alert_channel,
        approval_channel=settings.approval_channel,
        admins=settings.bot_admins,
    )
    alarms = frozenset({"alert_escalated"})
    outbox = Outbox(database, scope, notifier, owner=ground.owner, now=now, but=alarms)
    loud = Outbox(database, scope, notifier, owner=ground.owner, now=now, kinds=alarms)
    jobs = _jobs(ground, services, journal, outbox)
    return Parts(services, worker, outbox, (*jobs, Job(_OUTBOX_SECONDS, "alarms", loud.flush)))


def _ways(settings: Settings) -> tuple[str, ...]:
    """The ways of the second step of an escalation."""
    call = ("call",) if settings.escalation_call and settings.bot_admins else ()
    return (*call, *(("webhook",) if settings.escalation_webhook_url else ()))


def _desk(ground: Ground) -> Desk:
    settings = ground.settings
    ways = _ways(settings)
    anybody = bool(settings.alert_oncall or ways)
    return Desk(
        ground.database,
        ground.scope,
        rules=RULES,
        channel=settings.alert_channel,
        escalation=Escalation(
            minutes=settings.escalation_minutes if anybody else 0,
            oncall=tuple(sorted(settings.alert_oncall)),
        ),
        ways=ways,
        now=now,
    )


def _calling(ground: Ground, services: Services) -> Calling | None:
    settings = ground.settings
    if settings.escalation_call is None or not settings.bot_admins:
        return None
    actor = min(settings.bot_admins)
    return Calling(
        services.sending,
        services.alerts,
        phones=sorted(settings.escalation_phones),
        way=Call(settings.escalation_call),
        actor=actor,
        channel=settings.alert_channel or actor,
    )


def _alert_posts(ground: Ground, services: Services) -> AlertPosts:
    settings = ground.settings
    url = settings.escalation_webhook_url
    return AlertPosts(
        ground.slack,
        services.alerts,
        admin=min(settings.bot_admins) if settings.bot_admins else None,
        calling=_calling(ground, services),
        webhook=Webhook(url.get_secret_value()) if url else None,
    )


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
        decisions=Decisions(database, scope, journal=journal, now=now, wake=wake),
        limits=limits,
        audit=AuditTrail(database, scope, now=now),
        campaigns=Campaigns(clicksend, database, scope, now=now, words=explain),
        scheduled=Scheduled(clicksend, database, scope, now=now),
        by_hand=ByHand(clicksend, database, scope, now=now),
        alerts=_desk(ground),
        clerk=Clerk(database, scope, now=now),
        deliver=ground.deliver,
        now=now,
        default_country=settings.default_country,
    )


def _jobs(ground: Ground, services: Services, journal: Journal, outbox: Outbox) -> tuple[Job, ...]:
    settings, clicksend = ground.settings, ground.clicksend
    database, scope = ground.database, ground.scope
    calling = _calling(ground, services)
    failures = FailureWatch(
        clicksend,
        database,
        scope,
        journal=journal,
        now=now,
        pressed=calling.pressed if calling else None,
    )
    reconciler = Reconciler(
        clicksend, database, scope, journal=journal, now=now, told=ground.deliver
    )
    alerts = AlertWatch(
        clicksend,
        services.account,
        services.campaigns,
        database,
        scope,
        desk=services.alerts,
        now=now,
    )
    seconds = {
        "credit_watch": settings.credit_watch_seconds,
        "failure_watch": settings.failure_watch_seconds,
        "traffic_watch": settings.alert_watch_seconds,
        "review_watch": settings.alert_watch_seconds,
        "outbox": _OUTBOX_SECONDS,
        "alerts": _DECIDE_SECONDS,
        "health": _HEALTH_SECONDS,
        "reconcile": _RECONCILE_SECONDS,
        "approvals": _APPROVAL_SECONDS,
        "lost_calls": _LOST_CALLS_SECONDS,
    }
    health = OwnHealth(
        database, scope, calls=ground.calls, jobs=seconds, desk=services.alerts, now=now
    )
    watches = Watches(alerts, health, services.alerts, failures, outbox, now=now)
    work: dict[str, Callable[[], Awaitable[object]]] = {
        "credit_watch": watches.credit,
        "failure_watch": watches.failures,
        "traffic_watch": watches.traffic,
        "review_watch": watches.reviews,
        "outbox": watches.deliver,
        "alerts": watches.decide,
        "health": watches.health,
        "reconcile": reconciler.look,
        "approvals": services.decisions.expire,
        "lost_calls": services.by_hand.recover,
    }
    return tuple(Job(seconds[name], name, each) for name, each in work.items())
