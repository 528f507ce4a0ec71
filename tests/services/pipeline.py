"""The send pipeline between a local ClickSend and a database, with a clock that tests move."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.services import notices
from bot.services.account import AccountReader
from bot.services.channels import SendOperation, channel_of
from bot.services.checks import Checks
from bot.services.decisions import Decisions
from bot.services.journal import Journal
from bot.services.outbox import Outbox
from bot.services.reconcile import Reconciler
from bot.services.rules import Rules
from bot.services.sending import Draft, Outcome, Sending
from bot.services.worker import Worker
from bot.store import Database, Scope, audit, sends
from bot.store.deliveries import SentMessage
from bot.store.sends import Send
from tests.app.world import FakeClickSend, serving

SCOPE = Scope("default", "demo")
SKEW, PAUSE = timedelta(seconds=60), timedelta(seconds=30)
LEASE, PATIENCE = timedelta(minutes=2), timedelta(minutes=10)
ADA, EVE = "U0ADA", "U0EVE"


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    now: datetime = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **passed: float) -> None:
        self.now += timedelta(**passed)


class NoLimits:
    """Nobody has set any."""

    async def breaches(self, connection: AsyncConnection, send: Send) -> tuple[str, ...]:
        del connection, send
        return ()


@dataclass
class Heard:
    """Keeps what would be posted."""

    notices: list[Any] = field(default_factory=list)

    async def __call__(
        self, notice: notices.Notice, place: notices.Place | None
    ) -> notices.Place | None:
        self.notices.append(notice)
        return place

    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.notices]


@dataclass
class Pipeline:
    """Every part of it, and ways to ask how a send stands."""

    fake: FakeClickSend
    clicksend: ClickSend
    database: Database
    clock: Clock
    rules: Rules
    sending: Sending
    worker: Worker
    reconciler: Reconciler
    decisions: Decisions
    outbox: Outbox
    heard: Heard

    def draft(self, operation: SendOperation, **more: Any) -> Draft:
        text = channel_of(operation.route.id).text(operation)
        return Draft(uuid.uuid4().hex, ADA, "C0OPS", operation, text, **more)

    async def confirmed(self, operation: SendOperation, **more: Any) -> str:
        """Price it and say yes; nothing has worked on it yet."""
        draft = self.draft(operation, **more)
        quote = await self.sending.quote(draft)
        assert quote.problem is None
        answer = await self.sending.confirm(draft.id, actor=ADA)
        assert answer.outcome in {Outcome.QUEUED, Outcome.HELD}
        return draft.id

    async def sent(self, operation: SendOperation, **more: Any) -> str:
        """The same, and let the worker do it."""
        send_id = await self.confirmed(operation, **more)
        await self.worker.work()
        return send_id

    async def row(self, send_id: str) -> Send:
        async with self.database.read() as connection:
            found = await sends.get(connection, SCOPE, send_id)
        assert found is not None
        return found

    async def messages(self, send_id: str) -> list[SentMessage]:
        report = await self.sending.report(send_id)
        assert report is not None
        return report[1]

    async def trail(self) -> list[str]:
        """What the audit trail says, the oldest first."""
        async with self.database.read() as connection:
            found = await audit.search(connection, SCOPE, limit=100)
        return [record.action for record in reversed(found)]

    async def told(self) -> list[str]:
        """The kinds of the notices that are due, once each."""
        self.heard.notices.clear()
        await self.outbox.flush()
        return self.heard.kinds()

    async def looked(self, **passed: float) -> int:
        """Let time pass, and look at the history."""
        self.clock.move(**passed)
        return await self.reconciler.look()


@asynccontextmanager
async def pipeline(database_url: str, **rules: Any) -> AsyncIterator[Pipeline]:
    """A pipeline whose ClickSend answers as documented, with enough balance."""
    fake, clock = FakeClickSend(balance="500.00"), Clock()
    database = Database(database_url)
    await database.open()
    try:
        async with (
            serving(fake.__call__) as url,
            ClickSend(f"{url}/v3", "demo", SecretStr("key")) as clicksend,
        ):
            yield _wired(fake, clicksend, database, clock=clock, rules=Rules(**rules))
    finally:
        await database.close()


def _wired(
    fake: FakeClickSend,
    clicksend: ClickSend,
    database: Database,
    *,
    clock: Clock,
    rules: Rules,
) -> Pipeline:
    heard = Heard()
    account = AccountReader(clicksend, now=clock)
    journal = Journal(SCOPE, now=clock)
    checks = Checks(clicksend, account, database, SCOPE, rules=rules, now=clock)
    common: dict[str, Any] = {"journal": journal, "now": clock}
    return Pipeline(
        fake=fake,
        clicksend=clicksend,
        database=database,
        clock=clock,
        rules=rules,
        sending=Sending(
            clicksend,
            account,
            database,
            SCOPE,
            checks=checks,
            limits=NoLimits(),
            rules=rules,
            wake=lambda: None,
            **common,
        ),
        worker=Worker(
            clicksend,
            account,
            database,
            SCOPE,
            rules=rules,
            checks=checks,
            owner="me",
            skew=SKEW,
            pause=PAUSE,
            told=lambda: None,
            **common,
        ),
        reconciler=Reconciler(
            clicksend, database, SCOPE, patience=PATIENCE, told=lambda: None, **common
        ),
        decisions=Decisions(
            database,
            SCOPE,
            limits=NoLimits(),
            checks=checks,
            account=account,
            wake=lambda: None,
            **common,
        ),
        outbox=Outbox(database, SCOPE, heard, owner="me", lease=LEASE, now=clock),
        heard=heard,
    )


def page(*items: dict[str, Any]) -> dict[str, Any]:
    """One page of a list."""
    return {"total": len(items), "current_page": 1, "last_page": 1, "data": list(items)}


def money(text: str) -> Decimal:
    """An exact amount."""
    return Decimal(text)
