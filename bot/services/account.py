"""The account, read at most every few seconds: ClickSend allows 20 reads a minute to an address.

Why the balance that a send is priced with may be some seconds old:
`docs/decisions/0022-balances-are-read-sparingly.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import Account, GetAccount
from bot.clicksend.operations.recharge import ListPackages, Package
from bot.services.parts import MOST_PARTS
from bot.texts import say

_FRESH = timedelta(seconds=15)
_SOON = timedelta(seconds=5)
"""Between two readings for people: 12 a minute, so that the watch of the credit finds one free."""
_OLDEST = timedelta(minutes=1)
"""How old a balance may be where ClickSend may not be asked again yet."""
_PRICES_FRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left; amounts in `currency` (ISO 4217); `most_parts` is how long an SMS may be.

    `email` is where ClickSend reaches the account's owner.
    """

    amount: Decimal
    currency: str
    account_name: str
    username: str
    low_credit: Decimal | None
    country: str | None
    most_parts: int = MOST_PARTS
    timezone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the balance buys of one kind of message, at the smallest package's price."""

    name: str
    unit_price: Decimal
    quantity: int


@dataclass(slots=True)
class _Kept:
    """A balance, and what the bot has spent since it was read."""

    at: datetime
    balance: Balance
    spent: Decimal = Decimal(0)
    certain: bool = True
    """Whether nothing was charged since; `spent` may be more than what was."""

    @property
    def left(self) -> Balance:
        return replace(self.balance, amount=self.balance.amount - self.spent)


class AccountReader:
    """Reads the account for everybody, keeping each answer for 15 seconds.

    Args:
        clicksend: The client.
        now: The clock.
        low_credit: The threshold of the settings; it goes before the account's own.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        *,
        now: Callable[[], datetime],
        low_credit: Decimal | None = None,
    ) -> None:
        self._clicksend = clicksend
        self._now = now
        self._low_credit = low_credit
        self._reading = asyncio.Lock()
        self._kept: _Kept | None = None
        self._zone: str | None = None
        self._packages: tuple[datetime, tuple[Package, ...]] | None = None

    async def balance(self, *, fresh: bool = False, within: timedelta = _FRESH) -> Balance:
        """What is left on the account, as ClickSend says.

        Within five seconds of a reading, or where ClickSend may not be asked again yet (a minute
        at most), it is what it said then, less what the bot has spent since.

        Args:
            fresh: Ask ClickSend even if the last answer is recent.
            within: How old an answer may be, if nothing was charged since.

        Raises:
            ClickSendError: It could not be read (operation `account.get`).
        """
        async with self._reading:
            kept = self._kept
            if kept and not fresh and kept.certain and self._is_young(kept, within):
                return kept.balance
            if kept and not fresh and (self._is_young(kept, _SOON) or self._must_wait(kept)):
                return kept.left
            return await self._read()

    async def about(self) -> Balance:
        """What is left, to show beside a price: what the bot spends is deducted, not read anew.

        A send a second would otherwise take all the reads there are, and then wait for them. It
        may be too little, by a send that ClickSend had charged before it was read; never too much
        for what the bot itself has sent.

        Raises:
            ClickSendError: It could not be read (operation `account.get`).
        """
        async with self._reading:
            kept = self._kept
            if kept and (self._is_young(kept, _FRESH) or self._must_wait(kept)):
                return kept.left
            return await self._read()

    async def _read(self) -> Balance:
        balance = self._of(await self._clicksend.run(GetAccount()))
        self._kept = _Kept(self._now(), balance)
        self._zone = balance.timezone
        return balance

    def _is_young(self, kept: _Kept, within: timedelta) -> bool:
        return self._now() - kept.at < within

    def _must_wait(self, kept: _Kept) -> bool:
        return self._is_young(kept, _OLDEST) and self._clicksend.wait(GetAccount) > 0

    @property
    def zone(self) -> ZoneInfo | None:
        """The account's time zone, as it was last read; no call is made for it."""
        try:
            return ZoneInfo(self._zone) if self._zone else None
        except (ZoneInfoNotFoundError, ValueError):
            return None

    def spent(self, most: Decimal | None) -> None:
        """Take note that something may have been charged.

        Args:
            most: How much at most, in the account's currency; None when nobody knows, or when the
                balance may have grown: it is read anew then.
        """
        if most is None:
            self._kept = None
        elif self._kept and most:
            self._kept.spent += most
            self._kept.certain = False

    async def buys(self, balance: Balance) -> tuple[Purchase, ...]:
        """What a balance buys, by the prices of `recharge.packages`.

        Raises:
            ClickSendError: The packages could not be read.
        """
        packages = await self._price_list(balance.country)
        if not packages:
            return ()
        cheapest = min(packages, key=lambda package: package.package_price)
        prices = (
            ("SMS", cheapest.sms_price),
            ("MMS", cheapest.mms_price),
            (say("fax pages"), cheapest.fax_price),
            (say("emails"), cheapest.email_price),
        )
        left = max(balance.amount, Decimal(0))
        return tuple(Purchase(name, price, int(left // price)) for name, price in prices if price)

    async def packages(self, balance: Balance) -> tuple[Package, ...]:
        """What can be bought, kept for six hours.

        Raises:
            ClickSendError: The packages could not be read (operation `recharge.packages`).
        """
        return await self._price_list(balance.country)

    async def _price_list(self, country: str | None) -> tuple[Package, ...]:
        kept = self._packages
        if kept and self._now() - kept[0] < _PRICES_FRESH:
            return kept[1]
        answer = await self._clicksend.run(ListPackages(country=country))
        self._packages = (self._now(), answer.packages)
        return answer.packages

    def _of(self, account: Account) -> Balance:
        currency = account.currency.currency_name_short if account.currency else None
        low = self._low_credit if self._low_credit is not None else account.low_credit_amount
        return Balance(
            amount=account.balance or Decimal(0),
            currency=currency or "",
            account_name=account.account_name or account.username or "",
            username=account.username or "",
            low_credit=low,
            country=account.default_country_sms or account.country,
            most_parts=account.setting_sms_message_char_limit or MOST_PARTS,
            timezone=account.timezone,
            email=account.user_email,
        )
