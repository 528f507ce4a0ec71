"""The client against bare httpx and the vendor's own, on answers that are ready as bytes.

Each measurement is a process of its own (`client_side.py`, `vendor/read.py`), alternately, against
one server.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import servers
from tests.bench.canned import ITEMS, OUTCOMES, RECEIPTS
from tests.bench.measure import PAIRS, Figure, Target, pairs

_VENDOR = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"
_READ = Path(__file__).parent / "vendor" / "read.py"
_SECONDS = 0.01
_HTTPX = "bare httpx with json(), sniffio installed"
_SDK = "`clicksend-client` 6.0.2, typed, 50 threads"


@dataclass
class _Side:
    """One of the two: a program that makes so many calls and prints what it took.

    Attributes:
        command: The program, with all its arguments.
        calls: How many calls it makes.
        items: How many things must have come.
        processor: Seconds of the processor a call, of each time it was measured.
    """

    command: tuple[str, ...]
    calls: int
    items: int
    processor: list[float] = field(default_factory=list)

    async def rate(self) -> float:
        """Measure: calls a second."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdout=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"]},
            cwd=servers.ROOT,
        )
        out, _ = await process.communicate()
        found = json.loads(out)
        if found["items"] != self.items:
            raise ValueError(f"{found['items']} items, not {self.items}")
        self.processor.append(found["processor"] / self.calls)
        return self.calls / float(found["seconds"])


async def figures(*, quick: bool) -> list[Figure]:
    """Every line about the client."""
    calls, count = (300, 2) if quick else (1_000, PAIRS)
    async with servers.canned() as server:
        url = f"http://127.0.0.1:{server.port}/v3"

        def of(side: str, what: str, at_once: int) -> _Side:
            things = {"page": ITEMS, "receipts": RECEIPTS, "send": OUTCOMES}[what]
            return _Side(_command(side, what, url, calls, at_once), calls, calls * things)

        async def compared(what: str, kind: str, at_once: int, target: float | None) -> Figure:
            sides = of("ours", kind, at_once), of("httpx", kind, at_once)
            return await _figure(what, _HTTPX, *sides, target, count=count)

        vendor = (str(_VENDOR), str(_READ), url, str(calls), "50")
        found = [
            await compared("client, 50 concurrent typed pages of 100", "page", 50, 3.0),
            await _figure(
                "the same",
                _SDK,
                *(of("ours", "page", 50), _Side(vendor, calls, calls * ITEMS), 2.0),
                count=count,
            ),
            await compared("client, one read at a time, typed (a page of 100)", "page", 1, 1.5),
            await compared("the same, a page of few receipts (stated)", "receipts", 1, None),
            await compared("client, one send at a time, typed", "send", 1, 0.9),
            await compared("client, 50 concurrent sends, typed", "send", 50, 0.9),
        ]
    async with servers.canned(_SECONDS) as server:
        found.append(await _walk(f"http://127.0.0.1:{server.port}/v3", quick=quick))
    return found


async def _walk(url: str, *, quick: bool) -> Figure:
    pages, count = (100, 2) if quick else (1_000, PAIRS)
    ours, raw = (
        _Side(_command(side, "walk", url, pages, 1), pages * ITEMS, pages * ITEMS)
        for side in ("ours", "raw")
    )
    return await _figure(
        f"{pages * ITEMS:,} history items through pages(), to the last",
        f"the same pages in turn over aiohttp, json(); the server takes {_SECONDS * 1000:.0f} ms",
        *(ours, raw, 1.5),
        count=count,
        unit="items/s",
    )


async def _figure(
    what: str,
    against: str,
    ours: _Side,
    ground: _Side,
    target: float | None,
    *,
    count: int,
    unit: str = "calls/s",
) -> Figure:
    # No pair to warm up: each process does that for itself.
    ratios, mine, other = await pairs(ours.rate, ground.rate, count=count, warm=False)
    worked, theirs = (statistics.median(each.processor) for each in (ours, ground))
    note = f"of the processor {_short(worked)} against {_short(theirs)}, {theirs / worked:.2f}"
    wanted = None if target is None else Target(">=", target)
    return Figure(what, against, unit, ratios, mine, other, wanted, note)


def _short(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-4 else f"{seconds * 1e6:.1f} µs"


def _command(side: str, what: str, url: str, calls: int, at_once: int) -> tuple[str, ...]:
    program = (sys.executable, "-m", "tests.bench.client_side")
    return (*program, side, what, url, str(calls), str(at_once))
