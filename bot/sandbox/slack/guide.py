"""What the page says while somebody plays a tour in it, and the button that ends it."""

from __future__ import annotations

import asyncio

from bot.sandbox.slack.feed import Feed


class Guide:
    """The caption of a tour.

    Args:
        feed: Shows it.

    Attributes:
        caption: What is said just now; empty: no tour is playing.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._skipped = asyncio.Event()
        self.caption = ""

    @property
    def skipped(self) -> bool:
        """Whether somebody had enough of it."""
        return self._skipped.is_set()

    def say(self, caption: str) -> None:
        """Say what happens next; empty: the tour is over."""
        self.caption = caption
        self._feed.publish("guide", caption)

    def skip(self) -> None:
        """Have enough of it."""
        self._skipped.set()

    async def pause(self, seconds: float) -> None:
        """Give whoever watches the time to see; nobody waits when nobody watches."""
        if not self._feed.watched or self.skipped:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._skipped.wait()
        except TimeoutError:
            pass
