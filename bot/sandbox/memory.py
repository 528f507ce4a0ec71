"""A month of spending for the demo's bot: without it there is nothing that a forecast learns from.

It is made up, and written into the bot's own database as the bot would have kept it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

_DAYS = 28
_HOUR = timedelta(hours=1)
_WEEKDAY, _WEEKEND = 180_000, 60_000
"""What an hour costs, in millionths of the currency: about AUD 3.50 a day."""


def remember(database: Path, *, account: str, balance: int, now: datetime) -> None:
    """Write what the balance fell by in each hour of the last four weeks.

    Args:
        database: The bot's SQLite file, in which its tables are already.
        account: Whose.
        balance: What is left now, in units of the currency.
        now: The time.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    newest = now.replace(minute=0, second=0, microsecond=0) - _HOUR
    hours = [newest - _HOUR * back for back in range(_DAYS * 24)]
    rows = [
        (
            account,
            int((hour - epoch).total_seconds()) * 1_000_000,
            balance * 1_000_000,
            _WEEKDAY if hour.weekday() < 5 else _WEEKEND,  # noqa: PLR2004 - Saturday
        )
        for hour in hours
    ]
    insert = (
        "INSERT OR IGNORE INTO spending (workspace, account, hour, balance, spent) "
        "VALUES ('default', ?, ?, ?, ?)"
    )
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.executemany(insert, rows)
