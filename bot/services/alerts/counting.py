"""How many messages ended how: the last hour or day, beside the four weeks before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.alerts.rules.base import Traffic
from bot.services.alerts.rules.campaigns import APPROVAL
from bot.services.receipts import tally_of
from bot.store import Scope, traffic
from bot.store.traffic import Counted

_HOUR, _DAY, _SPAN = timedelta(hours=1), timedelta(days=1), timedelta(days=28)
_ENOUGH = 50
_ENDED = ("delivered", "failed")
_ENDS = {
    tally_of(kind, failed=outcome == "failed"): (kind, outcome)
    for kind in ("voice", "fax", "mms")
    for outcome in _ENDED
}
"""The tallies of what is in no history that is read here: what ended how."""


class Counting:
    """Counts what is kept of the traffic.

    Args:
        scope: Whose.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._counted: tuple[datetime, tuple[Counted, ...]] | None = None

    async def seen(self, connection: AsyncConnection, now: datetime) -> Traffic:
        """What the rules look at; a day is counted where an hour brings too little."""
        since = now - _HOUR
        recent = await self._counts(connection, since, now)
        day = await self._counts(connection, now - _DAY, now) if _is_thin(recent) else recent
        return Traffic(
            recent=recent,
            usual=await self._usual(connection, since),
            window=_HOUR,
            span=_SPAN,
            senders=tuple(await traffic.inbound_by_sender(connection, self._scope, since=since)),
            waiting=await traffic.waiting(connection, self._scope, before=now - APPROVAL),
            day=day if _is_thin(day) else None,
        )

    async def _usual(self, connection: AsyncConnection, until: datetime) -> tuple[Counted, ...]:
        """The four weeks before, counted once an hour: among a million messages that takes long."""
        kept = self._counted
        if kept is None or not timedelta(0) <= until - kept[0] < _HOUR:
            found = await self._counts(connection, until - _SPAN, until)
            kept = self._counted = (until, found)
        return kept[1]

    async def _counts(
        self, connection: AsyncConnection, since: datetime, until: datetime
    ) -> tuple[Counted, ...]:
        """SMS by everything that is known of them; of calls, faxes and MMS only how they ended."""
        sms = await traffic.counts(connection, self._scope, since=since, until=until)
        names = list(_ENDS)
        ended = Counter(await traffic.tallied(connection, self._scope, since=since, names=names))
        ended -= Counter(await traffic.tallied(connection, self._scope, since=until, names=names))
        return (*sms, *(_counted(name, count) for name, count in sorted(ended.items())))


def _is_thin(counted: Sequence[Counted]) -> bool:
    """Whether there is too little to compare shares of."""
    return sum(each.count for each in counted if each.outcome in _ENDED) < _ENOUGH


def _counted(name: str, count: int) -> Counted:
    channel, outcome = _ENDS[name]
    return Counted(
        country="",
        carrier="",
        sender="",
        cause="",
        subaccount="",
        list_name="",
        outcome=outcome,
        count=count,
        channel=channel,
    )
