"""The parts between the doors: services, watches and jobs, put together from the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.app.alarms import build_calling, build_desk, build_posts
from bot.app.files import csv_of
from bot.app.ground import Ground
from bot.app.incoming import Incoming, build_doctor, build_incoming
from bot.app.lanes import Doorbell, Lanes, build_lanes, build_look
from bot.app.moment import now
from bot.jobs import incoming as incoming_jobs
from bot.jobs.watches import Watches
from bot.services.account import AccountReader
from bot.services.alerts.book import Clerk
from bot.services.alerts.own_health import OwnHealth
from bot.services.alerts.watch import AlertWatch
from bot.services.audit_trail import AuditTrail
from bot.services.by_hand import MARGIN, ByHand
from bot.services.campaigns import Campaigns
from bot.services.checks import Checks
from bot.services.contacts import Contacts
from bot.services.decisions import Decisions
from bot.services.explain import explain
from bot.services.failure_watch import FailureWatch
from bot.services.history_export import HistoryExports
from bot.services.home import Home
from bot.services.intake import Intake
from bot.services.journal import Journal
from bot.services.limit_book import LimitBook
from bot.services.losses import Losses
from bot.services.own_settings import OwnSettings
from bot.services.permissions import Permissions
from bot.services.reconcile import Reconciler
from bot.services.reports.digests import Digests
from bot.services.reports.reader import ReportReader
from bot.services.retention import Retention
from bot.services.rules import Rules
from bot.services.scheduled import Scheduled
from bot.services.second_person import SecondPerson
from bot.services.sending import Sending
from bot.services.templates import Templates
from bot.services.worker import Worker
from bot.settings import Settings
from bot.settings_rules import rules_of
from commands import Services
from commands.inbox_posts import ConversationPosts
from commands.notices import SlackNotifier
from commands.personal import PersonalNews
from commands.report_posts import ReportPosts

_OUTBOX_SECONDS = 5
_RECONCILE_SECONDS = 5
_APPROVAL_SECONDS = 15
_LOST_CALLS_SECONDS = 60
_FILES_SECONDS = 30
_RETENTION_SECONDS = 86_400
_SNOOZE_SECONDS = 30
_HEARTBEAT_SECONDS = 60
_DECIDE_SECONDS = 5
_HEALTH_SECONDS = 60
_DIGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done every so many seconds."""

    seconds: int
    name: str
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is put together: for the handlers, the clock, the webhooks, and the loop of sends."""

    services: Services
    worker: Worker
    doorbell: Doorbell
    intake: Intake
    jobs: tuple[Job, ...]


def build(ground: Ground) -> Parts:
    """Put the parts together."""
    settings, database, scope = ground.settings, ground.database, ground.scope
    account = AccountReader(ground.clicksend, now=now, low_credit=settings.low_credit_threshold)
    rules = rules_of(settings)
    journal = Journal(scope, now=now, bodies=settings.audit_bodies)
    checks = Checks(ground.clicksend, account, database, scope, rules=rules, now=now)
    worker = Worker(
        ground.clicksend,
        account,
        database,
        scope,
        journal=journal,
        rules=rules,
        checks=checks,
        owner=ground.owner,
        skew=ground.skew,
        pause=timedelta(seconds=settings.retry_seconds),
        now=now,
        told=ground.deliver,
    )

    def wake() -> None:
        worker.wake()
        ground.deliver()

    incoming = build_incoming(
        settings,
        ground.clicksend,
        database,
        scope,
        secret=ground.secret,
        told=ground.deliver,
    )
    services = _services(
        ground, account, incoming, journal=journal, rules=rules, checks=checks, wake=wake
    )
    notifier = _notifier(ground, services)
    lanes = build_lanes(ground, notifier)
    calling = build_calling(ground, services)
    failures = FailureWatch(
        ground.clicksend,
        database,
        scope,
        journal=journal,
        now=now,
        pressed=calling.pressed if calling else None,
    )
    intake = Intake(
        database,
        scope,
        receipts=failures,
        inbox=incoming.inbox,
        now=now,
        told=ground.deliver,
    )
    doorbell = Doorbell(build_look(ground), lanes, services.inbox.sort, ground.spawn)
    jobs = (
        *_jobs(ground, services, journal, lanes, failures),
        Job(_SNOOZE_SECONDS, "snoozes", incoming.desk.wake),
        Job(_OUTBOX_SECONDS, "outbox", doorbell.rung),
        *(
            [Job(_HEARTBEAT_SECONDS, "heartbeat", incoming.heartbeat.beat)]
            if beats(settings)
            else []
        ),
    )
    return Parts(services, worker, doorbell, intake, jobs)


def beats(settings: Settings) -> bool:
    """Whether there is somebody to send a sign of life to."""
    return settings.heartbeat_url is not None


def intervals(settings: Settings) -> dict[str, int]:
    """The seconds between two runs of each job that has a set pace."""
    return {
        "credit_watch": settings.credit_watch_seconds,
        "failure_watch": settings.failure_watch_seconds,
        "inbox": settings.inbox_watch_seconds,
        "traffic_watch": settings.alert_watch_seconds,
        "review_watch": settings.alert_watch_seconds,
        "alerts": _DECIDE_SECONDS,
        "health": _HEALTH_SECONDS,
        "outbox": _OUTBOX_SECONDS,
        "reconcile": _RECONCILE_SECONDS,
        "approvals": _APPROVAL_SECONDS,
        "lost_calls": _LOST_CALLS_SECONDS,
        "files": _FILES_SECONDS,
        "retention": _RETENTION_SECONDS,
        "snoozes": _SNOOZE_SECONDS,
        "digests": _DIGEST_SECONDS,
        **({"heartbeat": _HEARTBEAT_SECONDS} if beats(settings) else {}),
    }


def _notifier(ground: Ground, services: Services) -> SlackNotifier:
    settings = ground.settings
    return SlackNotifier(
        ground.slack,
        services.sending,
        services.second,
        services.csv,
        ConversationPosts(
            ground.slack,
            services.desk,
            ground.clicksend,
            admin=min(settings.bot_admins, default=None),
            now=now,
        ),
        alerts=build_posts(ground, services),
        reports=ReportPosts(ground.slack, services.reports),
        personal=PersonalNews(ground.slack, services.own, services.access),
        losses=services.losses,
        own=services.own,
        alert_channel=settings.alert_channel,
        approval_channel=settings.approval_channel,
        admins=settings.bot_admins,
    )


def _services(
    ground: Ground,
    account: AccountReader,
    incoming: Incoming,
    *,
    journal: Journal,
    rules: Rules,
    checks: Checks,
    wake: Callable[[], None],
) -> Services:
    settings, clicksend = ground.settings, ground.clicksend
    database, scope = ground.database, ground.scope
    limits = LimitBook(account, database, scope, now=now)
    second = SecondPerson(
        database,
        scope,
        rules=rules,
        lease=timedelta(seconds=clicksend.deadline) + MARGIN,
        now=now,
        told=ground.deliver,
    )
    by_hand = ByHand(clicksend, database, scope, second=second, now=now, told=ground.deliver)
    return Services(
        clicksend=clicksend,
        access=Permissions(
            database,
            scope,
            ground.slack.people,
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
            checks=checks,
            limits=limits,
            journal=journal,
            rules=rules,
            now=now,
            wake=wake,
        ),
        decisions=Decisions(
            database,
            scope,
            journal=journal,
            limits=limits,
            checks=checks,
            account=account,
            rules=rules,
            now=now,
            wake=wake,
        ),
        limits=limits,
        audit=AuditTrail(database, scope, now=now),
        exports=HistoryExports(clicksend, database, scope, now=now),
        campaigns=Campaigns(clicksend, database, scope, now=now, words=explain),
        scheduled=Scheduled(clicksend, database, scope, now=now),
        templates=Templates(clicksend, words=explain),
        by_hand=by_hand,
        second=second,
        contacts=Contacts(
            clicksend,
            country=settings.default_country,
            opt_out_list=settings.opt_out_list,
        ),
        csv=csv_of(ground, account, checks=checks, limits=limits, rules=rules, wake=wake),
        inbox=incoming.inbox,
        desk=incoming.desk,
        hooks=incoming.hooks,
        doctor=build_doctor(
            settings,
            ground.slack,
            account,
            database,
            scope,
            clicksend=clicksend,
            hooks=incoming.hooks,
            jobs=intervals(settings),
        ),
        alerts=build_desk(ground),
        clerk=Clerk(database, scope, now=now),
        reports=ReportReader(clicksend, account, database, scope, now=now),
        digests=Digests(database, scope, now=now),
        home=Home(clicksend, account, database, scope, now=now),
        own=OwnSettings(database, scope, now=now),
        losses=Losses(database, scope),
        deliver=ground.deliver,
        now=now,
        default_country=settings.default_country,
        reply_prefix=settings.inbox_reply_prefix,
        lobby=ground.lobby,
    )


def _jobs(
    ground: Ground,
    services: Services,
    journal: Journal,
    lanes: Lanes,
    failures: FailureWatch,
) -> tuple[Job, ...]:
    settings, clicksend = ground.settings, ground.clicksend
    database, scope = ground.database, ground.scope
    reconciler = Reconciler(
        clicksend,
        database,
        scope,
        journal=journal,
        patience=timedelta(seconds=settings.settle_seconds),
        now=now,
        told=ground.deliver,
    )
    seconds = intervals(settings)
    watches = _watches(ground, services, lanes, failures)
    coming = incoming_jobs.Incoming(
        services.inbox, services.hooks, lanes.inbox, database, scope, now=now
    )

    async def files_left_off() -> None:
        ground.spawn(services.csv.worker.work(), "files")

    retention = Retention(database, scope, days=settings.retention_days, now=now)

    async def requests() -> None:
        await services.decisions.expire()
        await services.second.expire()

    work: dict[str, Callable[[], Awaitable[object]]] = {
        "credit_watch": watches.credit,
        "failure_watch": coming.paced(watches.failures, seconds["failure_watch"]),
        "inbox": coming.messages(seconds["inbox"]),
        "traffic_watch": watches.traffic,
        "review_watch": watches.reviews,
        "digests": services.digests.tick,
        "alerts": watches.decide,
        "health": watches.health,
        "reconcile": reconciler.look,
        "approvals": requests,
        "files": files_left_off,
        "retention": retention.purge,
        "lost_calls": services.by_hand.recover,
    }
    return tuple(Job(seconds[name], name, each) for name, each in work.items())


def _watches(ground: Ground, services: Services, lanes: Lanes, failures: FailureWatch) -> Watches:
    database, scope = ground.database, ground.scope
    alerts = AlertWatch(
        ground.clicksend,
        services.account,
        services.campaigns,
        database,
        scope,
        desk=services.alerts,
        now=now,
    )
    health = OwnHealth(
        database,
        scope,
        calls=ground.calls,
        jobs=intervals(ground.settings),
        desk=services.alerts,
        now=now,
    )
    return Watches(
        alerts,
        health,
        services.alerts,
        failures,
        alert_posts=lanes.alerts,
        failure_posts=lanes.failures,
        now=now,
    )
