"""Two workspaces with one ClickSend account: neither's marks hide anything from the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.clicksend.inbox import receive
from bot.services.addressbook import AddressBook
from bot.services.failure_watch import FailureWatch
from bot.services.fellows import PATIENCE
from bot.services.inbox import Inbox
from bot.services.journal import Journal
from bot.store import Database, Scope, inbound, receipts, spaces
from bot.store.spaces import Connection
from tests.app.many import until
from tests.store.test_spaces import connection_of


@dataclass
class Side:
    """A workspace's inbox and receipts."""

    scope: Scope
    inbox: Inbox
    watch: FailureWatch
    now: list[datetime]

    async def bodies(self, database: Database) -> list[str]:
        async with database.read() as connection:
            found = await inbound.of_sender(connection, self.scope, "+61411111111", limit=99)
        return sorted(each.body for each in found)

    async def polled(self, database: Database) -> int:
        """Look, have it be posted, and mark it read; how many were marked."""
        waiting, _ = await self.inbox.look()
        async with database.write() as connection:
            rows = await inbound.unsorted(connection, self.scope, limit=99)
            await inbound.posted(connection, self.scope, [each.id for each in rows], at=self.now[0])
        return await self.inbox.mark_read(waiting)


@dataclass
class Pair:
    clicksend: ClickSendSandbox
    database: Database
    one: Side
    two: Side
    now: list[datetime]

    def unread(self) -> int:
        return sum(not each.read for each in self.clicksend.state.inbound)

    async def change(self, side: Side, **to: object) -> None:
        """Have a connection be another."""
        async with self.database.write() as connection:
            found = {each.scope: each for each in await spaces.every(connection)}
            await spaces.connect(connection, replace(found[side.scope], **to))  # type: ignore[arg-type]  # of any field


@pytest.fixture
async def pair(database_url: str) -> AsyncIterator[Pair]:
    database, sandbox = Database(database_url), ClickSendSandbox()
    sandbox.state.delay = 0.05
    await database.open()
    async with (
        sandbox.serve() as url,
        ClickSend(f"{url}/v3", USER, SecretStr(KEY)) as clicksend,
    ):
        now = [datetime.now().astimezone()]
        sides = []
        for team in ("T0ONE", "T0TWO"):
            scope = Scope(team, USER)
            async with database.write() as connection:
                await spaces.connect(connection, twin_of(scope, now[0]))
            journal = Journal(scope, now=lambda: now[0])
            book = AddressBook(clicksend, now=lambda: now[0])
            inbox = Inbox(
                clicksend, database, scope, book=book, otherwise="C0OPS", now=lambda: now[0]
            )
            watch = FailureWatch(clicksend, database, scope, journal=journal, now=lambda: now[0])
            sides.append(Side(scope, inbox, watch, now))
        yield Pair(sandbox, database, *sides, now)
    await database.close()


def twin_of(scope: Scope, at: datetime) -> Connection:
    return replace(connection_of(scope, at=at), user_id=1, login=1)


async def test_a_message_is_marked_read_only_when_both_have_it(pair: Pair) -> None:
    receive(pair.clicksend.state, "+61411111111", "first")
    assert await pair.one.polled(pair.database) == 0
    assert pair.unread() == 1
    assert await pair.two.polled(pair.database) == 1
    receive(pair.clicksend.state, "+61411111111", "second")
    assert await pair.two.polled(pair.database) == 0
    assert await pair.one.polled(pair.database) == 1
    assert pair.unread() == 0
    for side in (pair.one, pair.two):
        assert await side.bodies(pair.database) == ["first", "second"]


async def test_a_workspace_that_left_or_has_been_deaf_for_a_week_is_not_waited_for(
    pair: Pair,
) -> None:
    receive(pair.clicksend.state, "+61411111111", "first")
    assert await pair.one.polled(pair.database) == 0
    pair.now[0] += PATIENCE
    receive(pair.clicksend.state, "+61411111111", "second")
    assert await pair.one.polled(pair.database) == 2
    await pair.change(pair.two, connected_at=pair.now[0])  # its key is typed again
    receive(pair.clicksend.state, "+61411111111", "third")
    assert await pair.one.polled(pair.database) == 0
    await pair.change(pair.two, key=None)
    assert await pair.one.polled(pair.database) == 1


async def test_another_login_is_waited_for_until_it_has_looked(pair: Pair) -> None:
    """Whether a subaccount has an inbox of its own is ClickSend's secret: both are right."""
    other = Scope("T0TWO", "another")
    async with pair.database.write() as connection:
        await spaces.connect(connection, replace(twin_of(other, pair.now[0]), login=2))
    await pair.change(pair.two, key=None)
    receive(pair.clicksend.state, "+61411111111", "first")
    assert await pair.one.polled(pair.database) == 0
    empty = ClickSendSandbox()
    async with (
        empty.serve() as url,
        ClickSend(f"{url}/v3", USER, SecretStr(KEY)) as clicksend,
    ):
        book = AddressBook(clicksend, now=lambda: pair.now[0])
        elsewhere = Inbox(
            clicksend, pair.database, other, book=book, otherwise="C0", now=lambda: pair.now[0]
        )
        pair.now[0] += timedelta(seconds=1)
        assert await elsewhere.look() == ([], 0)
    assert await pair.one.polled(pair.database) == 1


async def test_receipts_are_marked_up_to_where_both_have_looked(pair: Pair) -> None:
    state = pair.clicksend.state
    message = SmsMessage(to="+61411111199", body="Hello")
    async with ClickSend(f"{pair.clicksend.url}/v3", USER, SecretStr(KEY)) as clicksend:
        await clicksend.run(SendSms(messages=(message,)))

    async def come() -> bool:
        return bool(state.receipts)

    await until(come)
    pair.now[0] = datetime.now().astimezone() + timedelta(minutes=5)
    await pair.one.watch.look()
    await pair.one.watch.mark_read(pair.now[0])
    assert not state.receipts[0].read
    await pair.two.watch.look()
    await pair.two.watch.mark_read(pair.now[0])
    assert state.receipts[0].read
    ids = [state.receipts[0].record["message_id"]]
    for side in (pair.one, pair.two):
        async with pair.database.read() as connection:
            found = await receipts.of_messages(connection, side.scope, kind="sms", message_ids=ids)
        assert [each.message_id for each in found] == ids
