"""What people set for themselves: time zone, sender, language of calls, what they are told of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.store import Database, Scope, people
from bot.store.people import Own

__all__ = ["Notify", "Own", "OwnSettings", "zone_named", "zones_like"]

_MOST = 99


class Notify(StrEnum):
    """What somebody can be told of in direct messages."""

    FAILURES = "failures"
    """Something that they sent did not arrive."""
    APPROVALS = "approvals"
    """Something waits for a yes that they may give."""


class OwnSettings:
    """Reads and keeps the settings of people.

    Args:
        database: Where they are.
        scope: Whose.
        now: The clock.
    """

    def __init__(self, database: Database, scope: Scope, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._scope = scope
        self._now = now

    async def of(self, user: str) -> Own:
        """What a person has set; everything empty for who has set nothing."""
        async with self._database.read() as connection:
            return await people.get(connection, self._scope, user)

    async def save(self, user: str, own: Own) -> None:
        """Keep what a person has set.

        Raises:
            ValueError: There is no such time zone.
        """
        if own.time_zone and zone_named(own.time_zone) is None:
            raise ValueError(f"there is no time zone {own.time_zone}")
        async with self._database.write() as connection:
            await people.put(connection, self._scope, user, own, at=self._now())

    async def wanting(self, what: Notify) -> list[str]:
        """Who wants to be told of something, Slack user ids."""
        async with self._database.read() as connection:
            return await people.wanting(connection, self._scope, what)


def zone_named(name: str) -> ZoneInfo | None:
    """A time zone by its name in the tz database; None when there is none of it."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def zones_like(typed: str) -> list[str]:
    """The time zones whose names contain what was typed, at most 99 of them."""
    wanted = typed.strip().casefold().replace(" ", "_")
    found = [name for name in _zones() if wanted in name.casefold()]
    # What begins with it is nearer: "Syd" means Australia/Sydney.
    found.sort(key=lambda name: not name.casefold().rpartition("/")[2].startswith(wanted))
    return found[:_MOST]
