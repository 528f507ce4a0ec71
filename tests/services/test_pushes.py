"""What a push may hold: everything. Nothing of it may break the reader or the database."""

import asyncio
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.services import pushes
from bot.services.pushes import NothingInItError
from bot.store.inbound import InboundMessage
from bot.store.receipts import StoredReceipt
from bot.web.webhooks import Bucket, Webhooks, of_one

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = st.sampled_from(
    [
        *("message_id", "messageid", "from", "sms", "to", "body", "message", "timestamp"),
        *("status", "status_code", "_message_type", "digits", "media_file", "original_body"),
    ]
)
TEXT = st.text(st.characters(codec=None), max_size=80)
VALUES = st.one_of(
    TEXT,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(TEXT, max_size=3),
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.sampled_from(["1780000000", "1e400", "NaN", "-1", "sNaN", "9" * 400, "2026-05-01T00:00:00"]),
)
PUSHES = st.dictionaries(st.one_of(NAMES, TEXT), VALUES, max_size=12)


@given(PUSHES)
def test_no_message_breaks_the_reader(values: dict[str, Any]) -> None:
    try:
        found = pushes.inbound(values, "sms", NOW)
    except NothingInItError:
        return
    assert found.message_id
    assert len(found.message_id) <= 64
    assert len(found.sender) <= 64
    assert found.at <= NOW
    for text in (found.body, found.sender, found.message_id, found.answers or ""):
        assert "\0" not in text
        text.encode()


@given(PUSHES)
def test_no_receipt_breaks_the_reader(values: dict[str, Any]) -> None:
    try:
        found = pushes.receipt(values, "sms", NOW)
    except NothingInItError:
        return
    assert found.kind in pushes.KINDS
    assert 0 < len(found.message_id) <= 64
    assert len(found.status_code) <= 32
    for text in (found.status_text, found.error_text, found.reference):
        (text or "").encode()
        assert "\0" not in (text or "")


@given(PUSHES)
def test_a_push_without_an_id_is_the_same_message_when_it_comes_again(
    values: dict[str, Any],
) -> None:
    try:
        first = pushes.inbound(values, "sms", NOW)
    except NothingInItError:
        return
    again = pushes.inbound(values, "sms", NOW + timedelta(minutes=10))
    assert first.key == again.key


@pytest.mark.parametrize(
    ("given_", "number"),
    [
        ("+61411111111", "+61411111111"),
        ("61411111111", "+61411111111"),
        (" +61 411 111 111 ".strip(), "+61411111111"),
        ("MyBank", "MyBank"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_numbers_become_e164_and_names_stay(given_: str, number: str) -> None:
    assert pushes.number(given_) == number


def test_the_value_of_any_of_its_keys_counts() -> None:
    one = pushes.inbound({"messageid": "M", "sms": "61411111111", "message": "Hi"}, "sms", NOW)
    assert (one.message_id, one.sender, one.body) == ("M", "+61411111111", "Hi")
    two = pushes.receipt({"messageid": "M", "status": "Delivered"}, "sms", NOW)
    assert (two.message_id, two.status_code) == ("M", "201")


def test_a_pressed_key_is_read_from_the_receipt_of_a_call() -> None:
    values = {"message_id": "V1", "digits": 2, "status_code": 201, "timestamp": 1_779_000_000}
    key = pushes.keypress(values, NOW)
    assert key is not None
    assert (key.kind, key.message_id, key.body) == ("voice", "V1", "2")
    assert pushes.keypress({"message_id": "V1", "digits": ""}, NOW) is None


class Kept:
    """An intake that keeps in memory."""

    def __init__(self) -> None:
        self.found: list[InboundMessage | StoredReceipt] = []

    async def take(self, pushed: list[InboundMessage | StoredReceipt]) -> None:
        self.found += pushed

    async def arrived(self, token: str) -> None:
        del token


async def pushed(what: str, body: bytes, kind: str, query: str) -> int:
    """The status of a push's answer."""
    many = Bucket(burst=10_000, rate=10_000)
    intakes = of_one(Kept(), "s" * 20)  # type: ignore[arg-type]  # a fake
    hooks = Webhooks(intakes, now=lambda: NOW, known=many, unknown=many)
    transport = httpx.ASGITransport(app=Starlette(routes=hooks.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
        answer = await http.post(
            f"/clicksend/webhooks/{'s' * 20}/{what}",
            content=body,
            params={"q": query},
            headers={"content-type": kind} if kind else {},
        )
    return answer.status_code


@settings(deadline=None, max_examples=150)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.text(string.printable, max_size=200).map(str.encode),
        st.sampled_from(
            [b'{"data": 3}', b'[{"from": "1"}, 2]', b"from=%ff&body=%00", b'{"a":NaN}']
        ),
    ),
    kind=st.sampled_from(
        [
            "",
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
        ]
    ),
    what=st.sampled_from(["inbound/sms", "inbound/fax", "receipts/voice", "receipts/sms"]),
    query=st.text(string.printable.replace("#", ""), max_size=60),
)
def test_no_body_whatever_gets_a_500(body: bytes, kind: str, what: str, query: str) -> None:
    assert asyncio.run(pushed(what, body, kind, query)) in {200, 400}


def test_a_bucket_gives_so_many_at_once_and_then_so_many_a_second() -> None:
    at = [0.0]
    bucket = Bucket(burst=3, rate=2, clock=lambda: at[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    at[0] = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
