"""What rules look at, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.services.alerts.model import Policy, Signal
from bot.store.traffic import Counted
from bot.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceSeen:
    """What is left on the account; amounts in `currency` (ISO 4217), `threshold` None when off."""

    amount: Decimal
    threshold: Decimal | None
    currency: str
    account_name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A recharge package: its number and its price in the account's currency."""

    number: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What was spent on each whole day that is known, and today; days of the account's zone.

    Attributes:
        days: Amounts by day, today left out.
        today: The day that is not over.
        so_far: What was spent today.
        part: How much of today is over, from 0 to 1.
        offers: What can be bought.
    """

    days: Mapping[date, Decimal]
    today: date
    so_far: Decimal
    part: float
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Messages of the last while, and of the weeks before it.

    Attributes:
        recent: Counts of the last `window`.
        usual: Counts of the `span` before it.
        window: How long the last while is.
        span: How long the time before it is.
        senders: Who sent how many messages in lately, the busiest first.
        waiting: How many messages wait for approval for more than two hours; since when.
        day: Counts of the last day, where there were too few of them to tell by the hour.
    """

    recent: tuple[Counted, ...]
    usual: tuple[Counted, ...]
    window: timedelta
    span: timedelta
    senders: tuple[tuple[str, int], ...] = ()
    waiting: tuple[int, datetime | None] = (0, None)
    day: tuple[Counted, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSeen:
    """A campaign; `due` is when it was to begin."""

    id: str
    name: str
    status: str
    due: datetime | None
    list_name: str = ""


ALPHA_TAG, NUMBER = "alpha tag", "number"
"""What is reviewed."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A number or an alpha tag that ClickSend reviews: what it is, its name, its status."""

    what: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A delivery issue: its id, what it is about, what ClickSend's staff said, whether it is done.

    Attributes:
        answered_at: When the answer was seen first; None while there is none.
    """

    id: str
    about: str
    answer: str
    resolved: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSeen:
    """The card on file: its last four digits, and its last month; None where there is no card."""

    ending: str = ""
    month: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the bot itself does.

    Attributes:
        late: The jobs that have not finished when they should have, and by how much.
        notices: How many notices wait to be posted, the oldest for how long.
        sends: How many sends wait for the worker, the oldest for how long.
    """

    late: tuple[tuple[str, timedelta], ...]
    notices: tuple[int, timedelta]
    sends: tuple[int, timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one look has seen; what it did not look at, or could not read, is None.

    Attributes:
        now: When.
        active: What is wrong already, as rule and key: rules need it for their hysteresis.
        taken: What of it somebody has acknowledged before it was critical.
        calls: How many calls to ClickSend ended how in the last five minutes, by outcome.
    """

    now: datetime
    active: frozenset[tuple[str, str]] = frozenset()
    taken: frozenset[tuple[str, str]] = frozenset()
    balance: BalanceSeen | None = None
    spending: Spending | None = None
    traffic: Traffic | None = None
    campaigns: tuple[CampaignSeen, ...] | None = None
    reviewed: tuple[Reviewed, ...] | None = None
    issues: tuple[Issue, ...] | None = None
    card: CardSeen | None = None
    calls: Mapping[str, int] | None = None
    health: Health | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule.

    Attributes:
        name: Its id.
        title: What its alerts are called.
        summary: What it watches, for people.
        look: Says what is wrong; None when it cannot tell, which changes nothing.
        policy: How its alerts are told of.
        follows: The rules whose critical alert brings this one about: while nobody has taken that
            one, this one is told in its thread, unless it is as bad.
    """

    name: str
    title: Text
    summary: Text
    look: Callable[[Sight], Sequence[Signal] | None]
    policy: Policy = field(default_factory=Policy)
    follows: frozenset[str] = frozenset()
