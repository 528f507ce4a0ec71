"""A bot for many workspaces: installed by OAuth, and what is done for all of them together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

import structlog
from pydantic import SecretStr

from bot.app.everybody import ground_intervals
from bot.app.ground import Base
from bot.app.moment import now
from bot.app.parts import Job
from bot.app.served import Served
from bot.app.spaces import Spaces
from bot.services.connections import resealed
from bot.services.explain import BY_HAND, BY_SETTINGS, unaccepted
from bot.services.heartbeat import Heartbeat
from bot.services.journal import BOT
from bot.services.retention import Retention
from bot.settings_spaces import keys_of
from bot.slack.dispatch import Body, Outside
from bot.slack.guests import Place
from bot.slack.installing import Renewal, States, build_flow
from bot.slack.scopes import PREFIX_SCOPES
from bot.store import spaces
from bot.store.installations import Installations
from bot.store.sealing import Seal
from bot.store.spaces import Workspace
from bot.web.installing import Installing

_log = structlog.get_logger(__name__)
LEAVING: Final = ("app_uninstalled", "tokens_revoked", "team_access_revoked")
"""The events by which Slack says that the bot is not wanted any more."""


async def serve_many(base: Base, stack: AsyncExitStack) -> Served:
    """Put together what serves every workspace that installs the bot.

    Args:
        base: What there is once.
        stack: Ends it.
    """
    unaccepted.set(BY_HAND)  # for whatever begins from here on
    stack.callback(unaccepted.set, BY_SETTINGS)
    settings, database = base.settings, base.database
    client_id = settings.slack_client_id or ""
    client_secret = settings.slack_client_secret or SecretStr("")
    slack = base.slack(SecretStr(""))
    seal = Seal(keys_of(settings.encryption_keys))
    installations = Installations(database, client_id, seal, now=now)
    everybody = Spaces(base, installations, seal)
    stack.push_async_callback(everybody.close)
    renewal = Renewal(
        slack.web, installations, client_id=client_id, client_secret=client_secret, now=now
    )
    flow = build_flow(
        slack.web,
        installations,
        States(database, now=now),
        client_id=client_id,
        client_secret=client_secret,
        authorize_url=settings.slack_authorize_url,
        public_url=settings.public_url,
        more_scopes=PREFIX_SCOPES if settings.inbox_reply_prefix else frozenset(),
    )
    for job in _jobs(base, seal, installations, renewal):
        base.clock.every(job.seconds, job.name, job.work)
    return Served(
        everybody.host,
        slack,
        None,
        everybody.intake,
        everybody.hush,
        routes=Installing(flow).routes(),
        outside=Leaving(base, installations, everybody).events,
        running=everybody.looking(),
    )


def _jobs(
    base: Base, seal: Seal, installations: Installations, renewal: Renewal
) -> tuple[Job, ...]:
    async def reseal() -> None:
        count = await installations.reseal() + await resealed(base.database, seal)
        if count:
            _log.info("secrets were encrypted with the newest key", count=count)

    async def disconnected() -> None:
        """What is too old goes, where an account's own jobs do not run any more."""
        async with base.database.read() as connection:
            gone = [each.scope for each in await spaces.every(connection) if each.key is None]
        for scope in gone:
            await Retention(
                base.database, scope, days=base.settings.retention_days, now=now
            ).purge()

    work: Mapping[str, Callable[[], Awaitable[object]]] = {
        "tokens": renewal.renew,
        "reseal": reseal,
        "disconnected": disconnected,
        "heartbeat": Heartbeat(base.settings.heartbeat_url).beat,
    }
    return tuple(
        Job(seconds, name, work[name]) for name, seconds in ground_intervals(base.settings).items()
    )


class Leaving:
    """What Slack says when the bot is not wanted any more.

    Args:
        base: What there is once.
        installations: Who installed the bot.
        everybody: Whose accounts are disconnected.
    """

    def __init__(self, base: Base, installations: Installations, everybody: Spaces) -> None:
        self._database = base.database
        self._installations = installations
        self._everybody = everybody

    @property
    def events(self) -> Mapping[str, Outside]:
        """What to do about which event."""
        return dict(zip(LEAVING, (self._gone, self._revoked, self._closed), strict=True))

    async def _revoked(self, place: Place, body: Body) -> None:
        """Tokens are worth nothing any more; the bot's matters, those of people are not kept."""
        if (body["event"].get("tokens") or {}).get("bot"):
            await self._gone(place, body)

    async def _gone(self, place: Place, body: Body) -> None:
        """Forget tokens and keys; unless it was installed again since.

        Where the workspace has no bot of its own, it is the one of its Grid that is gone.
        """
        if not (place.team or place.enterprise):  # it is nobody's
            return
        happened = float(body.get("event_time") or 0)
        team: str | None = place.team
        own = await self._find(team, place.enterprise)
        if place.enterprise and (own is None or is_of_grid(body)):
            team, own = None, await self._find(None, place.enterprise)
        if own is not None and int(own) > happened:  # Slack tells the second, no more
            _log.info("an uninstallation is older than the installation", team=place.team)
            return
        await self._installations.remove(team, place.enterprise or None)
        async with self._database.read() as connection:
            teams = await spaces.of_enterprise(connection, place.enterprise) if not team else [team]
        for each in teams:
            await self._left(each, place.enterprise)

    async def _closed(self, place: Place, body: Body) -> None:
        """A Grid that installed the bot takes it away from some of its workspaces."""
        for team in body["event"].get("team_ids") or ():
            await self._left(str(team), place.enterprise, even_with_grid=True)

    async def _find(self, team: str | None, enterprise: str) -> float | None:
        """When the bot was installed, in Unix seconds; None when it is not."""
        for grid in (enterprise or None, None) if team else (enterprise,):
            found = await self._installations.async_find_bot(
                enterprise_id=grid, team_id=team, is_enterprise_install=team is None
            )
            if found is not None:
                return float(found.installed_at)
        return None

    async def _left(self, team: str, enterprise: str, *, even_with_grid: bool = False) -> None:
        """Disconnect what a workspace has connected, unless another bot still serves it."""
        bot = await self._installations.bot_of(team, enterprise)
        if bot is not None and not (even_with_grid and bot.team_id is None):
            async with self._database.write() as connection:
                await spaces.changed(connection, team)
            return
        workspace = Workspace(team, enterprise, "", 0)
        await self._everybody.connections(workspace, _nobody).leave(actor=BOT)
        _log.info("the bot is not installed any more", team=team)


async def _nobody(_user: str) -> bool:
    return False


def is_of_grid(body: Mapping[str, Any]) -> bool:
    """Whether an event is of an installation in a whole Grid."""
    told = body.get("authorizations") or [body]
    return any(each.get("is_enterprise_install") is True for each in told)
