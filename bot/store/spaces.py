"""Workspaces that installed the bot, the accounts they connected, and the account of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Table, delete, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.calls import CallState
from bot.store.csv_jobs import JobState
from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.sends import State
from bot.store.space_tables import channel_accounts, connections, oauth_states, workspaces
from bot.store.tables import calls, csv_jobs, sends

ANYWHERE = ""
"""The channel of the choice that counts wherever there is none."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A Slack workspace.

    Attributes:
        workspace: Its team id (T…).
        enterprise: The Enterprise Grid it belongs to (E…), or empty.
        installer: Who installed the bot first, a Slack user id; empty where nobody is known.
        version: Grows with each change of its installation, connections and choices.
    """

    workspace: str
    enterprise: str
    installer: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A ClickSend account of a workspace.

    Attributes:
        workspace: The team id.
        account: The API username.
        key: The API key, sealed; None: it is disconnected.
        digest: SHA-256 (hexadecimal) of the secret in its webhooks' address.
        admin: Who typed the key, a Slack user id.
        alert_channel: Where its alerts go, a Slack channel id; empty: to its admin.
        approval_channel: Where its sends are approved; empty: where they are asked for.
        connected_at: When the key was typed.
        user_id: ClickSend's id of the account; None where it gave none.
        login: ClickSend's id of the subaccount that the key belongs to; the account has one, too.
        own: What was set for it in Slack, as JSON (`bot.services.connection_settings`).
    """

    workspace: str
    account: str
    key: str | None
    digest: str
    admin: str
    alert_channel: str
    approval_channel: str
    connected_at: datetime
    user_id: int | None = None
    login: int | None = None
    own: str = "{}"

    @property
    def scope(self) -> Scope:
        """Whose rows are its rows."""
        return Scope(self.workspace, self.account)


_KNOWN = (
    workspaces.c.workspace,
    workspaces.c.enterprise,
    workspaces.c.installer,
    workspaces.c.version,
)


async def enter(
    connection: AsyncConnection, found: Workspace, *, at: datetime, anew: bool = False
) -> None:
    """Note a workspace that was not known; of one that is, which Grid it belongs to now.

    Args:
        connection: A writing connection.
        found: The workspace; its version does not count.
        at: Now.
        anew: Whether it is installed just now: whoever does it is the installer, if there is none.
    """
    row = {**asdict(found), "version": 1, "installed_at": at}
    if await insert_new(connection, workspaces, [row], "workspace"):
        return
    mine = workspaces.c.workspace == found.workspace
    if anew:
        await connection.execute(
            update(workspaces)
            .where(mine, workspaces.c.installer == "")
            .values(installer=found.installer, installed_at=at)
        )
    await connection.execute(
        update(workspaces)
        .where(mine)
        .values(enterprise=found.enterprise, version=workspaces.c.version + 1)
    )


async def get(connection: AsyncConnection, workspace: str) -> Workspace | None:
    """A workspace; None when it is not known."""
    found = await connection.execute(select(*_KNOWN).where(workspaces.c.workspace == workspace))
    row = found.first()
    return Workspace(*row) if row else None


async def version(connection: AsyncConnection, workspace: str) -> int:
    """The version of a workspace; 0 when it is not known."""
    found = select(workspaces.c.version).where(workspaces.c.workspace == workspace)
    return int((await connection.execute(found)).scalar() or 0)


async def all_of_them(connection: AsyncConnection) -> list[Workspace]:
    """Every workspace that was ever seen."""
    found = await connection.execute(select(*_KNOWN).order_by(workspaces.c.workspace))
    return [Workspace(*row) for row in found.all()]


async def of_enterprise(connection: AsyncConnection, enterprise: str) -> list[str]:
    """The team ids of the workspaces of a Grid."""
    found = select(workspaces.c.workspace).where(workspaces.c.enterprise == enterprise)
    return list((await connection.execute(found)).scalars())


async def changed(connection: AsyncConnection, *which: str) -> None:
    """Have every process notice that something of these workspaces changed."""
    await connection.execute(
        update(workspaces)
        .where(workspaces.c.workspace.in_(which))
        .values(version=workspaces.c.version + 1)
    )


async def left(connection: AsyncConnection, workspace: str) -> None:
    """Forget who installed the bot in a workspace, as it is not installed any more."""
    await connection.execute(
        update(workspaces).where(workspaces.c.workspace == workspace).values(installer="")
    )


async def connect(connection: AsyncConnection, new: Connection) -> None:
    """Keep a connection, in the place of the one of the same account."""
    if not await insert_new(connection, connections, [asdict(new)], "account"):
        await connection.execute(
            update(connections).where(new.scope.of(connections)).values(**asdict(new))
        )


async def disconnect(connection: AsyncConnection, scope: Scope) -> bool:
    """Forget the key of a connection; False when there was none."""
    gone = await connection.execute(
        update(connections)
        .where(scope.of(connections), connections.c.key.is_not(None))
        .values(key=None)
        .returning(connections.c.account)
    )
    await connection.execute(
        delete(channel_accounts).where(
            channel_accounts.c.workspace == scope.workspace,
            channel_accounts.c.account == scope.account,
        )
    )
    return gone.first() is not None


async def reseal(connection: AsyncConnection, scope: Scope, *, old: str, new: str) -> None:
    """Replace a sealed key, unless it changed meanwhile."""
    await connection.execute(
        update(connections).where(scope.of(connections), connections.c.key == old).values(key=new)
    )


async def reseal_own(connection: AsyncConnection, scope: Scope, *, old: str, new: str) -> None:
    """Replace what is set for an account, unless it changed meanwhile."""
    await connection.execute(
        update(connections).where(scope.of(connections), connections.c.own == old).values(own=new)
    )


async def connected(connection: AsyncConnection, workspace: str) -> list[Connection]:
    """The accounts of a workspace that are connected, the oldest first."""
    return [each for each in await every(connection, workspace) if each.key is not None]


async def every(connection: AsyncConnection, workspace: str | None = None) -> list[Connection]:
    """Every connection there ever was, of one workspace or of all, the oldest first."""
    found = select(connections).order_by(connections.c.connected_at, connections.c.account)
    if workspace is not None:
        found = found.where(connections.c.workspace == workspace)
    rows = (await connection.execute(found)).mappings()
    return [Connection(**row) for row in rows]


async def fellows(
    connection: AsyncConnection, scope: Scope, *, even_left: bool = False
) -> list[tuple[Connection, bool]]:
    """The other connections of the same ClickSend account, of whichever workspace.

    It is for what ClickSend has once an account, and for nothing that anybody is shown.

    Args:
        connection: A connection.
        scope: Whose fellows.
        even_left: Whether those that are disconnected count, too.

    Returns:
        Each with whether it is the very same login, and not another subaccount of it.
    """
    mine = select(connections.c.user_id).where(scope.of(connections)).scalar_subquery()
    same_name = func.lower(connections.c.account) == scope.account.lower()
    found = await connection.execute(
        select(connections).where(
            or_(connections.c.key.is_not(None), scope.of(connections)) if not even_left else true(),
            or_(connections.c.user_id == mine, same_name),
        )
    )
    every_ = [Connection(**row) for row in found.mappings()]
    me = next((each for each in every_ if each.scope == scope), None)
    return [(each, _twins(me, each)) for each in every_ if me is not None and each is not me]


def _twins(one: Connection, other: Connection) -> bool:
    if one.account.lower() == other.account.lower():
        return True
    return one.login is not None and (one.user_id, one.login) == (other.user_id, other.login)


async def by_digest(connection: AsyncConnection, digest: str) -> Scope | None:
    """Whose webhooks' address has a secret of this digest; None: nobody's that is connected."""
    found = await connection.execute(
        select(connections.c.workspace, connections.c.account).where(
            connections.c.digest == digest, connections.c.key.is_not(None)
        )
    )
    row = found.first()
    return Scope(*row) if row else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What would go on by itself, or with one more press: ids of sends, jobs of files, calls."""

    sends: tuple[str, ...]
    jobs: tuple[str, ...]
    calls: tuple[str, ...]


async def waiting(connection: AsyncConnection, scope: Scope) -> Waiting:
    """What waits in somebody's name."""

    async def ids(table: Table, *states: str) -> tuple[str, ...]:
        found = select(table.c.id).where(scope.of(table), table.c.state.in_(states))
        return tuple((await connection.execute(found.order_by(table.c.id))).scalars())

    return Waiting(
        await ids(sends, State.QUEUED, State.APPROVAL),
        await ids(csv_jobs, JobState.CHECKING, JobState.READY, JobState.RUNNING),
        await ids(calls, CallState.APPROVAL),
    )


async def choices(connection: AsyncConnection, workspace: str) -> Mapping[str, str]:
    """Which account a workspace's channels use, by channel id; `ANYWHERE` among them."""
    found = await connection.execute(
        select(channel_accounts.c.channel, channel_accounts.c.account).where(
            channel_accounts.c.workspace == workspace
        )
    )
    return {row.channel: row.account for row in found}


async def choose(
    connection: AsyncConnection, scope: Scope, channel: str, *, by: str, at: datetime
) -> None:
    """Have a channel of a workspace use an account."""
    await unchoose(connection, scope.workspace, channel)
    row = {**scope.columns(), "channel": channel, "set_by": by, "set_at": at}
    await insert_new(connection, channel_accounts, [row], "channel")


async def unchoose(connection: AsyncConnection, workspace: str, channel: str) -> None:
    """Have a channel use whatever the others use."""
    await connection.execute(
        delete(channel_accounts).where(
            channel_accounts.c.workspace == workspace, channel_accounts.c.channel == channel
        )
    )


async def issue(
    connection: AsyncConnection, state: str, *, at: datetime, expires_at: datetime
) -> None:
    """Keep the state of an installation that has begun; those that are too old go."""
    await connection.execute(delete(oauth_states).where(oauth_states.c.expires_at <= at))
    await insert_new(
        connection, oauth_states, [{"state": state, "expires_at": expires_at}], "state"
    )


async def consume(connection: AsyncConnection, state: str, *, at: datetime) -> bool:
    """Use a state up; True once for each that is known and not too old."""
    gone = await connection.execute(
        delete(oauth_states)
        .where(oauth_states.c.state == state)
        .returning(oauth_states.c.expires_at)
    )
    return any(row.expires_at > at for row in gone.all())
