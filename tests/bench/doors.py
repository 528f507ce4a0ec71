"""What a signed command costs at the door, against hello-world Bolt."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, Target, pairs

HELLO = "hello-world Bolt, one listener, same server"


async def figures(*, quick: bool) -> list[Figure]:
    """Requests a second at 32 connections, and the median time of one alone."""
    many, few, count = (1_000, 200, 2) if quick else (6_000, 1_000, PAIRS)
    with tempfile.TemporaryDirectory() as folder:
        async with servers.bot(servers.settings(Path(folder))) as ours, servers.hello() as ground:
            await _right(ours.port, ground.port)
            rates = await pairs(
                lambda: _rate(ours.port, many),
                lambda: _rate(ground.port, many),
                count=count,
            )
            short = await pairs(
                lambda: _rate(ours.port, many, "help balance"),
                lambda: _rate(ground.port, many),
                count=count,
            )
            alone = await pairs(
                lambda: _median(ours.port, few),
                lambda: _median(ground.port, few),
                count=count,
            )
    return [
        Figure(
            "signed `/clicksend help`, every listener, 32 connections",
            HELLO,
            "requests/s",
            *rates,
            Target(">=", 0.9),
        ),
        Figure(
            "the same, `/clicksend help balance`",
            HELLO,
            "requests/s",
            *short,
            note="stated: the whole help is 5 kB, that of one group half a kB, a greeting 5 bytes",
        ),
        Figure("`/clicksend help` alone, p50", HELLO, "s", *alone, Target("<=", 1.3)),
    ]


async def _rate(port: int, count: int, text: str = "help") -> float:
    requests = [load.signed(load.command(text)) for _ in range(count)]
    return (await load.run(port, requests, connections=32)).rate


async def _median(port: int, count: int) -> float:
    requests = [load.signed(load.command("help")) for _ in range(count)]
    return (await load.run(port, requests, connections=1)).percentile(0.5)


async def _right(ours: int, ground: int) -> None:
    """What is timed is answered: the whole help here, a greeting there."""
    found = await load.run(ours, [load.signed(load.command("help"))], connections=1)
    if "/clicksend sms" not in json.dumps(json.loads(found.last)):
        raise ValueError(found.last)
    greeted = await load.run(ground, [load.signed(load.command("help"))], connections=1)
    if b"Hello" not in greeted.last:
        raise ValueError(greeted.last)
