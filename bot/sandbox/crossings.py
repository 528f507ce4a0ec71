"""Shows on the local Slack's wire what the bot does elsewhere: calls of ClickSend, and its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.server import Crossed
from bot.sandbox.rows import Rows
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.shapes import Json

_QUIET = frozenset({"slots"})
"""Tables that are written at every run of every job, and tell nothing about a send."""


def show_calls(clicksend: ClickSendSandbox, slack: SlackSandbox) -> None:
    """From now on, show every call of ClickSend."""

    def crossed(call: Crossed) -> None:
        slack.wire.crossed(
            "to ClickSend",
            call.operation,
            "HTTP",
            seconds=call.seconds,
            outcome=call.outcome,
            both=(call.sent, call.answer),
        )

    clicksend.watcher = crossed


@asynccontextmanager
async def showing_rows(file: Path, slack: SlackSandbox) -> AsyncIterator[None]:
    """Meanwhile, show every row that is written.

    Args:
        file: The bot's SQLite file.
        slack: Where to show it.
    """

    def told(table: str, what: str, row: Json) -> None:
        if table not in _QUIET:
            name = f"{table}: {what}"
            sides: tuple[Json, Json] = (row, {})
            slack.wire.crossed(
                "to the database", name, "SQLite", seconds=0.0, outcome="ok", both=sides
            )

    watching = asyncio.create_task(Rows(file).watch(told), name="rows")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
