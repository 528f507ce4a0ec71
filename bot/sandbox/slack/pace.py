"""Slack's rate limits: calls a minute by the method's tier, and a message a second a channel."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from bot.sandbox.slack.shapes import ApiError

# Source: docs.slack.dev, "Rate limits", and the tier that each method's page names. Slack promises
# at least so many, and lets bursts pass; here the promise is the limit.
CALLS = {1: 1, 2: 20, 3: 50, 4: 100}
TIERS: Mapping[str, int] = {
    "api.test": 4,
    "apps.connections.open": 1,
    "apps.uninstall": 1,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "oauth.v2.exchange": 3,
    "reactions.add": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
_MINUTE, _SECOND = 60.0, 1.0


class Pace:
    """Counts the calls of one app in one workspace.

    Args:
        now: Seconds that only go up.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._called: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, method: str, channel: str) -> None:
        """Count a call.

        Args:
            method: Its name.
            channel: Where a message goes.

        Raises:
            ApiError: `ratelimited`, with the seconds to wait.
        """
        if method in TIERS:
            self._count(method, CALLS[TIERS[method]], _MINUTE)
        elif method == "chat.postMessage":
            self._count(f"{method} {channel}", 1, _SECOND)

    def _count(self, key: str, most: int, window: float) -> None:
        called, now = self._called[key], self._now()
        while called and called[0] <= now - window:
            called.popleft()
        if len(called) >= most:
            wait = max(1, -int(-(called[0] + window - now) // 1))
            raise ApiError("ratelimited", retry_after=wait)
        called.append(now)
