"""Several bots on one PostgreSQL behind one balancer; killed, replaced, rolled over."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.clicksend import ClickSendSandbox
from tests.crash.bots import Bot
from tests.crash.lane import Lane
from tests.crash.people import BotDownError, Door
from tests.slack import payloads

HOOK = "a-secret-that-only-this-test-knows"
LEAVE = 4
"""Seconds in which a bot that was told to stop still answers."""
PACE = 2
"""Seconds between two fires of the jobs whose pace can be set."""
_NUMBERS = itertools.count(1)
SETTINGS = {
    "WEBHOOK_SECRET": HOOK,
    "LOG_LEVEL": "DEBUG",
    "LEAVE_SECONDS": str(LEAVE),
    "LOW_CREDIT_THRESHOLD": "50",
    "APPROVAL_ABOVE_RECIPIENTS": "100",
    "CLICKSEND_DEADLINE_SECONDS": "1",
    # Of the 18 reads a minute that one process may make, people's take 12 at most.
    "CREDIT_WATCH_SECONDS": "10",
    **{f"{name}_WATCH_SECONDS": str(PACE) for name in ("FAILURE", "INBOX", "ALERT")},
}


class Fleet:
    """The replicas that are in rotation.

    Args:
        lane: Their database and their peers.
        http: For what people do.
        dice: Decides who is asked.
    """

    def __init__(self, lane: Lane, http: aiohttp.ClientSession, dice: random.Random) -> None:
        self.lane = lane
        self._http = http
        self._dice = dice
        self.rotation: list[Bot] = []
        self.killed: set[str] = set()
        self.kills: Counter[str] = Counter()

    async def grow(self, count: int = 1) -> None:
        """Start some more, and ask them too."""
        born = await asyncio.gather(*(self.lane.another(**SETTINGS) for _ in range(count)))
        self.rotation += born

    def any(self) -> Bot:
        """One that is asked next."""
        return self._dice.choice(self.rotation)

    async def leader(self) -> Bot | None:
        """The one that says it leads."""
        for bot in tuple(self.rotation):
            async with self._http.get(f"{bot.url}/metrics") as answer:
                if "clicksend_slack_leader 1.0" in await answer.text():
                    return bot
        return None

    async def kill(self, bot: Bot, why: str) -> None:
        """Kill one without a warning, and start another in its place."""
        self.kills[why] += 1
        self.killed.add(bot.url)
        self.rotation.remove(bot)
        bot.kill()
        await bot.gone()
        self.lane.forget(bot)
        await self.grow()

    async def kill_leader(self) -> None:
        """Kill whoever leads, once somebody does."""
        async with asyncio.timeout(20):
            while (bot := await self.leader()) is None:  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.05)
        await self.kill(bot, "the leader")

    async def kill_any(self) -> None:
        """Kill whoever it hits."""
        await self.kill(self.any(), "any")

    async def roll(self) -> None:
        """Put a new one into each one's place: it is started first, then the old one is ended."""
        for old in tuple(self.rotation):
            await self.grow()
            old.stop()
            self.kills["rolled over"] += 1
            await self._taken_out(old)
            await old.gone()
            self.lane.forget(old)

    async def _taken_out(self, old: Bot) -> None:
        """What a balancer does: look whether it is ready, and ask it no more when it is not.

        On a machine that is too busy for that it is taken out in time all the same, as whoever
        sends the SIGTERM tells the balancer, too.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE - 1.5):
                while await self._is_ready(old):  # noqa: ASYNC110 - another process's state
                    await asyncio.sleep(0.05)
        self.rotation.remove(old)

    async def _is_ready(self, bot: Bot) -> bool:
        try:
            async with self._http.get(f"{bot.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False


class Balanced(Door):
    """A door that leads to another replica each time."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession) -> None:
        super().__init__(http)
        self._fleet = fleet

    async def deliver(self, payload: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Deliver a payload to one of them.

        Raises:
            BotDownError: No answer came.
        """
        self.url = self._fleet.any().url
        return await super().deliver(payload, **headers)


class Crowd:
    """People who type commands, one after the other, at whichever replica is asked.

    Args:
        fleet: Whom they ask.
        http: Their connections.
        slack: The address of the local Slack, for late answers.
    """

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession, slack: str) -> None:
        self._fleet = fleet
        self._http = http
        self._slack = slack
        self._numbers = _NUMBERS
        self.acked = self.cut = 0
        self.lost: list[str] = []
        self.times: list[float] = []
        self.late: dict[str, str] = {}

    async def ask(self, until: asyncio.Event, *, late: bool = True, pause: float = 0.0) -> None:
        """Type commands until told to stop.

        Args:
            until: When to stop.
            late: Whether every other one is one that is answered after its acknowledgement.
            pause: Between two, in seconds.
        """
        while not until.is_set():
            number = next(self._numbers)
            if late and number % 2:
                await self._type("/balance", "", number)
            else:
                await self._type("/clicksend", "help", number)
            if pause:
                await asyncio.sleep(pause)

    async def _type(self, slash: str, text: str, number: int) -> None:
        bot, to = self._fleet.any(), str(number)
        address = f"{self._slack}/answers/{to}"
        payload = payloads.command(slash, text, user_id="U0ADA", response_url=address)
        body, kind = payloads.encoded(payload)
        headers = {**payloads.signed(body), "content-type": kind}
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with self._http.post(
                f"{bot.url}/slack/events", data=body, headers=headers
            ) as answer:
                shown = await answer.text()
        except aiohttp.ClientConnectorError:  # refused: a balancer asks the next one
            return await self._type(slash, text, number)
        except aiohttp.ClientError as error:
            if bot.url in self._fleet.killed:
                self.cut += 1
            else:
                self.lost.append(f"{type(error).__name__} from {bot.url}")
            return None
        self.times.append(loop.time() - began)
        if answer.status != 200 or (slash == "/clicksend" and "balance" not in shown):
            self.lost.append(f"{answer.status} {shown[:200]}")
        self.acked += 1
        if slash == "/balance":
            self.late[to] = bot.url
        return None

    def unanswered(self, arrived: set[str]) -> list[str]:
        """Who took the commands that were acknowledged, and of which nothing more was heard."""
        return [url for number, url in self.late.items() if number not in arrived]


class Pushes:
    """ClickSend, which pushes receipts of messages that were not delivered; until they are taken.

    They are of messages that the bots sent, perhaps of one whose answer they have not kept yet.

    Args:
        fleet: Whom it tells.
        http: Its connections.
        clicksend: What was sent.
    """

    def __init__(
        self, fleet: Fleet, http: aiohttp.ClientSession, clicksend: ClickSendSandbox
    ) -> None:
        self._fleet = fleet
        self._http = http
        self._clicksend = clicksend
        self._numbers = itertools.count(1)
        self.taken: list[str] = []

    async def push(self, until: asyncio.Event, *, pause: float) -> None:
        """Push until told to stop."""
        told: set[str] = set()
        while not until.is_set():
            await asyncio.sleep(pause)
            sent = {each.id for each in self._clicksend.outbox("sms")} - told
            if not sent:
                continue
            message_id = max(sent)
            told.add(message_id)
            name = f"lost-{next(self._numbers)}"
            form = {
                "message_id": message_id,
                "status_code": "301",
                "status_text": f"Handset of {name} is off",
                "status": "Undelivered",
            }
            while not await self._pushed(form):  # noqa: ASYNC110 - ClickSend tries again later
                await asyncio.sleep(0.2)
            self.taken.append(name)

    async def _pushed(self, form: dict[str, str]) -> bool:
        url = f"{self._fleet.any().url}/clicksend/webhooks/{HOOK}/receipts/sms"
        try:
            async with self._http.post(url, data=form) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, BotDownError):
            return False


@dataclass(frozen=True)
class Run:
    """One run of a job, as its log says: `ran` is empty when it never came to its end."""

    job: str
    slot: str
    log: str
    at: str
    ran: str = ""


def runs(folder: Path) -> list[Run]:
    """Every run of a job that any of the bots wrote down."""
    found: dict[tuple[str, str, str], Run] = {}
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text().splitlines():
            said = json.loads(line) if '"event": "job r' in line else {}
            if said.get("event") not in {"job runs", "job ran"}:
                continue
            key = (said["job"], said["slot"], log.name)
            if said["event"] == "job runs":
                assert key not in found, f"{key} ran twice in one process"
                found[key] = Run(said["job"], said["slot"], log.name, said["timestamp"])
            else:
                began = found[key]
                found[key] = Run(began.job, began.slot, log.name, began.at, said["timestamp"])
    return list(found.values())
