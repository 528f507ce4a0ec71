"""What every part stands on."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot import tracing
from bot.app.metrics import Metrics
from bot.clicksend import ClickSend, Limiter, Timeouts
from bot.jobs.clock import Clock
from bot.services.alerts.own_health import CallTally
from bot.settings import Settings
from bot.slack.client import Slack
from bot.slack.tasks import Tasks
from bot.store import Database, Scope
from bot.texts import aloud
from commands.context import Lobby


async def _for_all(work: Coroutine[Any, Any, None]) -> None:
    with aloud():
        await work


@dataclass(frozen=True, slots=True)
class Base:
    """What there is once in a process, whoever is served.

    Attributes:
        settings: Complete and checked.
        database: Open.
        owner: This process.
        session: The pool of connections to Slack.
        metrics: Counts.
        tasks: Slow work.
        clock: The jobs.
        limiter: What ClickSend counts by address, and so for all accounts together.
    """

    settings: Settings
    database: Database
    owner: str
    session: aiohttp.ClientSession
    metrics: Metrics
    tasks: Tasks
    clock: Clock
    limiter: Limiter = field(default_factory=Limiter)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> object:
        """Do slow work in the background, in the workspace's language, whoever's press began it."""
        return self.tasks.spawn(_for_all(work), name=name)

    def slack(self, token: SecretStr, *, team: str | None = None) -> Slack:
        """The Web API with somebody's token; `team`: where it is one of a whole Grid."""
        return Slack(
            token,
            self.settings.slack_api_url,
            self.session,
            clock=time.monotonic,
            deadline=self.settings.slack_deadline_seconds,
            observer=self.metrics.asked_slack,
            team=team,
        )

    def clicksend(self, username: str, key: SecretStr, calls: CallTally) -> ClickSend:
        """A ClickSend account.

        Args:
            username: The API username.
            key: The API key.
            calls: Counts how its calls end.
        """

        def observe(operation_id: str, outcome: str, seconds: float) -> None:
            calls.note(outcome)
            self.metrics.called(operation_id, outcome, seconds)
            tracing.called(operation_id, outcome, seconds)

        return ClickSend(
            self.settings.clicksend_base_url,
            username,
            key,
            timeouts=Timeouts.within(self.settings.clicksend_deadline_seconds),
            limiter=self.limiter,
            observer=observe,
            retried=self.metrics.retried,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part of one account stands on.

    Attributes:
        settings: Complete and checked.
        database: Open.
        scope: Whose rows.
        clicksend: The client.
        slack: The Web API.
        owner: This process.
        secret: What stands in the webhooks' address.
        deliver: Posts what there is to say, at once and in the background.
        calls: Counts how calls to ClickSend end.
        spawn: Does slow work in the background, by a name for the log.
        lobby: Connects accounts; None where there is one, by the settings.
    """

    settings: Settings
    database: Database
    scope: Scope
    clicksend: ClickSend
    slack: Slack
    owner: str
    secret: str
    deliver: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, None], str], object]
    calls: CallTally
    lobby: Lobby | None = None

    @property
    def skew(self) -> timedelta:
        """How far the clocks of several bots may differ."""
        return timedelta(seconds=self.settings.clock_skew_seconds)
