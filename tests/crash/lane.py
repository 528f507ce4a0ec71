"""One bot, its database and its two peers: rounds of sends, kills, new starts and a reckoning."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from bot.sandbox.clicksend.callers import KEY, USER
from bot.store.sends import State
from tests.crash.books import Books, Row
from tests.crash.bots import Bot, Nursery, start
from tests.crash.peers import Gate, GatedClickSend, LocalSlack
from tests.crash.people import ADA, EVE, FIRST, OTHER, SECOND, BotDownError, Door, Intent, Person
from tests.crash.plans import DEADLINE, Plan
from tests.crash.reckoning import Report, phase, wrong
from tests.slack.payloads import SECRET

_SENDS = 6
_TO_WRITE = 30.0
_TO_DIE = 20.0
_TO_SETTLE = 90.0
_LOOK = 0.1
_SPREAD = 0.1
_DEFAULTS = {"CLICKSEND_DEADLINE_SECONDS": "90", "SLACK_DEADLINE_SECONDS": "60"}
_LOOKING = asyncio.Semaphore(1)


class Lane:
    """Everything that one bot needs, and the people who use it.

    Args:
        name: Goes into every text that is sent.
        url: The bot's database.
        folder: Where the bot runs, and writes its log.
        nursery: Starts bots.
        http: For what people do.
        dice: Decides when.
        report: Where the figures go.
    """

    def __init__(
        self,
        name: str,
        url: str,
        folder: Path,
        *,
        nursery: Nursery,
        http: aiohttp.ClientSession,
        dice: random.Random,
        report: Report,
    ) -> None:
        self._name = name
        self._folder = folder
        self._nursery = nursery
        self._http = http
        self._dice = dice
        self._report = report
        self._bot: Bot | None = None
        self._others: list[Bot] = []
        self._starts = 100
        self.slack_url = ""
        self._dead = asyncio.Event()
        self.books = Books(url)
        gate = Gate(self._kill, self.books.locked)
        self._gate = gate
        self.clicksend, self.slack = GatedClickSend(gate), LocalSlack(gate)
        self._door = Door(http)
        self._person = Person(self._door, self.slack)
        self._pressed: set[tuple[str, str]] = set()
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "BOT_MODE": "http",
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": SECRET,
            "CLICKSEND_USERNAME": USER,
            "CLICKSEND_API_KEY": KEY,
            "DATABASE_URL": url,
            "BOT_ADMINS": f"{ADA},{EVE},{OTHER}",
            "ALERT_CHANNEL": "C0OPS",
            "APPROVAL_CHANNEL": "C0BOSS",
            "APPROVAL_ABOVE_RECIPIENTS": "1",
            "DEFAULT_COUNTRY": "AU",
            "CLICKSEND_DEADLINE_SECONDS": str(DEADLINE),
            "SLACK_DEADLINE_SECONDS": "3",
            "CLOCK_SKEW_SECONDS": "1",
            "RETRY_SECONDS": "1",
            "SETTLE_SECONDS": "2",
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve both peers; the bot is killed at the end."""
        async with AsyncExitStack() as stack:
            api = await stack.enter_async_context(self.clicksend.serve())
            slack = await stack.enter_async_context(self.slack.serve())
            self._environment |= {"CLICKSEND_BASE_URL": f"{api}/v3"}
            self._environment |= {"SLACK_API_URL": f"{slack}/api/"}
            self.slack_url = slack
            stack.push_async_callback(self.books.close)
            try:
                yield
            finally:
                await self._end()
                while self._others:
                    await self.crash()

    async def replica(self, *, patient: bool = True) -> str:
        """Start one more bot on the same database, outside of rounds; its address.

        Args:
            patient: Whether it waits as long as bots do by default.
        """
        return (await self.another(**(_DEFAULTS if patient else {}))).url

    async def another(self, **more: str) -> Bot:
        """Start one more bot on the same database, outside of rounds."""
        self._starts += 1
        log = self._folder / f"{self._starts}.log"
        bot = await start(self._nursery, {**self._environment, **more}, log)
        self._others.append(bot)
        return bot

    @property
    def replicas(self) -> list[str]:
        """The addresses of the bots that were started so."""
        return [bot.url for bot in self._others]

    @property
    def bots(self) -> list[Bot]:
        """The bots that were started so."""
        return list(self._others)

    async def crash(self, index: int = 0) -> None:
        """Kill one of them."""
        bot = self._others.pop(index)
        bot.kill()
        await bot.gone()

    def forget(self, bot: Bot) -> None:
        """Count one of them no more: it ends, or has ended."""
        self._others.remove(bot)

    async def over(self, intents: Sequence[Intent]) -> dict[str, Row]:
        """Wait until nothing more happens to sends whose yes was taken; how they stand then."""
        ids = [intent.draft for intent in intents]
        async with asyncio.timeout(_TO_SETTLE):
            while True:
                rows = await self.books.rows(ids)
                if len(rows) == len(ids) and all(row.settled for row in rows.values()):
                    return rows
                await asyncio.sleep(_LOOK)

    def calls(self, operation: str) -> int:
        """How often an operation was called."""
        return [name for name, _ in self.clicksend.requests].count(operation)

    async def called(self, operation: str, times: int) -> None:
        """Wait until an operation was called so often."""
        async with asyncio.timeout(_TO_SETTLE):
            while self.calls(operation) < times:  # noqa: ASYNC110 - the sandbox keeps a list
                await asyncio.sleep(0.005)

    async def round(self, number: int, plan: Plan) -> None:
        """Several sends, a kill, a new start, perhaps another kill; then everything must add up.

        Raises:
            AssertionError: Something was sent twice, lost, or not told; the text says what.
        """
        await self._start(undo=2 if plan.need == "hold" else 0)
        intents = [await self._intent(number, index, plan) for index in range(_SENDS)]
        written, go = asyncio.Semaphore(0), asyncio.Event()
        writers = [asyncio.create_task(self._write(each, written, go)) for each in intents]
        reacting = asyncio.create_task(self._react(intents))
        try:
            if plan.early:
                go.set()
            else:
                await self._all(written)
            self._arm(plan)
            go.set()
            point = await self._die(plan, intents)
            await asyncio.wait(writers, timeout=0.1)
            await self._note(point, intents)
            await self._recover(plan, intents)
            await self._settle(number, plan, intents)
        finally:
            for task in (*writers, reacting):
                task.cancel()
            found = await asyncio.gather(*writers, reacting, return_exceptions=True)
        broken = [each for each in found if isinstance(each, Exception)]
        assert not broken, broken

    async def _intent(self, number: int, index: int, plan: Plan) -> Intent:
        half = index % 2 == 0
        name = f"{self._name}-{number}-{index}"
        to = (FIRST, SECOND) if half and plan.need == "approval" else (FIRST,)
        intent = Intent(f"Message {name}.", to, f"C{name.upper().replace('-', '')}")
        intent.undoes = half and plan.need == "hold"
        if half and plan.need == "replace":
            intent.replaces = await self._scheduled(intent)
        return intent

    async def _scheduled(self, intent: Intent) -> str:
        """Schedule, from elsewhere, the message that a send is to replace; its id."""
        message = {"to": FIRST, "body": f"Old {intent.body}", "schedule": int(time.time()) + 7200}
        async with self._http.post(
            f"{self.clicksend.url}/v3/sms/send",
            json={"messages": [message]},
            headers={"authorization": aiohttp.encode_basic_auth(USER, KEY)},
        ) as answer:
            found: str = (await answer.json())["data"]["messages"][0]["message_id"]
        return found

    async def _all(self, written: asyncio.Semaphore) -> None:
        """Wait until everybody is asked for their yes; not for ever, on a busy machine."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TO_WRITE):
                for _ in range(_SENDS):
                    await written.acquire()

    def _arm(self, plan: Plan) -> None:
        for each in plan.faults:
            self.clicksend.fail(each.kind, each.operation, times=each.times, seconds=each.seconds)
        self._gate.trap = plan.trap() if plan.trap else None

    async def _write(self, intent: Intent, written: asyncio.Semaphore, go: asyncio.Event) -> None:
        """What its author does, as far as the bot lives."""
        with suppress(BotDownError, TimeoutError):
            await self._person.write(intent)
            if intent.replaces:
                await self.books.replace(intent.draft, intent.replaces)
            written.release()
            await go.wait()
            await asyncio.sleep(self._dice.uniform(0, _SPREAD))
            await self._person.say_yes(intent)

    async def _react(self, intents: list[Intent]) -> None:
        """Approve what asks for approval, and take back what its author regrets."""
        while True:
            async with self.slack.changed:
                await self.slack.changed.wait()
            regrets = {intent.draft for intent in intents if intent.undoes}
            for posted in list(self.slack.messages.values()):
                for action, value in posted.buttons.items():
                    undo = action == "send.undo" and value in regrets
                    if undo or action == "approval.approve":
                        await self._press(action, value, posted.channel)

    async def _press(self, action: str, value: str, channel: str) -> None:
        """Press a button that was not pressed since the bot's start."""
        if (action, value) in self._pressed:
            return
        self._pressed.add((action, value))
        user = EVE if action == "approval.approve" else ADA
        with suppress(BotDownError):
            await self._person.press(user, action, value, channel)

    async def _die(self, plan: Plan, intents: list[Intent]) -> str:
        """Wait until the bot is dead; the point at which it died."""
        try:
            async with asyncio.timeout(_TO_DIE):
                if plan.within:
                    await asyncio.sleep(self._dice.uniform(0, plan.within))
                elif plan.when:
                    await self._seen(plan, intents)
                elif plan.press:
                    await self._was_pressed(plan.press)
                else:
                    await self._dead.wait()
        except TimeoutError:
            return await self._end() or "missed"
        await self._end()
        return plan.point

    async def _seen(self, plan: Plan, intents: list[Intent]) -> None:
        """Look at the database, as often as can be, until a row is as planned."""
        assert plan.when
        async with _LOOKING:  # one at a time, so that the peers are not kept from answering
            while True:
                yes = [intent.draft for intent in intents if intent.said_yes]
                if any(map(plan.when, await self.books.sends(yes))):
                    return
                await asyncio.sleep(0)

    async def _was_pressed(self, action: str) -> None:
        async with self.slack.changed:
            await self.slack.changed.wait_for(lambda: any(a == action for a, _ in self._pressed))
        await asyncio.sleep(self._dice.uniform(0, 0.02))

    def _kill(self) -> None:
        if self._bot is not None:
            self._bot.kill()
        self._dead.set()

    async def _end(self) -> str:
        """Kill the bot, unless it is dead, and wait until it is gone."""
        self._kill()
        self._gate.trap = None
        if self._bot is not None:
            await self._bot.gone()
            self._bot = None
        return ""

    async def _start(self, *, undo: int) -> None:
        """Start the bot, after an end of the one that runs with another setting."""
        setting = {"UNDO_SECONDS": str(undo)}
        if self._bot is not None and self._environment.items() >= setting.items():
            return
        await self._end()
        self._environment |= setting
        self._dead.clear()
        self._pressed.clear()
        self._starts += 1
        log = self._folder / f"{self._starts}.log"
        self._bot = await start(self._nursery, self._environment, log)
        self._door.url = self._bot.url
        self._report.starts += 1

    async def _note(self, point: str, intents: list[Intent]) -> None:
        """Write down where each send stood when the bot died."""
        rows = await self.books.rows([intent.draft for intent in intents])
        self._report.kills[point] += 1
        for intent in intents:
            taken = self.clicksend.taken(intent.body)
            self._report.states[phase(intent, rows.get(intent.draft), taken)] += 1

    async def _recover(self, plan: Plan, intents: list[Intent]) -> None:
        """Start again, with Slack down for a while; die a second time, sometimes; start again."""
        undo = int(self._environment["UNDO_SECONDS"])
        self.slack.down = bool(plan.down)
        await self._start(undo=undo)
        if self._dice.random() < 0.4:
            await asyncio.sleep(self._dice.choice((0.02, 1.0, plan.again)) * self._dice.random())
            await self._end()
            await self._note("after a new start", intents)
            await self._start(undo=undo)
        if plan.down:
            await asyncio.sleep(plan.down)
            self.slack.down = False
        for intent in intents:
            if intent.said_yes and not intent.acked and self._dice.random() < 0.5:
                await self._person.say_yes(intent)
        await self._look_again()

    async def _look_again(self) -> None:
        """Let whoever reacts to messages see what stands there."""
        async with self.slack.changed:
            self.slack.changed.notify_all()

    async def _settle(self, number: int, plan: Plan, intents: list[Intent]) -> None:
        """Wait until the bot has done what it can for every send, then reckon."""
        deadline = time.monotonic() + _TO_SETTLE
        ids = [intent.draft for intent in intents]
        rows = await self.books.rows(ids)
        while not all(_is_over(intent, rows.get(intent.draft)) for intent in intents):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(_LOOK)
            await self._look_again()
            rows = await self.books.rows(ids)
        self.clicksend.faults.waiting.clear()
        found = [
            problem
            for intent in intents
            for problem in wrong(intent, rows.get(intent.draft), self.clicksend, self.slack)
        ]
        self._report.add(intents, rows, self.clicksend, self.slack)
        log = self._log() if found else ""
        assert not found, f"round {number}, {plan.point}, {plan.faults}: {found}\n{log}"

    def _log(self) -> str:
        return "\n".join(each.read_text() for each in sorted(self._folder.glob("*.log")))[-6000:]


def _is_over(intent: Intent, row: Row | None) -> bool:
    """Whether nothing more will happen to a send."""
    if row is None or (row.send.state is State.DRAFT and not intent.acked):
        return True
    return row.settled
