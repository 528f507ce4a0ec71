"""The figures of a report, from rows of what was sent; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot.services.alerts.forecast import Forecast
from bot.services.reports.period import Period
from bot.services.usage import CHANNELS, Used
from bot.texts import Phrase, Text

NAMES: Mapping[str, Text] = {
    "sms": "SMS",
    "mms": "MMS",
    "voice": Phrase("Voice"),
    "fax": Phrase("Fax"),
    "email": Phrase("Email"),
    "post": Phrase("Post"),
}
"""What people call the channels."""
T = TypeVar("T", bound=Text)
_NO_CAUSE = Phrase("no cause given")
_TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Messages alike: how many, and what they cost; what is not known is empty."""

    channel: str
    subaccount: str = ""
    country: str = ""
    outcome: str = "sent"
    cause: str = ""
    count: int = 1
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """What a channel, a subaccount or a country came to, now and before."""

    name: Text
    now: Used
    before: Used


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many SMS arrived, and how many did not; those on their way count for neither."""

    delivered: int = 0
    failed: int = 0

    @property
    def ended(self) -> int:
        """How many it is known of."""
        return self.delivered + self.failed

    @property
    def rate(self) -> Decimal | None:
        """How many of a hundred arrived; None when nothing is known."""
        if not self.ended:
            return None
        return (Decimal(self.delivered) * 100 / self.ended).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is left, and how long it lasts; `forecast` is None where it cannot be told."""

    left: Decimal
    forecast: Forecast | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything there is to say of a period.

    Attributes:
        period: Of when it is.
        currency: Of its amounts, ISO 4217.
        channels: What each channel came to, the dearest first.
        subaccounts: The same of subaccounts.
        countries: The same of the countries that messages went to; not of emails.
        delivery: What arrived.
        delivery_before: What arrived in the period before.
        failures: Why SMS did not arrive, and how many; the most frequent first.
        outlook: How long the credit lasts; None when it could not be read.
        notes: What to know of the figures.
    """

    period: Period
    currency: str
    channels: tuple[Line, ...] = ()
    subaccounts: tuple[Line, ...] = ()
    countries: tuple[Line, ...] = ()
    delivery: Delivery = Delivery()
    delivery_before: Delivery = Delivery()
    failures: tuple[tuple[Text, int], ...] = ()
    outlook: Outlook | None = None
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Used:
        """All channels together."""
        return sum((line.now for line in self.channels), Used())

    @property
    def total_before(self) -> Used:
        """The same of the period before."""
        return sum((line.before for line in self.channels), Used())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sent in it."""
        return not (self.total.count or self.total.price or self.delivery.ended)


def lines(now: Mapping[T, Used], before: Mapping[T, Used]) -> tuple[Line, ...]:
    """The lines of a table, the dearest first, then what was dearest before."""
    made = [
        Line(name, now.get(name, Used()), before.get(name, Used()))
        for name in sorted({*now, *before}, key=str)
    ]
    return tuple(
        sorted(made, key=lambda each: (-each.now.price, -each.before.price, -each.now.count))
    )


def sums(rows: Iterable[Row], name: Callable[[Row], T | None]) -> dict[T, Used]:
    """What rows come to by a name; those without one are left out."""
    found: defaultdict[T, Used] = defaultdict(Used)
    for row in rows:
        if called := name(row):
            found[called] += Used(row.count, row.price)
    return dict(found)


def by_channel(rows: Iterable[Row]) -> dict[Text, Used]:
    """What rows come to by channel, as people call it."""
    return sums(rows, lambda row: NAMES[row.channel] if row.channel in CHANNELS else None)


def delivery(rows: Sequence[Row]) -> Delivery:
    """How many SMS of the rows arrived."""
    of_sms = [row for row in rows if row.channel == "sms"]
    return Delivery(
        sum(row.count for row in of_sms if row.outcome == "delivered"),
        sum(row.count for row in of_sms if row.outcome == "failed"),
    )


def failures(rows: Iterable[Row]) -> tuple[tuple[Text, int], ...]:
    """The most frequent reasons why SMS did not arrive."""
    causes = Counter[Text]()
    for row in rows:
        if row.channel == "sms" and row.outcome == "failed":
            causes[row.cause or _NO_CAUSE] += row.count
    ranked = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ranked[:_TOP])
