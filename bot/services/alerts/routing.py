"""Where alerts go and how loudly: routes and channels' settings, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.services.alerts.model import Group, Policy, Severity
from bot.store.alerts import StoredRoute

HERE, CHANNEL = "here", "channel"


class ChannelSettings(BaseModel):
    """How a channel wants its alerts; None keeps what the rule says.

    Attributes:
        mention: `here`, `channel`, a person (U…) or a user group (S…); empty: nobody.
        interval_minutes: The least minutes between two notifications of a group.
        repeat_hours: The hours between reminders; 0: none.
        escalate_minutes: The minutes after which an alert that nobody has taken goes to the
            people on call, and again after as many; 0: never.
        oncall: Who is on call, Slack user ids; empty: those of the bot's settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    mention: Annotated[str, Field(pattern="^(here|channel|[UWS][A-Z0-9]+)?$")] = ""
    interval_minutes: Annotated[int, Field(ge=0, le=1_440)] | None = None
    repeat_hours: Annotated[int, Field(ge=0, le=720)] | None = None
    escalate_minutes: Annotated[int, Field(ge=0, le=1_440)] | None = None
    oncall: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What the bot's settings say of alerts that nobody takes.

    Attributes:
        minutes: After how many minutes; 0: never.
        oncall: Who is on call, Slack user ids.
        loud: Whether there is a second step: a call, an SMS or a webhook.
    """

    minutes: int = 0
    oncall: tuple[str, ...] = ()
    loud: bool = False


def channel_of(group: Group, routes: Sequence[StoredRoute], default: str | None) -> str | None:
    """Where a group goes: the most exact route that fits it, else the default.

    Returns:
        A Slack channel id; None when there is no default: the first admin's direct messages.
    """
    fitting = [route for route in routes if _fits(route, group)]
    best = max(fitting, key=_exactness, default=None)
    return best.channel if best else default


def _fits(route: StoredRoute, group: Group) -> bool:
    if route.severity and group.severity.rank < Severity(route.severity).rank:
        return False
    return all(
        not wanted or wanted.casefold() == found.casefold()
        for wanted, found in (
            (route.rule, group.rule),
            (route.subaccount, group.subaccount),
            (route.list_name, group.list_name),
        )
    )


def _exactness(route: StoredRoute) -> tuple[int, int]:
    named = sum(bool(each) for each in (route.rule, route.subaccount, route.list_name))
    return named, Severity(route.severity).rank + 1 if route.severity else 0


def policy_of(policy: Policy, settings: ChannelSettings, escalation: Escalation) -> Policy:
    """How a group is told of in a channel: the rule's policy with what the channel changes.

    What a rule tells once only is never repeated, whatever the channel says.
    """
    if settings.interval_minutes is not None:
        policy = replace(policy, interval=timedelta(minutes=settings.interval_minutes))
    if settings.repeat_hours is not None and policy.repeat is not None:
        hours = settings.repeat_hours
        policy = replace(policy, repeat=timedelta(hours=hours) if hours else None)
    minutes = escalation.minutes
    if settings.escalate_minutes is not None:
        minutes = settings.escalate_minutes
    if minutes:
        steps = 2 if escalation.loud else 1
        policy = replace(
            policy, escalate=tuple(timedelta(minutes=minutes) * n for n in range(1, steps + 1))
        )
    return policy


def mention_of(settings: ChannelSettings) -> str:
    """Who is called, as mrkdwn; empty unless it was set."""
    if settings.mention in {HERE, CHANNEL}:
        return f"<!{settings.mention}>"
    if settings.mention.startswith("S"):
        return f"<!subteam^{settings.mention}>"
    return f"<@{settings.mention}>" if settings.mention else ""
