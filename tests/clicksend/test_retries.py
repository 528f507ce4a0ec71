"""A call is made again only where nothing can happen twice, and never past its deadline."""

import asyncio
import time
from typing import Any

import pytest

from bot.clicksend import (
    BadRequest,
    ClickSendError,
    Effect,
    Forbidden,
    Limiter,
    NoAnswer,
    NotFound,
    Operation,
    Rate,
    RateLimited,
    Refused,
    Timeouts,
    Unauthorized,
    registry,
)
from bot.clicksend.operations.account import GetAccount
from bot.clicksend.operations.countries import ListCountries
from bot.clicksend.operations.sms import CancelSms, DeleteSmsTemplate, PriceSms, SendSms, SmsMessage
from tests.clicksend import peer
from tests.clicksend.conftest import Connect, patience
from tests.clicksend.examples import example
from tests.clicksend.peer import Arrival, Connection, Peer, Step

MESSAGES = (SmsMessage(to="+61411111111", body="Hello"),)
SEND = SendSms(messages=MESSAGES)
TOO_MANY = peer.enveloped(None, "HTTP_TOO_MANY_REQUESTS", "Too many attempts.", 429)
CHANGES = [
    pytest.param(SEND, {"messages": []}, id="POST"),
    pytest.param(CancelSms(message_id="A1"), [], id="PUT"),
    pytest.param(DeleteSmsTemplate(template_id=1), [], id="DELETE"),
]


@pytest.mark.parametrize(("operation", "data"), CHANGES)
async def test_429_is_tried_again_after_the_wait_it_asks_for(
    connect: Connect, operation: Operation[Any], data: object
) -> None:
    async with Peer([peer.answer(429, TOO_MANY, Retry_After="1"), peer.ok(data)]) as there:
        started = time.monotonic()
        await connect(there.url).run(operation)

        assert time.monotonic() - started >= 1.0
        assert len(there.arrivals) == 2


async def test_429_without_a_wait_is_tried_again_soon(connect: Connect) -> None:
    async with Peer([peer.answer(429, raw=b""), peer.ok([])]) as there:
        await connect(there.url).run(CancelSms(message_id="A1"))

        assert len(there.arrivals) == 2


@pytest.mark.parametrize("wait", ["60", "Fri, 01 Jan 2100 00:00:00 GMT"])
async def test_a_wait_past_the_deadline_is_the_callers(connect: Connect, wait: str) -> None:
    async with Peer([peer.answer(429, TOO_MANY, Retry_After=wait)]) as there:
        started = time.monotonic()
        with pytest.raises(RateLimited, match="Too many attempts") as caught:
            await connect(there.url).run(SEND)

        assert time.monotonic() - started < 10
        assert caught.value.retry_after is not None
        assert caught.value.retry_after >= 60
        assert not caught.value.ambiguous
        assert len(there.arrivals) == 1


async def test_a_change_is_not_begun_again_without_time_for_it(connect: Connect) -> None:
    """A try cut short by the deadline would leave its outcome unknown."""
    quick = Timeouts(connect=1.0, read=2.0, write=1.0, pool=1.0, total=4.5)
    async with Peer([peer.answer(429, TOO_MANY, Retry_After="1")]) as there:
        with pytest.raises(RateLimited):
            await connect(there.url, timeouts=quick).run(SEND)

        assert len(there.arrivals) == 1


@pytest.mark.parametrize("wait", ["soon", "nan", "inf", "-1"])
async def test_a_wait_nobody_understands_is_no_wait(connect: Connect, wait: str) -> None:
    async with Peer([peer.answer(429, TOO_MANY, Retry_After=wait), peer.ok([])]) as there:
        await connect(there.url).run(CancelSms(message_id="A1"))

        assert len(there.arrivals) == 2


@pytest.mark.parametrize(
    "step",
    [peer.drop, peer.reset, peer.half, peer.hang, peer.answer(500, {}), peer.answer(408, {})],
    ids=["dropped", "reset", "half", "timeout", "500", "408"],
)
async def test_a_read_is_tried_again(connect: Connect, step: Step) -> None:
    async with Peer([step, peer.ok({"username": "nocredit"})]) as there:
        account = await connect(there.url, timeouts=patience(step)).run(GetAccount())

        assert account.username == "nocredit"
        assert len(there.arrivals) == 2


async def test_a_price_is_a_read_although_it_posts(connect: Connect) -> None:
    async with Peer([peer.drop, peer.ok({"total_price": 0.07, "messages": []})]) as there:
        await connect(there.url).run(PriceSms(messages=MESSAGES))

        assert [a.method for a in there.arrivals] == ["POST", "POST"]


async def test_retries_end(connect: Connect) -> None:
    async with Peer([peer.answer(500, {})]) as there:
        with pytest.raises(ClickSendError):
            await connect(there.url).run(GetAccount())

        assert len(there.arrivals) == 5


REFUSALS: list[Any] = [
    pytest.param(400, BadRequest, id="400"),
    pytest.param(401, Unauthorized, id="401"),
    pytest.param(403, Forbidden, id="403"),
    pytest.param(404, NotFound, id="404"),
    pytest.param(405, BadRequest, id="405"),
    pytest.param(422, BadRequest, id="422"),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
@pytest.mark.parametrize("operation", [SEND, GetAccount()], ids=["POST", "GET"])
async def test_a_refusal_is_final_and_says_why(
    connect: Connect, operation: Operation[Any], status: int, kind: type[ClickSendError]
) -> None:
    refusal = peer.enveloped(None, "SOME_CODE", "Some words.", status)
    async with Peer([peer.answer(status, refusal)]) as there:
        with pytest.raises(Refused) as caught:
            await connect(there.url).run(operation)

        error = caught.value
        assert type(error) is kind
        assert (error.operation, error.http_status) == (operation.route.id, status)
        assert (error.response_code, error.response_msg) == ("SOME_CODE", "Some words.")
        assert not error.ambiguous
        assert len(there.arrivals) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"no"', b"null"])
async def test_a_refusal_in_other_words_is_still_a_refusal(connect: Connect, body: bytes) -> None:
    async with Peer([peer.answer(403, raw=body)]) as there:
        with pytest.raises(Forbidden):
            await connect(there.url).run(SEND)


async def test_a_400_may_carry_a_number_as_its_code(connect: Connect) -> None:
    refusal = {"http_code": 400, "response_code": 400, "response_msg": "Wrong type", "data": None}
    async with Peer([peer.answer(400, refusal)]) as there:
        with pytest.raises(BadRequest) as caught:
            await connect(there.url).run(SEND)

    assert caught.value.response_code == "400"


@pytest.mark.parametrize("data", [None, [], "", {"messages": []}])
async def test_200_without_success_is_a_refusal(connect: Connect, data: object) -> None:
    refusal = peer.enveloped(data, "INSUFFICIENT_CREDIT", "No credit left.")
    async with Peer([peer.answer(200, refusal)]) as there:
        with pytest.raises(Refused, match="No credit left") as caught:
            await connect(there.url).run(SEND)

    assert caught.value.response_code == "INSUFFICIENT_CREDIT"
    assert not caught.value.ambiguous


async def test_the_limiter_keeps_below_the_rate(connect: Connect) -> None:
    async with Peer([peer.ok({})]) as there:
        client = connect(there.url, limiter=Limiter({"account.get": Rate(2, 0.3)}))
        started = time.monotonic()
        for _ in range(5):
            await client.run(GetAccount())

        assert time.monotonic() - started >= 0.6


async def test_the_limiter_counts_by_endpoint(connect: Connect) -> None:
    async with Peer([peer.ok([])]) as there:
        client = connect(there.url, limiter=Limiter({"account.get": Rate(1, 60.0)}))
        started = time.monotonic()
        for _ in range(5):
            await client.run(ListCountries())

        assert time.monotonic() - started < 10


async def test_the_limiter_says_when_the_wait_is_too_long(connect: Connect) -> None:
    async with Peer([peer.ok({})]) as there:
        client = connect(there.url, limiter=Limiter({"account.get": Rate(1, 60.0)}))
        await client.run(GetAccount())
        with pytest.raises(RateLimited, match="held back") as caught:
            await client.run(GetAccount())

        assert caught.value.http_status is None
        assert caught.value.retry_after == pytest.approx(60, abs=1)
        assert len(there.arrivals) == 1


async def test_the_observer_hears_of_every_call(connect: Connect) -> None:
    heard: list[tuple[str, str]] = []

    def observer(operation_id: str, outcome: str, seconds: float) -> None:
        assert 0 <= seconds < 5
        heard.append((operation_id, outcome))

    async with Peer([peer.answer(500, {}), peer.ok({})]) as there:
        await connect(there.url, observer=observer).run(GetAccount())

    assert heard == [("account.get", "ServerError"), ("account.get", "ok")]


async def test_a_broken_observer_never_costs_an_answer(connect: Connect) -> None:
    def observer(operation_id: str, outcome: str, seconds: float) -> None:  # noqa: ARG001
        raise RuntimeError("no metrics today")

    async with Peer([peer.ok({"messages": []})]) as there:
        assert (await connect(there.url, observer=observer).run(SEND)).messages == ()


async def test_the_deadline_is_what_a_lease_must_exceed(connect: Connect) -> None:
    assert connect(peer.closed_port()).deadline == 30.0


CHANGING = [
    name for name in registry.ids() if registry.operation(name).route.effect is not Effect.READ
]


class Work:
    """What a peer does for an operation, counted: a purchase, a message, a deletion."""

    def __init__(self) -> None:
        self.done = 0

    def then(self, say: Step) -> Step:
        """Do it, and then say something, or nothing."""

        async def step(connection: Connection, arrival: Arrival) -> bool:
            self.done += 1
            return await say(connection, arrival)

        return step


@pytest.mark.parametrize("name", CHANGING)
async def test_a_change_whose_answer_is_lost_is_done_once(connect: Connect, name: str) -> None:
    """Whatever its verb, and on an old connection, where HTTP libraries repeat a PUT unasked."""
    operation, status, body = example(name)
    work = Work()
    steps = [work.then(peer.answer(status, raw=body)), work.then(peer.drop)]
    async with Peer(steps) as there:
        client = connect(there.url)
        await client.run(operation)
        with pytest.raises(NoAnswer) as caught:
            await client.run(operation)

        assert work.done == 2, "once for each call"
        assert [a.connection for a in there.arrivals] == [1, 1]
    assert caught.value.ambiguous


@pytest.mark.parametrize("name", CHANGING)
async def test_a_change_that_was_held_back_is_done_once(connect: Connect, name: str) -> None:
    operation, status, body = example(name)
    work = Work()
    steps = [peer.answer(429, TOO_MANY)] * 2 + [work.then(peer.answer(status, raw=body))]
    async with Peer(steps) as there:
        await connect(there.url).run(operation)

        assert len(there.arrivals) == 3
        assert {a.body for a in there.arrivals} == {operation.wire().body or b""}
    assert work.done == 1


def test_the_changes_are_of_every_verb() -> None:
    assert {registry.operation(n).route.method for n in CHANGING} == {
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
    }
    purchases = {"recharge.purchase", "numbers.buy", "reseller.transfer_credit", "sms.send"}
    assert purchases <= set(CHANGING)


def test_another_deadline_shortens_every_wait_in_proportion() -> None:
    whole, half = Timeouts(), Timeouts.within(45)
    assert Timeouts.within(whole.total) == whole
    assert half.total == 45
    assert half.read == whole.read / 2
    assert half.attempt == whole.attempt / 2


async def test_after_many_changes_at_once_few_connections_are_kept(connect: Connect) -> None:
    async with Peer([peer.ok([])]) as there:
        client = connect(there.url)
        await asyncio.gather(*(client.run(CancelSms(message_id=str(n))) for n in range(20)))
        kept = client._http._transport._opened._pool.connections  # type: ignore[attr-defined]  # what is open

        assert len(there.arrivals) == 20
        assert there.connections > 8
        assert len(kept) <= 8
