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


@dataclass(frozen=True)
class Vitals:
    """One look: seconds of a steady clock, MiB of memory, and counts."""

    at: float
    memory: float
    tasks: int
    files: int
    connections: int

    def __str__(self) -> str:
        return (
            f"{self.memory:.1f} MiB, {self.tasks} tasks, {self.files} files of which "
            f"{self.connections} connections"
        )


async def look(bot: Bot, http: aiohttp.ClientSession) -> Vitals:
    """Look once; the connection of the look itself counts each time."""
    async with http.get(f"{bot.url}/metrics") as answer:
        shown = await answer.text()
    return Vitals(
        time.monotonic(),
        _value(shown, "process_resident_memory_bytes") / _MIB,
        int(_value(shown, "clicksend_slack_tasks")),
        int(_value(shown, "process_open_fds")),
        sum(target.startswith("socket:") for target in _open(bot.pid)),
    )


def _value(shown: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", shown, re.MULTILINE)
    assert found, f"{name} is not in the metrics"
    return float(found[1])


def _open(pid: int) -> list[str]:
    found = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed in the meantime
            found.append(str(each.readlink()))
    return found


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
    """By how many MiB an hour the memory grows: its second quarter against its last."""
    quarter = max(len(looks) // 4, 1)
    early, late = looks[quarter : 2 * quarter] or looks[:1], looks[-quarter:]
    hours = (median(each.at for each in late) - median(each.at for each in early)) / 3600
    grown = median(each.memory for each in late) - median(each.memory for each in early)
    return grown / hours if hours else 0.0
