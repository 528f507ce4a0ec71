"""How the balance is kept, and when it is read anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend, Limiter, Rate
from bot.clicksend.operations.account import GetAccount
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.account import AccountReader
from tests.app.world import FakeClickSend, serving
from tests.services.pipeline import Clock, pipeline


@dataclass
class Desk:
    """An account that is read from a local ClickSend, which may be asked so often."""

    fake: FakeClickSend
    reader: AccountReader
    clock: Clock

    @property
    def reads(self) -> int:
        return len(self.fake.of("account.get"))


@asynccontextmanager
async def desk(calls: int = 100) -> AsyncIterator[Desk]:
    fake, clock = FakeClickSend(balance="100.00"), Clock()
    limiter = Limiter({"account.get": Rate(calls, 3600.0)})
    async with (
        serving(fake.__call__) as url,
        ClickSend(f"{url}/v3", "demo", SecretStr("key"), limiter=limiter) as clicksend,
    ):
        yield Desk(fake, AccountReader(clicksend, now=clock), clock)


async def test_many_who_ask_at_once_read_once() -> None:
    async with desk() as here:
        found = await asyncio.gather(*(here.reader.balance() for _ in range(20)))

        assert {each.amount for each in found} == {Decimal(100)}
        assert here.reads == 1


async def test_what_was_spent_is_deducted_beside_a_price_and_read_where_the_balance_is_told() -> (
    None
):
    async with desk() as here:
        await here.reader.balance()
        here.reader.spent(Decimal("0.50"))
        here.reader.spent(Decimal("1.25"))

        assert (await here.reader.about()).amount == Decimal("98.25")
        assert (await here.reader.balance()).amount == Decimal("98.25")
        assert here.reads == 1
        here.clock.move(seconds=5)
        assert (await here.reader.balance()).amount == Decimal(100)  # as ClickSend says
        assert here.reads == 2
        assert (await here.reader.about()).amount == Decimal(100)  # nothing was spent since


@pytest.mark.parametrize("what", ["about", "balance"])
async def test_a_balance_is_read_anew_after_fifteen_seconds(what: str) -> None:
    async with desk() as here:
        read = getattr(here.reader, what)
        await read()
        here.clock.move(seconds=14)
        await read()
        before = here.reads
        here.clock.move(seconds=1)
        await read()

        assert (before, here.reads) == (1, 2)


async def test_after_a_cost_that_nobody_knows_it_is_read_anew() -> None:
    async with desk() as here:
        await here.reader.about()
        here.fake.balance = "150.00"
        here.reader.spent(None)

        assert (await here.reader.about()).amount == Decimal(150)


@pytest.mark.parametrize("what", ["about", "balance"])
async def test_who_may_not_ask_yet_is_told_what_is_left_by_the_last_reading(what: str) -> None:
    async with desk(calls=1) as here:
        read = getattr(here.reader, what)
        await here.reader.balance()
        here.reader.spent(Decimal(3))
        here.clock.move(seconds=59)

        assert (await read()).amount == Decimal(97)
        assert here.reads == 1


async def test_a_reading_is_not_used_for_longer_than_a_minute() -> None:
    async with desk(calls=2) as here:
        await here.reader.balance()
        here.clock.move(seconds=60)
        await here.reader.balance()

        assert here.reads == 2


async def test_people_who_ask_all_the_time_leave_readings_to_the_watch() -> None:
    """Sends all the time, and somebody looks at the balance after each, for a minute."""
    async with desk(calls=18) as here:
        for _ in range(120):
            here.reader.spent(Decimal("0.10"))
            await here.reader.balance()
            here.clock.move(seconds=0.5)

        assert here.reads <= 13


async def test_who_asks_for_a_fresh_one_gets_it() -> None:
    async with desk() as here:
        await here.reader.balance()
        await here.reader.balance(fresh=True)

        assert here.reads == 2


async def test_accounts_of_one_address_share_the_rate() -> None:
    fake, shared = FakeClickSend(), Limiter({"account.get": Rate(1, 3600.0)})
    async with serving(fake.__call__) as url:
        first = ClickSend(f"{url}/v3", "demo", SecretStr("key"), limiter=shared)
        second = ClickSend(f"{url}/v3", "other", SecretStr("key"), limiter=shared)
        async with first, second:
            await first.run(GetAccount())

            assert second.wait(GetAccount) > 3500


def _hello(number: int) -> SendSms:
    return SendSms(messages=(SmsMessage(to="+61411111111", body=f"Hello {number}"),))


async def test_sends_in_a_row_are_priced_with_one_reading(sqlite_url: str) -> None:
    """Thirty sends in a few seconds: 18 reads a minute would have been too few for them."""
    async with pipeline(sqlite_url) as here:
        left = []
        for number in range(30):
            draft = here.draft(_hello(number))
            quote = await here.sending.quote(draft)
            left.append(quote.balance)
            await here.sending.confirm(draft.id, actor="U0ADA")
            await here.worker.work()
            here.clock.move(seconds=0.4)

        assert len(here.fake.of("account.get")) == 1
        assert len(here.fake.of("sms.send")) == 30
        assert left[0] - left[-1] == 29 * Decimal("0.077")
