"""What every part stands on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clicksend import ClickSend
from bot.services.alerts.own_health import CallTally
from bot.settings import Settings
from bot.slack.client import Slack
from bot.store import Database, Scope


def now() -> datetime:
    """The clock of everything."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part stands on.

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

    @property
    def skew(self) -> timedelta:
        """How far the clocks of several bots may differ."""
        return timedelta(seconds=self.settings.clock_skew_seconds)
