"""`python -m tests.bench.client_side SIDE WHAT URL CALLS AT_ONCE`: one side of a comparison.

In a process of its own, on the bot's event loop, with connections that nothing else has used: what
was measured before, and what the other side left, slows neither. It prints the seconds, those of
the processor, and how many things came, as JSON.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import aiohttp
import httpx
import sniffio  # noqa: F401 - httpx is a quarter slower without it: it must be there
from pydantic import SecretStr

from bot import loop
from bot.clicksend import ClickSend
from bot.clicksend.operations.sms import ListSmsHistory, ListSmsReceipts, SendSms, SmsMessage
from tests.bench.canned import ITEMS, PAGES

_AHEAD = 4
Call = Callable[[], Awaitable[int]]
"""Something that is done over and over; it says how many things came."""


@asynccontextmanager
async def _ours(what: str, url: str, pages: int) -> AsyncIterator[Call]:
    send = SendSms(messages=(SmsMessage(to="+61411111111", body="Hello"),))
    async with ClickSend(url, "demo", SecretStr("key")) as client:

        async def page() -> int:
            return len((await client.run(ListSmsHistory(page=1, limit=ITEMS))).items)

        async def receipts() -> int:
            return len((await client.run(ListSmsReceipts())).items)

        async def sent() -> int:
            return len((await client.run(send)).messages)

        async def walk() -> int:
            listing = ListSmsHistory(page=PAGES - pages + 1, limit=ITEMS)
            async with aclosing(client.pages(listing, ahead=_AHEAD)) as found:
                return sum([1 async for _ in found])

        yield {"page": page, "receipts": receipts, "send": sent, "walk": walk}[what]


@asynccontextmanager
async def _httpx(what: str, url: str, _: int) -> AsyncIterator[Call]:
    pair = base64.b64encode(b"demo:key").decode()
    message = {"to": "+61411111111", "body": "Hello"}
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        headers={"authorization": f"Basic {pair}"}, trust_env=False, limits=limits
    ) as client:

        async def page() -> int:
            asked = {"page": 1, "limit": ITEMS}
            answer = await client.get(f"{url}/sms/history", params=asked)
            return len(answer.json()["data"]["data"])

        async def receipts() -> int:
            answer = await client.get(f"{url}/sms/receipts")
            return len(answer.json()["data"]["data"])

        async def sent() -> int:
            answer = await client.post(f"{url}/sms/send", json={"messages": [message]})
            return len(answer.json()["data"]["messages"])

        yield {"page": page, "receipts": receipts, "send": sent}[what]


@asynccontextmanager
async def _raw(_: str, url: str, pages: int) -> AsyncIterator[Call]:
    async with aiohttp.ClientSession() as http:

        async def walk() -> int:
            items = 0
            for number in range(PAGES - pages + 1, PAGES + 1):
                async with http.get(f"{url}/sms/history?page={number}&limit={ITEMS}") as answer:
                    items += len((await answer.json())["data"]["data"])
            return items

        yield walk


SIDES = {"ours": _ours, "httpx": _httpx, "raw": _raw}


async def measure(side: str, what: str, url: str, calls: int, at_once: int) -> dict[str, float]:
    """Do it so many times, after a few to warm up; a walk is once, over so many pages."""
    async with SIDES[side](what, url, calls) as call:
        if what == "walk":
            return await _timed(call, 1, 1)
        await _timed(call, 2 * at_once + 20, at_once)
        return await _timed(call, calls, at_once)


async def _timed(call: Call, calls: int, at_once: int) -> dict[str, float]:
    waiting = iter(range(calls))

    async def worker() -> int:
        return sum([await call() for _ in waiting])

    started, worked = time.perf_counter(), time.process_time()
    things = sum(await asyncio.gather(*(worker() for _ in range(at_once))))
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - worked,
        "items": things,
    }


if __name__ == "__main__":
    gc.collect()
    gc.freeze()  # as the bot does once it is loaded
    side, what, url, calls, at_once = sys.argv[1:]
    found = loop.run(measure(side, what, url, int(calls), int(at_once)))
    sys.stdout.write(json.dumps(found) + "\n")
