"""What `/readyz` tells: the parts without which nothing works, and how the others are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.app.metrics import Metrics
from bot.store import Database

if TYPE_CHECKING:  # with HTTP there is none
    from bot.slack.socket import SocketRunner


class Readiness:
    """Whether the bot can do its work.

    Only what makes every answer impossible makes it not ready: a balancer that takes all replicas
    out because ClickSend refuses the key would leave people with Slack's own error.

    Args:
        database: Asked.
        metrics: Knows what was seen last.
        socket: The Socket Mode connection; None with HTTP.

    Attributes:
        accepting: Whether more should come.
    """

    def __init__(self, database: Database, metrics: Metrics, socket: SocketRunner | None) -> None:
        self._database = database
        self._metrics = metrics
        self._socket = socket
        self.accepting = True

    async def look(self) -> dict[str, str | bool]:
        """The state of each part; False means that the bot cannot do its work."""
        parts: dict[str, str | bool] = {
            "database": await self._database.ready(),
            "accepting": self.accepting,
            "slack": self._slack(),
            "clicksend_credentials": self._metrics.credentials,
            "scheduler": _said(await self._metrics.late()),
        }
        return parts | ({"socket_mode": self._socket.connected} if self._socket else {})

    def _slack(self) -> str:
        """When Slack was last heard; in Socket Mode any frame counts, pongs excepted.

        A connection whose pong is missing for 15 seconds is closed, and `socket_mode` false.
        """
        heard = max(self._metrics.heard, self._socket.heard if self._socket else 0.0)
        if not heard:
            return "not heard yet"
        return f"heard {time.monotonic() - heard:.0f} seconds ago"


def _said(late: dict[str, float]) -> str:
    if not late:
        return "on time"
    worst = sorted(late.items(), key=lambda each: -each[1])[:3]
    return "late: " + ", ".join(f"{job} by {seconds:.0f} s" for job, seconds in worst)
