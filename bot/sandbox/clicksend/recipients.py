"""Who can be reached: numbers, addresses, and the vendor's test recipients.

Two rules are the sandbox's own: a number that ends in 99 fails to be delivered, and one that ends
in 98 is an invalid recipient.
"""

from __future__ import annotations

import re

import phonenumbers

TEST_NUMBERS = {
    "+61411111111": "AU",
    "+61422222222": "AU",
    "+61433333333": "AU",
    "+61444444444": "AU",
    "+14055555555": "US",
    "+14055555666": "US",
    "+447777777777": "GB",
    "+8615555555555": "CN",
}
TEST_FAX_NUMBERS = {"+61261111111": "AU", "+61262222222": "AU", "+61263333333": "AU"}
SHARED_NUMBER = "+61422222222"
"""What a message comes from when nobody says so."""

SHARED_FAX = "+61261111111"
"""Where a fax to this account comes in."""

TEST_EMAILS = frozenset({"test1@test.com", "test2@test.com", "test3@test.com"})
TEST_POST_CODES = frozenset({"11111", "22222", "33333"})
_SENDER_NAME = re.compile(r"[A-Za-z0-9&_.+-]{1,11}")
_SENDER_NUMBER = re.compile(r"\+?\d{3,16}", re.ASCII)


def recipient(to: str, country: str = "AU") -> tuple[str, str] | None:
    """Read a phone or fax number.

    Args:
        to: As somebody wrote it.
        country: Where it is, if it does not say so.

    Returns:
        It in E.164 form and its country's code; None when it is none.
    """
    tests = TEST_NUMBERS | TEST_FAX_NUMBERS
    if to in tests:
        return to, tests[to]
    try:
        parsed = phonenumbers.parse(to, country.upper())
    except phonenumbers.NumberParseException:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_possible_number(parsed) or number.endswith("98"):
        return None
    region = phonenumbers.region_code_for_number(parsed)
    return number, region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)


def is_test(kind: str, to: str) -> bool:
    """Whether sending there is documented to cost nothing and reach nobody."""
    if kind == "fax":
        return to in TEST_FAX_NUMBERS
    return to in TEST_NUMBERS


def fails(to: str) -> bool:
    """Whether delivery there fails."""
    return to.endswith("99")


def is_sender(sender: str) -> bool:
    """Whether it can be a sender ID: a number, or a name of at most 11 letters without spaces."""
    return bool(_SENDER_NAME.fullmatch(sender) or _SENDER_NUMBER.fullmatch(sender))
