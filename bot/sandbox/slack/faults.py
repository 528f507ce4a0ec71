"""What goes wrong on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.sandbox.slack.shapes import ApiError

LONGEST = 60.0


@dataclass
class Faults:
    """How this Slack misbehaves.

    Attributes:
        down: Whether the Web API answers 503.
        limited: Whether it answers 429.
        slow: Seconds before it answers.
    """

    down: bool = False
    limited: bool = False
    slow: float = 0.0

    async def before(self, method: str) -> None:
        """Misbehave, if that is wanted.

        Raises:
            ApiError: `service_unavailable` or `ratelimited`.
        """
        if self.slow:
            await asyncio.sleep(min(self.slow, LONGEST))
        if self.down:
            raise ApiError("service_unavailable")
        if self.limited and method != "apps.connections.open":
            raise ApiError("ratelimited", retry_after=1)
