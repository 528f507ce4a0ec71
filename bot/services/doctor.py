"""The doctor: looks at every part, says how it is, and how to mend it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import structlog

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.rules import RuleAction
from bot.services import reach
from bot.services.account import AccountReader
from bot.services.explain import explain
from bot.services.guards.findings import in_words
from bot.services.hooks import Hooks
from bot.services.money import amount
from bot.store import Database, Scope, slots
from bot.texts import say

_log = structlog.get_logger(__name__)
_PATIENCE = 30.0
_SLOW_SECONDS = 2.0
_SKEW = timedelta(seconds=60)
_LATE = timedelta(minutes=2)


class Health(StrEnum):
    """How a part is; only `BAD` makes the whole ill."""

    GOOD = "ok"
    POOR = "warn"
    BAD = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part: plain text, nothing secret.

    Attributes:
        part: Which.
        health: How it is.
        said: What was seen.
        mend: What to do; empty where there is nothing to do.
    """

    part: str
    health: Health
    said: str
    mend: str = ""


def settings_good() -> Finding:
    """The settings were read, or nothing could be looked at."""
    return Finding(say("Settings"), Health.GOOD, say("complete and well formed"))


class Workspace(Protocol):
    """The Slack side, as far as the doctor looks."""

    async def identity(self) -> tuple[frozenset[str], datetime | None]:
        """The scopes of the bot's token, and Slack's time (`auth.test`)."""

    async def socket_opens(self) -> bool | None:
        """Whether a Socket Mode connection may be opened; None with HTTP."""


class Doctor:
    """Examines one installation.

    Args:
        workspace: Slack.
        account: ClickSend's account.
        database: The database.
        scope: Whose.
        clicksend: The client.
        hooks: The rules at ClickSend.
        wanted: The scopes of the manifest.
        jobs: The seconds between two runs of each job.
        now: The clock.
    """

    def __init__(
        self,
        workspace: Workspace,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        clicksend: ClickSend,
        hooks: Hooks,
        wanted: frozenset[str],
        jobs: Mapping[str, int],
        now: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._account = account
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._hooks = hooks
        self._wanted = wanted
        self._jobs = jobs
        self._now = now

    async def examine(self, only: Collection[str] | None = None) -> list[Finding]:
        """Look at everything; one part that breaks keeps no other from being looked at.

        Args:
            only: The parts to look at; None: all.
        """
        looks: tuple[tuple[str, str, Callable[[], Awaitable[Sequence[Finding]]]], ...] = (
            (
                "Slack",
                say("Check SLACK_BOT_TOKEN, and the way to slack.com."),
                self._slack,
            ),
            (
                "Socket Mode",
                say("Check SLACK_APP_TOKEN (scope connections:write)."),
                self._socket,
            ),
            (
                "ClickSend",
                say("Check CLICKSEND_USERNAME and CLICKSEND_API_KEY."),
                self._signed_in,
            ),
            (
                say("Permissions"),
                say("Look at the subaccount in ClickSend's dashboard."),
                self._permissions,
            ),
            (
                say("Database"),
                say("Check DATABASE_URL, and whether it can be written."),
                self._tables,
            ),
            (say("Jobs"), say("Look at the bot's log."), self._scheduler),
            (say("Rules"), say("Type /clicksend setup webhooks in Slack."), self._rules),
            (
                "Webhooks",
                say("Check PUBLIC_URL, and what stands before the bot."),
                self._webhooks,
            ),
        )
        found: list[Finding] = [] if only is not None else [settings_good()]
        for part, mend, look in looks:
            if only is None or part in only:
                found += await self._looked(part, mend, look)
        return found

    async def _looked(
        self, part: str, mend: str, look: Callable[[], Awaitable[Sequence[Finding]]]
    ) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await look()
        except ClickSendError as error:
            return [Finding(part, Health.BAD, explain(error), mend)]
        except TimeoutError:
            return [
                Finding(
                    part,
                    Health.BAD,
                    say("no answer in {seconds:.0f} seconds", seconds=_PATIENCE),
                    mend,
                )
            ]
        except Exception as error:  # noqa: BLE001 - whatever breaks the look is what was found
            # Only its name and Slack's code: its text may hold an address with a password in it.
            code = getattr(error, "code", None)
            why = f"{type(error).__name__}" + (f" ({code})" if isinstance(code, str) else "")
            return [Finding(part, Health.BAD, say("cannot be looked at: {why}", why=why), mend)]

    async def _slack(self) -> list[Finding]:
        started = time.monotonic()
        scopes, there = await self._workspace.identity()
        took = time.monotonic() - started
        slow = took > _SLOW_SECONDS
        found = [
            Finding(
                "Slack",
                Health.POOR if slow else Health.GOOD,
                say("answers in {milliseconds:.0f} ms", milliseconds=took * 1000),
                say("The way to Slack is slow; commands may fail.") if slow else "",
            )
        ]
        missing = sorted(self._wanted - scopes)
        found.append(
            Finding(
                say("Slack scopes"),
                Health.BAD if missing else Health.GOOD,
                say("missing: {scopes}", scopes=", ".join(missing))
                if missing
                else say("as in manifest.yml"),
                say(
                    "Paste manifest.yml at api.slack.com/apps → your app → App Manifest, and "
                    "install "
                    "the app again."
                )
                if missing
                else "",
            )
        )
        return [*found, *self._clock(there)]

    def _clock(self, there: datetime | None) -> list[Finding]:
        if there is None:
            return []
        skew = abs(self._now() - there)
        off = skew > _SKEW
        return [
            Finding(
                say("Clock"),
                Health.BAD if off else Health.GOOD,
                say("{seconds:.0f} s from Slack's", seconds=skew.total_seconds()),
                say(
                    "Have this machine set its clock by NTP: Slack's requests look stale otherwise."
                )
                if off
                else "",
            )
        ]

    async def _socket(self) -> list[Finding]:
        # Only asked for, not opened: Slack would deliver to a second connection, too.
        started = time.monotonic()
        opens = await self._workspace.socket_opens()
        if opens is None:
            return [Finding("Socket Mode", Health.GOOD, say("not used (BOT_MODE=http)"))]
        took = time.monotonic() - started
        slow = took > _SLOW_SECONDS
        return [
            Finding(
                "Socket Mode",
                Health.POOR if slow else Health.GOOD,
                say("a connection is granted in {milliseconds:.0f} ms", milliseconds=took * 1000),
                say("The way to Slack is slow; commands may fail.") if slow else "",
            )
        ]

    async def _permissions(self) -> list[Finding]:
        closed = await reach.closed(self._clicksend)
        if not closed:
            fine = say("the key reaches every part of ClickSend")
            return [Finding(say("Permissions"), Health.GOOD, fine)]
        names = ", ".join(str(each) for each in closed)
        return [
            Finding(
                say("Permissions"),
                Health.BAD if reach.SMS in closed else Health.POOR,
                say("ClickSend keeps this key from: {parts}", parts=names),
                say(
                    "Allow the subaccount these parts in ClickSend's dashboard, or do without them."
                ),
            )
        ]

    async def _signed_in(self) -> list[Finding]:
        balance = await self._account.balance(fresh=True)
        left = amount(balance.amount, balance.currency)
        low = balance.low_credit is not None and balance.amount < balance.low_credit
        return [
            Finding(
                "ClickSend",
                Health.POOR if low else Health.GOOD,
                say("signed in as {user}, {left} left", user=balance.username, left=left),
                say("Recharge the account.") if low else "",
            )
        ]

    async def _tables(self) -> list[Finding]:
        found = await self._database.schema()
        if not found.is_current:
            return [
                Finding(
                    say("Database"),
                    Health.BAD,
                    say(
                        "its tables are at revision {current}, and this version needs {target}",
                        current=found.current or say("none"),
                        target=found.target,
                    ),
                    say("Run clicksend-slack migrate (on SQLite, starting the bot does it, too)."),
                )
            ]
        return [
            Finding(say("Database"), Health.GOOD, say("answers, and its tables are up to date"))
        ]

    async def _scheduler(self) -> list[Finding]:
        if not (await self._database.schema()).is_current:
            said = say("not looked at: the tables are none, or old")
            return [Finding(say("Jobs"), Health.POOR, said, say("See to the database first."))]
        async with self._database.read() as connection:
            last = await slots.last_finished(connection, self._scope)
        if not last:
            said = say("no job has run yet")
            return [
                Finding(say("Jobs"), Health.POOR, said, say("Start the bot: clicksend-slack run."))
            ]
        now = self._now()
        late = [
            say("{job} ({seconds} s ago)", job=job, seconds=int((now - at).total_seconds()))
            for job, at in sorted(last.items())
            if job in self._jobs and now - at > timedelta(seconds=self._jobs[job]) + _LATE
        ]
        if late:
            said = say("late: {jobs}", jobs=", ".join(late))
            return [
                Finding(say("Jobs"), Health.BAD, said, say("Is the bot running? Look at its log."))
            ]
        return [Finding(say("Jobs"), Health.GOOD, say("{count} jobs run on time", count=len(last)))]

    async def _rules(self) -> list[Finding]:
        found = []
        for rules in await self._hooks.state():
            part, what = say("Rules for {what}", what=rules.family.what), []
            what += [say("polled")] if rules.polled else []
            what += [say("pushed")] if rules.pushed else []
            if what and rules.missing:  # what is there, and what the mark is about
                polls = RuleAction.POLL in rules.missing
                what += [say("not polled") if polls else say("not pushed")]
            deaf = rules.is_deaf and rules.family.is_needed
            lacks = rules.missing or rules.is_deaf
            health = Health.BAD if deaf else Health.POOR if lacks else Health.GOOD
            said = in_words(what) or say("nothing of it reaches the bot")
            mend = say("Type /clicksend setup webhooks in Slack.") if rules.missing else ""
            if rules.is_deaf and not rules.missing:
                mend = say("It can only be pushed: set PUBLIC_URL, if any is to come.")
            found.append(Finding(part, health, said, mend))
        return found

    async def _webhooks(self) -> list[Finding]:
        probe = self._hooks.probe()
        if probe is None:
            said = say("not used: PUBLIC_URL is not set; what can be polled, is")
            return [Finding("Webhooks", Health.GOOD, said)]
        address, token = probe
        near = urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}
        try:
            async with httpx.AsyncClient(timeout=10, trust_env=not near) as http:
                status = str((await http.get(address)).status_code)
        except httpx.HTTPError as error:
            status = type(error).__name__
        arrived = await self._hooks.forget(token)
        mend = say("Is the bot running, and does PUBLIC_URL lead to its port (BOT_HOST, BOT_PORT)?")
        return [
            Finding(
                "Webhooks",
                Health.GOOD if arrived else Health.BAD,
                say("reached from here")
                if arrived
                else say("not reached from here ({status})", status=status),
                "" if arrived else mend,
            )
        ]
