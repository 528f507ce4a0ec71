"""What the jobs do: look, post what there is to say, and only then mark it read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.services.alerts.desk import Desk
from bot.services.alerts.own_health import OwnHealth
from bot.services.alerts.watch import AlertWatch
from bot.services.failure_watch import FailureWatch
from bot.services.outbox import Outbox


class Watches:
    """The jobs of the alerts and the failure watch.

    Args:
        alerts: Looks at what the alert rules need.
        health: Looks at the bot itself.
        desk: Decides what the time makes due.
        failures: Looks at the receipts.
        alert_posts: Posts alerts.
        failure_posts: Posts failures.
        now: The clock.
    """

    def __init__(
        self,
        alerts: AlertWatch,
        health: OwnHealth,
        desk: Desk,
        failures: FailureWatch,
        *,
        alert_posts: Outbox,
        failure_posts: Outbox,
        now: Callable[[], datetime],
    ) -> None:
        self._alerts = alerts
        self._health = health
        self._desk = desk
        self._failures = failures
        self._alert_posts = alert_posts
        self._failure_posts = failure_posts
        self._now = now

    async def credit(self) -> None:
        """Look at the balance.

        Raises:
            ClickSendError: It could not be read.
        """
        if await self._alerts.credit():
            await self._alert_posts.flush()

    async def traffic(self) -> None:
        """Look at the messages of the last hour.

        Raises:
            ClickSendError: The history could not be read.
        """
        if await self._alerts.deliveries():
            await self._alert_posts.flush()

    async def reviews(self) -> None:
        """Look at campaigns, sender ids and delivery issues."""
        if await self._alerts.account():
            await self._alert_posts.flush()

    async def health(self) -> None:
        """Look at the bot itself."""
        if await self._health.look():
            await self._alert_posts.flush()

    async def decide(self) -> None:
        """Decide what the time makes due: reminders, escalations, the ends of snoozes."""
        if await self._desk.tick():
            await self._alert_posts.flush()

    async def failures(self) -> bool:
        """Look at the receipts; they are marked read once what senders are to hear is in Slack.

        Returns:
            Whether there was news in them.

        Raises:
            ClickSendError: They could not be read, or not be marked read.
        """
        began = self._now()
        news = await self._failures.look()
        await self._failure_posts.flush()
        if not await self._failure_posts.waiting("not_arrived"):
            await self._failures.mark_read(began)
        return news
