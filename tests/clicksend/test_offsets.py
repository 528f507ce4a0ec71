"""Lists with offsets: walked like any other, by the places the answers name."""

from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clicksend import ClickSendError, UnreadableAnswer
from bot.clicksend.operations.alpha_tags import (
    AlphaTag,
    AlphaTags,
    CreateAlphaTag,
    DeleteAlphaTag,
    ListAlphaTags,
)
from bot.clicksend.operations.own_numbers import ListOwnNumbers, UpdateOwnNumber
from bot.clicksend.senders import ReviewStatus
from tests.clicksend import peer
from tests.clicksend.conftest import Connect
from tests.clicksend.peer import Arrival, Connection, Peer

A, B, C = (
    f"f99872cc-11a6-48ba-a9f2-bcfb6dd1e3d{n}#8fa5ebc2-777b-45db-a448-ec76a40d4384" for n in "123"
)
ADDRESS = "https://rest.clicksend.com/v3/alpha-tags?offset={}&page_size=2"


def tags(names: str, after: str | None, at: str | None = None) -> dict[str, Any]:
    """A portion with a tag a letter, and the place after it."""
    place = {"self": at and ADDRESS.format(at), "next": after and ADDRESS.format(after)}
    items = [{"id": name, "alpha_tag": f"Tag{name}"} for name in names]
    return {"alpha_tags": items, "_metadata": {"pagination": {**place, "page_size": 2}}}


def asked(arrival: Arrival) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(arrival.target).query))


async def three_portions(connection: Connection, arrival: Arrival) -> bool:
    portions = {None: tags("ab", A), A: tags("cd", B), B: tags("e", None)}
    portion = portions[asked(arrival).get("offset")]
    return await peer.answer(200, portion)(connection, arrival)


async def test_items_come_in_order_from_every_portion(connect: Connect) -> None:
    async with Peer([three_portions]) as there:
        got = [tag.id async for tag in connect(there.url).pages(ListAlphaTags())]

    assert got == list("abcde")
    assert [asked(a) for a in there.arrivals] == [
        {"page_size": "500"},
        {"page_size": "500", "offset": A},
        {"page_size": "500", "offset": B},
    ]
    assert "#" not in "".join(a.target for a in there.arrivals), "it would begin a fragment"


async def test_it_begins_where_it_is_told_and_keeps_what_it_was_asked(connect: Connect) -> None:
    listing = ListAlphaTags(
        offset=A,
        page_size=2,
        sort_by="alpha_tag",
        sort_direction="desc",
        alpha_tag="Tag",
        status=(ReviewStatus.PENDING, ReviewStatus.APPROVED),
    )
    async with Peer([three_portions]) as there:
        got = [tag.id async for tag in connect(there.url).pages(listing)]

    assert got == list("cde")
    first, second = (asked(a) for a in there.arrivals)
    assert first == {
        "offset": A,
        "page_size": "2",
        "sort_by": "alpha_tag",
        "sort_direction": "desc",
        "filter[alpha_tag]": "Tag",
        "filter[status][0]": "PENDING",
        "filter[status][1]": "APPROVED",
    }
    assert second == {**first, "offset": B}


async def test_stopping_early_is_possible(connect: Connect) -> None:
    async with Peer([three_portions]) as there:
        async with aclosing(connect(there.url).pages(ListAlphaTags())) as items:
            assert (await anext(items)).id == "a"
        assert len(there.arrivals) <= 2


@pytest.mark.parametrize(
    "last",
    [
        pytest.param({"alpha_tags": [{"id": "c"}]}, id="no metadata"),
        pytest.param({"alpha_tags": [{"id": "c"}], "_metadata": {}}, id="no pagination"),
        pytest.param(tags("c", None), id="null"),
        pytest.param(tags("c", ""), id="an empty offset"),
        pytest.param(tags("c", A), id="the same place again"),
        pytest.param(tags("c", B, at=B), id="the place where it is"),
        pytest.param(tags("", B), id="no items"),
    ],
)
async def test_it_ends(connect: Connect, last: dict[str, Any]) -> None:
    async with Peer([peer.answer(200, tags("ab", A)), peer.answer(200, last)]) as there:
        got = [tag.id async for tag in connect(there.url).pages(ListAlphaTags())]

        assert got == ["a", "b", *(["c"] if last["alpha_tags"] else [])]
        assert len(there.arrivals) == 2


async def test_an_empty_list_has_no_items(connect: Connect) -> None:
    async with Peer([peer.answer(200, {"own_numbers": [], "_metadata": None})]) as there:
        assert [n async for n in connect(there.url).pages(ListOwnNumbers())] == []


async def test_an_answer_without_the_list_is_no_empty_list(connect: Connect) -> None:
    async with Peer([peer.answer(200, {"data": []})]) as there:
        with pytest.raises(UnreadableAnswer, match="own_numbers"):
            await connect(there.url).run(ListOwnNumbers())


async def test_an_error_comes_after_the_items_before_it(connect: Connect) -> None:
    got: list[str] = []

    async def collect(there: Peer) -> None:
        async for tag in connect(there.url).pages(ListAlphaTags()):
            got.append(tag.id)  # noqa: PERF401 - what came before the error counts

    async with Peer([peer.answer(200, tags("ab", A)), peer.answer(403, {})]) as there:
        with pytest.raises(ClickSendError):
            await collect(there)

    assert got == ["a", "b"]


offsets = st.text(st.characters(exclude_characters="&", exclude_categories=["Cs"]), min_size=1)


@given(offsets.filter(lambda text: "%" not in text))
def test_an_offset_is_read_as_it_stands_or_escaped(offset: str) -> None:
    plain = AlphaTags.model_validate(tags("a", offset))
    target = ListAlphaTags(offset=offset).wire().target
    escaped = AlphaTags.model_validate(
        {"alpha_tags": [], "_metadata": {"pagination": {"next": f"https://host{target}"}}}
    )

    assert plain.next_offset == escaped.next_offset == offset


def test_times_are_iso_and_aware() -> None:
    tag = AlphaTag.model_validate(
        {"id": "a", "created_timestamp": "2021-05-11T01:00:00.123Z", "updated_timestamp": None}
    )

    assert tag.created_timestamp == datetime(2021, 5, 11, 1, 0, 0, 123000, tzinfo=UTC)
    assert tag.updated_timestamp is None


async def test_a_deletion_may_be_answered_with_nothing(connect: Connect) -> None:
    async with Peer([peer.answer(204, raw=b"")]) as there:
        await connect(there.url).run(DeleteAlphaTag(alpha_tag_id="a/b"))

    (arrival,) = there.arrivals
    assert (arrival.method, arrival.target) == ("DELETE", "/v3/alpha-tags/a%2Fb")


async def test_nothing_is_no_answer_where_one_is_due(connect: Connect) -> None:
    async with Peer([peer.answer(204, raw=b"")]) as there:
        with pytest.raises(UnreadableAnswer) as caught:
            await connect(there.url).run(CreateAlphaTag(alpha_tag="Shop"))

    assert caught.value.ambiguous, "it may well have been asked for"


async def test_a_change_is_a_patch_with_a_body(connect: Connect) -> None:
    async with Peer([peer.answer(200, {"id": "n1", "label": "Shop"})]) as there:
        number = await connect(there.url).run(UpdateOwnNumber(own_number_id="n1", label="Shop"))

    (arrival,) = there.arrivals
    assert (arrival.method, arrival.body) == ("PATCH", b'{"label":"Shop"}')
    assert number.label == "Shop"


async def test_a_refusal_without_an_envelope_is_a_refusal(connect: Connect) -> None:
    async with Peer([peer.answer(404, {"error": "Not found"})]) as there:
        with pytest.raises(ClickSendError, match="did not find") as caught:
            await connect(there.url).run(DeleteAlphaTag(alpha_tag_id="a"))

    assert not caught.value.ambiguous


@pytest.mark.parametrize(
    "wrong",
    [
        {"page_size": 0},
        {"page_size": 501},
        {"offset": ""},
        {"sort_direction": "up"},
        {"filter[status]": []},
        {"filter[status]": ["LOST"]},
        {"filter[alpha_tag]": "x" * 12},
        {"page": 1},
    ],
)
def test_what_the_api_would_refuse_is_refused_here(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ListAlphaTags.model_validate(wrong)
