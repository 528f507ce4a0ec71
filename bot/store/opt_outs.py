"""Who said STOP, by their number; the last word counts, in whatever order they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import opt_outs

_AT_ONCE = 500
_OUT = select(opt_outs.c.number).where(Scope.whose(opt_outs), opt_outs.c.out == 1)
_AMONG = _OUT.where(opt_outs.c.number.in_(bindparam("numbers", expanding=True)))
_ONE = _OUT.where(opt_outs.c.number == bindparam("number"))
"""Most messages go to one, and a list of parameters is written into a statement each time."""


async def note(
    connection: AsyncConnection, scope: Scope, number: str, *, out: bool, at: datetime
) -> None:
    """Keep what somebody said, unless they said something later.

    Args:
        connection: A writing connection.
        scope: Whose customer.
        number: E.164.
        out: Whether they want nothing any more; False: they came back.
        at: When they said it.
    """
    row = {**scope.columns(), "number": number, "at": at, "out": int(out)}
    if await insert_new(connection, opt_outs, [row], "number"):
        return
    await connection.execute(
        update(opt_outs)
        .where(
            scope.of(opt_outs),
            opt_outs.c.number == number,
            opt_outs.c.at <= at,
        )
        .values(at=at, out=int(out))
    )


async def among(
    connection: AsyncConnection, scope: Scope, numbers: Sequence[str]
) -> frozenset[str]:
    """Which of these numbers (E.164) want nothing."""
    found: set[str] = set()
    for start in range(0, len(numbers), _AT_ONCE):
        some = list(numbers[start : start + _AT_ONCE])
        which, those = (
            (_ONE, {"number": some[0]}) if len(some) == 1 else (_AMONG, {"numbers": some})
        )
        rows = await connection.execute(which, scope.bound(**those))
        found.update(rows.scalars())
    return frozenset(found)
