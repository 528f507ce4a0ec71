"""What App Home reads: a few rows, by an index, however many sends there are; own settings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Database, Scope, deliveries, home, people
from bot.store.people import Own
from bot.store.sends import State
from tests.store.made import NOW, a_message, stored

HOUR = timedelta(hours=1)


async def test_mine_come_newest_first_without_drafts_and_batches(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for number in range(4):
            at = NOW + number * HOUR
            await stored(connection, scope, f"s{number}", state=State.SENT, confirmed_at=at)
        await stored(connection, scope, "draft")
        await stored(connection, scope, "batch", state=State.SENT, confirmed_at=NOW, bulk="job")
        await stored(connection, scope, "eves", state=State.SENT, confirmed_at=NOW, actor="U0EVE")
        await stored(connection, others, "theirs", state=State.SENT, confirmed_at=NOW)
    async with database.read() as connection:
        found = await home.newest_of(connection, scope, "U0ADA", limit=3)
    assert [each.id for each in found] == ["s3", "s2", "s1"]


async def test_receipts_are_counted_by_send(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        for send_id, delivery in (("a", "delivered"), ("a", "failed"), ("a", None), ("b", None)):
            await deliveries.add(
                connection, scope, [replace(a_message(send_id), delivery=delivery)]
            )
    async with database.read() as connection:
        assert await home.delivered(connection, scope, ["a", "b", "none"]) == {
            "a": (1, 1),
            "b": (0, 0),
            "none": (0, 0),
        }
        assert await home.delivered(connection, scope, []) == {}


async def test_what_waits_is_neither_past_nor_cancelled(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for send_id, hours, state, statuses in (
            ("later", 2, State.SENT, ["SUCCESS"]),
            ("sooner", 1, State.QUEUED, []),
            ("past", -1, State.SENT, ["SUCCESS"]),
            ("undone", 1, State.UNDONE, []),
            ("cancelled", 1, State.SENT, ["CANCELLED"]),
            ("half", 3, State.RECONCILED, ["CANCELLED", "SUCCESS"]),
        ):
            at = NOW + hours * HOUR
            await stored(connection, scope, send_id, state=state, scheduled_for=at)
            for status in statuses:
                await deliveries.add(connection, scope, [a_message(send_id, status=status)])
        await stored(connection, others, "theirs", state=State.SENT, scheduled_for=NOW + HOUR)
    async with database.read() as connection:
        found = await home.upcoming(connection, scope, now=NOW, limit=10)
        one = await home.upcoming(connection, scope, now=NOW, limit=1)
    assert [each.id for each in found] == ["sooner", "later", "half"]
    assert [each.id for each in one] == ["sooner"]


async def test_approvals_come_by_when_they_expire(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        for send_id, hours in (("second", 2), ("first", 1)):
            at = NOW + hours * HOUR
            await stored(connection, scope, send_id, state=State.APPROVAL, expires_at=at)
        await stored(connection, scope, "sent", state=State.SENT)
    async with database.read() as connection:
        found = await home.approvals(connection, scope, limit=10)
    assert [each.id for each in found] == ["first", "second"]


async def plans(connection: AsyncConnection, scope: Scope) -> list[str]:
    """How SQLite reads what Home asks for."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*of: object) -> None:
        if isinstance(of[2], str) and of[2].startswith("SELECT") and isinstance(of[3], tuple):
            asked.append((of[2], of[3]))

    assert connection.sync_connection is not None
    event.listen(connection.sync_connection, "before_cursor_execute", note)
    await home.newest_of(connection, scope, "U0ADA", limit=5)
    await home.upcoming(connection, scope, now=NOW, limit=6)
    await home.approvals(connection, scope, limit=10)
    event.remove(connection.sync_connection, "before_cursor_execute", note)
    found = []
    for query, values in asked:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        found.append(" | ".join(str(row[-1]) for row in rows))
    return found


async def test_no_query_walks_all_sends(sqlite: Database, scope: Scope) -> None:
    async with sqlite.read() as connection:
        mine, waiting, open_ = await plans(connection, scope)
    assert "ix_sends_workspace_account_actor_confirmed_at" in mine
    assert "TEMP B-TREE" not in mine
    assert "ix_sends_workspace_account_scheduled_for" in waiting
    assert "TEMP B-TREE" not in waiting
    assert "ix_sends_workspace_account_state_not_before" in open_
    assert "SCAN" not in mine + waiting + open_


@pytest.mark.parametrize("own", [Own(), Own(time_zone="Europe/Berlin", notify=frozenset("ab"))])
async def test_own_settings_are_kept_by_person(
    database: Database, scope: Scope, others: Scope, own: Own
) -> None:
    async with database.write() as connection:
        await people.put(connection, scope, "U0ADA", Own(sender="Old"), at=NOW)
        await people.put(connection, scope, "U0ADA", own, at=NOW)
        await people.put(connection, others, "U0ADA", Own(language="de-de"), at=NOW)
    async with database.read() as connection:
        assert await people.get(connection, scope, "U0ADA") == own
        assert await people.get(connection, scope, "U0EVE") == Own()
        wanting = await people.wanting(connection, scope, "a")
        assert wanting == (["U0ADA"] if "a" in own.notify else [])
        assert await people.wanting(connection, scope, "ab") == []
