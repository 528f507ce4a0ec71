"""The rules of this installation that the send pipeline applies, read from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.services.guards import QuietHours
from bot.services.money import amount
from bot.texts import say


@dataclass(frozen=True, slots=True)
class Rules:
    """What must hold before something is sent; the defaults ask for nothing.

    Attributes:
        undo: How long a send can be undone before it goes.
        price_rise: The share, in percent, by which the price may rise after the yes.
        duplicates: For how long the same text to the same number is a duplicate.
        approval_cost: Above this price a second person has to say yes, in the account's currency.
        approval_recipients: Above this number of recipients, too.
        approval_destroys: For whatever cannot be put back, too.
        approval_time: How long they have.
        quiet: The hours at the recipient in which nothing should arrive.
        countries: The only countries to send to (ISO 3166 alpha-2); None: the account's own.
        opt_out_list: The contact list of those who want nothing.
    """

    undo: timedelta = timedelta(0)
    price_rise: Decimal = Decimal(5)
    duplicates: timedelta = timedelta(minutes=10)
    approval_cost: Decimal | None = None
    approval_recipients: int | None = None
    approval_destroys: bool = False
    approval_time: timedelta = timedelta(hours=24)
    quiet: QuietHours | None = None
    countries: frozenset[str] | None = None
    opt_out_list: int | None = None

    def approval_because(self, price: Decimal, currency: str, recipients: int) -> str | None:
        """Why a second person has to say yes, in words; None when nobody has to.

        Args:
            price: What it costs.
            currency: ISO 4217.
            recipients: How many get it.
        """
        if self.approval_cost is not None and price > self.approval_cost:
            limit = amount(self.approval_cost, currency)
            return say(
                "it costs {price}, more than {limit}", price=amount(price, currency), limit=limit
            )
        if self.approval_recipients is not None and recipients > self.approval_recipients:
            return say(
                "it has {recipients:,} recipients, more than {limit:,}",
                recipients=recipients,
                limit=self.approval_recipients,
            )
        return None

    def has_risen(self, seen: Decimal, now: Decimal) -> bool:
        """Whether a price is higher than the one the person saw by more than the allowed share."""
        return now > seen * (1 + self.price_rise / 100)
