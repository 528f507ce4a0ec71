"""The lanes of the outbox: what may be plenty, or slow, never holds up what is urgent."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app.ground import Ground
from bot.app.moment import now
from bot.services.notices import Notifier
from bot.services.outbox import Outbox
from bot.store import inbound, outbox

_ALARMS = frozenset({"alert_escalated"})
_ALERTS = frozenset({"alert_changed", "alert_summary"})
_FAILURES = frozenset({"delivery_failures"})
_INBOX = frozenset({"conversation_changed", "messages_arrived", "media_arrived", "snooze_over"})
_REPORTS = frozenset({"report_due"})
_ALONE = {
    "alarms": _ALARMS,
    "alerts": _ALERTS,
    "failures": _FAILURES,
    "inbox": _INBOX,
    "reports": _REPORTS,
}
_LOOK = "look"
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
    alone = frozenset().union(*_ALONE.values())

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


def build_look(ground: Ground) -> Callable[[], Awaitable[frozenset[str]]]:
    """What says by name which lanes have something to do."""

    async def look(connection: AsyncConnection) -> frozenset[str]:
        kinds = await outbox.kinds_due(connection, ground.scope, now=now())
        arrived = await inbound.is_unsorted(connection, ground.scope)
        return frozenset(map(_lane_of, kinds)) | ({"inbox"} if arrived else frozenset())

    async def looked() -> frozenset[str]:
        return await ground.database.unit(look)

    return looked


def _lane_of(kind: str) -> str:
    return next((name for name, kinds in _ALONE.items() if kind in kinds), "rest")


class Doorbell:
    """Has new notices posted at once, each lane by itself; who rings while one waits, waits too.

    Args:
        look: Which lanes have something to do: a claim is a write, and most rings are for one lane.
        lanes: The outboxes.
        first: What makes notices of what has arrived.
        spawn: Does work in the background, by a name for the log.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[frozenset[str]]],
        lanes: Lanes,
        first: Callable[[], Awaitable[object]],
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
    ) -> None:
        self._spawn = spawn
        self._look = look
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
        if _LOOK not in self._waiting:
            self._waiting.add(_LOOK)
            self._spawn(self._looked(), "outbox")

    async def rung(self) -> None:
        """Ring, as a job: what could not be posted before is tried again."""
        self.ring()

    def stop(self) -> None:
        """Post what is in hand, and nothing else: all of it is stored."""
        for lane in self._lanes:
            lane.stop()

    async def _looked(self) -> None:
        async with self._turns[_LOOK]:
            self._waiting.discard(_LOOK)
            found = await self._look()
        for name in found - self._waiting:
            self._waiting.add(name)
            self._spawn(self._in_turn(name), f"outbox: {name}")

    async def _in_turn(self, name: str) -> None:
        async with self._turns[name]:
            self._waiting.discard(name)
            await self._work[name]()
