"""Campaigns: one that failed, did not begin, or waits for ClickSend's approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import CampaignSeen, Rule, Sight

_STALLED = timedelta(minutes=30)
_FORGOTTEN = timedelta(days=7)
APPROVAL = timedelta(hours=2)
"""How long a review may take before people hear of it."""
_REVIEW = "ClickSend's staff review it by hand. Ask their support when it is urgent."
_FAILED = frozenset({"failed", "error", "rejected", "cancelledafterreview"})
_WAITING = frozenset({"waitapproval", "waitingapproval", "pendingapproval"})
_NOT_BEGUN = frozenset({"scheduled", "queued", "sending", "processing"})


def _status(campaign: CampaignSeen) -> str:
    return campaign.status.lower().replace(" ", "").replace("_", "").replace("-", "")


def stalled(sight: Sight) -> Sequence[Signal] | None:
    """Find campaigns that failed, or should have been sent half an hour ago and were not."""
    if sight.campaigns is None:
        return None
    found = []
    for campaign in sight.campaigns:
        late = sight.now - campaign.due if campaign.due else timedelta(0)
        if late > _FORGOTTEN:
            continue
        if _status(campaign) in _FAILED:
            found.append(_signal(campaign, "failed", Severity.CRITICAL))
        elif _status(campaign) in _NOT_BEGUN and late > _STALLED:
            said = f"was due {_ago(late)} ago and is still “{campaign.status}”"
            found.append(_signal(campaign, said, Severity.WARNING))
    return found


def waiting(sight: Sight) -> Sequence[Signal] | None:
    """Find campaigns that wait for ClickSend's approval for longer than two hours."""
    if sight.campaigns is None:
        return None
    return [
        _signal(
            campaign,
            f"waits for ClickSend's approval for {_ago(sight.now - campaign.due)}",
            Severity.WARNING,
            rule="wait_approval",
            advice=_REVIEW,
        )
        for campaign in sight.campaigns
        if _status(campaign) in _WAITING
        and campaign.due is not None
        and APPROVAL < sight.now - campaign.due < _FORGOTTEN
    ]


def messages_waiting(sight: Sight) -> Sequence[Signal] | None:
    """Find messages that wait for ClickSend's approval for longer than two hours."""
    if sight.traffic is None:
        return None
    count, since = sight.traffic.waiting
    if since is None:
        return ()
    what = "1 message waits" if count == 1 else f"{count:,} messages wait"
    return (
        Signal(
            rule="messages_wait",
            key="messages",
            severity=Severity.WARNING,
            text=f"{what} for ClickSend's approval, the oldest for {_ago(sight.now - since)}.",
            advice=_REVIEW,
        ),
    )


def _signal(
    campaign: CampaignSeen,
    what: str,
    severity: Severity,
    *,
    rule: str = "campaign",
    advice: str = "",
) -> Signal:
    return Signal(
        rule=rule,
        key=campaign.id,
        severity=severity,
        text=f"The campaign “{campaign.name}” ({campaign.id}) {what}.",
        advice=advice or f"See `/clicksend campaign show {campaign.id}`.",
        list_name=campaign.list_name,
    )


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004 - two days


STALLED = Rule(
    name="campaign",
    title="Campaign in trouble",
    summary="a campaign failed, or did not begin",
    look=stalled,
    policy=Policy(wait=timedelta(0), repeat=None),
)
WAITING = Rule(
    name="wait_approval",
    title="Waiting for approval",
    summary="a campaign waits for ClickSend's approval for more than two hours",
    look=waiting,
    policy=Policy(wait=timedelta(0), repeat=timedelta(hours=12)),
)
MESSAGES = Rule(
    name="messages_wait",
    title="Messages wait for approval",
    summary="messages wait for ClickSend's approval for more than two hours",
    look=messages_waiting,
    policy=Policy(wait=timedelta(0), repeat=timedelta(hours=12)),
)
