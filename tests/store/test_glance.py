"""The one look of a yes: where it sees nothing, the closer looks find nothing either."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from bot.store import Database, Scope, glance, ledger, rights, sends
from bot.store.rights import StoredLimit
from bot.store.sends import State
from tests.store.made import NOW, stored

A_DRAFT = {"created_at": NOW, "seen_at": NOW, "fingerprint": "same"}


def limit(subject: str = "*") -> StoredLimit:
    return StoredLimit(
        subject=subject, measure="money_day", amount=Decimal(1), set_by="U0ADA", set_at=NOW
    )


async def test_of_a_draft_that_nothing_speaks_against(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        draft = await stored(connection, scope, **A_DRAFT)
        await stored(connection, scope, "before", fingerprint="same", confirmed_at=NOW)
        await stored(connection, scope, "other", fingerprint="other", previous="before")
    async with database.read() as connection:
        seen = await glance.at(connection, scope, draft.id)
        assert seen == glance.Glance(draft, changed=False, repeated=False, limited=False)
        assert await glance.at(connection, scope, "nobody") is None


async def test_it_sees_what_was_made_of_it_the_same_and_limits(
    database: Database, scope: Scope, others: Scope
) -> None:
    later = NOW + timedelta(seconds=1)
    async with database.write() as connection:
        for whose in (scope, others):
            await stored(connection, whose, **A_DRAFT)
        await stored(connection, scope, "made", previous="draft1")
        await stored(connection, scope, "same", fingerprint="same", confirmed_at=later)
        await rights.set_limit(connection, scope, limit())
    async with database.read() as connection:
        seen = await glance.at(connection, scope, "draft1")
        theirs = await glance.at(connection, others, "draft1")
    assert seen
    assert (seen.changed, seen.repeated, seen.limited) == (True, True, True)
    assert theirs
    assert (theirs.changed, theirs.repeated, theirs.limited) == (False, False, False)


@pytest.mark.parametrize("seed", range(6))
async def test_what_it_does_not_see_is_not_there(
    database: Database, scope: Scope, seed: int
) -> None:
    chance = random.Random(seed)
    names = [f"s{number}" for number in range(40)]

    def moment() -> object:
        return chance.choice([None, NOW + timedelta(seconds=chance.randrange(-3, 4))])

    async with database.write() as connection:
        for name in names:
            await stored(
                connection,
                scope,
                name,
                state=chance.choice(list(State)),
                previous=chance.choice([None, None, *names]),
                fingerprint=chance.choice([None, "a", "b", "c", name]),
                seen_at=moment(),
                confirmed_at=moment(),
            )
        if chance.random() < 0.5:
            await rights.set_limit(connection, scope, limit("U0EVE"))
    saw = set()
    async with database.read() as connection:
        for name in names:
            seen = await glance.at(connection, scope, name)
            assert seen
            since = seen.send.seen_at or seen.send.created_at
            same = seen.send.fingerprint and await ledger.earlier(
                connection, scope, fingerprint=seen.send.fingerprint, since=since, but=[name]
            )
            assert seen.changed or not await sends.overtaken(connection, scope, name)
            assert seen.repeated or not same
            assert seen.limited == bool(await rights.all_limits(connection, scope))
            saw.add((seen.changed, seen.repeated))
    assert len(saw) > 2  # not all alike, or nothing was tried


async def test_no_look_of_a_yes_walks_all_sends(sqlite: Database, scope: Scope) -> None:
    asked = []

    async with sqlite.read() as connection:

        def note(_c: object, _k: object, statement: str, values: object, *_: object) -> None:
            if statement.startswith("SELECT"):
                asked.append((statement, values))

        event.listen(connection.sync_connection, "before_cursor_execute", note)
        await glance.at(connection, scope, "draft1")
        await sends.overtaken(connection, scope, "draft1")
        await sends.replaced_by_another(connection, scope, "message", but=["draft1"])
        event.remove(connection.sync_connection, "before_cursor_execute", note)
        plans = []
        for query, values in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
            plans.append(" | ".join(str(row[-1]) for row in rows))
    looked, made, replaced = plans
    assert "ix_sends_workspace_account_previous" in looked
    assert "ix_sends_workspace_account_fingerprint_confirmed_at" in looked
    assert "ix_sends_workspace_account_previous" in made
    assert "ix_sends_workspace_account_replaces" in replaced
    assert "SCAN" not in looked + made + replaced


async def test_others_limits_are_not_seen(database: Database, scope: Scope, others: Scope) -> None:
    async with database.write() as connection:
        await stored(connection, scope, **A_DRAFT)
        await rights.set_limit(connection, others, replace(limit(), subject="each"))
    async with database.read() as connection:
        seen = await glance.at(connection, scope, "draft1")
    assert seen
    assert not seen.limited
