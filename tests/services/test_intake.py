"""Pushes in a crowd: each stored once, together, and none takes another along."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.services.addressbook import AddressBook
from bot.services.failure_watch import FailureWatch
from bot.services.inbox import Inbox
from bot.services.intake import RECEIPTS, Intake
from bot.services.journal import Journal
from bot.services.receipts import FAILED
from bot.store import Database, Scope, inbound, kept
from bot.store import receipts as stored_receipts
from bot.store.inbound import InboundMessage
from bot.store.receipts import StoredReceipt
from bot.store.tables import receipts

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCOPE = Scope("T0OURS", "demo")
MESSAGE = InboundMessage(
    kind="sms",
    message_id="M1",
    sender="+61411111111",
    recipient="+61422222222",
    at=NOW,
    body="Hello",
    source="push",
    stored_at=NOW,
)


def receipt(number: int, code: str = "201") -> StoredReceipt:
    return StoredReceipt(
        kind="sms",
        message_id=f"M{number}",
        at=NOW + timedelta(seconds=number),
        status_code=code,
        status_text=None,
        error_code=None,
        error_text=None,
        reference=None,
        stored_at=NOW,
    )


@dataclass
class Taking:
    intake: Intake
    watch: FailureWatch
    database: Database
    groups: list[int]

    async def count(self, table: object) -> int:
        async with self.database.read() as connection:
            found = await connection.execute(select(func.count()).select_from(table))  # type: ignore[arg-type]  # a table
        return int(found.scalar_one())


class Counting(FailureWatch):
    """Notes how many receipts came in each transaction."""

    groups: list[int]

    async def store(self, connection: AsyncConnection, found: Sequence[StoredReceipt]) -> bool:
        self.groups.append(len(found))
        return await super().store(connection, found)


@pytest.fixture
async def taking(database_url: str) -> AsyncIterator[Taking]:
    database = Database(database_url)
    await database.open()
    async with ClickSend("http://127.0.0.1:9", "demo", "key") as clicksend:  # type: ignore[arg-type]  # nothing is called
        journal = Journal(SCOPE, now=lambda: NOW)
        watch = Counting(clicksend, database, SCOPE, journal=journal, now=lambda: NOW)
        watch.groups = []
        book = AddressBook(clicksend, now=lambda: NOW)
        inbox = Inbox(clicksend, database, SCOPE, book=book, otherwise="C0OPS", now=lambda: NOW)
        intake = Intake(
            database, SCOPE, receipts=watch, inbox=inbox, now=lambda: NOW, told=lambda: None
        )
        yield Taking(intake, watch, database, watch.groups)
    await database.close()


async def test_pushes_polls_duplicates_and_reordering_count_each_receipt_once(
    taking: Taking,
) -> None:
    rng = random.Random(7)
    all_of_them = [receipt(n, "301" if n % 50 == 0 else "201") for n in range(1_000)]
    pushed = [*all_of_them, *rng.sample(all_of_them, 300)]
    rng.shuffle(pushed)

    async def poll() -> None:
        async with taking.database.write() as connection:
            await taking.watch.store(connection, all_of_them[::-1])

    await asyncio.gather(poll(), *(taking.intake.take([each]) for each in pushed), poll())
    assert await taking.count(receipts) == 1_000
    async with taking.database.read() as connection:
        failed = await stored_receipts.newest(connection, SCOPE, codes=FAILED, limit=100)
        noted = await kept.get(connection, SCOPE, RECEIPTS)
    assert len({receipt.message_id for _, receipt in failed}) == len(failed) == 20
    assert noted is not None
    assert len(taking.groups) < 100, "what arrives together is stored together"


async def test_one_that_cannot_be_stored_takes_no_other_along(taking: Taking) -> None:
    naive = MESSAGE.at.replace(tzinfo=None)
    bad = replace(MESSAGE, message_id="BAD", at=naive)
    several = [replace(MESSAGE, message_id=f"M{n}") for n in range(20)]
    outcomes = await asyncio.gather(
        *(taking.intake.take([each]) for each in [*several[:10], bad, *several[10:]]),
        return_exceptions=True,
    )
    failed = [outcome for outcome in outcomes if outcome is not None]
    assert len(failed) == 1
    async with taking.database.read() as connection:
        assert await inbound.count(connection, SCOPE) == 20


async def test_it_takes_more_after_it_was_idle(taking: Taking) -> None:
    await taking.intake.take([MESSAGE])
    await taking.intake.take([replace(MESSAGE, message_id="M2")])
    async with taking.database.read() as connection:
        assert await inbound.count(connection, SCOPE) == 2
