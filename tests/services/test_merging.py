"""Merge fields: filled, never filled twice, never sent with a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.merging import merged, names


@pytest.mark.parametrize(
    ("template", "values", "text", "missing"),
    [
        ("Hi {first_name}", {"first_name": "Ada"}, "Hi Ada", ()),
        ("Hi {First Name}!", {"first_name": "Ada"}, "Hi Ada!", ()),
        ("Hi {first_name|there}", {}, "Hi there", ()),
        ("Hi {first_name|}.", {}, "Hi .", ()),
        ("{a} {b} {a}", {"b": "x"}, " x ", ("a",)),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}", ()),
        ("50 {} {", {}, "50 {} {", ()),
        ("{a}", {"a": ""}, "", ("a",)),
    ],
)
def test_a_text_is_filled(
    template: str, values: dict[str, str], text: str, missing: tuple[str, ...]
) -> None:
    assert merged(template, values) == (text, missing)


def test_the_fields_of_a_text_are_named_once_each() -> None:
    assert names("{Plan} {first name|x} {plan}") == ("plan", "first_name")


@given(st.text(st.characters(exclude_characters="{}")), st.text())
def test_what_stands_between_fields_and_in_them_is_left_as_it_is(around: str, value: str) -> None:
    text, missing = merged(f"{around}{{a}}{around}", {"a": value})
    assert (text, missing) == (f"{around}{value}{around}", () if value else ("a",))
