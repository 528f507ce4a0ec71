"""From nothing to ready, and how much memory that takes and keeps."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, Target, pairs
from tests.bench.modals import seed

_GROUND = (
    "import slack_bolt.async_app, httpx, sqlalchemy.ext.asyncio, "
    "apscheduler.schedulers.asyncio, pydantic_settings"
)
_STEP = 0.002
_PATIENCE = 60.0
_SETTLED = 5.0
_TICKS = os.sysconf("SC_CLK_TCK")


async def ready(*, quick: bool) -> list[Figure]:
    """From the command to a `/readyz` that says yes, against the imports nobody can do without."""
    count = 1 if quick else 2 * PAIRS
    used: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        environment = servers.settings(Path(folder))
        await seed(environment["DATABASE_URL"], 0)
        found = await pairs(lambda: _until_ready(environment, used), _imported, count=count)
    note = f"{sorted(used)[len(used) // 2]:.2f} s of the processor; tables migrated before"
    return [
        Figure(
            "start to `/readyz`",
            "python -c 'import bolt, httpx, SQLAlchemy, APScheduler, settings'",
            "s",
            *found,
            Target("<=", 1.4),
            note=note,
        )
    ]


async def _until_ready(environment: dict[str, str], used: list[float]) -> float:
    started = time.perf_counter()
    async with _running(environment) as server:
        seconds = time.perf_counter() - started
        used.append(_processor(server.process.pid))
    return seconds


@asynccontextmanager
async def _running(environment: dict[str, str]) -> AsyncIterator[servers.Server]:
    """The bot by its own command, ready."""
    port = _free()
    command = Path(sys.executable).with_name("clicksend-slack")
    process = await asyncio.create_subprocess_exec(
        command, "run", env={**environment, "BOT_PORT": str(port)}, cwd=servers.ROOT
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await _is_ready(port):  # noqa: ASYNC110 - another process, which tells nobody
                await asyncio.sleep(_STEP)
        yield servers.Server(port, process)
    finally:
        process.terminate()
        await process.wait()


async def _is_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200")


async def _imported() -> float:
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _GROUND)
    if await process.wait():
        raise ValueError("the ground does not import")
    return time.perf_counter() - started


def _processor(process_id: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def memory(*, quick: bool) -> list[Figure]:
    """Resident memory when ready, and after many commands."""
    count, commands = (1, 5_000) if quick else (PAIRS, 100_000)
    with tempfile.TemporaryDirectory() as folder:
        environment = servers.settings(Path(folder))
        await seed(environment["DATABASE_URL"], 0)  # the first start migrates, the others do not

        async def ours() -> float:
            async with _running(environment) as server:
                return server.memory()

        async def hello() -> float:
            async with servers.hello() as server:
                return server.memory()

        found = await pairs(ours, hello, count=count, warm=False)
        async with _running(environment) as server:
            await asyncio.sleep(_SETTLED)  # what the jobs of the start load is not of the commands
            before = server.memory()
            for _ in range(commands // 5_000):
                requests = [load.signed(load.command("help")) for _ in range(5_000)]
                await load.run(server.port, requests, connections=32)
            after = server.memory()
    note = f"{before:.0f} MiB once the jobs of the start are done"
    return [
        Figure(
            "memory when ready", "hello-world Bolt", "MiB", *found, Target("<=", 2.0), note=note
        ),
        Figure(
            f"memory after {commands:,} commands",
            "the same process before the first",
            "MiB",
            [after / before],
            after,
            before,
            Target("<=", 1.05),
        ),
    ]
