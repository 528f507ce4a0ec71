"""What crossed the wire between the bot and its peers, for the page and for tests."""

from __future__ import annotations

import itertools
import time
from collections import deque
from dataclasses import asdict, dataclass

from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.shapes import Json

_MOST = 1_000


@dataclass(frozen=True)
class Crossing:
    """One request and its answer.

    Attributes:
        number: Counts up from 1.
        at: Unix seconds.
        way: `to the bot`, `to Slack`, `to ClickSend` or `to the database`.
        name: What it is, as `/balance` or `chat.postMessage`.
        over: `HTTP`, `socket`, `response_url` or `SQLite`.
        ms: Milliseconds until the answer; 0 for rows.
        outcome: `ok`, or what went wrong.
        sent: The request.
        answer: The answer.
    """

    number: int
    at: float
    way: str
    name: str
    over: str
    ms: float
    outcome: str
    sent: Json
    answer: Json


class Wire:
    """Keeps the last crossings, and shows each one as it happens."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._numbers = itertools.count(1)
        self.crossings: deque[Crossing] = deque(maxlen=_MOST)

    def crossed(
        self,
        way: str,
        name: str,
        over: str,
        *,
        seconds: float,
        outcome: str,
        both: tuple[Json, Json],
    ) -> None:
        """Keep one; `both` are request and answer."""
        crossing = Crossing(
            next(self._numbers),
            time.time(),
            way,
            name,
            over,
            round(seconds * 1000, 1),
            outcome,
            *both,
        )
        self.crossings.append(crossing)
        self._feed.publish("wire", asdict(crossing))

    def shown(self) -> list[Json]:
        """All that are kept, the oldest first."""
        return [asdict(crossing) for crossing in self.crossings]
