"""Where conversations belong: by the number written to, a contact list, or a keyword."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import routes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRoute:
    """A route; `kind` is `number`, `list` or `keyword`, `channel` a Slack channel id."""

    kind: str
    value: str
    channel: str
    set_by: str
    set_at: datetime


async def every(connection: AsyncConnection, scope: Scope) -> list[StoredRoute]:
    """All of them, by kind and value."""
    rows = await connection.execute(
        select(*(routes.c[name] for name in StoredRoute.__slots__))
        .where(scope.of(routes))
        .order_by(routes.c.kind, routes.c.value)
    )
    return [StoredRoute(**row) for row in rows.mappings()]


async def put(connection: AsyncConnection, scope: Scope, route: StoredRoute) -> None:
    """Set a route, in the place of the one that was."""
    if await insert_new(connection, routes, [{**scope.columns(), **asdict(route)}], "value"):
        return
    await connection.execute(
        update(routes)
        .where(
            scope.of(routes),
            routes.c.kind == route.kind,
            routes.c.value == route.value,
        )
        .values(channel=route.channel, set_by=route.set_by, set_at=route.set_at)
    )


async def drop(connection: AsyncConnection, scope: Scope, *, kind: str, value: str) -> bool:
    """Take a route away; False when there was none."""
    result = await connection.execute(
        delete(routes)
        .where(
            scope.of(routes),
            routes.c.kind == kind,
            routes.c.value == value,
        )
        .returning(routes.c.value)
    )
    return result.first() is not None
