"""Many workspaces: who is served with what, opened when it is needed and remade when it changes.

Every change of an installation, a connection or a choice makes the workspace's version grow. Each
payload reads it; and every two seconds each process reads them all, so that jobs and webhooks hear
of it, too. Only the process that leads opens the accounts that nobody has asked for yet: it is the
one that runs their jobs.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog
from pydantic import SecretStr

from bot.app.account import OpenAccount, close, open_account
from bot.app.ground import Base
from bot.app.moment import now
from bot.clicksend import ClickSend
from bot.services.alerts.own_health import CallTally
from bot.services.connection_settings import ConnectionSettings
from bot.services.connections import Connections, digest, serving
from bot.services.intake import Intake
from bot.slack.client import Slack
from bot.slack.guests import Guest, Place
from bot.store import Scope, spaces
from bot.store.installations import Installations
from bot.store.sealing import Seal, SealError
from bot.store.spaces import Connection, Workspace
from bot.web.webhooks import Bucket
from commands import build_lobby, build_router, gone, not_connected
from commands.context import Lobby

_log = structlog.get_logger(__name__)
_LOOK_SECONDS = 2.0


@dataclass(slots=True)
class House:
    """A workspace as this process knows it.

    Attributes:
        workspace: As it is kept.
        slack: The Web API with its token; None: it has none that can be used.
        lobby: What it has before an account is connected.
        accounts: What runs, by API username.
        choices: Which account a channel uses.
    """

    workspace: Workspace
    slack: Slack | None = None
    lobby: Lobby | None = None
    accounts: dict[str, OpenAccount] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def account(self, place: Place) -> OpenAccount | None:
        """What serves: the account that is stamped, or what was chosen for the channel.

        Without a choice it is what was chosen for all channels, or the oldest connection.
        """
        if place.stamp:
            found = (each for each in self.accounts.values() if each.stamp == place.stamp)
            return next(found, None)
        chosen = serving(self.accounts, self.choices, place.channel)
        return self.accounts[chosen] if chosen is not None else None


class Spaces:
    """Everybody who is served.

    Args:
        base: What there is once.
        installations: Who installed the bot.
        seal: Decrypts keys and tokens.
    """

    def __init__(self, base: Base, installations: Installations, seal: Seal) -> None:
        self._base = base
        self._installations = installations
        self._seal = seal
        self._router = build_router(many=True)
        self._lobby = build_lobby()
        self._houses: dict[str, House] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._digests: Mapping[str, Scope] = {}
        self._strangers = Bucket(burst=20, rate=5)
        self._seen: tuple[object, ...] = ()
        self._stopped = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()

    async def host(self, place: Place) -> Guest[Any] | None:
        """Whom a payload is of; None where the bot is not installed."""
        house = await self.house(place.team, place.enterprise)
        if house is None or house.slack is None or house.lobby is None:
            return None
        account = house.account(place)
        if account is None:
            how = partial(not_connected, house.workspace.installer)
            otherwise = gone if house.accounts else how
            return Guest(self._lobby, house.lobby, house.slack, otherwise)
        services, stamp = account.parts.services, account.stamp
        return Guest(self._router, services, account.slack, stamp=stamp)

    async def intake(self, secret: str) -> Intake | None:
        """Who stores what ClickSend pushes to an address; None: it is nobody's."""
        name = digest(secret)
        scope = self._digests.get(name)
        if scope is None and self._strangers.take():  # connected just now, perhaps elsewhere
            async with self._base.database.read() as connection:
                scope = await spaces.by_digest(connection, name)
        house = await self.house(scope.workspace) if scope else None
        account = house.accounts.get(scope.account) if house and scope else None
        return account.parts.intake if account else None

    async def house(self, team: str, enterprise: str = "") -> House | None:
        """A workspace as it is now; None where it never installed the bot."""
        if not team:
            return None
        async with self._base.database.read() as connection:
            version = await spaces.version(connection, team)
        known = self._houses.get(team)
        if known is not None and known.workspace.version == version:
            joined = known.slack is None and enterprise and not known.workspace.enterprise
            if not joined:
                return known
        async with self._turns[team]:
            return await self._refreshed(team, enterprise)

    async def look(self) -> None:
        """See what changed; open what nobody has asked for, if this process runs the jobs."""
        leads = self._base.clock.leads
        async with self._base.database.read() as connection:
            everywhere = await spaces.all_of_them(connection)
            seen = (leads, *((each.workspace, each.version) for each in everywhere))
            if seen == self._seen:
                return
            every = [each for each in await spaces.every(connection) if each.key is not None]
        self._digests = {each.digest: each.scope for each in every}
        served = {each.workspace for each in every} if leads else set()
        whole = True
        for each in everywhere:
            known = self._houses.get(each.workspace)
            if known is None and each.workspace not in served:
                continue
            if known is None or known.workspace.version != each.version:
                whole &= await self._looked(each)
        self._seen = seen if whole else ()

    async def _looked(self, found: Workspace) -> bool:
        try:
            async with self._turns[found.workspace]:
                await self._refreshed(found.workspace, found.enterprise)
        except Exception:  # noqa: BLE001 - the others are served all the same
            _log.exception("a workspace could not be opened", team=found.workspace)
            return False
        return True

    async def _refreshed(self, team: str, enterprise: str) -> House | None:
        """Read a workspace, and have what runs fit it."""
        workspace = await self._entered(team, enterprise)
        if workspace is None:
            return None
        house = self._houses.get(team)
        if house is not None and house.workspace == workspace:  # somebody was quicker
            return house
        async with self._base.database.read() as connection:
            connected = await spaces.connected(connection, team)
            choices = await spaces.choices(connection, team)
        # Its version is set last: until all of it fits, nobody takes it for what is kept now.
        house = house or House(replace(workspace, version=-1))
        self._houses[team] = house
        await self._with_token(house, workspace)
        house.choices, house.lobby = choices, self._lobby_of(house, workspace)
        await self._with_accounts(house, connected if house.slack else [])
        house.workspace = workspace
        return house

    async def _entered(self, team: str, enterprise: str) -> Workspace | None:
        """A workspace as it is kept; one of a Grid that installed the bot is noted at first."""
        async with self._base.database.read() as connection:
            found = await spaces.get(connection, team)
        if found is not None and (found.enterprise or not enterprise):
            return found
        # Which Grid it is of is believed only where nothing serves it otherwise: where channels are
        # shared, a payload may name the Grid of whoever acted.
        if found is not None and await self._bot(team, "") is not None:
            return found
        if await self._bot(team, enterprise) is None:
            return found
        new = Workspace(team, enterprise, found.installer if found else "", 0)
        async with self._base.database.write() as connection:
            await spaces.enter(connection, new, at=now())
            return await spaces.get(connection, team)

    async def _bot(self, team: str, enterprise: str) -> tuple[str, bool] | None:
        """The token that serves a workspace, and whether it is one of a whole Grid."""
        try:
            bot = await self._installations.bot_of(team, enterprise)
        except SealError as error:
            _log.error("the token of a workspace cannot be used", team=team, problem=str(error))
            return None
        return (bot.bot_token, bot.team_id is None) if bot and bot.bot_token else None

    async def _with_token(self, house: House, workspace: Workspace) -> None:
        found = await self._bot(workspace.workspace, workspace.enterprise)
        if found is None:
            house.slack = None
            return
        token, grid = SecretStr(found[0]), found[1]
        if house.slack is None or house.workspace.enterprise != workspace.enterprise:
            team = workspace.workspace if grid else None
            house.slack = self._base.slack(token, team=team)
        else:
            house.slack.renew(token)

    def _lobby_of(self, house: House, workspace: Workspace) -> Lobby | None:
        slack = house.slack
        if slack is None:
            return None
        settings = ConnectionSettings(
            self._base.database, workspace.workspace, self._seal, client=self._client, now=now
        )
        return Lobby(self.connections(workspace, slack.people.governs), settings)

    def _client(self, name: str, key: SecretStr) -> ClickSend:
        """A client for a moment, which nobody watches."""
        return self._base.clicksend(name, key, CallTally())

    def connections(
        self, workspace: Workspace, governs: Callable[[str], Awaitable[bool]]
    ) -> Connections:
        """What connects accounts in a workspace.

        Args:
            workspace: Which.
            governs: Whether somebody is an admin of it.
        """
        return Connections(
            self._base.database,
            workspace,
            self._seal,
            client=self._client,
            governs=governs,
            now=now,
        )

    async def _with_accounts(self, house: House, wanted: list[Connection]) -> None:
        """Close what is not wanted any more, and open what is."""
        still = {
            each.account
            for each in wanted
            if (running := house.accounts.get(each.account))
            and running.connection == each
            and running.token is house.slack
        }
        for account in list(house.accounts):
            if account not in still:
                self._close(house.accounts.pop(account))
        for each in wanted:
            if each.account not in still and (opened := await self._opened(house, each)):
                house.accounts[each.account] = opened
        # The oldest first: it is what serves where nothing was chosen.
        order = [each.account for each in wanted if each.account in house.accounts]
        house.accounts = {account: house.accounts[account] for account in order}

    async def _opened(self, house: House, connection: Connection) -> OpenAccount | None:
        if house.slack is None or house.lobby is None:
            return None
        try:
            return await open_account(
                self._base,
                self._seal,
                connection,
                slack=house.slack,
                lobby=house.lobby,
                accounts=len(self._digests),
            )
        except SealError as error:
            _log.error(
                "the key of an account cannot be used",
                team=house.workspace.workspace,
                problem=str(error),
            )
            return None

    def _close(self, account: OpenAccount) -> None:
        """Close an account in the background: what is under way may need it for a while."""
        ending = self._base.clock.drop(account.connection.scope)
        task = asyncio.create_task(
            close(self._base, account, ending, self._stopped), name="closing"
        )
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def hush(self) -> None:
        """Have what waits to be posted left to the next bot."""
        for house in self._houses.values():
            for account in house.accounts.values():
                account.parts.doorbell.stop()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look at once, and every two seconds from then on; nobody waits for the first look.

        Who asks for something meanwhile is served: a payload opens its own workspace.
        """
        task = asyncio.create_task(self._keep_looking(), name="workspaces")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look comes
                _log.warning("the workspaces could not be read", problem=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Close everything, all at once."""
        self._stopped.set()
        for house in self._houses.values():
            for account in house.accounts.values():
                self._close(account)
            house.accounts = {}
        await asyncio.gather(*self._closing, return_exceptions=True)
