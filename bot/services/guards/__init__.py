"""The checks before the yes: each a pure function from what would be sent to findings in words.

They decide nothing alone: a `BLOCK` cannot be sent, a `WARN` can be by saying so, a `NOTE` is only
shown. No check reads the network, the clock or the store; what they need comes in.
"""

from bot.services.guards.content import marketing, text
from bot.services.guards.findings import Finding, Level, Offer
from bot.services.guards.numbers import countries, opted_out, recipients
from bot.services.guards.quiet import QuietHours, quiet_hours
from bot.services.guards.repeats import Earlier, duplicates

__all__ = [
    "Earlier",
    "Finding",
    "Level",
    "Offer",
    "QuietHours",
    "countries",
    "duplicates",
    "marketing",
    "opted_out",
    "quiet_hours",
    "recipients",
    "text",
]
