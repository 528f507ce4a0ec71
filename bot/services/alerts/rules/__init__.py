"""The rules, each in a small module with a pure core; `docs/alert-rules.md` says how to add one."""

from __future__ import annotations

from bot.services.alerts.rules import (
    calls,
    campaigns,
    card,
    days_left,
    failures,
    health,
    inbound,
    low_credit,
    senders,
    spending,
)
from bot.services.alerts.rules.base import Rule

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        low_credit.RULE,
        days_left.RULE,
        spending.RULE,
        failures.RULE,
        campaigns.STALLED,
        campaigns.WAITING,
        campaigns.MESSAGES,
        inbound.RULE,
        senders.REJECTED,
        senders.ANSWERED,
        card.RULE,
        calls.RULE,
        health.RULE,
    )
}
"""Every rule by its name."""
