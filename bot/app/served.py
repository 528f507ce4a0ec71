"""What stands behind the doors: the parts of one workspace, or those of many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from pydantic import SecretStr
from starlette.routing import Route

from bot.app.ground import Base, Ground
from bot.app.moment import now
from bot.app.parts import Parts, build
from bot.clicksend import ClickSend
from bot.services.alerts.own_health import CallTally
from bot.services.hooks import secret_of
from bot.services.intake import Intake
from bot.services.worker import Worker
from bot.settings import Settings
from bot.slack.client import Slack
from bot.slack.dispatch import Outside
from bot.slack.guests import Guest, Host
from bot.store import Scope
from bot.web.webhooks import of_one
from commands import Services, build_router
from commands.context import Lobby

DRAIN_SECONDS = 45.0
"""Longer than the client waits for an answer: a send that is under way gets its outcome."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the doors lead to.

    Attributes:
        host: Finds whom a payload is of; or the only one there is.
        slack: The Web API, for Socket Mode.
        token: The bot's token; None where each workspace has its own.
        intakes: Finds who stores what comes to an address of the webhooks.
        hush: Has what waits to be posted left to the next bot.
        routes: More of the web server's routes.
        outside: What to do about events that are of no workspace's work.
        running: What runs between the start of the clock and its end.
    """

    host: Host | Guest[Services]
    slack: Slack
    token: SecretStr | None
    intakes: Callable[[str], Awaitable[Intake | None]]
    hush: Callable[[], None]
    routes: Sequence[Route] = ()
    outside: Mapping[str, Outside] = field(default_factory=dict)
    running: AbstractAsyncContextManager[None] = field(default_factory=nullcontext)


async def serve_one(base: Base, scope: Scope, calls: CallTally, stack: AsyncExitStack) -> Served:
    """Put the parts of the workspace of the settings together, and have its sends done.

    Args:
        base: What there is once.
        scope: Whose rows.
        calls: Counts how calls to ClickSend end.
        stack: Ends it.
    """
    settings = base.settings
    slack = base.slack(settings.slack_bot_token)
    client = base.clicksend(settings.clicksend_username, settings.clicksend_api_key, calls)
    clicksend = await stack.enter_async_context(client)
    given = settings.webhook_secret
    secret = await secret_of(
        base.database, scope, given.get_secret_value() if given else None, at=now()
    )
    parts = await begun(
        base,
        scope,
        settings=settings,
        clicksend=clicksend,
        slack=slack,
        secret=secret,
        calls=calls,
        stack=stack,
    )
    return Served(
        Guest(build_router(), parts.services, slack),
        slack,
        settings.slack_bot_token,
        of_one(parts.intake, secret),
        parts.doorbell.stop,
    )


async def begun(
    base: Base,
    scope: Scope,
    *,
    settings: Settings,
    clicksend: ClickSend,
    slack: Slack,
    secret: str,
    calls: CallTally,
    stack: AsyncExitStack,
    lobby: Lobby | None = None,
) -> Parts:
    """Put the parts of one account together, have its sends done and its jobs run.

    Args:
        base: What there is once.
        scope: Whose rows.
        settings: Of its workspace.
        clicksend: Its client.
        slack: Its workspace's Web API.
        secret: What stands in its webhooks' address.
        calls: Counts how calls to ClickSend end.
        stack: Ends it.
        lobby: Connects accounts; None where there is one, by the settings.
    """
    parts: Parts = build(
        Ground(
            settings,
            base.database,
            scope,
            clicksend,
            slack,
            base.owner,
            secret,
            deliver=lambda: parts.doorbell.ring(),  # noqa: PLW0108 - parts is not there yet
            spawn=base.spawn,
            calls=calls,
            lobby=lobby,
        )
    )
    await stack.enter_async_context(_working(parts.worker))
    for job in parts.jobs:
        base.clock.every(job.seconds, job.name, job.work, scope=scope)
    return parts


@asynccontextmanager
async def _working(worker: Worker) -> AsyncIterator[None]:
    """Have sends done; at the end what is claimed gets its outcome."""
    running = asyncio.create_task(worker.run(), name="sends")
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait({running}, timeout=DRAIN_SECONDS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
