"""The quick way to read a value gives what the long way gives, and refuses what that refuses."""

import json
import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BeforeValidator, TypeAdapter, ValidationError, model_validator

from bot.clicksend import UnreadableAnswer, envelope, wiretypes
from bot.clicksend.answers import Answer
from bot.clicksend.operations.sms import ListSmsHistory, SendSms, SmsMessage, SmsRecord
from bot.clicksend.ordinary import is_blank
from bot.clicksend.paging import Page
from bot.clicksend.wiretypes import Identifier, Integer, Many, Moment, Money, Price, Text

# Each type beside the long way alone: a function in Python before pydantic's own type.
PAIRS: dict[str, tuple[Any, Any]] = {
    "Integer": (Integer, Annotated[int | None, BeforeValidator(wiretypes._blank_or_integer)]),
    "Identifier": (Identifier, Annotated[int, BeforeValidator(wiretypes._blank_or_integer)]),
    "Money": (Money, Annotated[Decimal | None, BeforeValidator(wiretypes._blank_or_decimal)]),
    "Price": (Price, Annotated[Decimal, BeforeValidator(wiretypes._decimal)]),
    "Text": (Text, Annotated[str | None, BeforeValidator(wiretypes._text)]),
    "Moment": (Moment, Annotated[AwareDatetime | None, BeforeValidator(wiretypes._moment)]),
    "Many": (
        Many[int],
        Annotated[tuple[int, ...], BeforeValidator(lambda each: () if is_blank(each) else each)],
    ),
}
ADAPTERS: dict[str, tuple[TypeAdapter[Any], TypeAdapter[Any]]] = {
    name: (TypeAdapter(quick), TypeAdapter(long)) for name, (quick, long) in PAIRS.items()
}

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 2**53, 2**53 + 1, -(2**53), 10**10 - 1, 10**10, 10**11, 2 * 10**10 + 1]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**60), 2**60).map(float),
)
SPELLED = st.one_of(
    NUMBERS.map(str),
    st.from_regex(r"\A[\s_+-]?[0-9٣_]{0,12}\.?[0-9_]{0,8}([eE][+-]?[0-9]{1,2})?\s?\Z"),
    st.sampled_from(["1.00", " 1 ", "\x1c1", "1_0", "NaN", "-Infinity", "0x1F", "1e400", "\u200b"]),
    st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1)).map(str),  # noqa: DTZ001 - bounds
    st.text(max_size=8),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, SPELLED),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=2)
    ),
    max_leaves=4,
)


def read(adapter: TypeAdapter[Any], sent: str) -> tuple[str, object]:
    """What comes of it, down to the spelling of a decimal number; or that it is refused."""
    try:
        value = adapter.validate_json(sent)
    except ValidationError:
        return "refused", None
    if isinstance(value, datetime):
        assert value.utcoffset() is not None
        return "datetime", (value, value.utcoffset())
    return type(value).__name__, str(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("name", PAIRS)
@given(value=JSON)
@example(value=[])
@example(value=[[]])
@example(value="")
@example(value=True)
@example(value=1e17)
@example(value=1234567890123456789.0)
@example(value=1436932432)
@example(value="1436932432.5")
@example(value="0.070000")
def test_both_ways_agree(name: str, value: object) -> None:
    quick, long = ADAPTERS[name]
    sent = json.dumps(value)

    assert read(quick, sent) == read(long, sent)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("sent", ["NaN", "Infinity", "-Infinity", "-0", "-0.0", "1" * 400])
def test_both_ways_agree_on_what_python_does_not_write(name: str, sent: str) -> None:
    quick, long = ADAPTERS[name]
    ours, theirs = read(quick, sent), read(long, sent)
    same = ours == theirs or all(isinstance(v, float) and math.isnan(v) for _, v in (ours, theirs))

    assert same


@pytest.mark.parametrize("name", PAIRS)
@given(value=st.one_of(NUMBERS, SPELLED, st.none()))
def test_both_ways_agree_on_python_values(name: str, value: object) -> None:
    """What is kept in the store, and what is pushed to a hook, is read from Python values."""
    quick, long = ADAPTERS[name]

    def come(adapter: TypeAdapter[Any]) -> object:
        try:
            return adapter.validate_python(value)
        except ValidationError:
            return "refused"

    assert come(quick) == come(long)


def test_a_moment_is_in_utc() -> None:
    for sent in ("1436932432", '"1436932432"', '"2015-07-15T03:53:52Z"'):
        moment = TypeAdapter(Moment).validate_json(sent)

        assert moment.utcoffset() == timedelta(0)
        assert moment.isoformat() == "2015-07-15T03:53:52+00:00"


class Item(Answer):
    number: Integer = None
    name_: Text = None


class LongPage(Page[Item]):
    """A page as it was read before: everything turned into Python objects first."""

    data: Annotated[tuple[Item, ...], BeforeValidator(lambda each: () if is_blank(each) else each)]

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: object) -> object:
        return {"data": value} if value is None or value == "" or isinstance(value, list) else value


ITEMS = st.lists(
    st.dictionaries(st.sampled_from(["number", "name", "_name", "x"]), JSON), max_size=3
)
PAGES = st.one_of(
    JSON,
    ITEMS,
    st.fixed_dictionaries({"data": JSON | ITEMS}, optional={"total": JSON, "from": JSON}),
)


@given(PAGES)
@example([])
@example("")
@example(" ")
@example([{"number": 1}])
@example({"data": None})
@example({"data": [{"number": "x"}]})
def test_a_page_is_read_as_before(value: object) -> None:
    sent = json.dumps(value)
    found: list[object] = []
    for page in (Page[Item], LongPage):
        try:
            found.append(page.model_validate_json(sent).model_dump())
        except ValidationError:
            found.append("refused")

    assert found[0] == found[1]


def whole(data: object) -> bytes:
    return json.dumps({"http_code": 200, "response_code": "SUCCESS", "data": data}).encode()


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"list_id": "one"}, "data.data.1.list_id: int_parsing"),
        ({"message_price": {}}, "data.data.1.message_price: decimal_type"),
        ({"date": "soon"}, "data.data.1.date: datetime_"),
        ({"body": {}}, "data.data.1.body: string_type"),
        ("alone", "data.data.1: model_type"),
    ],
)
def test_an_error_names_the_field_and_nothing_of_the_ways(item: object, place: str) -> None:
    listing = ListSmsHistory()
    with pytest.raises(UnreadableAnswer) as caught:
        envelope.read(listing, 200, {}, whole({"data": [{}, item]}))

    assert place in str(caught.value)
    assert "~" not in str(caught.value)
    assert "unlike" not in str(caught.value)


@pytest.mark.parametrize("data", [7, "alone", {"data": 7}, {"data": "alone"}, {}])
def test_what_is_no_page_is_refused_by_name(data: object) -> None:
    with pytest.raises(UnreadableAnswer, match=r"data[.:]"):
        envelope.read(ListSmsHistory(), 200, {}, whole(data))


def test_an_item_is_what_it_is_called() -> None:
    sent = {"date": 1436932432, "message_price": "0.07", "_api_username": "a"}

    (item,) = envelope.read(ListSmsHistory(), 200, {}, whole({"data": [sent]})).items

    assert type(item) is SmsRecord
    assert (item.message_price, item.api_username) == (Decimal("0.07"), "a")


def test_the_outcomes_of_a_send_that_are_nothing_are_none() -> None:
    send = SendSms(messages=(SmsMessage(to="+61411111111", body="Hello"),))

    for nothing in (None, "", [], " "):
        assert envelope.read(send, 200, {}, whole({"messages": nothing})).messages == ()
