"""The ClickSend accounts of one workspace: connected by whoever may, and disconnected again."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import Account, GetAccount
from bot.services import hooks
from bot.services.connection_settings import KEY, resealed_own
from bot.services.journal import Journal
from bot.services.roles import Decision, Role
from bot.services.withdrawal import begin_anew, uninstalled, withdraw
from bot.store import Database, Scope, audit, kept, rights, spaces
from bot.store.rights import StoredGrant
from bot.store.spaces import ANYWHERE, Connection, Workspace
from bot.texts import say

if TYPE_CHECKING:  # a bot for one workspace knows the service, and encrypts nothing
    from bot.store.sealing import Seal

MOST_ACCOUNTS: Final = 100
"""The accounts one bot serves, all workspaces together: each is watched and worked for."""


class FullError(Exception):
    """The bot serves as many accounts as it can."""


class SameAccountError(Exception):
    """The account is connected in this workspace already, by another name.

    Args:
        account: That name.
    """

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An account to connect.

    Attributes:
        account: The API username.
        key: The API key.
        alert_channel: Where its alerts go, a Slack channel id; empty: to whoever connects it.
        approval_channel: Where its sends are approved; empty: where they are asked for.
    """

    account: str
    key: SecretStr
    alert_channel: str = ""
    approval_channel: str = ""


def serving(accounts: Collection[str], choices: Mapping[str, str], channel: str) -> str | None:
    """Which of a workspace's accounts serves a channel.

    That is what was chosen for it, else what was chosen for all, else the oldest connection.

    Args:
        accounts: The connected ones, the oldest first.
        choices: By Slack channel id.
        channel: The Slack channel id, or empty.

    Returns:
        The API username; None where there is none.
    """
    for each in (channel, ANYWHERE):
        if (chosen := choices.get(each)) in accounts:
            return chosen
    return next(iter(accounts), None)


class Connections:
    """Connects and disconnects.

    Args:
        database: Where connections are kept.
        workspace: Whose.
        seal: Encrypts the keys.
        client: Makes a client of a user name and a key.
        governs: Whether somebody is an admin of the Slack workspace.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        workspace: Workspace,
        seal: Seal,
        *,
        client: Callable[[str, SecretStr], AbstractAsyncContextManager[ClickSend]],
        governs: Callable[[str], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._seal = seal
        self._client = client
        self._governs = governs
        self._now = now

    @property
    def installer(self) -> str:
        """Who installed the bot first, a Slack user id; empty where nobody is known."""
        return self._workspace.installer

    async def may(self, user: str) -> Decision:
        """Whether somebody may connect and disconnect.

        That is: who installed the bot, an admin of the Slack workspace, and who is an admin of an
        account that is connected here.
        """
        if user and user == self.installer:
            return Decision(allowed=True)
        for each in await self.connected():
            async with self._database.read() as connection:
                given = await rights.all_grants(connection, each.scope)
            if any(g.subject == user and g.role == Role.ADMIN and not g.place for g in given):
                return Decision(allowed=True)
        if await self._governs(user):
            return Decision(allowed=True)
        if not self.installer:
            reason = say("Only admins may do that: ask an admin of this Slack workspace.")
            return Decision(allowed=False, reason=reason)
        reason = say(
            "Only admins may do that: ask {person}, who installed the bot, or an admin of this "
            "Slack workspace.",
            person=f"<@{self.installer}>",
        )
        return Decision(allowed=False, reason=reason)

    async def connected(self) -> list[Connection]:
        """The accounts that are connected, the oldest first."""
        async with self._database.read() as connection:
            return await spaces.connected(connection, self._workspace.workspace)

    async def connect(self, wish: Wish, *, actor: str) -> str:
        """Try an account out, and keep it.

        Args:
            wish: Which.
            actor: Who typed the key, a Slack user id; they become an admin of it.

        Returns:
            How ClickSend calls the account (from outside, not escaped).

        Raises:
            ClickSendError: ClickSend does not accept it, or could not be asked; nothing is kept.
            FullError: The bot serves as many accounts as it can.
            SameAccountError: It is connected here, by another name; nothing is kept.
        """
        async with self._client(wish.account, wish.key) as clicksend:
            account = await clicksend.run(GetAccount())
        async with self._database.write() as connection:
            await self._keep(connection, wish, actor, account)
        return account.account_name or wish.account

    async def disconnect(self, account: str, *, actor: str) -> int | None:
        """Forget the key of an account, withdraw what waits, and take every role in it away.

        Args:
            account: The API username.
            actor: Who does it, a Slack user id.

        Returns:
            How many sends and jobs were withdrawn; None when it is not connected.
        """
        scope = Scope(self._workspace.workspace, account)
        async with self._database.write() as connection:
            return await self._forget(connection, scope, actor, "account disconnected")

    async def choices(self) -> Mapping[str, str]:
        """Which account channels use, by channel id; `ANYWHERE` for all without a choice."""
        async with self._database.read() as connection:
            return await spaces.choices(connection, self._workspace.workspace)

    async def choose(self, account: str, channel: str, *, actor: str) -> bool:
        """Have a channel use an account; what was begun in it stays with the account it was of.

        Args:
            account: The API username.
            channel: A Slack channel id, or `ANYWHERE`.
            actor: Who does it, a Slack user id.

        Returns:
            False when the account is not connected; nothing changed.
        """
        scope = Scope(self._workspace.workspace, account)
        async with self._database.write() as connection:
            found = await spaces.connected(connection, scope.workspace)
            if scope not in {each.scope for each in found}:
                return False
            await spaces.choose(connection, scope, channel, by=actor, at=self._now())
            await self._record(connection, scope, actor, "account chosen", where=channel)
            await spaces.changed(connection, scope.workspace)
        return True

    async def unchoose(self, channel: str, *, actor: str) -> bool:
        """Have a channel use what all use again; False when it did before."""
        chosen = (await self.choices()).get(channel)
        if chosen is None:
            return False
        scope = Scope(self._workspace.workspace, chosen)
        async with self._database.write() as connection:
            await spaces.unchoose(connection, scope.workspace, channel)
            await self._record(connection, scope, actor, "account no longer chosen", where=channel)
            await spaces.changed(connection, scope.workspace)
        return True

    async def leave(self, *, actor: str) -> None:
        """Disconnect everything: the bot is not installed in the workspace any more."""
        async with self._database.write() as connection:
            for each in await spaces.connected(connection, self._workspace.workspace):
                count = await self._forget(connection, each.scope, actor, "bot uninstalled")
                await uninstalled(connection, each.scope, count or 0, at=self._now())
            await spaces.left(connection, self._workspace.workspace)
            await spaces.changed(connection, self._workspace.workspace)

    async def _keep(
        self, connection: AsyncConnection, wish: Wish, actor: str, account: Account
    ) -> None:
        scope, now = Scope(self._workspace.workspace, wish.account), self._now()
        every = [each for each in await spaces.every(connection) if each.key is not None]
        before = next((each for each in every if each.scope == scope), None)
        if before is None:
            if len(every) >= MOST_ACCOUNTS:
                raise FullError
            # Whatever a request that was under way left behind.
            await withdraw(connection, scope, self._journal(scope), actor=actor, at=now)
            await begin_anew(connection, scope, at=now)
            await rights.revoke_all(connection, scope)
        login = account.subaccount.subaccount_id if account.subaccount else None
        secret = await hooks.made_secret(connection, scope, at=now)
        kept_ = Connection(
            workspace=scope.workspace,
            account=scope.account,
            key=self._seal.close(wish.key.get_secret_value(), KEY, scope.workspace, scope.account),
            digest=digest(secret),
            admin=actor,
            alert_channel=wish.alert_channel,
            approval_channel=wish.approval_channel,
            connected_at=now,
            user_id=account.user_id,
            login=login,
            own=before.own if before else "{}",
        )
        await spaces.connect(connection, kept_)
        for other, is_twin in await spaces.fellows(connection, scope):
            if is_twin and other.workspace == scope.workspace:
                raise SameAccountError(other.account)  # and nothing of it is kept
        grant = StoredGrant(
            subject=actor, role=Role.ADMIN, place="", granted_by=actor, granted_at=now
        )
        await rights.grant(connection, scope, grant)
        await self._record(connection, scope, actor, "account connected")
        await spaces.changed(connection, scope.workspace)

    async def _forget(
        self, connection: AsyncConnection, scope: Scope, actor: str, action: str
    ) -> int | None:
        if not await spaces.disconnect(connection, scope):
            return None
        count = await withdraw(connection, scope, self._journal(scope), actor=actor, at=self._now())
        await kept.drop(connection, scope, hooks.SECRET)
        roles = await rights.revoke_all(connection, scope)
        await self._record(connection, scope, actor, action, withdrawn=count, roles=roles)
        await spaces.changed(connection, scope.workspace)
        return count

    def _journal(self, scope: Scope) -> Journal:
        return Journal(scope, now=self._now)

    async def _record(
        self,
        connection: AsyncConnection,
        scope: Scope,
        actor: str,
        action: str,
        *,
        where: str = "",
        **detail: int,
    ) -> None:
        await audit.add(
            connection,
            scope,
            at=self._now(),
            actor=actor,
            action=action,
            subject=scope.account[:64],
            place=where,
            detail=detail,
        )


def digest(secret: str) -> str:
    """What a secret in an address is looked up by: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


async def resealed(database: Database, seal: Seal) -> int:
    """Encrypt anew the keys that an older key encrypted; not those that no key opens.

    Returns:
        How many.
    """
    count = 0
    async with database.write() as connection:
        for each in await spaces.every(connection):
            whose = (KEY, each.workspace, each.account)
            if each.key and (new := seal.renewed(each.key, *whose)):
                await spaces.reseal(connection, each.scope, old=each.key, new=new)
                count += 1
            if own := resealed_own(each, seal):
                await spaces.reseal_own(connection, each.scope, old=each.own, new=own)
                count += 1
    return count
