"""What App Home shows: at once what is kept, then what ClickSend says, read seldom for everybody.

Balance and usage are kept with the time they were read. Whoever opens Home sees what is kept; the
account is read again only when that is older than a minute, the usage when older than ten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, ClickSendError
from bot.services.account import AccountReader
from bot.services.alerts.forecast import Forecast
from bot.services.alerts.rules.base import BalanceSeen
from bot.services.alerts.rules.days_left import of_account
from bot.services.alerts.watch import spending_of
from bot.services.own_settings import zone_named
from bot.services.usage import Month, month_report
from bot.store import Database, Scope, home, kept, traffic
from bot.store.sends import Send

M = TypeVar("M", bound=BaseModel)

SHOWN = 5
"""How much of each list is shown; one more is read, to know whether there is more."""
FRESH, USAGE_FRESH = timedelta(seconds=60), timedelta(minutes=10)
_PAUSE = timedelta(seconds=10)
"""After a failure ClickSend is left alone for so long."""
_LEARNT = timedelta(days=63)
_ACCOUNT, _USAGE = "home.account", "home.usage"


class AccountKept(BaseModel):
    """The account as it was read last; amounts in `currency` (ISO 4217)."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    amount: Decimal
    currency: str
    low_credit: Decimal | None
    zone: str


class UsageKept(BaseModel):
    """A month's use as it was read last: count and price of each channel that was used."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    month: str
    channels: dict[str, tuple[int, Decimal]]
    before: str
    before_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a person's Home says.

    Attributes:
        account: What was read last; None before the first time.
        account_at: When.
        usage: The month's; None before it was read.
        usage_at: When.
        forecast: How long the balance lasts; None when there is too little to learn from.
        scheduled: What waits for its hour here; one more than is shown when there is more.
        recent: What the person sent last.
        delivered: How many recipients of each of these have got it, and how many will not.
        approvals: What waits for a second yes.
    """

    account: AccountKept | None
    account_at: datetime | None
    usage: UsageKept | None
    usage_at: datetime | None
    forecast: Forecast | None
    scheduled: tuple[Send, ...]
    recent: tuple[Send, ...]
    delivered: dict[str, tuple[int, int]]
    approvals: tuple[Send, ...]


class Home:
    """Knows what Home shows.

    Args:
        clicksend: The client.
        account: The account.
        database: Where everything else is.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._now = now
        self._reading = asyncio.Lock()
        self._failed: tuple[datetime, ClickSendError] | None = None

    async def known(self, user: str) -> Facts:
        """What is known without asking anybody."""
        now = self._now()
        async with self._database.read() as connection:
            account, account_at = await self._kept(connection, _ACCOUNT, AccountKept)
            usage, usage_at = await self._kept(connection, _USAGE, UsageKept)
            recent = await home.newest_of(connection, self._scope, user, limit=SHOWN)
            delivered = await home.delivered(connection, self._scope, [each.id for each in recent])
            return Facts(
                account=account,
                account_at=account_at,
                usage=usage if usage and usage.month == str(self._month(account)) else None,
                usage_at=usage_at,
                forecast=await self._forecast(connection, account, now) if account else None,
                scheduled=tuple(
                    await home.upcoming(connection, self._scope, now=now, limit=SHOWN + 1)
                ),
                recent=tuple(recent),
                delivered=delivered,
                approvals=tuple(await home.approvals(connection, self._scope, limit=2 * SHOWN)),
            )

    def stale(self, facts: Facts) -> bool:
        """Whether something of it should be read again."""
        return self._is_old(facts.account_at, FRESH) or (
            facts.usage is None or self._is_old(facts.usage_at, USAGE_FRESH)
        )

    async def refresh(self) -> None:
        """Read what is too old, once for everybody who waits for it.

        Raises:
            ClickSendError: It could not be read (operations `account.get`, `account.usage`).
        """
        async with self._reading:
            if self._failed and self._now() - self._failed[0] < _PAUSE:
                raise self._failed[1]
            try:
                await self._refresh()
            except ClickSendError as error:
                self._failed = (self._now(), error)
                raise
            self._failed = None

    async def _refresh(self) -> None:
        async with self._database.read() as connection:
            account, account_at = await self._kept(connection, _ACCOUNT, AccountKept)
            usage, usage_at = await self._kept(connection, _USAGE, UsageKept)
        if account is None or self._is_old(account_at, FRESH):
            account = await self._read_account()
            await self._keep(_ACCOUNT, account)
        month = self._month(account)
        known = usage is not None and usage.month == str(month)
        if not known or self._is_old(usage_at, USAGE_FRESH):
            await self._keep(_USAGE, await self._read_usage(month))

    async def _read_account(self) -> AccountKept:
        balance = await self._account.balance(within=FRESH)
        return AccountKept(
            name=balance.account_name,
            amount=balance.amount,
            currency=balance.currency,
            low_credit=balance.low_credit,
            zone=balance.timezone or "",
        )

    async def _read_usage(self, month: Month) -> UsageKept:
        report = await month_report(self._clicksend, month)
        channels = {name: (used.count, used.price) for name, used in report.channels.items()}
        return UsageKept(
            month=str(month),
            channels=channels,
            before=str(month.before),
            before_price=report.previous_total.price,
        )

    def _month(self, account: AccountKept | None) -> Month:
        """The month that it is at the account."""
        zone = zone_named(account.zone) if account else None
        return Month.read("", today=self._now().astimezone(zone or UTC))

    def _is_old(self, at: datetime | None, most: timedelta) -> bool:
        return at is None or self._now() - at >= most

    async def _forecast(
        self, connection: AsyncConnection, account: AccountKept, now: datetime
    ) -> Forecast | None:
        hours = await traffic.spent_by_hour(connection, self._scope, since=now - _LEARNT)
        seen = BalanceSeen(
            amount=account.amount,
            threshold=account.low_credit,
            currency=account.currency,
            account_name=account.name,
        )
        return of_account(seen, spending_of(hours, now=now, zone=zone_named(account.zone) or UTC))

    async def _kept(
        self, connection: AsyncConnection, name: str, model: type[M]
    ) -> tuple[M | None, datetime | None]:
        found = await kept.get(connection, self._scope, name)
        if found is None:
            return None, None
        try:
            return model.model_validate_json(found[0]), found[1]
        except ValidationError:  # another version of the bot kept it: it is read anew
            return None, None

    async def _keep(self, name: str, value: BaseModel) -> None:
        async with self._database.write() as connection:
            await kept.put(connection, self._scope, name, value.model_dump_json(), at=self._now())
