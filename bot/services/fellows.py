"""Other workspaces with the same ClickSend account: what one marks read, each has seen before.

ClickSend lists what is unread, and has one mark for everybody. So a workspace marks something only
when the others have it, too. It is waited for those that look at all: one whose key ClickSend
refuses, or whose bot cannot be opened, is waited for for a week, and no longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Scope, inbound, kept, spaces

INBOUND, RECEIPTS = "looked:inbound", "looked:receipts"
"""Under these names it is kept when a list was last read to its end: when that reading began."""
PATIENCE: Final = timedelta(days=7)


async def looked(connection: AsyncConnection, scope: Scope, what: str, *, began: datetime) -> None:
    """Note that a list was read to its end.

    Args:
        connection: A writing connection, in whose transaction is kept what was read.
        scope: Whose.
        what: `INBOUND` or `RECEIPTS`.
        began: When the reading began.
    """
    await kept.put(connection, scope, what, "", at=began)


async def seen_by_all(
    connection: AsyncConnection, scope: Scope, message_ids: Sequence[str], *, now: datetime
) -> list[str]:
    """The inbound SMS, of these, that no other workspace still has to see.

    Another login of the same account may have a list of its own: what it did not find there in a
    look that began later, it never will.

    Args:
        connection: A connection.
        scope: Who wants to mark them read; it has stored them.
        message_ids: ClickSend's ids.
        now: The present.
    """
    left = list(message_ids)
    for fellow in await _looking(connection, scope, INBOUND, now=now):
        has = await inbound.known(connection, fellow.scope, kind="sms", message_ids=left)
        here = await inbound.known(connection, scope, kind="sms", message_ids=left)
        left = [each for each in left if each in has or fellow.never_sees(here.get(each))]
    return left


async def receipts_until(
    connection: AsyncConnection, scope: Scope, began: datetime, *, now: datetime
) -> datetime:
    """Up to when every workspace has seen the receipts.

    Args:
        connection: A connection.
        scope: Who wants to mark them read.
        began: When its own look began.
        now: The present.
    """
    others = await _looking(connection, scope, RECEIPTS, now=now)
    return min([began, *(each.at or each.since for each in others)])


async def everywhere(connection: AsyncConnection, scope: Scope) -> list[Scope]:
    """Where sends of the account may have been recorded: here, and by every fellow there was."""
    others = await spaces.fellows(connection, scope, even_left=True)
    return [scope, *(each.scope for each, _ in others)]


@dataclass(frozen=True, slots=True)
class _Fellow:
    """Another connection of the account, whether its login is ours, and when it last looked."""

    scope: Scope
    is_twin: bool
    since: datetime
    at: datetime | None

    def never_sees(self, stored_at: datetime | None) -> bool:
        """Whether it looked since we have a message, in a list that may be another one."""
        if self.is_twin or stored_at is None or self.at is None:
            return False
        return stored_at < self.at


async def _looking(
    connection: AsyncConnection, scope: Scope, what: str, *, now: datetime
) -> list[_Fellow]:
    """The others that look at all."""
    found = []
    for each, twin in await spaces.fellows(connection, scope):
        last = await kept.get(connection, each.scope, what)
        fellow = _Fellow(each.scope, twin, each.connected_at, last[1] if last else None)
        if now - max(fellow.since, fellow.at or fellow.since) < PATIENCE:
            found.append(fellow)
    return found
