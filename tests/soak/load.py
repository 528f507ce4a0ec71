"""Everything at once, for as long as it takes: people, customers, ClickSend's pushes, strangers."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from contextlib import suppress
from io import BytesIO
from typing import get_args
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.clicksend.faults import Kind
from tests.crash.lane import Lane
from tests.crash.people import FIRST, SECOND, BotDownError, Intent, Person
from tests.replicas.fleet import HOOK, Balanced, Crowd, Fleet, Pushes

_KEPT_VIEWS = 20
_LARGE = b"x" * (1024 * 1024 + 1)
"""Larger than anything of Slack's."""


class Load:
    """The mixed load on one bot.

    Args:
        fleet: The bot.
        lane: Its peers, which fail now and then.
        http: Connections.
        dice: Decides what comes next.
        spoilt: The operation that fails now and then; `*` for all.
        patience: For how many seconds somebody waits for a price.

    Attributes:
        intents: The messages whose price was seen.
        did: How often each other thing was done.
    """

    def __init__(
        self,
        fleet: Fleet,
        lane: Lane,
        http: aiohttp.ClientSession,
        dice: random.Random,
        *,
        spoilt: str,
        patience: float,
    ) -> None:
        self._spoilt = spoilt
        self._patience = patience
        self._fleet = fleet
        self._lane = lane
        self._http = http
        self._dice = dice
        self._numbers = itertools.count(1)
        self._person = Person(Balanced(fleet, http), lane.slack)
        self._pushes = Pushes(fleet, http, lane.clicksend)
        self.crowd = Crowd(fleet, http, lane.slack_url)
        self.intents: list[Intent] = []
        self.did: Counter[str] = Counter()

    async def run(self, seconds: float) -> None:
        """Do it for so long; what was begun is brought to its end."""
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, stop.set)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(self.crowd.ask(stop, pause=0.05))
            for _ in range(3):
                tasks.create_task(self._send(stop))
            tasks.create_task(self._pushes.push(stop, pause=3.0))
            tasks.create_task(self._customers(stop))
            tasks.create_task(self._strangers(stop))
            tasks.create_task(self._faults(stop))
        self._lane.clicksend.faults.waiting.clear()
        self._lane.slack.down = False

    async def _send(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            key = next(self._numbers)
            intent = Intent(f"Message Z{key}.", (FIRST,), f"C{key:06}")
            with suppress(BotDownError, TimeoutError, AssertionError):
                async with asyncio.timeout(self._patience):
                    await self._person.write(intent)
            if intent.review:
                self.intents.append(intent)
                await self._person.say_yes(intent)
            self._forget_views()
            await asyncio.sleep(0.1)

    def _forget_views(self) -> None:
        """The local Slack keeps every view for ever; nobody looks at the old ones."""
        views = self._lane.slack.views
        for each in list(views)[:-_KEPT_VIEWS]:
            del views[each]

    async def _customers(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            number = next(self._numbers)
            form = {
                "message_id": f"in-{number}",
                "from": f"+614{self._dice.randrange(50):08}",
                "to": SECOND,
                "body": f"<!channel> & number {number}",
            }
            url = f"{self._fleet.any().url}/clicksend/webhooks/{HOOK}/inbound/sms"
            async with self._http.post(url, data=form) as answer:
                self.did[f"push {answer.status}"] += 1
            await asyncio.sleep(2.0)

    async def _strangers(self, stop: asyncio.Event) -> None:
        """Unsigned, too large, half of a request, and a connection that says nothing."""
        while not stop.is_set():
            url = f"{self._fleet.any().url}/slack/events"
            for body in (b"payload=x", BytesIO(_LARGE)):
                # It is refused and closed before it is read, which may cut the answer off.
                with suppress(aiohttp.ClientError):
                    async with self._http.post(url, data=body) as answer:
                        self.did[f"stranger {answer.status}"] += 1
            port = urlsplit(url).port
            for begun in (b"", b"POST /slack/events HTTP/1.1\r\ncontent-length: 99\r\n\r\nhalf"):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(begun)
                await asyncio.sleep(0.05)
                writer.transport.abort()
                self.did["gone in the middle"] += 1
            await asyncio.sleep(0.3)

    async def _faults(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._dice.random() < 0.3:
                self._lane.slack.down = True
                await asyncio.sleep(self._dice.uniform(0.1, 0.8))
                self._lane.slack.down = False
                self.did["Slack down"] += 1
            else:
                kind: Kind = self._dice.choice(get_args(Kind))
                many = self._dice.randrange(1, 4)
                self._lane.clicksend.fail(kind, self._spoilt, times=many, seconds=0.2)
                self.did[f"ClickSend {kind}"] += many
            await asyncio.sleep(self._dice.uniform(0.5, self._patience))
