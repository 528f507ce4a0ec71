"""Money and times come back as they went in, on both databases, or are refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import StatementError

from bot.store import Database
from bot.store.types import Instant, Money

DIALECT = sqlite_dialect.dialect()
LARGEST = Decimal(2**63 - 1).scaleb(-6)
values = Table(
    "values_of_the_test",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", Money),
    Column("time", Instant),
)
patient = settings(
    deadline=None,
    max_examples=40,
    # Examples share the table and read their own row: the fixture need not be made anew.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
amounts = st.integers(-(2**63) + 1, 2**63 - 1).map(lambda micro: Decimal(micro).scaleb(-6))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001 - hypothesis wants naive bounds


class Nowhere(tzinfo):
    """A time zone that does not know its offset: times in it are naive all the same."""

    def utcoffset(self, when: datetime | None) -> None:
        del when


@pytest.fixture
async def stored(database: Database) -> AsyncIterator[Database]:
    async with database.write() as connection:
        await connection.run_sync(values.metadata.create_all)
    yield database
    async with database.write() as connection:
        await connection.run_sync(values.metadata.drop_all)


async def there_and_back(
    database: Database, amount: Decimal | None, time: datetime | None
) -> tuple[Decimal | None, datetime | None]:
    async with database.write() as connection:
        added = insert(values).values(amount=amount, time=time).returning(values.c.id)
        number = (await connection.execute(added)).scalar_one()
    async with database.read() as connection:
        found = select(values.c.amount, values.c.time).where(values.c.id == number)
        row = (await connection.execute(found)).one()
        return row[0], row[1]


@patient
@given(amount=st.none() | amounts, time=st.none() | times)
@example(amount=LARGEST, time=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
@example(amount=-LARGEST, time=datetime(1970, 1, 1, tzinfo=UTC))
@example(amount=Decimal("0E-20"), time=datetime.max.replace(tzinfo=UTC))
@example(amount=Decimal("0.0770000000"), time=datetime.min.replace(tzinfo=UTC))
async def test_come_back_exactly(
    stored: Database, amount: Decimal | None, time: datetime | None
) -> None:
    found_amount, found_time = await there_and_back(stored, amount, time)
    assert found_amount == amount
    assert found_time == time
    assert found_time is None or found_time.tzinfo is UTC


@given(
    whole=st.integers(-(10**12), 10**12),
    tail=st.integers(1, 10**6 - 1).filter(lambda n: n % 10),
    digits=st.integers(7, 60),
)
@example(whole=1, tail=1, digits=29)  # 30 digits: ordinary Decimal arithmetic rounds the tail away
@settings(deadline=None)
def test_an_amount_finer_than_a_millionth_is_refused(whole: int, tail: int, digits: int) -> None:
    amount = Decimal(f"{whole}.{tail:0{digits}d}")
    with pytest.raises(ValueError, match="more than six decimals"):
        Money().process_bind_param(amount, DIALECT)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1E+40"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be stored|more than six decimals"):
        Money().process_bind_param(Decimal(amount), DIALECT)


@pytest.mark.parametrize("zone", [None, Nowhere()])
@given(time=st.datetimes())
@settings(deadline=None)
def test_a_naive_time_is_refused(zone: tzinfo | None, time: datetime) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        Instant().process_bind_param(time.replace(tzinfo=zone), DIALECT)


async def test_a_refused_value_leaves_no_row(stored: Database) -> None:
    with pytest.raises(StatementError, match="more than six decimals"):
        await there_and_back(stored, Decimal("0.0000001"), None)
    async with stored.read() as connection:
        assert (await connection.execute(select(values.c.id))).all() == []


async def test_times_compare_across_zones(stored: Database) -> None:
    noon = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    await there_and_back(stored, None, noon.astimezone(timezone(timedelta(hours=10))))
    async with stored.read() as connection:
        query = select(values.c.time).where(values.c.time == noon)
        assert (await connection.execute(query)).scalar_one() == noon
