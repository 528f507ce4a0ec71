"""What an alert rule last found, so that it speaks once on a change, over restarts too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import conditions


async def state(connection: AsyncConnection, scope: Scope, rule: str) -> str | None:
    """The state a rule is in; None before its first look."""
    found = await connection.execute(
        select(conditions.c.state).where(
            scope.of(conditions),
            conditions.c.rule == rule,
        )
    )
    return found.scalar()


async def change(
    connection: AsyncConnection,
    scope: Scope,
    rule: str,
    *,
    before: str | None,
    after: str,
    at: datetime,
) -> int | None:
    """Move a rule from one state to another, by one conditional write.

    Returns:
        The number of this change; None when the rule was not in `before`.
    """
    if before is None:
        row = {**scope.columns(), "rule": rule, "state": after, "changes": 1, "changed_at": at}
        return 1 if await insert_new(connection, conditions, [row], "rule") else None
    result = await connection.execute(
        update(conditions)
        .where(
            scope.of(conditions),
            conditions.c.rule == rule,
            conditions.c.state == before,
        )
        .values(state=after, changes=conditions.c.changes + 1, changed_at=at)
        .returning(conditions.c.changes)
    )
    number: int | None = result.scalar()
    return number


async def first_seen(
    connection: AsyncConnection, scope: Scope, found: Mapping[str, str], *, at: datetime
) -> dict[str, datetime | None]:
    """Since when each of some things is as it is now.

    Args:
        connection: A writing connection.
        scope: Whose.
        found: How each thing is now, in at most 16 characters, by a name of at most 64.
        at: Now.

    Returns:
        When each became so, by name; None for what has been so whenever it was looked at.
    """
    since: dict[str, datetime | None] = {}
    for name, now in found.items():
        before = await state(connection, scope, name)
        if before != now:
            await change(connection, scope, name, before=before, after=now, at=at)
        row = await connection.execute(
            select(conditions.c.changed_at, conditions.c.changes).where(
                scope.of(conditions),
                conditions.c.rule == name,
            )
        )
        changed_at, changes = row.one()
        since[name] = changed_at if changes > 1 else None
    return since
