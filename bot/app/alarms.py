"""The parts of the alerts: the desk that decides, the ways on which people are told."""

from __future__ import annotations

from bot.app.ground import Ground
from bot.app.moment import now
from bot.services.alerts.calling import Call, Calling
from bot.services.alerts.desk import Desk
from bot.services.alerts.routing import Escalation
from bot.services.alerts.rules import RULES
from bot.services.alerts.webhook import Webhook
from bot.settings import Settings
from commands import Services
from commands.alert_posts import AlertPosts


def _ways(settings: Settings) -> tuple[str, ...]:
    """The ways of the second step of an escalation."""
    call = ("call",) if settings.escalation_call and settings.bot_admins else ()
    return (*call, *(("webhook",) if settings.escalation_webhook_url else ()))


def build_desk(ground: Ground) -> Desk:
    """What decides on alerts, and keeps them."""
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


def build_calling(ground: Ground, services: Services) -> Calling | None:
    """What rings or texts who is on call; None where nobody is to be reached so."""
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


def build_posts(ground: Ground, services: Services) -> AlertPosts:
    """What posts alerts in Slack, and elsewhere when nobody takes them."""
    settings = ground.settings
    url = settings.escalation_webhook_url
    return AlertPosts(
        ground.slack,
        services.alerts,
        admin=min(settings.bot_admins) if settings.bot_admins else None,
        calling=build_calling(ground, services),
        webhook=Webhook(url.get_secret_value()) if url else None,
    )
