"""The parts of what comes in, and of what watches the bot, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.app.moment import now
from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.addressbook import AddressBook
from bot.services.desk import Desk
from bot.services.doctor import Doctor
from bot.services.heartbeat import Heartbeat
from bot.services.hooks import Hooks
from bot.services.inbox import Inbox
from bot.setting_types import BotMode
from bot.settings import Settings
from bot.slack.client import Slack
from bot.slack.scopes import BOT_SCOPES, PREFIX_SCOPES
from bot.store import Database, Scope
from bot.web.webhooks import PATH


class Workspace:
    """Slack, as the doctor looks at it.

    Args:
        slack: The Web API.
        settings: For the way Slack reaches the bot.
    """

    def __init__(self, slack: Slack, settings: Settings) -> None:
        self._slack = slack
        self._settings = settings

    async def identity(self) -> tuple[frozenset[str], datetime | None]:
        """The scopes of the bot's token, and Slack's time.

        Raises:
            SlackError: See `Slack.identity`.
        """
        return await self._slack.identity()

    async def socket_opens(self) -> bool | None:
        """Whether a Socket Mode connection may be opened; None with HTTP.

        Raises:
            SlackError: It may not.
        """
        token = self._settings.slack_app_token
        if self._settings.bot_mode is not BotMode.SOCKET or token is None:
            return None
        await self._slack.socket_grant(token)
        return True


@dataclass(frozen=True, slots=True)
class Incoming:
    """The services of what comes in."""

    inbox: Inbox
    desk: Desk
    hooks: Hooks
    heartbeat: Heartbeat


def build_incoming(
    settings: Settings,
    clicksend: ClickSend,
    database: Database,
    scope: Scope,
    *,
    secret: str,
    told: Callable[[], None],
) -> Incoming:
    """Put the services of what comes in together.

    Args:
        settings: Complete and checked.
        clicksend: The client.
        database: Open.
        scope: Whose rows.
        secret: What stands in the webhooks' address.
        told: Called when there is something to post.
    """
    book = AddressBook(clicksend, now=now)
    first = min(settings.bot_admins, default="")
    return Incoming(
        Inbox(
            clicksend,
            database,
            scope,
            book=book,
            otherwise=settings.inbox_channel or settings.alert_channel or first,
            now=now,
        ),
        Desk(database, scope, book=book, now=now, told=told),
        build_hooks(settings, clicksend, database, scope, secret=secret),
        Heartbeat(settings.heartbeat_url),
    )


def build_hooks(
    settings: Settings, clicksend: ClickSend, database: Database, scope: Scope, *, secret: str
) -> Hooks:
    """The rules at ClickSend."""
    return Hooks(
        clicksend,
        database,
        scope,
        public_url=settings.public_url,
        secret=secret,
        path=PATH,
        now=now,
    )


def build_doctor(
    settings: Settings,
    slack: Slack,
    account: AccountReader,
    database: Database,
    scope: Scope,
    *,
    clicksend: ClickSend,
    hooks: Hooks,
    jobs: Mapping[str, int],
) -> Doctor:
    """The doctor, of the running bot or of the command line."""
    return Doctor(
        Workspace(slack, settings),
        account,
        database,
        scope,
        clicksend=clicksend,
        hooks=hooks,
        wanted=BOT_SCOPES | (PREFIX_SCOPES if settings.inbox_reply_prefix else frozenset()),
        jobs=jobs,
        now=now,
    )
