"""What lies behind the door: an answer read from ClickSend; a door that stays quick meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, Target, pairs
from tests.bench.servers import Server
from tests.bench.sink import Sink, sink

_SLOW = 5.0
IN_FLIGHT = 200
_LONGEST_ACKNOWLEDGEMENT = 1.0


async def balance(*, quick: bool) -> list[Figure]:
    """`/balance` until its answer is posted, many at once and alone."""
    many, few, count = (300, 50, 2) if quick else (1_500, 300, PAIRS)
    async with AsyncExitStack() as stack:
        url = f"http://127.0.0.1:{(await stack.enter_async_context(servers.canned())).port}"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {**servers.settings(folder, clicksend=url), "CHANGED": "uncached"}
        ours = await stack.enter_async_context(servers.bot(environment))
        ground = await stack.enter_async_context(servers.hello(CLICKSEND=url))
        taken = await stack.enter_async_context(sink())
        at_once = await pairs(
            lambda: _answered(ours, taken, many, at_once=32),
            lambda: _answered(ground, taken, many, at_once=32),
            count=count,
        )
        alone = await pairs(
            lambda: _answered(ours, taken, few, at_once=1),
            lambda: _answered(ground, taken, few, at_once=1),
            count=count,
        )
    against = "Bolt, one bare httpx call, respond()"
    return [
        Figure(
            "`/balance` to the answer posted, 32 at once",
            against,
            "/s",
            *at_once,
            Target(">=", 1.5),
        ),
        Figure("the same, one after the other", against, "/s", *alone, Target(">=", 1.5)),
    ]


async def _answered(server: Server, taken: Sink, count: int, *, at_once: int) -> float:
    """Answers posted a second; as many commands are under way, each until its answer is there."""
    before = len(taken.bodies)
    requests = [
        load.signed(load.command("", "/balance", answer_at=taken.url)) for _ in range(count)
    ]
    started = time.perf_counter()
    if at_once == 1:
        for number, request in enumerate(requests, 1):
            await load.run(server.port, [request], connections=1)
            await taken.until(before + number)
    else:
        await load.run(server.port, requests, connections=at_once)
        await taken.until(before + count)
    seconds = time.perf_counter() - started
    wrong = [body for body in taken.bodies[before:] if b" left" not in body]
    if wrong:
        raise ValueError(wrong[0])
    return count / seconds


async def acknowledged(*, quick: bool) -> list[Figure]:
    """The slowest of acknowledgements while 200 commands wait for ClickSend."""
    count = 1 if quick else PAIRS
    async with AsyncExitStack() as stack:
        taken = await stack.enter_async_context(sink())
        found = []
        for seconds in (_SLOW, 0.0):
            clicksend = await stack.enter_async_context(servers.canned(seconds))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"http://127.0.0.1:{clicksend.port}"
            environment = servers.settings(folder, clicksend=url)
            found.append(await stack.enter_async_context(servers.bot(environment)))
        slow, fast = found
        longest: list[float] = []
        measured = await pairs(
            lambda: _slowest(slow, taken, longest),
            lambda: _slowest(fast, taken, longest),
            count=count,
            warm=not quick,
        )
    if max(longest) > _LONGEST_ACKNOWLEDGEMENT:
        raise ValueError(f"an acknowledgement took {max(longest):.2f} s")
    return [
        Figure(
            f"acknowledgement p99, ClickSend taking 5 s, {IN_FLIGHT} commands in flight",
            "the same, ClickSend at 0 ms",
            "s",
            *measured,
            Target("<=", 1.3),
            note=f"the longest of all took {max(longest) * 1000:.0f} ms; it may never be 1 s",
        )
    ]


async def _slowest(server: Server, taken: Sink, longest: list[float]) -> float:
    """The 99th percentile of the acknowledgements of 200 commands that ask ClickSend, and of 1,000.

    Those 1,000 arrive while the answers to the 200 are being waited for.
    """
    before = len(taken.bodies)
    asking = [load.signed(load.command("list", answer_at=taken.url)) for _ in range(IN_FLIGHT)]
    first = await load.run(server.port, asking, connections=8)
    helped = [load.signed(load.command("help")) for _ in range(1_000)]
    second = await load.run(server.port, helped, connections=8)
    await taken.until(before + IN_FLIGHT)
    await asyncio.sleep(0.1)
    if any(b"ontact" not in body for body in taken.bodies[before:]):
        raise ValueError(taken.bodies[-1])
    each = load.Load(1.0, [*first.each, *second.each], b"")
    longest.append(max(each.each))
    return each.percentile(0.99)
