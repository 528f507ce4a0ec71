"""The lanes of the outbox: what may be plenty, or slow, never holds up what is urgent."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.app.ground import Ground
from bot.app.moment import now
from bot.services.notices import Notifier
from bot.services.outbox import Outbox

_ALARMS = frozenset({"alert_escalated"})
_ALERTS = frozenset({"alert_changed", "alert_summary"})
_FAILURES = frozenset({"delivery_failures"})
_INBOX = frozenset({"conversation_changed", "messages_arrived", "media_arrived", "snooze_over"})
_REPORTS = frozenset({"report_due"})
_REPORT_TIME = timedelta(minutes=15)
"""A report reads up to a hundred pages before there is something to post."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """One outbox each for alarms, alerts, failures, customers' words, reports, and the rest."""

    alarms: Outbox
    alerts: Outbox
    failures: Outbox
    inbox: Outbox
    reports: Outbox
    rest: Outbox


def build_lanes(ground: Ground, notifier: Notifier) -> Lanes:
    """Put them together."""
    usual = timedelta(seconds=ground.settings.slack_deadline_seconds) + ground.skew
    alone = _ALARMS | _ALERTS | _FAILURES | _INBOX | _REPORTS

    def lane(
        kinds: frozenset[str] = frozenset(),
        but: frozenset[str] = frozenset(),
        lease: timedelta = usual,
    ) -> Outbox:
        return Outbox(
            ground.database,
            ground.scope,
            notifier,
            owner=ground.owner,
            lease=lease,
            now=now,
            kinds=kinds,
            but=but,
        )

    return Lanes(
        alarms=lane(_ALARMS),
        alerts=lane(_ALERTS),
        failures=lane(_FAILURES),
        inbox=lane(_INBOX),
        reports=lane(_REPORTS, lease=usual + _REPORT_TIME),
        rest=lane(but=alone),
    )


class Doorbell:
    """Has new notices posted at once, each lane by itself; who rings while one waits, waits too.

    Args:
        lanes: The outboxes.
        first: What makes notices of what has arrived.
        spawn: Does work in the background, by a name for the log.
    """

    def __init__(
        self,
        lanes: Lanes,
        first: Callable[[], Awaitable[object]],
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
    ) -> None:
        self._spawn = spawn
        self._lanes = (
            *(lanes.alarms, lanes.alerts, lanes.failures),
            *(lanes.inbox, lanes.reports, lanes.rest),
        )
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: set[str] = set()

        async def arrived() -> None:
            await first()
            await lanes.inbox.flush()

        self._work: dict[str, Callable[[], Awaitable[object]]] = {
            "alarms": lanes.alarms.flush,
            "alerts": lanes.alerts.flush,
            "failures": lanes.failures.flush,
            "inbox": arrived,
            "reports": lanes.reports.flush,
            "rest": lanes.rest.flush,
        }

    def ring(self) -> None:
        """There is something to post, or may be."""
        for name in self._work:
            if name not in self._waiting:
                self._waiting.add(name)
                self._spawn(self._in_turn(name), f"outbox: {name}")

    async def rung(self) -> None:
        """Ring, as a job: what could not be posted before is tried again."""
        self.ring()

    def stop(self) -> None:
        """Post what is in hand, and nothing else: all of it is stored."""
        for lane in self._lanes:
            lane.stop()

    async def _in_turn(self, name: str) -> None:
        async with self._turns[name]:
            self._waiting.discard(name)
            await self._work[name]()
