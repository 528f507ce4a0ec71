"""What an alert rule last found, so that it speaks once on a change, over restarts too."""

from __future__ import annotations

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
            conditions.c.workspace == scope.workspace,
            conditions.c.account == scope.account,
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
            conditions.c.workspace == scope.workspace,
            conditions.c.account == scope.account,
            conditions.c.rule == rule,
            conditions.c.state == before,
        )
        .values(state=after, changes=conditions.c.changes + 1, changed_at=at)
        .returning(conditions.c.changes)
    )
    number: int | None = result.scalar()
    return number
