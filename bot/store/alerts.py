"""The groups of alerts as JSON, one change after the other; their routes; channels' settings."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.alert_tables import alert_routes, alert_settings, alerts
from bot.store.database import insert_new
from bot.store.scope import Scope

_LOCK = 0x616C6572


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """A group; `state` is it as JSON, `live` whether there is something to say of it."""

    id: str
    rule: str
    state: str
    version: int
    live: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRoute:
    """Where alerts go; an empty field stands for every one, `severity` for it and worse."""

    rule: str
    severity: str
    subaccount: str
    list_name: str
    channel: str
    set_by: str
    set_at: datetime


async def lock(connection: AsyncConnection) -> None:
    """Let one change be made after the other; on SQLite every writer waits anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def get(connection: AsyncConnection, scope: Scope, alert_id: str) -> str | None:
    """A group as JSON; None when there is none of this id."""
    found = await connection.execute(
        select(alerts.c.state).where(scope.of(alerts), alerts.c.id == alert_id)
    )
    state: str | None = found.scalar()
    return state


async def live(connection: AsyncConnection, scope: Scope) -> list[str]:
    """Every group of which there is something to say, as JSON."""
    found = await connection.execute(
        select(alerts.c.state).where(scope.of(alerts), alerts.c.live == 1).order_by(alerts.c.id)
    )
    return list(found.scalars())


async def recent(connection: AsyncConnection, scope: Scope, *, limit: int) -> list[str]:
    """Groups as JSON, those that changed last first."""
    found = await connection.execute(
        select(alerts.c.state)
        .where(scope.of(alerts))
        .order_by(alerts.c.live.desc(), alerts.c.changed_at.desc(), alerts.c.id)
        .limit(limit)
    )
    return list(found.scalars())


async def keep(
    connection: AsyncConnection, scope: Scope, alert: StoredAlert, *, before: int | None
) -> bool:
    """Keep a group as it is now, by one conditional write.

    Args:
        connection: A writing connection.
        scope: Whose.
        alert: It.
        before: The version that was read; None when there was none.

    Returns:
        Whether it was still at that version.
    """
    values = {**asdict(alert), "live": int(alert.live)}
    if before is None:
        return bool(await insert_new(connection, alerts, [{**scope.columns(), **values}], "id"))
    result = await connection.execute(
        update(alerts)
        .where(scope.of(alerts), alerts.c.id == alert.id, alerts.c.version == before)
        .values(values)
        .returning(alerts.c.id)
    )
    return result.first() is not None


async def routes(connection: AsyncConnection, scope: Scope) -> list[StoredRoute]:
    """Every route."""
    names = [column for column in alert_routes.c if column.name not in {"workspace", "account"}]
    rows = await connection.execute(
        select(*names)
        .where(scope.of(alert_routes))
        .order_by(*list(alert_routes.primary_key.columns))
    )
    return [StoredRoute(**row) for row in rows.mappings()]


async def set_route(connection: AsyncConnection, scope: Scope, route: StoredRoute) -> None:
    """Set a route, in the place of the one before for the same alerts."""
    row = {**scope.columns(), **asdict(route)}
    if await insert_new(connection, alert_routes, [row], "rule"):
        return
    await connection.execute(
        update(alert_routes)
        .where(_same(scope, route.rule, route.severity, route.subaccount, route.list_name))
        .values(channel=route.channel, set_by=route.set_by, set_at=route.set_at)
    )


async def drop_route(
    connection: AsyncConnection,
    scope: Scope,
    *,
    rule: str,
    severity: str,
    subaccount: str,
    list_name: str,
) -> bool:
    """Take a route away; False when there was none."""
    result = await connection.execute(
        delete(alert_routes)
        .where(_same(scope, rule, severity, subaccount, list_name))
        .returning(alert_routes.c.channel)
    )
    return result.first() is not None


def _same(scope: Scope, rule: str, severity: str, subaccount: str, list_name: str) -> Any:
    return and_(
        scope.of(alert_routes),
        alert_routes.c.rule == rule,
        alert_routes.c.severity == severity,
        alert_routes.c.subaccount == subaccount,
        alert_routes.c.list_name == list_name,
    )


async def all_settings(connection: AsyncConnection, scope: Scope) -> dict[str, str]:
    """The settings of each channel as JSON, by Slack channel id."""
    rows = await connection.execute(
        select(alert_settings.c.channel, alert_settings.c.settings).where(scope.of(alert_settings))
    )
    return {row.channel: row.settings for row in rows}


async def set_settings(
    connection: AsyncConnection, scope: Scope, channel: str, settings: str, *, by: str, at: datetime
) -> None:
    """Keep the settings of a channel."""
    values = {"settings": settings, "set_by": by, "set_at": at}
    row = {**scope.columns(), "channel": channel, **values}
    if await insert_new(connection, alert_settings, [row], "channel"):
        return
    await connection.execute(
        update(alert_settings)
        .where(scope.of(alert_settings), alert_settings.c.channel == channel)
        .values(values)
    )
