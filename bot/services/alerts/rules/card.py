"""The card on file: one that has expired, or will soon, buys no credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.texts import Phrase, say

_NAME, _KEY = "card", "card"
_SOON = timedelta(days=30)
_DECEMBER = 12
_ADVICE = Phrase(
    "Credit cannot be bought with it then, nor by auto-recharge. Card data never passes through "
    "Slack: replace the card in the billing of ClickSend's dashboard."
)


def look(sight: Sight) -> Sequence[Signal] | None:
    """Look when the card on file expires: cards are good until the end of their month."""
    if sight.card is None:
        return None
    if sight.card.year is None or sight.card.month is None:
        return ()
    over = _first_day_without(sight.card.year, sight.card.month)
    today = sight.now.date()
    if over - today > _SOON:
        return ()
    name = (
        say("The card that ends in {ending}", ending=sight.card.ending)
        if sight.card.ending
        else say("The card on file")
    )
    expired = over <= today
    month = f"{sight.card.month:02}/{sight.card.year}"
    return (
        Signal(
            rule=_NAME,
            key=_KEY,
            severity=Severity.WARNING if expired else Severity.INFO,
            text=say("{card} expired at the end of {month}.", card=name, month=month)
            if expired
            else say("{card} expires at the end of {month}.", card=name, month=month),
            advice=str(_ADVICE),
        ),
    )


def _first_day_without(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == _DECEMBER else date(year, month + 1, 1)


RULE = Rule(
    name=_NAME,
    title=Phrase("Card expires"),
    summary=Phrase("the card on file has expired, or does within 30 days"),
    look=look,
    policy=Policy(wait=timedelta(0), interval=timedelta(days=1), repeat=None),
)
