"""The doctor of the command line, where there are many workspaces."""

from __future__ import annotations

import time
from dataclasses import replace

import aiohttp
from pydantic import SecretStr

from bot.app.everybody import GROUND, ground_intervals
from bot.app.incoming import build_doctor, build_hooks
from bot.app.moment import now
from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.connection_settings import KEY
from bot.services.doctor import Doctor, Finding, Health, settings_good
from bot.settings import Settings
from bot.settings_spaces import keys_of
from bot.slack.client import Slack
from bot.store import Database, Scope, spaces
from bot.store.installations import Installations
from bot.store.sealing import Seal, SealError
from bot.store.spaces import Connection, Workspace
from bot.texts import say

_KEYS = "Put the key that encrypted it back into ENCRYPTION_KEYS, or install and connect again."


async def examine_many(settings: Settings) -> list[Finding]:
    """Look at what there is once, and at each account's way to Slack and to ClickSend.

    Args:
        settings: Those of a bot for many workspaces.
    """
    database = Database(settings.database_url)
    try:
        async with aiohttp.ClientSession() as session:
            look = _Look(settings, database, session)
            found = [settings_good(), *await look.ground()]
            if any(each.part == say("Database") and each.health is Health.BAD for each in found):
                return found
            return [*found, *await look.workspaces()]
    finally:
        await database.close()


class _Look:
    def __init__(
        self, settings: Settings, database: Database, session: aiohttp.ClientSession
    ) -> None:
        self._settings = settings
        self._database = database
        self._session = session
        self._seal = Seal(keys_of(settings.encryption_keys))
        self._installations = Installations(
            database, settings.slack_client_id or "", self._seal, now=now
        )

    async def ground(self) -> list[Finding]:
        """The parts that are of no workspace."""
        none = SecretStr("")
        found = await self._of(GROUND, none, none, say("Database"), say("Jobs"), "Socket Mode")
        public = self._settings.public_url
        said = f"at {public}/slack/install" if public else "PUBLIC_URL is not set"
        mend = "" if public else "Set it; else Slack sends people to the app's first redirect URL."
        return [*found, Finding("Installing", Health.GOOD if public else Health.POOR, said, mend)]

    async def workspaces(self) -> list[Finding]:
        """Every account that is connected."""
        async with self._database.read() as connection:
            known = {each.workspace: each for each in await spaces.all_of_them(connection)}
            every = [each for each in await spaces.every(connection) if each.key is not None]
        said = f"{len(every)} in {len({each.workspace for each in every})} workspaces"
        found = [Finding("Accounts", Health.GOOD, said)]
        for each in every:
            found += await self._account(each, known[each.workspace])
        return found

    async def _account(self, each: Connection, workspace: Workspace) -> list[Finding]:
        name = f"{each.workspace} {each.account}"
        try:
            bot = await self._installations.bot_of(workspace.workspace, workspace.enterprise)
            key = self._seal.open(each.key or "", KEY, each.workspace, each.account)
        except SealError as error:
            return [Finding(name, Health.BAD, str(error), _KEYS)]
        if bot is None or not bot.bot_token:
            mend = "Install it again at /slack/install."
            return [Finding(name, Health.BAD, "the bot is not installed there", mend)]
        looked = await self._of(
            each.scope, SecretStr(bot.bot_token), SecretStr(key), "Slack", "ClickSend"
        )
        return [replace(one, part=f"{name}: {one.part}") for one in looked]

    async def _of(
        self, scope: Scope, token: SecretStr, key: SecretStr, *parts: str
    ) -> list[Finding]:
        settings, database = self._settings, self._database
        slack = Slack(token, settings.slack_api_url, self._session, clock=time.monotonic)
        client = ClickSend(settings.clicksend_base_url, scope.account or "-", key)
        async with client as clicksend:
            hooks = build_hooks(settings, clicksend, database, scope, secret="")
            account = AccountReader(clicksend, now=now)
            jobs = ground_intervals(settings)
            doctor: Doctor = build_doctor(
                settings,
                slack,
                account,
                database,
                scope,
                hooks=hooks,
                jobs=jobs,
                clicksend=clicksend,
            )
            return await doctor.examine(parts)
