"""How cost grows: with handlers, with stored messages, with sends; a picture of each."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.alerts.rules.base import Sight
from bot.services.alerts.watch import AlertWatch
from bot.services.campaigns import Campaigns
from bot.services.explain import explain
from bot.services.home import Home
from bot.store import Database
from bot.store.database import insert_new
from bot.store.sends import State
from bot.store.tables import sends as sends_table
from bot.store.types import EPOCH, MICROSECOND
from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, Target
from tests.bench.modals import SCOPE, draft
from tests.bench.picture import Curve, Picture

_FLAT = 1.5
"""What counts as flat: at the far end no more than half as much again, with the noise of it."""
_SPAN_SECONDS = 63 * 86_400
_BATCH = 10_000


async def handlers(*, quick: bool) -> tuple[list[Figure], Picture]:
    """Time of a command with more and more handlers: the bot's dictionary, and Bolt's listeners."""
    counts = (1, 50) if quick else (1, 10, 50, 200)
    curves = {}
    for kind in ("router", "listeners"):
        curves[kind] = [await _command(kind, count, quick=quick) for count in counts]
    ours, bolts = curves["router"], curves["listeners"]
    picture = Picture(
        "handlers",
        "Microseconds a command takes, by the number of handlers",
        "handlers",
        counts,
        (Curve("clicksend-slack", ours), Curve("Bolt, a listener each", bolts)),
    )
    note = f"Bolt with a listener each: {bolts[0]:.0f} µs, then {bolts[-1]:.0f} µs"
    return [_grown(f"a command with {counts[-1]} handlers", "with 1", "µs", ours, note)], picture


async def _command(kind: str, count: int, *, quick: bool) -> float:
    """Microseconds a command; the median of some rounds, the last handler asked for."""
    calls, rounds = (500, 2) if quick else (2_000, PAIRS)
    text, slash, answer = f"noun{count - 1}", "/clicksend", b"clear"
    if kind == "listeners":
        text, slash, answer = "", f"/noun{count - 1}", b"Hello"
    async with servers.handlers(kind, count) as server:
        times = []
        for _ in range(rounds + 1):
            requests = [load.signed(load.command(text, slash)) for _ in range(calls)]
            found = await load.run(server.port, requests, connections=32)
            if answer not in found.last:
                raise ValueError(found.last)
            times.append(1e6 / found.rate)
    return statistics.median(times[1:])


class _Seen:
    """Takes what the rules would look at."""

    def __init__(self) -> None:
        self.sight: Sight | None = None

    async def look(self, sight: Sight) -> bool:
        """Note it."""
        self.sight = sight
        return False


async def alerts(*, quick: bool) -> tuple[list[Figure], Picture]:
    """Time of a look at the traffic with more and more stored messages, spread over nine weeks."""
    counts = (100, 10_000) if quick else (100, 10_000, 1_000_000)
    times = []
    async with servers.canned() as server:
        for count in counts:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "bot.sqlite3"
                database = await _opened(path)
                _store_traffic(path, count)
                url = f"http://127.0.0.1:{server.port}/v3"
                async with ClickSend(url, "demo", SecretStr("key")) as clicksend:
                    seen = _Seen()
                    watch = _watch(clicksend, database, seen)
                    times.append(await _median(watch.deliveries))
                    _right(seen, count)
                await database.close()
    ms = [each * 1e3 for each in times]
    picture = Picture(
        "alerts",
        "Milliseconds an alert run takes, by the number of stored messages",
        "stored messages",
        counts,
        (Curve("a look at the traffic", ms),),
    )
    what = f"an alert run with {counts[-1]:,} stored messages"
    return [_grown(what, f"with {counts[0]:,}", "ms", ms)], picture


def _watch(clicksend: ClickSend, database: Database, seen: _Seen) -> AlertWatch:
    return AlertWatch(
        clicksend,
        AccountReader(clicksend, now=_now),
        Campaigns(clicksend, database, SCOPE, now=_now, words=explain),
        database,
        SCOPE,
        desk=seen,
        now=_now,
    )


def _right(seen: _Seen, count: int) -> None:
    """The look has counted what is stored of the last four weeks."""
    traffic = seen.sight.traffic if seen.sight else None
    counted = sum(each.count for each in traffic.usual) if traffic else 0
    if not 0.3 * count < counted < 0.6 * count:
        raise ValueError(f"{counted} of {count} were counted")


def _store_traffic(path: Path, count: int) -> None:
    """Put messages of the last nine weeks into the file: three carriers, a tenth failed."""
    newest = (_now() - EPOCH) // MICROSECOND
    step = _SPAN_SECONDS * 1_000_000 // count
    columns = "workspace, account, message_id, at, outcome, country, carrier, sender, cause, "
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            f"INSERT INTO traffic ({columns} subaccount, list_name) "  # noqa: S608 - ours
            "VALUES (?, ?, ?, ?, ?, 'AU', ?, 'Harbour', ?, '', '')",
            (
                (
                    *(SCOPE.workspace, SCOPE.account, f"M{number:07}", newest - number * step),
                    "failed" if number % 10 == 0 else "delivered",
                    ("Telstra", "Optus", "Vodafone")[number % 3],
                    "Invalid number" if number % 10 == 0 else "",
                )
                for number in range(count)
            ),
        )


async def home(*, quick: bool) -> tuple[list[Figure], Picture]:
    """Time of what App Home reads with more and more stored sends."""
    counts = (100, 1_000) if quick else (100, 1_000, 10_000, 100_000)
    times = []
    async with servers.canned() as server:
        for count in counts:
            with tempfile.TemporaryDirectory() as folder:
                database = await _opened(Path(folder) / "bot.sqlite3")
                await _store_sends(database, count)
                url = f"http://127.0.0.1:{server.port}/v3"
                async with ClickSend(url, "demo", SecretStr("key")) as clicksend:
                    account = AccountReader(clicksend, now=_now)
                    found = Home(clicksend, account, database, SCOPE, now=_now)
                    await found.refresh()
                    facts = await found.known("U0ADA")
                    if [each.id for each in facts.recent] != [f"d{n}" for n in range(5)]:
                        raise ValueError(facts.recent)

                    async def read(home: Home = found) -> object:
                        return await home.known("U0ADA")

                    times.append(await _median(read))
                await database.close()
    ms = [each * 1e3 for each in times]
    picture = Picture(
        "home",
        "Milliseconds until what App Home shows is read, by the number of stored sends",
        "stored sends",
        counts,
        (Curve("App Home", ms),),
    )
    return [_grown(f"App Home with {counts[-1]:,} sends", f"with {counts[0]}", "ms", ms)], picture


async def _store_sends(database: Database, count: int) -> None:
    """Keep sends that were said yes to, `d0` last; one in ten is somebody else's."""
    newest, one = _now(), draft(0)
    whose = SCOPE.columns()
    for start in range(0, count, _BATCH):
        rows = []
        for number in range(start, min(start + _BATCH, count)):
            at = newest - timedelta(minutes=number)
            send = replace(
                one,
                id=f"d{number}",
                state=State.SENT,
                actor="U0BOB" if number % 10 == 9 else "U0ADA",
                created_at=at,
                confirmed_at=at,
            )
            rows.append(whose | {name: getattr(send, name) for name in send.__slots__})
        async with database.write() as connection:
            await insert_new(connection, sends_table, rows, "id")


async def _opened(path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    return database


async def _median(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds; the first time does not count, it fills the caches."""
    times = []
    for _ in range(2 * PAIRS + 1):
        started = time.perf_counter()
        await work()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def _grown(what: str, against: str, unit: str, values: list[float], note: str = "") -> Figure:
    """The last by the first; flat is the target."""
    ratio = values[-1] / values[0]
    return Figure(
        what, against, unit, [ratio], values[-1], values[0], Target("<=", _FLAT), note=note
    )


def _now() -> datetime:
    return datetime.now(UTC)
