"""One account of one workspace, running: its parts, its worker, its jobs."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import dataclass

from pydantic import SecretStr

from bot import logs
from bot.app.ground import Base
from bot.app.moment import now
from bot.app.parts import Parts
from bot.app.served import begun
from bot.services.alerts.own_health import CallTally
from bot.services.connection_settings import KEY, own_of, webhook_of
from bot.services.hooks import secret_of
from bot.setting_types import EscalationCall
from bot.settings import Settings
from bot.slack.client import Slack
from bot.slack.stamps import stamp_of
from bot.store.sealing import Seal
from bot.store.spaces import Connection
from commands.context import Lobby

_LOOK_SECONDS = 5
"""Between two looks at a balance, whosever it is: 12 a minute, of the 18 that the client allows."""


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """What runs.

    Attributes:
        connection: Which account.
        parts: Its parts.
        slack: The workspace's Web API, which stamps what this account shows.
        token: The same before it was stamped: while it stays, its token does, too.
        stamp: The stamp.
        stack: Ends it.
    """

    connection: Connection
    parts: Parts
    slack: Slack
    token: Slack
    stamp: str
    stack: AsyncExitStack


async def open_account(
    base: Base, seal: Seal, connection: Connection, *, slack: Slack, lobby: Lobby, accounts: int
) -> OpenAccount:
    """Put the parts of an account together, and have its sends and its jobs done.

    Args:
        base: What there is once.
        seal: Decrypts the key.
        connection: The account; it is connected.
        slack: The Web API with the workspace's token.
        lobby: Connects accounts.
        accounts: How many are connected in all.

    Raises:
        SealError: The key cannot be decrypted.
    """
    scope, calls = connection.scope, CallTally()
    key = seal.open(connection.key or "", KEY, scope.workspace, scope.account)
    logs.hide(key)
    stamp = stamp_of(scope.account)
    stamped = slack.stamped(stamp)
    secret = await secret_of(base.database, scope, None, at=now())
    async with AsyncExitStack() as stack:
        clicksend = await stack.enter_async_context(
            base.clicksend(scope.account, SecretStr(key), calls)
        )
        parts = await begun(
            base,
            scope,
            settings=own_settings(base.settings, connection, seal, accounts=accounts),
            clicksend=clicksend,
            slack=stamped,
            secret=secret,
            calls=calls,
            stack=stack,
            lobby=lobby,
        )
        return OpenAccount(connection, parts, stamped, slack, stamp, stack.pop_all())


def own_settings(
    settings: Settings, connection: Connection, seal: Seal, *, accounts: int
) -> Settings:
    """The settings as they are for an account; what is one workspace's comes from its connection.

    Whoever typed the key is its admin. The sign of life is the bot's, not an account's. ClickSend
    counts who asks for a balance by address, so many accounts are each looked at less often: a
    third of the reads there are is left to people.

    Raises:
        SealError: What is sealed cannot be decrypted.
    """
    own, webhook = own_of(connection), webhook_of(connection, seal)
    if webhook is not None:
        logs.hide(webhook.get_secret_value())
    usual = settings.escalation_minutes
    return settings.model_copy(
        update={
            "bot_admins": frozenset({connection.admin}),
            "alert_channel": connection.alert_channel or None,
            "approval_channel": connection.approval_channel or None,
            "inbox_channel": own.inbox_channel or None,
            "alert_oncall": frozenset(own.oncall),
            "escalation_minutes": usual if own.minutes is None else own.minutes,
            "escalation_call": EscalationCall(own.call) if own.call and own.phones else None,
            "escalation_phones": frozenset(own.phones),
            "escalation_webhook_url": webhook,
            "opt_out_list": own.opt_out_list,
            "low_credit_threshold": (
                settings.low_credit_threshold if own.low_credit is None else own.low_credit
            ),
            "heartbeat_url": None,
            "credit_watch_seconds": max(settings.credit_watch_seconds, accounts * _LOOK_SECONDS),
        }
    )


async def close(
    base: Base,
    account: OpenAccount,
    ending: list[asyncio.Task[bool]],
    stopped: asyncio.Event,
) -> None:
    """Close an account: what is said is posted, what is under way ends.

    Args:
        base: What there is once.
        account: Which.
        ending: Its jobs that still run.
        stopped: Set when the bot stops: then nothing is waited for that has been waited for before.
    """
    if not stopped.is_set():
        account.parts.doorbell.ring()
    await base.clock.ended(ending)
    account.parts.worker.stop()
    # Handlers that began before may still ask ClickSend, for as long as one call may take.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), base.settings.clicksend_deadline_seconds)
    await account.stack.aclose()
