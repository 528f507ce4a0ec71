"""The client against bare httpx and the vendor's own, on answers that are ready as bytes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import aiohttp
import httpx
from pydantic import SecretStr

from bot.clicksend import ClickSend
from bot.clicksend.operations.sms import ListSmsHistory, SendSms, SmsMessage
from tests.bench import servers
from tests.bench.canned import ITEMS
from tests.bench.measure import PAIRS, Figure, Target, pairs

_VENDOR = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"
_AHEAD = 4
_SECONDS = 0.01
Call = Callable[[], Awaitable[object]]


async def figures(*, quick: bool) -> list[Figure]:
    """Every line about the client."""
    async with servers.canned() as server:
        url = f"http://127.0.0.1:{server.port}/v3"
        async with _ours(url) as ours, _bare() as bare:
            found = await _calls(url, ours, bare, quick=quick)
        found.append(await _vendors(url, quick=quick))
    async with servers.canned(_SECONDS) as server:
        found.append(await _walk(f"http://127.0.0.1:{server.port}/v3", quick=quick))
    return found


async def _calls(
    url: str, ours: ClickSend, bare: httpx.AsyncClient, *, quick: bool
) -> list[Figure]:
    scale, count = (1, 2) if quick else (4, PAIRS)
    message = SmsMessage(to="+61411111111", body="Hello")
    send = SendSms(messages=(message,))
    body = json.loads(send.wire().body or b"")

    async def page() -> None:
        answer = await ours.run(ListSmsHistory(page=1, limit=ITEMS))
        _right(len(answer.items))

    async def bare_page() -> None:
        answer = await bare.get(f"{url}/sms/history", params={"page": 1, "limit": ITEMS})
        _right(len(answer.json()["data"]["data"]))

    async def sent() -> None:
        answer = await ours.run(send)
        if not answer.messages:
            raise ValueError(answer)

    async def bare_sent() -> None:
        answer = await bare.post(f"{url}/sms/send", json=body)
        if not answer.json()["data"]["messages"]:
            raise ValueError(answer.text)

    async def compared(
        what: str, mine: Call, theirs: Call, target: float, *, calls: int, at_once: int
    ) -> Figure:
        ratios, rate, other = await pairs(
            lambda: _rate(mine, calls, at_once), lambda: _rate(theirs, calls, at_once), count=count
        )
        against = "bare httpx with json(), sniffio installed"
        return Figure(what, against, "calls/s", ratios, rate, other, Target(">=", target))

    return [
        await compared(
            "client, 50 concurrent typed pages of 100",
            *(page, bare_page, 3.0),
            calls=150 * scale,
            at_once=50,
        ),
        await compared(
            "client, one read at a time, typed",
            *(page, bare_page, 1.5),
            calls=100 * scale,
            at_once=1,
        ),
        await compared(
            "client, one send at a time, typed",
            *(sent, bare_sent, 0.9),
            calls=150 * scale,
            at_once=1,
        ),
        await compared(
            "client, 50 concurrent sends, typed",
            *(sent, bare_sent, 0.9),
            calls=150 * scale,
            at_once=50,
        ),
    ]


async def _vendors(url: str, *, quick: bool) -> Figure:
    calls, count = (150, 2) if quick else (600, PAIRS)

    async def mine() -> float:
        async with _ours(url) as ours:

            async def page() -> None:
                answer = await ours.run(ListSmsHistory(page=1, limit=ITEMS))
                _right(len(answer.items))

            await _rate(page, 50, 50)
            return await _rate(page, calls, 50)

    async def theirs() -> float:
        process = await asyncio.create_subprocess_exec(
            *(str(_VENDOR), str(Path(__file__).parent / "vendor" / "read.py")),
            *(url, str(calls), "50"),
            stdout=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"]},
        )
        out, _ = await process.communicate()
        found = json.loads(out)
        _right(found["items"] // calls)
        return calls / float(found["seconds"])

    ratios, rate, other = await pairs(mine, theirs, count=count)
    what, against = "the same", "`clicksend-client` 6.0.2, typed, 50 threads"
    return Figure(what, against, "calls/s", ratios, rate, other, Target(">=", 2.0))


async def _walk(url: str, *, quick: bool) -> Figure:
    pages, count = (100, 2) if quick else (1_000, PAIRS)
    first = 1_000 - pages + 1

    async def mine() -> float:
        async with _ours(url) as ours:
            started, items = time.perf_counter(), 0
            listing = ListSmsHistory(page=first, limit=ITEMS)
            async with aclosing(ours.pages(listing, ahead=_AHEAD)) as found:
                async for _ in found:
                    items += 1
            _right(items // pages)
            return items / (time.perf_counter() - started)

    async def raw() -> float:
        async with aiohttp.ClientSession() as http:
            started, items = time.perf_counter(), 0
            for number in range(first, 1_001):
                async with http.get(f"{url}/sms/history?page={number}&limit={ITEMS}") as answer:
                    items += len((await answer.json())["data"]["data"])
            _right(items // pages)
            return items / (time.perf_counter() - started)

    ratios, rate, other = await pairs(mine, raw, count=count)
    return Figure(
        f"{pages * ITEMS:,} history items through pages(), to the last",
        f"the same pages in turn over aiohttp, json(); the server takes {_SECONDS * 1000:.0f} ms",
        "items/s",
        ratios,
        rate,
        other,
        Target(">=", 1.5),
    )


def _ours(url: str) -> ClickSend:
    return ClickSend(url, "demo", SecretStr("key"))


def _bare() -> httpx.AsyncClient:
    pair = base64.b64encode(b"demo:key").decode()
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    headers = {"authorization": f"Basic {pair}"}
    return httpx.AsyncClient(headers=headers, trust_env=False, limits=limits)


async def _rate(call: Call, calls: int, at_once: int) -> float:
    """Calls a second."""
    waiting = iter(range(calls))

    async def worker() -> None:
        for _ in waiting:
            await call()

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return calls / (time.perf_counter() - started)


def _right(items: int) -> None:
    if items != ITEMS:
        raise ValueError(f"{items} items, not {ITEMS}")
