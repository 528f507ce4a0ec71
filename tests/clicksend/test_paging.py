"""Every item, in order, with the next page read ahead."""

import asyncio
import json
import re
from contextlib import aclosing
from typing import Any

import pytest

from bot.clicksend import ClickSendError, Page
from bot.clicksend.operations.lists import ListContactLists
from bot.clicksend.operations.sms import ListSmsReceipts
from tests.clicksend import peer
from tests.clicksend.conftest import Connect
from tests.clicksend.examples import example
from tests.clicksend.peer import Arrival, Connection, Peer


def page(number: int, of: int, ids: list[int], **more: Any) -> dict[str, Any]:
    following = f"/?page={number + 1}" if number < of else None
    items = [{"list_id": i, "list_name": f"List {i}"} for i in ids]
    facts = {"total": 9, "current_page": number, "last_page": of, "next_page_url": following}
    return {**facts, "data": items, **more}


async def three_pages(connection: Connection, arrival: Arrival) -> bool:
    found = re.search(r"page=(\d+)", arrival.target)
    number = int(found[1]) if found else 1
    ids = [number * 10 + i for i in range(2)]
    return await peer.ok(page(number, 3, ids))(connection, arrival)


async def test_items_come_in_order_from_every_page(connect: Connect) -> None:
    async with Peer([three_pages]) as there:
        got = [item.list_id async for item in connect(there.url).pages(ListContactLists())]

    assert got == [10, 11, 20, 21, 30, 31]
    assert [a.target for a in there.arrivals] == [
        "/v3/lists?limit=100",
        "/v3/lists?page=2&limit=100",
        "/v3/lists?page=3&limit=100",
    ]


async def test_it_begins_where_it_is_told_and_keeps_the_size(connect: Connect) -> None:
    async with Peer([three_pages]) as there:
        listing = ListContactLists(page=2, limit=15, order_by="list_id:asc")
        got = [item.list_id async for item in connect(there.url).pages(listing)]

    assert got == [20, 21, 30, 31]
    assert there.arrivals[0].target == "/v3/lists?page=2&limit=15&order_by=list_id:asc"


async def test_the_next_page_is_read_while_this_one_is_used(connect: Connect) -> None:
    async with (
        Peer([three_pages]) as there,
        aclosing(connect(there.url).pages(ListContactLists())) as items,
    ):
        await anext(items)
        async with asyncio.timeout(2):
            while len(there.arrivals) < 2:  # noqa: ASYNC110 - arrivals at a socket set no event
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)

        assert len(there.arrivals) == 2, "one page ahead, no more"


async def test_stopping_early_stops_reading(connect: Connect) -> None:
    async with (
        Peer([peer.ok(page(1, 3, [1])), peer.hang]) as there,
        aclosing(connect(there.url).pages(ListContactLists())) as items,
    ):
        async for _ in items:
            break

    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize(
    "data",
    [page(1, 0, [], total=0), [], None, "", {"data": None}, {"data": []}],
    ids=["last_page 0", "list", "null", "text", "null data", "bare"],
)
async def test_an_empty_list_has_no_items(connect: Connect, data: object) -> None:
    async with Peer([peer.ok(data)]) as there:
        assert [item async for item in connect(there.url).pages(ListContactLists())] == []

    assert len(there.arrivals) == 1


async def test_a_list_that_ignores_the_page_ends(connect: Connect) -> None:
    async with Peer([peer.ok(page(1, 3, [1, 2]))]) as there:
        got = [item.list_id async for item in connect(there.url).pages(ListContactLists(page=1))]

    assert len(there.arrivals) == 2
    assert got == [1, 2], "nothing twice"


@pytest.mark.parametrize("name", ["numbers.list", "numbers.search"])
async def test_a_last_page_that_names_a_next_one_gives_nothing_twice(
    connect: Connect, name: str
) -> None:
    """The reference's own examples: page 1 of 1, and yet an address of the next."""
    operation, status, body = example(name)
    async with Peer([peer.answer(status, raw=body)]) as there:
        listing = operation.model_copy(update={"page": None, "limit": None})
        got = [item.dedicated_number async for item in connect(there.url).pages(listing)]

    assert len(got) == len(set(got)) == 2
    assert len(there.arrivals) == 2


async def test_numbers_of_a_page_may_be_text(connect: Connect) -> None:
    texts = {"total": "2", "per_page": "15", "current_page": "1", "last_page": "1"}
    async with Peer([peer.ok(page(1, 1, [1, 2], **texts))]) as there:
        answer = await connect(there.url).run(ListContactLists())

    assert (answer.total, answer.per_page, answer.last_page) == (2, 15, 1)
    assert not answer.has_more


async def test_an_error_comes_after_the_items_before_it(connect: Connect) -> None:
    got: list[int] = []

    async def collect(there: Peer) -> None:
        async for item in connect(there.url).pages(ListContactLists()):
            got.append(item.list_id)  # noqa: PERF401 - what came before the error counts

    refusal = peer.answer(403, peer.enveloped(None, "FORBIDDEN", "Not yours.", 403))
    async with Peer([peer.ok(page(1, 2, [1, 2])), refusal]) as there:
        with pytest.raises(ClickSendError, match=r"Not yours\."):
            await collect(there)

    assert got == [1, 2]


async def test_an_unread_receipt_list_without_rules_is_empty(connect: Connect) -> None:
    async with Peer([peer.ok(page(1, 0, []))]) as there:
        assert [r async for r in connect(there.url).pages(ListSmsReceipts())] == []


def test_from_is_from_() -> None:
    text = json.dumps({"data": [], "from": 1, "to": 2})

    assert Page[int].model_validate_json(text).from_ == 1


async def twelve_pages(connection: Connection, arrival: Arrival) -> bool:
    """Each takes the longer, the earlier it is."""
    found = re.search(r"page=(\d+)", arrival.target)
    number = int(found[1]) if found else 1
    await asyncio.sleep(0.001 * (12 - number))
    return await peer.ok(page(number, 12, [number]))(connection, arrival)


@pytest.mark.parametrize("ahead", [1, 2, 4, 30])
async def test_however_many_are_read_ahead_they_come_in_order_and_once(
    connect: Connect, ahead: int
) -> None:
    async with Peer([twelve_pages]) as there:
        listing = connect(there.url).pages(ListContactLists(), ahead=ahead)
        assert [item.list_id async for item in listing] == list(range(1, 13))
    targets = sorted(int((re.search(r"page=(\d+)", a.target) or [0, 1])[1]) for a in there.arrivals)
    assert targets == list(range(1, 13))


async def test_four_pages_are_read_ahead_and_given_up_together(connect: Connect) -> None:
    async with (
        Peer([peer.ok(page(1, 12, [1])), *[peer.hang] * 4]) as there,
        aclosing(connect(there.url).pages(ListContactLists(), ahead=4)) as items,
    ):
        await anext(items)
        async with asyncio.timeout(5):
            while len(there.arrivals) < 5:  # noqa: ASYNC110 - arrivals at a socket set no event
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert len(there.arrivals) == 5

    assert len(asyncio.all_tasks()) == 1
