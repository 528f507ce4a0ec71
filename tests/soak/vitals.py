"""What a bot holds: memory, tasks, files, connections; asked of it and of the machine."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import aiohttp

from tests.crash.bots import Bot

_MIB = 1024 * 1024
_LOOK = 0.25
_TABLES = ("tcp", "tcp6")
_SOCKET = re.compile(r"^socket:\[(\d+)\]$")


@dataclass(frozen=True)
class Vitals:
    """One look: MiB of memory, and counts.

    Attributes:
        connections: Over TCP: of clients, to Slack and to ClickSend.
        database: To PostgreSQL, over a Unix socket; some more of these are the loop's own.
        others: Files that are neither.
    """

    memory: float
    tasks: int
    connections: int
    database: int
    others: int

    def __str__(self) -> str:
        return (
            f"{self.memory:.1f} MiB, {self.tasks} tasks, {self.connections} connections, "
            f"{self.database} to the database, {self.others} other files"
        )


async def look(bot: Bot, http: aiohttp.ClientSession) -> Vitals:
    """Look once; the connection of the look itself counts each time."""
    async with http.get(f"{bot.url}/metrics") as answer:
        shown = await answer.text()
    return Vitals(
        _value(shown, "process_resident_memory_bytes") / _MIB,
        int(_value(shown, "clicksend_slack_tasks")),
        *_files(bot.pid, int(_value(shown, "process_open_fds"))),
    )


def _value(shown: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", shown, re.MULTILINE)
    assert found, f"{name} is not in the metrics"
    return float(found[1])


def _files(pid: int, count: int) -> tuple[int, int, int]:
    """Of so many open files: connections over TCP, those to the database, and the others."""
    sockets = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed in the meantime
            sockets |= set(_SOCKET.findall(str(each.readlink())))
    tables = [Path(f"/proc/{pid}/net/{name}").read_text().splitlines() for name in _TABLES]
    tcp = {line.split()[9] for table in tables for line in table[1:]}
    return len(sockets & tcp), len(sockets - tcp), count - len(sockets)


async def calm(
    bot: Bot, http: aiohttp.ClientSession, enough: Callable[[Vitals], bool], *, seconds: float
) -> Vitals:
    """Wait until a look is good enough; the last one, good or not.

    Args:
        bot: Which.
        http: Connections.
        enough: Whether nothing more need be waited for.
        seconds: The longest wait.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = await look(bot, http)
        if enough(found) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(_LOOK)


def growth(looks: Sequence[Vitals]) -> float:
    """By how many MiB the memory grew from the second quarter of the looks to the last."""
    quarter = max(len(looks) // 4, 1)
    early, late = looks[quarter : 2 * quarter] or looks[:1], looks[-quarter:]
    return median(each.memory for each in late) - median(each.memory for each in early)
