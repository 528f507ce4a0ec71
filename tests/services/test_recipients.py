"""Phone numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.recipients import for_people, parse, split_prefill


@pytest.mark.parametrize(
    ("typed", "valid"),
    [
        ("+61411111111", ("+61411111111",)),
        ("0411 111 111", ("+61411111111",)),
        ("(02) 9876-5432", ("+61298765432",)),
        ("+61 411 111 111, +61422222222", ("+61411111111", "+61422222222")),
        ("+61411111111 +61422222222", ("+61411111111", "+61422222222")),
        ("0411111111 0422222222", ("+61411111111", "+61422222222")),
        ("+61411111111\n\n;+61411111111", ("+61411111111",)),
        ("\uff0b61411111111", ("+61411111111",)),
    ],
)
def test_numbers_become_e164_each_once(typed: str, valid: tuple[str, ...]) -> None:
    found = parse(typed, default_country="AU")
    assert found.valid == valid
    assert found.problems == ()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("abc", "letters"),
        ("+61 4", "too short"),
        ("+6141111111111111111", "too long"),
        ("+999123456789", "country code does not exist"),
        ("call 0411111111", "letters"),
    ],
)
def test_what_is_no_number_says_why(typed: str, why: str) -> None:
    (problem,) = parse(typed, default_country="AU").problems
    assert why in problem.why


def test_without_a_country_a_national_number_asks_for_its_code() -> None:
    (problem,) = parse("0411111111", default_country=None).problems
    assert "country code" in problem.why


def test_a_number_typed_twice_is_named() -> None:
    assert parse("+61411111111, 0411111111", default_country="AU").duplicates == ("+61411111111",)


@pytest.mark.parametrize(
    ("typed", "numbers", "body"),
    [
        ("+61411111111 See you", "+61411111111", "See you"),
        ("+61411111111, +61422222222\nTwo\nlines", "+61411111111, +61422222222", "Two\nlines"),
        ("+61 411 111 111 Hello", "+61 411 111 111", "Hello"),
        ("+61 411 111 111, 0422 222 222 5 of us", "+61 411 111 111, 0422 222 222", "5 of us"),
        ("0411111111 Hello", "0411111111", "Hello"),
        ("+61411111111 0 left", "+61411111111", "0 left"),
        ("+61 Hello", "+61", "Hello"),
        ("09:30 is fine", "", "09:30 is fine"),
        ("just text", "", "just text"),
        ("", "", ""),
    ],
)
def test_a_slash_text_splits_into_numbers_and_message(typed: str, numbers: str, body: str) -> None:
    assert split_prefill(typed, default_country="AU") == (numbers, body)


def test_without_a_country_a_number_of_the_nation_is_text() -> None:
    assert split_prefill("0411111111 Hello") == ("", "0411111111 Hello")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = parse(text, default_country="AU")
    assert all(number.startswith("+") and number[1:].isdigit() for number in found.valid)
    assert len(set(found.valid)) == len(found.valid)
    numbers, body = split_prefill(text)
    assert len(numbers) + len(body) <= len(text) * 2 + 2
    assert for_people(text) or text == ""
