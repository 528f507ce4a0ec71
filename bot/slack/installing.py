"""Installing the bot by OAuth (Bolt's own flow), and renewing tokens that expire."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.slack.scopes import BOT_SCOPES
from bot.store import Database, spaces
from bot.store.installations import Installations

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
_STATE_SECONDS = 600
_BEFORE = timedelta(hours=2)
"""How long before its end a token is renewed; Slack's last twelve hours."""
_SAVE_SECONDS, _AGAIN_SECONDS = 300.0, 0.5
_LOG = logging.getLogger("bot.slack.oauth")
_LOG.setLevel(logging.ERROR)  # its warnings hold codes

_log = structlog.get_logger(__name__)


class States(AsyncOAuthStateStore):
    """The states of installations that have begun: each is good once, for ten minutes.

    slack_sdk's own reads a state and deletes it afterwards, so that two requests may both use it.

    Args:
        database: Where they are kept.
        now: The clock.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk logs to."""
        return _LOG

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """Make a state, and keep it."""
        state = secrets.token_urlsafe(32)
        async with self._database.write() as connection:
            now = self._now()
            ends = now + timedelta(seconds=_STATE_SECONDS)
            await spaces.issue(connection, state, at=now, expires_at=ends)
        return state

    async def async_consume(self, state: str) -> bool:
        """Use a state up; False when it is unknown, used or too old."""
        async with self._database.write() as connection:
            return await spaces.consume(connection, state, at=self._now())


def build_flow(
    client: AsyncWebClient,
    installations: Installations,
    states: States,
    *,
    client_id: str,
    client_secret: SecretStr,
    authorize_url: str,
    public_url: str | None,
    more_scopes: frozenset[str] = frozenset(),
) -> AsyncOAuthFlow:
    """Bolt's flow: the page with the button, and the way back.

    Args:
        client: The Web API, with no token.
        installations: Where what comes of it is kept.
        states: Prove that who comes back is who left.
        client_id: The app's.
        client_secret: The app's.
        authorize_url: Slack's page that asks.
        public_url: The setting PUBLIC_URL; None: where Slack sends people is left to the app's
            own settings there.
        more_scopes: What is asked for besides the usual ones.
    """
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret.get_secret_value(),
        scopes=sorted(BOT_SCOPES | more_scopes),
        redirect_uri=f"{public_url}{REDIRECT_PATH}" if public_url else None,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        installation_store=installations,
        state_store=states,
        state_expiration_seconds=_STATE_SECONDS,
        authorization_url=authorize_url,
        logger=_LOG,
    )
    return AsyncOAuthFlow(client=client, logger=_LOG, settings=settings)


class Renewal:
    """Renews tokens before they end; to be run by one process at a time.

    Slack takes a refresh token once: what it answers is written down as long as the database can be
    reached at all.

    Args:
        client: The Web API, with no token.
        installations: Where tokens are kept.
        client_id: The app's.
        client_secret: The app's.
        now: The clock.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        installations: Installations,
        *,
        client_id: str,
        client_secret: SecretStr,
        now: Callable[[], datetime],
    ) -> None:
        self._rotator = AsyncTokenRotator(
            client_id=client_id, client_secret=client_secret.get_secret_value(), client=client
        )
        self._installations = installations
        self._now = now

    async def renew(self) -> int:
        """Renew every token that ends within two hours; how many."""
        due = await self._installations.expiring(self._now() + _BEFORE)
        return sum([await self._renewed(bot) for bot in due])

    async def _renewed(self, bot: Bot) -> bool:
        minutes = int(_BEFORE.total_seconds() // 60)
        try:
            new = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=minutes
            )
        except (SlackTokenRotationError, aiohttp.ClientError, TimeoutError, OSError) as error:
            _log.warning(
                "a token could not be renewed", team=bot.team_id, problem=type(error).__name__
            )
            return False
        if new is None:
            return False

        await self._saved(new)
        return True

    async def _saved(self, bot: Bot) -> None:
        """Keep new tokens, however long the database is away: the old ones are worth nothing."""
        ends = time.monotonic() + _SAVE_SECONDS
        while True:
            try:
                return await self._installations.async_save_bot(bot)
            except (SQLAlchemyError, OSError) as error:
                if time.monotonic() > ends:
                    raise
                _log.warning("new tokens are not kept yet", problem=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)
