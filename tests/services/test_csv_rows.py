"""Checking rows: E.164 or a reason, each contact once, nothing a spreadsheet would run."""

import csv
import io

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberFormat

from bot.services.csv_file import Row
from bot.services.csv_rows import (
    FIELDS,
    Checked,
    Checker,
    guess,
    harmless,
    is_email,
    number_of,
    slug,
)

COLUMNS = {0: "first_name", 1: "phone_number", 2: "email", 3: "address_country"}


def checker(**changes: object) -> Checker:
    return Checker(COLUMNS, **{"width": 4, "country": "AU", **changes})


def one(*cells: str, **changes: object) -> Checked:
    return checker(**changes).check(Row(2, cells))


def test_a_good_row_becomes_fields_in_e164() -> None:
    found = one(" Ada ", "0411 111 111", "Ada@Example.com", "")
    assert found == Checked(
        2,
        {"first_name": "Ada", "phone_number": "+61411111111", "email": "Ada@Example.com"},
        "+61411111111",
    )


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("Ada", "12", "", ""), "phone_number “12” is too short"),
        (("Ada", "6.14E+10", "", ""), "rounded by a spreadsheet"),
        (("Ada", "0411 CALL ME", "", ""), "has letters in it"),
        (("Ada", "+999123456789", "", ""), "is no phone number"),
        (("Ada", "", "nobody@", ""), "is no email"),
        (("Ada", "", "", ""), "no phone number, fax number or email"),
        (("Ada", "0411111111", "", "", "more"), "has 5 cells where the file has 4 columns"),
        (("A" * 1001, "0411111111", "", ""), "first_name has 1,001 characters"),
        (("A\0", "0411111111", "", ""), "no text"),
        (("Ada", "0411111111#5", "", ""), "has an extension"),
    ],
)
def test_a_bad_row_says_why(cells: tuple[str, ...], why: str) -> None:
    assert why in (one(*cells).problem or "")


def test_a_rows_own_country_comes_before_the_default() -> None:
    assert one("", "07400 123456", "", "gb").key == "+447400123456"


def test_without_a_default_country_a_local_number_is_refused() -> None:
    assert "country code" in (one("", "0411111111", "", "", country=None).problem or "")


def test_the_second_of_two_is_a_duplicate_of_the_first_line() -> None:
    check = checker()
    check.check(Row(2, ("", "0411111111", "", "")))
    again = check.check(Row(7, ("", "+61 411 111 111", "", "")))
    assert again.problem == "+61411111111 is on line 2 already"


def test_who_is_in_the_list_already_is_refused() -> None:
    found = one("", "", "Ada@Example.com", "", known={"ada@example.com"})
    assert found.problem == "ada@example.com is in the list already"


def test_a_send_needs_a_number_that_is_no_premium_one() -> None:
    assert one("", "", "ada@example.com", "", needs_phone=True).problem == "has no phone number"
    assert "premium" in (one("", "1900 123 456", "", "", needs_phone=True).problem or "")


@pytest.mark.parametrize(
    ("columns", "samples", "fields"),
    [
        (("First Name", "MOBILE", "E-Mail"), [], {0: "first_name", 1: "phone_number", 2: "email"}),
        (("Phone", "Mobile"), [], {0: "phone_number"}),
        (("A", "B"), [("x@example.com", "0411 111 111")], {0: "email", 1: "phone_number"}),
        (("Vorname", "PLZ"), [], {0: "first_name", 1: "address_postal_code"}),
        (("A",), [], {}),
    ],
)
def test_columns_are_matched_by_name_then_by_content(
    columns: tuple[str, ...], samples: list[tuple[str, ...]], fields: dict[int, str]
) -> None:
    assert guess(columns, samples) == fields


@given(st.lists(st.text(max_size=20), max_size=40), st.lists(st.lists(st.text(max_size=9))))
def test_no_field_is_guessed_twice(columns: list[str], samples: list[list[str]]) -> None:
    fields = list(guess(columns, samples).values())
    assert len(fields) == len(set(fields))
    assert set(fields) <= set(FIELDS)


@given(st.one_of(st.from_regex(r"\+?[0-9 ()./-]{3,18}", fullmatch=True), st.text(max_size=20)))
def test_a_number_is_good_exactly_when_phonenumbers_says_so(text: str) -> None:
    number, why = number_of(text, "AU")
    assert (number == "") == (why is not None)
    if why is None:
        parsed = phonenumbers.parse(number, None)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.format_number(parsed, PhoneNumberFormat.E164) == number
    elif text.isascii() and not any(c.isalpha() for c in text) and "extension" not in why:
        try:
            parsed = phonenumbers.parse(text.lstrip("'").strip(), "AU")
        except NumberParseException:
            return
        assert not phonenumbers.is_valid_number(parsed)


def test_an_italian_zero_is_kept() -> None:
    assert number_of("+39 02 1234 5678", None) == ("+390212345678", None)


@given(st.emails(domains=st.just("example.com")))
def test_common_addresses_are_taken(address: str) -> None:
    if '"' not in address:
        assert is_email(address)


@given(st.text())
def test_a_spreadsheet_runs_nothing_of_what_is_written(cell: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell)])
    (back,) = next(csv.reader(io.StringIO(text.getvalue(), newline="")))
    assert back in {cell, f"'{cell}"}
    assert not back.startswith(("=", "-", "@", "\t", "\r"))
    assert not back.startswith("+") or back[1:].isdigit()


def test_a_columns_name_becomes_a_word_for_templates() -> None:
    assert slug(" First  Name (legal)! ") == "first_name_legal"


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_numbers_of_every_country_are_judged_as_phonenumbers_does(country: str) -> None:
    for kind in range(11):
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None:
            continue
        text = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        for tail in ("", "0", "7"):
            changed = text[: -len(tail)] + tail if tail else text
            valid = phonenumbers.is_valid_number(phonenumbers.parse(changed, None))
            for premium in (True, False):
                number, why = number_of(changed, None, premium=premium)
                costly = not premium and "premium" in (why or "")
                assert (why is None) == valid or costly, (changed, why)
                assert number in {changed, ""}
            longer = number_of(text + "1", None)[1] is None
            assert longer == phonenumbers.is_valid_number(phonenumbers.parse(text + "1", None))
