"""The doctor of the command line: every part looked at from outside the bot."""

from __future__ import annotations

import time

import aiohttp

from bot.app.examination_many import examine_many
from bot.app.incoming import build_doctor, build_hooks
from bot.app.moment import now
from bot.app.parts import intervals
from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.doctor import Finding
from bot.services.hooks import SECRET
from bot.settings import Settings
from bot.slack.client import Slack
from bot.store import WORKSPACE, Database, Scope, kept


async def examine(settings: Settings) -> list[Finding]:
    """Look at every part; nothing is changed, and the bot may run meanwhile.

    Args:
        settings: Complete and checked.
    """
    if settings.has_many:
        return await examine_many(settings)
    scope = Scope(WORKSPACE, settings.clicksend_username)
    database = Database(settings.database_url)
    clicksend = ClickSend(
        settings.clicksend_base_url, settings.clicksend_username, settings.clicksend_api_key
    )
    try:
        async with clicksend, aiohttp.ClientSession() as session:
            slack = Slack(
                settings.slack_bot_token, settings.slack_api_url, session, clock=time.monotonic
            )
            secret = await _secret(settings, database, scope)
            hooks = build_hooks(settings, clicksend, database, scope, secret=secret)
            account = AccountReader(clicksend, now=now, low_credit=settings.low_credit_threshold)
            doctor = build_doctor(
                settings,
                slack,
                account,
                database,
                scope,
                clicksend=clicksend,
                hooks=hooks,
                jobs=intervals(settings),
            )
            return await doctor.examine()
    finally:
        await database.close()


async def _secret(settings: Settings, database: Database, scope: Scope) -> str:
    """The secret of the webhooks, as far as there is one already."""
    if settings.webhook_secret:
        return settings.webhook_secret.get_secret_value()
    try:
        if not (await database.schema()).is_current:
            return ""
        async with database.read() as connection:
            found = await kept.get(connection, scope, SECRET)
    except Exception:  # noqa: BLE001 - the doctor himself says what is wrong with the database
        return ""
    return found[0] if found else ""
