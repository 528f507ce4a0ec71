"""slack_sdk's own store of installations, with every token encrypted before it gets there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import RowMapping, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import spaces
from bot.store.database import Database
from bot.store.sealing import Seal, SealError
from bot.store.space_tables import SEALED, slack_bots, slack_installations
from bot.store.spaces import Workspace

Kept = TypeVar("Kept", Installation, Bot)
_LOG: Final = logging.getLogger("bot.slack.installations")


class Installations(AsyncInstallationStore):
    """Who installed the bot, and with which tokens.

    It keeps no answers: `bot.app.spaces` does, which learns of every change; the cache that
    slack_sdk offers never hears what another process saved, and never forgets.

    Args:
        database: Where they are kept.
        client_id: The app's.
        seal: Encrypts the tokens.
        now: The clock.
    """

    def __init__(
        self, database: Database, client_id: str, seal: Seal, *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._client_id = client_id
        self._seal = seal
        self._now = now
        self._inner = AsyncSQLAlchemyInstallationStore(
            client_id, database.writing_engine, logger=_LOG
        )

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk's store logs to."""
        return _LOG

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation, in the place of older ones, and note its workspace."""
        await self._inner.async_save(self._closed(installation))
        team, enterprise = installation.team_id, installation.enterprise_id or ""
        async with self._database.write() as connection:
            await self._drop_older(connection, installation)
            if team:
                found = Workspace(team, enterprise, installation.user_id, 0)
                await spaces.enter(connection, found, at=self._now(), anew=True)
            else:
                await spaces.changed(
                    connection, *await spaces.of_enterprise(connection, enterprise)
                )

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's renewed tokens."""
        await self._inner.async_save_bot(self._closed(bot))
        async with self._database.write() as connection:
            await spaces.changed(connection, *await self._whose(connection, bot))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The newest bot of a workspace, or of a whole Grid.

        Raises:
            SealError: Its token cannot be decrypted.
        """
        found = await self._inner.async_find_bot(
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )
        return self._opened(found) if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The newest installation of a workspace, or of a whole Grid.

        Raises:
            SealError: Its token cannot be decrypted.
        """
        found = await self._inner.async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        return self._opened(found) if found else None

    async def bot_of(self, workspace: str, enterprise: str) -> Bot | None:
        """The bot that serves a workspace: its own, or that of the Grid it belongs to.

        A workspace that joined a Grid after its installation has the bot of before.

        Args:
            workspace: The team id.
            enterprise: The Grid's id, or empty.

        Raises:
            SealError: Its token cannot be decrypted.
        """
        places: list[tuple[str | None, str | None]] = [(None, workspace)]
        if enterprise:
            places += [(enterprise, workspace), (enterprise, None)]
        found = [
            await self.async_find_bot(
                enterprise_id=grid, team_id=team, is_enterprise_install=team is None
            )
            for grid, team in places
        ]
        bots = [each for each in found if each is not None]
        return max(bots, key=lambda each: each.installed_at, default=None)

    async def remove(self, workspace: str | None, enterprise: str | None) -> None:
        """Forget every token of a workspace, or those of a whole Grid (`workspace` is None)."""
        for grid in {enterprise, None} if workspace else {enterprise}:
            await self._inner.async_delete_all(enterprise_id=grid, team_id=workspace)

    async def expiring(self, before: datetime) -> list[Bot]:
        """The bots whose tokens end before a time; not those whose tokens no key opens."""
        async with self._database.read() as connection:
            ends = slack_bots.c.bot_token_expires_at
            found = await connection.execute(
                select(slack_bots.c.enterprise_id, slack_bots.c.team_id)
                .where(slack_bots.c.client_id == self._client_id, ends.is_not(None))
                .distinct()
            )
            places = found.all()
        bots = [await self._openable(grid, team) for grid, team in places]
        late = before.timestamp()
        return [b for b in bots if b and (b.bot_token_expires_at or late) < late]

    async def _openable(self, grid: str | None, team: str | None) -> Bot | None:
        try:
            return await self.async_find_bot(
                enterprise_id=grid, team_id=team, is_enterprise_install=team is None
            )
        except SealError:  # told when the workspace is opened; the others go on
            return None

    async def reseal(self) -> int:
        """Encrypt anew what an older key encrypted, and some key opens; how many tokens."""
        return sum([await self._resealed(table) for table in (slack_installations, slack_bots)])

    async def _resealed(self, table: Table) -> int:
        count = 0
        async with self._database.write() as connection:
            for row in (await connection.execute(select(table))).mappings().all():
                new = self._renewed(row)
                if new:
                    await connection.execute(
                        update(table).where(table.c.id == row["id"]).values(**new)
                    )
                count += len(new)
        return count

    def _renewed(self, row: RowMapping) -> dict[str, str]:
        """The columns that are to be encrypted anew."""
        whose = (row["enterprise_id"] or "", row["team_id"] or "")
        found = {
            name: self._seal.renewed(row[name], name, *whose) for name in SEALED if row.get(name)
        }
        return {name: sealed for name, sealed in found.items() if sealed}

    def _closed(self, kept: Kept) -> Kept:
        return self._each(kept, self._seal.close)

    def _opened(self, kept: Kept) -> Kept:
        return self._each(kept, self._seal.open)

    def _each(self, kept: Kept, change: Callable[..., str]) -> Kept:
        """A copy whose tokens were sealed or opened."""
        copy = type(kept)(**kept.to_dict_for_copying())
        whose = (kept.enterprise_id or "", kept.team_id or "")
        for name in SEALED:
            token = getattr(kept, name, None)
            if token:
                setattr(copy, name, change(token, name, *whose))
        return copy

    async def _whose(self, connection: AsyncConnection, bot: Bot) -> list[str]:
        if bot.team_id:
            return [bot.team_id]
        return await spaces.of_enterprise(connection, bot.enterprise_id or "")

    async def _drop_older(self, connection: AsyncConnection, newest: Installation) -> None:
        for table in (slack_installations, slack_bots):
            mine = (
                table.c.client_id == self._client_id,
                table.c.enterprise_id == newest.enterprise_id,
                table.c.team_id == newest.team_id,
            )
            last = (
                select(table.c.id)
                .where(*mine)
                .order_by(table.c.installed_at.desc(), table.c.id.desc())
                .limit(1)
                .scalar_subquery()
            )
            await connection.execute(table.delete().where(*mine, table.c.id != last))
