"""The bot looks at itself: how its calls end, its jobs, its outbox, its queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.services.alerts.rules.base import Health, Sight
from bot.services.alerts.watch import Looks
from bot.store import Database, Scope, outbox, slots, traffic, waiting

_LATELY = timedelta(minutes=5)
_CALLS = "calls."


class CallTally:
    """Counts how calls to ClickSend end, until somebody keeps the counts."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()

    def note(self, outcome: str) -> None:
        """Count one: `ok`, `cancelled`, or the class name of an error."""
        self._counted[outcome] += 1

    def take(self) -> dict[str, int]:
        """What was counted since the last time."""
        taken, self._counted = dict(self._counted), Counter()
        return taken


class OwnHealth:
    """Looks at the bot, and hands what it has seen to the rules.

    Args:
        database: Where jobs, notices and sends are.
        scope: Whose.
        calls: How calls to ClickSend end.
        jobs: Every how many seconds each job is done, by its name.
        desk: Where the rules are.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        calls: CallTally,
        jobs: Mapping[str, int],
        desk: Looks,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._scope = scope
        self._calls = calls
        self._jobs = jobs
        self._desk = desk
        self._now = now
        self._began = now()

    async def look(self) -> bool:
        """Look once.

        Returns:
            Whether there is news.
        """
        now, counted = self._now(), self._calls.take()
        async with self._database.write() as connection:
            await traffic.tally(
                connection,
                self._scope,
                {f"{_CALLS}{name}": count for name, count in counted.items()},
                at=now,
            )
            tallied = await traffic.tallied(connection, self._scope, since=now - _LATELY)
            finished = await slots.last_finished(connection, self._scope)
            notices = await outbox.backlog(connection, self._scope, now=now)
            queue = await waiting.queue(connection, self._scope, now=now)
        sight = Sight(
            now=now,
            calls={
                name.removeprefix(_CALLS): count
                for name, count in tallied.items()
                if name.startswith(_CALLS)
            },
            health=Health(
                late=self._late(finished, now),
                notices=(notices[0], _age(notices[1], now)),
                sends=(queue[0], _age(queue[1], now)),
            ),
        )
        return await self._desk.look(sight)

    def _late(
        self, finished: Mapping[str, datetime], now: datetime
    ) -> tuple[tuple[str, timedelta], ...]:
        """By how much each job is late; the time in which no bot ran does not count."""
        late = []
        for name, seconds in self._jobs.items():
            last = max(finished.get(name, self._began), self._began)
            over = now - last - timedelta(seconds=seconds)
            if over > timedelta(0):
                late.append((name, over))
        return tuple(late)


def _age(since: datetime | None, now: datetime) -> timedelta:
    return now - since if since else timedelta(0)
