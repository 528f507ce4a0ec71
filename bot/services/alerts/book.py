"""The book of routes and channels' settings: read with every decision, changed by people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.alerts.routing import ChannelSettings
from bot.store import Database, Scope, alerts, audit
from bot.store.alerts import StoredRoute


@dataclass(frozen=True, slots=True)
class Book:
    """The routes, and the settings of each channel."""

    routes: tuple[StoredRoute, ...]
    settings: Mapping[str, ChannelSettings]

    def of(self, channel: str | None) -> ChannelSettings:
        """The settings of a channel."""
        return self.settings.get(channel or "", ChannelSettings())


async def read_book(connection: AsyncConnection, scope: Scope) -> Book:
    """The book as it is now."""
    kept = await alerts.all_settings(connection, scope)
    return Book(
        tuple(await alerts.routes(connection, scope)),
        {channel: ChannelSettings.model_validate_json(text) for channel, text in kept.items()},
    )


class Clerk:
    """Changes the book; every change is in the audit trail.

    Args:
        database: Where it is.
        scope: Whose.
        now: The clock.
    """

    def __init__(self, database: Database, scope: Scope, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._scope = scope
        self._now = now

    async def book(self) -> Book:
        """The book as it is now."""
        async with self._database.read() as connection:
            return await read_book(connection, self._scope)

    async def set_route(
        self, channel: str, *, rule: str, severity: str, subaccount: str, list_name: str, actor: str
    ) -> None:
        """Have alerts go to a channel; empty stands for all, a severity for it and worse."""
        route = StoredRoute(
            rule=rule,
            severity=severity,
            subaccount=subaccount,
            list_name=list_name,
            channel=channel,
            set_by=actor,
            set_at=self._now(),
        )
        async with self._database.write() as connection:
            await alerts.set_route(connection, self._scope, route)
            await self._record(connection, actor, "alert routed", rule, channel)

    async def drop_route(
        self, *, rule: str, severity: str, subaccount: str, list_name: str, actor: str
    ) -> bool:
        """Take a route away; False when there was none."""
        async with self._database.write() as connection:
            gone = await alerts.drop_route(
                connection,
                self._scope,
                rule=rule,
                severity=severity,
                subaccount=subaccount,
                list_name=list_name,
            )
            if gone:
                await self._record(connection, actor, "alert route_removed", rule, "")
        return gone

    async def set_settings(self, channel: str, settings: ChannelSettings, *, actor: str) -> None:
        """Set how a channel wants its alerts."""
        text = settings.model_dump_json()
        async with self._database.write() as connection:
            await alerts.set_settings(
                connection, self._scope, channel, text, by=actor, at=self._now()
            )
            await self._record(connection, actor, "alert settings_changed", channel, channel)

    async def _record(
        self, connection: AsyncConnection, actor: str, action: str, subject: str, channel: str
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            place=channel,
            action=action,
            subject=subject or "every rule",
            detail={},
        )
