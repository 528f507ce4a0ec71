"""What the API sends for the same thing, read as the same thing."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.clicksend.wiretypes import Integer, Many, Moment, Money, Price, Seconds, Text

MONEY: TypeAdapter[Any] = TypeAdapter(Money)
PRICE: TypeAdapter[Any] = TypeAdapter(Price)
INTEGER: TypeAdapter[Any] = TypeAdapter(Integer)
TEXT: TypeAdapter[Any] = TypeAdapter(Text)
MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)
SECONDS: TypeAdapter[Any] = TypeAdapter(Seconds)
MANY: TypeAdapter[Any] = TypeAdapter(Many[int])

BLANK = st.sampled_from(["null", '""', "[]", '" "'])
JULY = datetime(2015, 7, 14, 10, 54, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        ("0.07", "0.07"),
        ("0.1", "0.1"),
        ('"0.0700"', "0.0700"),
        ("1117.461060", "1117.46106"),
        ('"1117.461060"', "1117.461060"),
        ("11", "11"),
        ("5.81", "5.81"),
        ("1e-7", "0.0000001"),
        ("999999999.999999", "999999999.999999"),
    ],
)
def test_money_is_exact(sent: str, amount: str) -> None:
    assert MONEY.validate_json(sent) == Decimal(amount)
    assert PRICE.validate_json(sent) == Decimal(amount)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 9))
def test_money_is_exact_to_15_digits_in_a_json_number(digits: int, places: int) -> None:
    amount = Decimal(digits).scaleb(-places)

    assert MONEY.validate_json(f"{amount:f}") == amount
    assert MONEY.validate_json(f'"{amount:f}"') == amount


@given(BLANK)
def test_blank_is_none(sent: str) -> None:
    assert MONEY.validate_json(sent) is None
    assert INTEGER.validate_json(sent) is None
    assert MOMENT.validate_json(sent) is None
    assert MANY.validate_json(sent) == ()


@given(BLANK)
def test_a_price_must_be_there(sent: str) -> None:
    with pytest.raises(ValidationError):
        PRICE.validate_json(sent)


@pytest.mark.parametrize("sent", ["1", '"1"', '"1.00"', "1.0", "true", '" 1 "'])
def test_one_is_one(sent: str) -> None:
    assert INTEGER.validate_json(sent) == 1


@pytest.mark.parametrize("sent", ['"1.5"', "1.5", '"one"', "{}", '"NaN"', '"Infinity"'])
def test_what_is_no_whole_number_is_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        INTEGER.validate_json(sent)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ('"201"', "201"),
        ("201", "201"),
        ('"Completed"', "Completed"),
        ("null", None),
        ("[]", None),
        ('""', ""),
        ("true", "true"),
        ("0.5", "0.5"),
    ],
)
def test_text_may_come_as_a_number(sent: str, text: str | None) -> None:
    assert TEXT.validate_json(sent) == text


@pytest.mark.parametrize(
    "sent",
    [
        "1436871253",
        '"1436871253"',
        "1436871253.0",
        '"2015-07-14T10:54:13Z"',
        '"2015-07-14T10:54:13+00:00"',
        '"2015-07-14T20:54:13+10:00"',
        '"2015-07-14 10:54:13"',
    ],
)
def test_a_moment_is_aware(sent: str) -> None:
    moment = MOMENT.validate_json(sent)

    assert moment == JULY
    assert moment.tzinfo is not None


@pytest.mark.parametrize("sent", ["0", '"0"', "0.0"])
def test_the_epoch_is_no_moment(sent: str) -> None:
    assert MOMENT.validate_json(sent) is None


def test_the_year_2388_of_the_documentation_is_a_moment() -> None:
    assert MOMENT.validate_json('"13213213212"').year == 2388


@pytest.mark.parametrize("sent", ['"soon"', "{}", "1e30", '"NaN"', '"Infinity"', "[1]"])
def test_what_is_no_moment_is_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_json(sent)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds
def test_a_requests_time_goes_out_in_whole_seconds_and_comes_back(moment: datetime) -> None:
    value = SECONDS.validate_python(moment)
    sent = SECONDS.dump_python(value, mode="json")

    assert sent == int(moment.replace(microsecond=0).timestamp())
    assert SECONDS.validate_json(json.dumps(sent)) == value


def test_a_requests_time_without_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        SECONDS.validate_python(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


ANYTHING = st.sampled_from(
    ["null", '""', "[]", "0", "1", '"1"', '"1.00"', "0.07", '"0.0700"', "201", '"201"']
)


@given(ANYTHING)
def test_what_is_known_to_come_never_raises(sent: str) -> None:
    MONEY.validate_json(sent)
    TEXT.validate_json(sent)
    MOMENT.validate_json(sent)
