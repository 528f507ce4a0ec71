"""What the jobs do: look, post what there is to say, and only then mark it read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.services.credit_watch import CreditWatch
from bot.services.failure_watch import FailureWatch
from bot.services.outbox import Outbox


class Watches:
    """The jobs of the credit watch and the failure watch.

    Args:
        credit: Looks at the balance.
        failures: Looks at the receipts.
        outbox: Posts.
        now: The clock.
    """

    def __init__(
        self,
        credit: CreditWatch,
        failures: FailureWatch,
        outbox: Outbox,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._credit = credit
        self._failures = failures
        self._outbox = outbox
        self._now = now

    async def credit(self) -> None:
        """Look at the balance.

        Raises:
            ClickSendError: It could not be read.
        """
        if await self._credit.look():
            await self._outbox.flush()

    async def failures(self) -> bool:
        """Look at the receipts; they are marked read once everything they say is in Slack.

        Returns:
            Whether there was news in them.

        Raises:
            ClickSendError: They could not be read, or not be marked read.
        """
        began = self._now()
        news = await self._failures.look()
        await self._outbox.flush()
        if not await self._outbox.waiting("delivery_failures"):
            await self._failures.mark_read(began)
        return news

    async def deliver(self) -> None:
        """Post what could not be posted before."""
        await self._outbox.flush()
