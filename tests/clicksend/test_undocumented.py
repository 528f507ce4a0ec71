"""The operations that only the vendor's SDKs have: marked as such, and of the SDKs' shapes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.clicksend import Effect, Operation, registry
from bot.clicksend.operations.default_senders import (
    CreateDefaultSender,
    DeleteDefaultSender,
    GetDefaultSender,
    ListDefaultSenders,
    SenderType,
    Strategy,
    UpdateDefaultSender,
)
from bot.clicksend.operations.fax import CreateTestFaxReceipt, MarkFaxReceiptsRead
from bot.clicksend.operations.mms import ListMmsReceipts, MarkMmsReceiptsRead
from bot.clicksend.operations.short_urls import GetShortUrlStatistics, TrackShortUrl
from bot.clicksend.operations.sms import GetInboundSms
from bot.clicksend.operations.voice import CreateTestVoiceReceipt, MarkVoiceReceiptsRead
from tests.clicksend import peer
from tests.clicksend.conftest import Connect
from tests.clicksend.peer import Peer

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
TAG = Strategy(sender_type=SenderType.ALPHA_TAG, sender_id="ClickSend")
SENDER = {
    "id": "f99872cc-11a6-48ba-a9f2-bcfb6dd1e3d4",
    "user_id": 123456,
    "country_code": "AU",
    "product_type": "SMS",
    "default_sender_strategies": [
        {"sender_type": "alpha_tag", "sender_id": "ClickSend", "priority": 1, "status": "ENABLED"}
    ],
    "status": "ENABLED",
    "created_timestamp": "2021-08-02 00:00:00+00:00",
}
CASES: list[tuple[Operation[Any], str, str, Any, Effect]] = [
    (
        CreateDefaultSender(country_code="AU", default_sender_strategies=(TAG,)),
        "POST",
        "/senders/default-senders",
        {
            "country_code": "AU",
            "product_type": "SMS",
            "default_sender_strategies": [{"sender_type": "alpha_tag", "sender_id": "ClickSend"}],
        },
        Effect.WRITE,
    ),
    (
        DeleteDefaultSender(default_sender_id="a"),
        "DELETE",
        "/senders/default-senders/a",
        None,
        Effect.DESTROY,
    ),
    (
        GetDefaultSender(default_sender_id="a"),
        "GET",
        "/senders/default-senders/a",
        None,
        Effect.READ,
    ),
    (
        ListDefaultSenders(offset="a#b", per_page=500),
        "GET",
        "/senders/default-senders?offset=a%23b&per_page=500",
        None,
        Effect.READ,
    ),
    (
        UpdateDefaultSender(default_sender_id="a", default_sender_strategies=(TAG,)),
        "PATCH",
        "/senders/default-senders/a",
        {"default_sender_strategies": [{"sender_type": "alpha_tag", "sender_id": "ClickSend"}]},
        Effect.WRITE,
    ),
    (
        CreateTestFaxReceipt(url="https://a.invalid"),
        "POST",
        "/fax/receipts",
        {"url": "https://a.invalid"},
        Effect.WRITE,
    ),
    (MarkFaxReceiptsRead(), "PUT", "/fax/receipts-read", {}, Effect.WRITE),
    (
        MarkMmsReceiptsRead(date_before=BEFORE),
        "PUT",
        "/mms/receipts-read",
        {"date_before": 1767225600},
        Effect.WRITE,
    ),
    (ListMmsReceipts(limit=100), "GET", "/mms/receipts?limit=100", None, Effect.READ),
    (
        GetShortUrlStatistics(source="quick_sms", source_id="A/B"),
        "GET",
        "/short-url/statistics/quick_sms/A%2FB",
        None,
        Effect.READ,
    ),
    (TrackShortUrl(long_url_id="a"), "GET", "/short-url/tracking/a", None, Effect.READ),
    (GetInboundSms(original_message_id="A"), "GET", "/sms/inbound/A", None, Effect.READ),
    (
        CreateTestVoiceReceipt(url="https://a.invalid"),
        "POST",
        "/voice/receipts",
        {"url": "https://a.invalid"},
        Effect.WRITE,
    ),
    (MarkVoiceReceiptsRead(), "PUT", "/voice/receipts-read", {}, Effect.WRITE),
]


@pytest.mark.parametrize(("operation", "method", "target", "body", "effect"), CASES)
def test_a_request_is_the_one_the_sdk_makes(
    operation: Operation[Any], method: str, target: str, body: Any, effect: Effect
) -> None:
    wire = operation.wire()

    assert (wire.method, wire.target, operation.route.effect) == (method, target, effect)
    assert (json.loads(wire.body) if wire.body else None) == body


def test_every_one_is_tried_here() -> None:
    assert sorted(case[0].route.id for case in CASES) == list(registry.undocumented_ids())


def test_none_is_listed_with_the_documented_ones() -> None:
    assert not set(registry.ids()) & set(registry.undocumented_ids())
    assert all(registry.operation(id_).route.documented for id_ in registry.ids())


@pytest.mark.parametrize("id_", registry.undocumented_ids())
def test_each_says_that_it_is_undocumented(id_: str) -> None:
    cls = registry.operation(id_)

    assert cls.route.id == id_
    assert not cls.route.documented
    assert "undocumented (SDK " in (cls.__doc__ or "")
    assert set(cls.route.in_path) <= set(cls.model_fields)


async def test_an_answer_to_a_sent_message_is_found_by_it(connect: Connect) -> None:
    inbound = {"from": "+61411111111", "body": "Yes", "timestamp": 1436174407, "_keyword": "yes"}
    async with Peer([peer.ok({**inbound, "original_message_id": "A"})]) as there:
        answer = await connect(there.url).run(GetInboundSms(original_message_id="A"))

    assert (answer.from_, answer.body, answer.original_message_id) == ("+61411111111", "Yes", "A")
    assert answer.model_extra == {}


STATISTICS = {
    "long_url_id": "quick_sms-26d1bc9a",
    "links": {"total": 2, "opened_unique": 2, "opened_total": 5, "unopened": 0},
    "device": [{"label": "mobile", "count": 2}],
    "os": [],
    "region": None,
}


@pytest.mark.parametrize(
    "step",
    [
        peer.answer(200, {"data": [STATISTICS]}),
        peer.ok([STATISTICS]),
        peer.ok({"data": [STATISTICS]}),
    ],
)
async def test_the_statistics_of_links_come_with_or_without_an_envelope(
    connect: Connect, step: peer.Step
) -> None:
    async with Peer([step]) as there:
        operation = GetShortUrlStatistics(source="quick_sms", source_id="A")
        (found,) = (await connect(there.url).run(operation)).data

    assert found.links
    assert (found.links.opened_total, found.links.unopened) == (5, 0)
    assert [(tally.label, tally.count) for tally in found.device] == [("mobile", 2)]
    assert (found.os, found.region) == ((), ())


def opening(name: str, following: str | None) -> dict[str, Any]:
    contact = {"contact_id": None, "first_name": name, "phone_number": "+61411111111"}
    facts = {"total": 2, "per_page": 1, "current_page_size": 1, "next_page_url": following}
    return {**facts, "data": [{"open_count": 5, "date_opened": None, "contact": contact}]}


async def test_the_openings_of_a_link_are_read_to_their_end(connect: Connect) -> None:
    pages = [
        opening("John", "https://a.invalid/tracking/a?offset=eyJ%3D&limit=100&direction=forward"),
        opening("Jane", None),
    ]
    async with Peer([peer.answer(200, page) for page in pages]) as there:
        found = [one async for one in connect(there.url).pages(TrackShortUrl(long_url_id="a"))]

    assert [one.contact.first_name for one in found if one.contact] == ["John", "Jane"]
    assert there.arrivals[1].target == "/v3/short-url/tracking/a?offset=eyJ%3D"


async def test_default_senders_are_read_until_a_page_names_itself(connect: Connect) -> None:
    page = {"data": [SENDER], "next_page_url": "https://a.invalid/x?offset=a#b&per_page=1"}
    async with Peer([peer.ok(page), peer.ok(page)]) as there:
        found = [one async for one in connect(there.url).pages(ListDefaultSenders())]

    assert [one.country_code for one in found] == ["AU", "AU"]
    assert found[0].created_timestamp == datetime(2021, 8, 2, tzinfo=UTC)
    assert found[0].default_sender_strategies[0].sender_id == "ClickSend"
    assert [a.target.partition("?")[2] for a in there.arrivals] == ["", "offset=a%23b"]


async def test_a_default_sender_may_be_deleted_without_a_word(connect: Connect) -> None:
    async with Peer([peer.answer(204, raw=b"")]) as there:
        assert await connect(there.url).run(DeleteDefaultSender(default_sender_id="a")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Strategy(sender_type=SenderType.ALPHA_TAG, sender_id=""),
        lambda: Strategy(sender_type=SenderType.OWN_NUMBER, sender_id="+61411111111"),
        lambda: Strategy(sender_type=SenderType.SHORTCODE, sender_id="+14055555555"),
        lambda: Strategy(sender_type=SenderType.ALPHA_TAG, sender_id="Me", note="n" * 201),
        lambda: CreateDefaultSender(country_code="AU", default_sender_strategies=()),
        lambda: CreateDefaultSender(country_code="AU", default_sender_strategies=(TAG, TAG)),
        lambda: ListDefaultSenders(per_page=501),
    ],
)
def test_what_the_api_would_refuse_is_refused_here(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        wrong()


def test_a_shared_number_needs_no_id() -> None:
    assert Strategy(sender_type=SenderType.SHARED_LONGCODE, sender_id="").sender_id == ""
