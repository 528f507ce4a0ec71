"""A draft at its yes, read together with whether there is anything to be looked at more closely.

Mostly there is not, and one statement in the place of four says so. Each answer errs to one side:
where it is no, the closer look would find nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.sends import Send, read
from bot.store.tables import limits, sends


@dataclass(frozen=True, slots=True)
class Glance:
    """What a yes begins with.

    Attributes:
        send: The draft.
        changed: Whether another draft was made of it; see `sends.overtaken`.
        repeated: Whether a yes was said to the same content since its price was seen, to whomever
            it went; see `ledger.earlier`.
        limited: Whether there are limits; see `rights.all_limits`.
    """

    send: Send
    changed: bool
    repeated: bool
    limited: bool


_made, _same = sends.alias("made"), sends.alias("same")
_ANSWERS = ("changed", "repeated", "limited")
_GLANCE = select(
    sends,
    exists().where(Scope.whose(_made), _made.c.previous == sends.c.id).label("changed"),
    exists()
    .where(
        Scope.whose(_same),
        _same.c.fingerprint == sends.c.fingerprint,
        _same.c.confirmed_at > func.coalesce(sends.c.seen_at, sends.c.created_at),
    )
    .label("repeated"),
    exists().where(Scope.whose(limits)).label("limited"),
).where(Scope.whose(sends), sends.c.id == bindparam("its_id"))


async def at(connection: AsyncConnection, scope: Scope, send_id: str) -> Glance | None:
    """Read a draft for its yes; None when there is none of this id.

    Args:
        connection: The transaction of the yes.
        scope: Whose.
        send_id: Which.
    """
    found = await connection.execute(_GLANCE, scope.bound(its_id=send_id))
    row = found.mappings().first()
    if row is None:
        return None
    values = dict(row)
    answers = {name: bool(values.pop(name)) for name in _ANSWERS}
    return Glance(read(values), **answers)
