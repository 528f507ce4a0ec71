"""At most one message a second in each channel, as Slack asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from bot.slack.memory import remember

_PACE = 1.0
_KNOWN_CHANNELS = 2_000


class Pace:
    """Lets one message after the other into a channel.

    Args:
        clock: Seconds of a steady clock.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next: OrderedDict[str, float] = OrderedDict()

    async def turn(self, channel: str) -> None:
        """Wait until a message may be posted in a channel."""
        now = self._clock()
        start = max(now, self._next.get(channel, now))
        remember(self._next, channel, start + _PACE, most=_KNOWN_CHANNELS)
        if start > now:
            await asyncio.sleep(start - now)
