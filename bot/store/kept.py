"""Small things the bot remembers by name: its own secret, when something last happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import kept


async def get(connection: AsyncConnection, scope: Scope, name: str) -> tuple[str, datetime] | None:
    """What is kept under a name, and since when."""
    row = (
        await connection.execute(
            select(kept.c.value, kept.c.at).where(
                scope.of(kept),
                kept.c.name == name,
            )
        )
    ).first()
    return (row[0], row[1]) if row else None


async def put_new(
    connection: AsyncConnection, scope: Scope, name: str, value: str, *, at: datetime
) -> bool:
    """Keep something under a name that is free; False when it is not."""
    row = {**scope.columns(), "name": name, "value": value, "at": at}
    return bool(await insert_new(connection, kept, [row], "name"))


async def put(
    connection: AsyncConnection, scope: Scope, name: str, value: str, *, at: datetime
) -> None:
    """Keep something under a name, in the place of what was there."""
    if await put_new(connection, scope, name, value, at=at):
        return
    await connection.execute(
        update(kept)
        .where(
            scope.of(kept),
            kept.c.name == name,
        )
        .values(value=value, at=at)
    )


async def drop(connection: AsyncConnection, scope: Scope, name: str) -> None:
    """Forget a name."""
    await connection.execute(
        delete(kept).where(
            scope.of(kept),
            kept.c.name == name,
        )
    )
