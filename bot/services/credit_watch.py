"""The credit watch: says once that the balance is low, and once that it has recovered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from bot.services import notices
from bot.services.account import AccountReader, Balance
from bot.store import Database, Scope, conditions, outbox

_RULE = "low_credit"
_LOW, _FINE = "low", "fine"
_RECOVERY = Decimal("1.10")


def verdict(balance: Decimal, threshold: Decimal, before: str | None) -> str:
    """Whether the credit is `low` or `fine`, with hysteresis.

    It becomes low below the threshold, and fine again only 10 % above it, so that a balance that
    wavers around the threshold alerts once.

    Args:
        balance: What is left.
        threshold: The limit, in the same currency.
        before: The last verdict; None at the first look.
    """
    if balance < threshold:
        return _LOW
    if before == _LOW and balance < threshold * _RECOVERY:
        return _LOW
    return _FINE


class CreditWatch:
    """Looks at the balance once a fire.

    Args:
        account: The account.
        database: Where the last verdict and the notices are.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._database = database
        self._scope = scope
        self._now = now

    async def look(self) -> bool:
        """Look once.

        Returns:
            Whether there is news, stored as a notice.

        Raises:
            ClickSendError: The balance could not be read.
        """
        balance = await self._account.balance(fresh=True)
        if balance.low_credit is None or balance.low_credit <= 0:
            return False
        async with self._database.write() as connection:
            before = await conditions.state(connection, self._scope, _RULE)
            after = verdict(balance.amount, balance.low_credit, before)
            if after == before:
                return False
            number = await conditions.change(
                connection, self._scope, _RULE, before=before, after=after, at=self._now()
            )
            if number is None or (before is None and after == _FINE):
                return False
            notice = _notice(balance, balance.low_credit, after)
            return await outbox.add(
                connection,
                self._scope,
                key=f"{_RULE}:{number}",
                kind=notice.kind,
                payload=notices.to_json(notice),
                at=self._now(),
            )


def _notice(
    balance: Balance, threshold: Decimal, after: str
) -> notices.LowCredit | notices.CreditRecovered:
    make = notices.LowCredit if after == _LOW else notices.CreditRecovered
    return make(
        balance=balance.amount,
        threshold=threshold,
        currency=balance.currency,
        account_name=balance.account_name,
    )
