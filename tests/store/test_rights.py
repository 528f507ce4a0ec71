"""What was spent, who may what, and who did what: on both databases."""

import asyncio
import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Database, Scope, audit, ledger, rights
from bot.store.rights import StoredGrant, StoredLimit
from bot.store.sends import COMMITTED, State
from tests.store.made import NOW, stored

DAY = timedelta(days=1)
_NUMBERS = itertools.count(1)
AMOUNTS = st.decimals(0, 1_000, places=6, allow_nan=False)


async def spent(
    database: Database, scope: Scope, since: datetime = NOW, **whose: str
) -> tuple[int, Decimal]:
    async with database.read() as connection:
        return await ledger.spent(connection, scope, since=since, **whose)


async def test_nothing_was_spent_at_first(database: Database, scope: Scope) -> None:
    assert await spent(database, scope) == (0, Decimal(0))


@pytest.mark.parametrize("state", State)
async def test_only_what_is_or_may_be_charged_is_counted(
    database: Database, scope: Scope, state: State
) -> None:
    async with database.write() as connection:
        await stored(connection, scope, state=state, confirmed_at=NOW, recipients=3)
    counted = state in COMMITTED
    assert await spent(database, scope) == ((3, Decimal("0.0771")) if counted else (0, Decimal(0)))


async def test_sums_are_of_a_person_a_channel_and_a_time(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for number, (actor, channel, days) in enumerate(
            (("U1", "C1", 0), ("U1", "C2", 0), ("U2", "C1", 0), ("U1", "C1", -1), ("U1", "C1", 1))
        ):
            await stored(
                connection,
                scope,
                f"draft{number}",
                state=State.SENT,
                actor=actor,
                channel=channel,
                confirmed_at=NOW + days * DAY,
                recipients=10**number,
                price=Decimal(10**number),
            )
        await stored(connection, others, state=State.SENT, actor="U1", confirmed_at=NOW)
        await stored(connection, scope, "not confirmed", state=State.QUEUED, actor="U1")
    assert await spent(database, scope) == (10_111, Decimal(10_111))
    assert await spent(database, scope, NOW - DAY) == (11_111, Decimal(11_111))
    assert await spent(database, scope, NOW + timedelta(microseconds=1)) == (
        10_000,
        Decimal(10_000),
    )
    assert await spent(database, scope, actor="U1") == (10_011, Decimal(10_011))
    assert await spent(database, scope, channel="C1") == (10_101, Decimal(10_101))
    assert await spent(database, scope, actor="U2", channel="C2") == (0, Decimal(0))


@given(amounts=st.lists(st.tuples(AMOUNTS | st.none(), AMOUNTS | st.none()), max_size=6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_sums_are_exact_and_the_charge_goes_before_the_price(
    database: Database, amounts: list[tuple[Decimal | None, Decimal | None]]
) -> None:
    scope = Scope("T0SUMS", f"account {next(_NUMBERS)}")
    async with database.write() as connection:
        for number, (price, total) in enumerate(amounts):
            values = {"price": price, "total": total, "confirmed_at": NOW, "state": State.SENT}
            await stored(connection, scope, f"draft{number}", **values)
    exact = sum((t if t is not None else p or Decimal(0) for p, t in amounts), Decimal(0))
    assert await spent(database, scope) == (len(amounts), exact)


async def test_the_same_is_found_since_a_time_but_not_itself(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for name, whose, seconds, state in (
            ("at once", scope, 0, State.SENT),
            ("older", scope, 1, State.QUEUED),
            ("newer", scope, 2, State.UNKNOWN),
            ("itself", scope, 3, State.SENT),
            ("refused", scope, 3, State.REFUSED),
            ("undone", scope, 3, State.UNDONE),
            ("theirs", others, 3, State.SENT),
        ):
            at = NOW + timedelta(seconds=seconds)
            await stored(
                connection, whose, name, state=state, confirmed_at=at, fingerprint="f" * 64
            )
        values = {"confirmed_at": NOW + DAY, "fingerprint": "e" * 64, "state": State.SENT}
        await stored(connection, scope, "another", **values)
    async with database.read() as connection:
        found = await ledger.earlier(
            connection, scope, fingerprint="f" * 64, since=NOW, but=["itself"]
        )
        assert [send.id for send in found] == ["newer", "older"]
        assert not await ledger.earlier(
            connection, scope, fingerprint="f" * 64, since=NOW + DAY, but=[]
        )


def a_grant(**changes: Any) -> StoredGrant:
    given_ = StoredGrant(subject="U1", role="sender", place="", granted_by="U0ADA", granted_at=NOW)
    return replace(given_, **changes)


async def test_a_role_is_given_once_and_taken_once(
    database: Database, scope: Scope, others: Scope
) -> None:
    async def given_(row: StoredGrant) -> bool:
        async with database.write() as connection:
            return await rights.grant(connection, scope, row)

    async def taken(place: str = "", whose: Scope = scope) -> bool:
        async with database.write() as connection:
            values = {"subject": "U1", "role": "sender", "place": place}
            return await rights.revoke(connection, whose, **values)

    assert sum(await asyncio.gather(*(given_(a_grant()) for _ in range(10)))) == 1
    assert not await given_(a_grant(granted_by="U9", granted_at=NOW + DAY))
    assert await given_(a_grant(place="C1"))
    assert await given_(a_grant(role="admin"))
    async with database.read() as connection:
        assert await rights.all_grants(connection, scope) == [
            a_grant(role="admin"),
            a_grant(),
            a_grant(place="C1"),
        ]
        assert await rights.all_grants(connection, others) == []
    assert not await taken(whose=others)
    assert not await taken("C2")
    assert sum(await asyncio.gather(*(taken() for _ in range(10)))) == 1
    async with database.read() as connection:
        left = await rights.all_grants(connection, scope)
    assert left == [a_grant(role="admin"), a_grant(place="C1")]


async def test_a_limit_takes_the_place_of_the_one_before(
    database: Database, scope: Scope, others: Scope
) -> None:
    first = StoredLimit(
        subject="each", measure="money_day", amount=Decimal("0.000001"), set_by="U1", set_at=NOW
    )
    second = replace(first, amount=Decimal("50.5"), set_by="U2", set_at=NOW + DAY)
    other = replace(first, measure="messages_day")
    async with database.write() as connection:
        for limit in (first, other, second):
            await rights.set_limit(connection, scope, limit)
        await rights.set_limit(connection, others, first)
        assert await rights.all_limits(connection, scope) == [other, second]
        lifted = {"subject": "each", "measure": "money_day"}
        assert await rights.lift_limit(connection, scope, **lifted)
        assert not await rights.lift_limit(connection, scope, **lifted)
        assert await rights.all_limits(connection, scope) == [other]
        assert await rights.all_limits(connection, others) == [first]


async def test_the_trail_is_searched_by_person_time_and_page(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for number in range(6):
            await audit.add(
                connection,
                others if number == 5 else scope,
                at=NOW + number * DAY,
                actor="U1" if number % 2 else "bot",
                action="sms.send sent",
                subject=f"draft{number}",
                detail={"recipients": number, "price": "0.1", "rule": None},
                place="C1" if number else "",
            )

    async def found(**wanted: Any) -> list[str]:
        async with database.read() as connection:
            records = await audit.search(connection, scope, **{"limit": 9, **wanted})
        return [record.subject[-1] for record in records]

    assert await found() == ["4", "3", "2", "1", "0"]
    assert await found(actor="U1") == ["3", "1"]
    assert await found(since=NOW + 3 * DAY) == ["4", "3"]
    assert await found(limit=2) == ["4", "3"]
    assert await found(limit=2, before=4) == ["2", "1"]
    assert await found(limit=2, after=2) == ["3", "2"]
    assert await found(actor="U1", since=NOW, before=4) == ["1"]
    async with database.read() as connection:
        (first,) = await audit.search(connection, scope, limit=1, before=2)
        (second,) = await audit.search(connection, scope, limit=1, before=3)
    assert first.detail == {"recipients": 0, "price": "0.1"}
    assert (first.at, first.actor, first.place) == (NOW, "bot", "")
    assert second.place == "C1"
