"""Checking the rows of a CSV file of contacts: pure, fast, and no row without a reason.

The cost is that of phonenumbers, paid once a row. `number_type` says what `is_valid_number` says
(both ask for the region and then for the type in it) and tells premium numbers, too; where any
type will do, a look at the first country of a calling code says it at half the cost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberType,
    ValidationResult,
)

from bot.services.csv_file import Row
from bot.texts import Phrase, say

PHONE, FAX, EMAIL, COUNTRY = "phone_number", "fax_number", "email", "address_country"
REACHED_BY = (PHONE, FAX, EMAIL)
FIELDS: Mapping[str, Phrase] = {
    PHONE: Phrase("Phone number"),
    "first_name": Phrase("First name"),
    "last_name": Phrase("Last name"),
    EMAIL: Phrase("Email"),
    FAX: Phrase("Fax number"),
    "organization_name": Phrase("Organisation"),
    "address_line_1": Phrase("Address line 1"),
    "address_line_2": Phrase("Address line 2"),
    "address_city": Phrase("City"),
    "address_state": Phrase("State"),
    "address_postal_code": Phrase("Postal code"),
    COUNTRY: Phrase("Country"),
    "custom_1": Phrase("Custom 1"),
    "custom_2": Phrase("Custom 2"),
    "custom_3": Phrase("Custom 3"),
    "custom_4": Phrase("Custom 4"),
}
"""ClickSend's fields of a contact (operation `contacts.create`), with what people call them."""
LONGEST = 1000
_SHOWN = 40
_SYNONYMS = {
    **{name: name for name in FIELDS},
    **dict.fromkeys(
        (
            *("phone", "mobile", "mobile_number", "mobile_phone", "cell", "cellphone"),
            *("cell_phone", "telephone", "tel", "number", "sms", "handy", "to", "recipient"),
            *("phone_no", "msisdn"),
        ),
        PHONE,
    ),
    **dict.fromkeys(("fax", "fax_no", "telefax"), FAX),
    **dict.fromkeys(("e_mail", "email_address", "mail", "e_mail_address"), EMAIL),
    **dict.fromkeys(
        ("first", "firstname", "given_name", "forename", "vorname", "name"), "first_name"
    ),
    **dict.fromkeys(("last", "lastname", "surname", "family_name", "nachname"), "last_name"),
    **dict.fromkeys(
        ("organization", "organisation", "company", "company_name", "organisation_name", "firma"),
        "organization_name",
    ),
    **dict.fromkeys(("address", "street", "address_1", "address1"), "address_line_1"),
    **dict.fromkeys(("address_2", "address2"), "address_line_2"),
    **dict.fromkeys(("city", "town", "suburb"), "address_city"),
    **dict.fromkeys(("state", "region", "province"), "address_state"),
    **dict.fromkeys(("postal_code", "postcode", "zip", "zip_code", "plz"), "address_postal_code"),
    **dict.fromkeys(("country", "country_code"), COUNTRY),
}
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SCIENCE = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,}")
_LONGEST_EMAIL = 254
_PLAIN_NUMBER = re.compile(r"\+?[0-9]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - Excel takes the wide ones, too
_WHY = {
    ValidationResult.TOO_SHORT: Phrase("is too short"),
    ValidationResult.TOO_LONG: Phrase("is too long"),
    ValidationResult.INVALID_COUNTRY_CODE: Phrase("has a country code that does not exist"),
    ValidationResult.INVALID_LENGTH: Phrase("has a wrong number of digits"),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Phrase("lacks the area code"),
}
_UNUSED = Phrase("is in no range of numbers that is in use")


class Checked(NamedTuple):
    """A row that was checked.

    Attributes:
        line: Where it begins in the file.
        values: Its fields, numbers in E.164; empty ones are left out.
        key: What makes it the same contact: its number, or its email in lower case.
        problem: Why it cannot be used, plain text; None when it can.
    """

    line: int
    values: dict[str, str]
    key: str = ""
    problem: str | None = None


class Checker:
    """Checks the rows of one file, in their order.

    Args:
        columns: The field of each column that has one, by the column's index.
        width: How many columns there are.
        country: ISO 3166 alpha-2, for numbers without `+`; None refuses those. A row's own country
            comes first.
        known: The keys that are in the list already.
        needs_phone: Whether a row without a phone number is of no use, and a premium one neither.
    """

    def __init__(
        self,
        columns: Mapping[int, str],
        *,
        width: int,
        country: str | None,
        known: Container[str] = frozenset(),
        needs_phone: bool = False,
    ) -> None:
        self._columns = tuple(columns.items())
        self._width = width
        self._country = country
        self._known = known
        self._needs_phone = needs_phone
        self._seen: dict[str, int] = {}

    def check(self, row: Row) -> Checked:
        """Check one row; a row that is good makes a later one with its key a duplicate."""
        if row.problem:
            return Checked(row.line, {}, problem=row.problem)
        line, cells, _ = row
        many = len(cells)
        if many > self._width and any(cell.strip() for cell in cells[self._width :]):
            extra = say(
                "has {cells} cells where the file has {columns} columns: quotation marks may be "
                "missing",
                cells=many,
                columns=self._width,
            )
            return Checked(line, {}, problem=extra)
        values = {
            field: cell
            for index, field in self._columns
            if index < many and (cell := cells[index].strip())
        }
        problem = self._wrong(values, "".join(cells))
        if problem:
            return Checked(line, values, "", problem)
        key = key_of(values)
        return Checked(line, values, key, self._twice(key, line))

    def _wrong(self, values: dict[str, str], whole: str) -> str | None:
        """What is wrong with the fields; numbers become E.164 on the way."""
        if (len(whole) > LONGEST or "\0" in whole) and (problem := _unfit(values)):
            return problem
        if self._needs_phone and PHONE not in values:
            return say("has no phone number")
        if PHONE not in values and FAX not in values and EMAIL not in values:
            return say("has no phone number, fax number or email")
        return self._wrong_number(values) or self._wrong_email(values)

    def _wrong_number(self, values: dict[str, str]) -> str | None:
        own = values.get(COUNTRY, "").upper()
        country = own if own in _REGIONS else self._country
        for name in (PHONE, FAX):
            if name in values:
                number, why = number_of(values[name], country, premium=not self._needs_phone)
                if why:
                    return f"{name} {shown(values[name])} {why}"
                values[name] = number
        return None

    def _wrong_email(self, values: dict[str, str]) -> str | None:
        email = values.get(EMAIL)
        if email is None or is_email(email):
            return None
        return say("email {email} is no email", email=shown(email))

    def _twice(self, key: str, line: int) -> str | None:
        if key in self._known:
            return say("{key} is in the list already", key=key)
        first = self._seen.setdefault(key, line)
        if first == line:
            return None
        return say("{key} is on line {line} already", key=key, line=first)


def _unfit(values: Mapping[str, str]) -> str | None:
    for name, value in values.items():
        if len(value) > LONGEST:
            return say(
                "{field} has {count:,} characters; at most {most:,} are taken",
                field=name,
                count=len(value),
                most=LONGEST,
            )
        if "\0" in value:
            return say("{field} has a character that is no text", field=name)
    return None


_REGIONS: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)


def number_of(text: str, country: str | None, *, premium: bool = True) -> tuple[str, str | None]:
    """A phone number in E.164, or why it is none.

    Args:
        text: As it stands in the file.
        country: Of numbers without `+`; None refuses those.
        premium: Whether a premium-rate number will do.

    Returns:
        The number and None; or nothing, and what is wrong with it in words.
    """
    typed = text if text.isascii() else unicodedata.normalize("NFKC", text)
    typed = typed.lstrip("'").strip()
    if _LETTER.search(typed):
        why = say("was rounded by a spreadsheet: make the column text, and save the file again")
        return "", why if _SCIENCE.fullmatch(typed) else say("has letters in it")
    if country is None and not typed.startswith("+"):
        return "", say("needs its country code, as in +61411111111")
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException:
        return "", say("is no phone number")
    if wrong := _unusable(number, premium=premium):
        return "", wrong
    zeros = "0" * (number.number_of_leading_zeros or 1) if number.italian_leading_zero else ""
    return f"+{number.country_code}{zeros}{number.national_number}", None


def _unusable(number: PhoneNumber, *, premium: bool) -> str | None:
    if not (premium and _is_valid_at_first(number)):
        kind = phonenumbers.number_type(number)
        if kind == PhoneNumberType.UNKNOWN:
            verdict = phonenumbers.is_possible_number_with_reason(number)
            return str(_WHY.get(verdict, _UNUSED))
        if kind == PhoneNumberType.PREMIUM_RATE and not premium:
            return say("is a premium-rate number, which can cost a lot")
    return say("has an extension, which cannot be reached") if number.extension else None


def _is_valid_at_first(number: PhoneNumber) -> bool:
    """Whether a number is valid in the first country of its calling code.

    If so, it is valid: `is_valid_number` looks for the country first, and takes the first of the
    code's in which the number has a type, unless leading digits decide; then it asks for the type
    once more. The other way round nothing follows.
    """
    main = _first_country(number.country_code or 0)
    return main is not None and phonenumbers.is_valid_number_for_region(number, main)


@cache
def _first_country(code: int) -> str | None:
    """The first country of a calling code; None where leading digits decide, or there is none."""
    main = phonenumbers.region_code_for_country_code(code)
    metadata = PhoneMetadata.metadata_for_region(main, None)
    return main if metadata is not None and metadata.leading_digits is None else None


def is_email(text: str) -> bool:
    """Whether a text has the form of an email address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def key_of(values: Mapping[str, str | None]) -> str:
    """What makes two contacts the same: the phone number, or the fax number, or the email."""
    email = values.get(EMAIL)
    return values.get(PHONE) or values.get(FAX) or (email.lower() if email else "")


def slug(name: str) -> str:
    """A column's name as it is written in a template: `First Name` as `first_name`."""
    return "_".join(_WORD.findall(unicodedata.normalize("NFKC", name).lower()))[:_SHOWN]


def guess(columns: Sequence[str], samples: Iterable[Sequence[str]]) -> dict[int, str]:
    """Which field each column holds, by its name, or by what stands in it.

    Args:
        columns: Their names.
        samples: The first rows.

    Returns:
        The field by the column's index; each field once.
    """
    found: dict[int, str] = {}
    for index, name in enumerate(columns):
        field = _SYNONYMS.get(slug(name))
        if field and field not in found.values():
            found[index] = field
    if any(field in found.values() for field in REACHED_BY):
        return found
    rows = list(samples)
    for index in range(len(columns)):
        cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
        field = _by_content(cells)
        if field and index not in found and field not in found.values():
            found[index] = field
    return found


def _by_content(cells: Sequence[str]) -> str | None:
    if cells and all(is_email(cell) for cell in cells):
        return EMAIL
    numbers = sum(
        sum(c.isdigit() for c in cell) >= 8 and not _LETTER.search(cell)  # noqa: PLR2004 - shorter ones are rarely whole
        for cell in cells
    )
    return PHONE if cells and numbers * 2 > len(cells) else None


def shown(text: str) -> str:
    """A cell in a sentence: quoted, and short."""
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"


def harmless(cell: str) -> str:
    """A cell for a file that a spreadsheet opens: what would be a formula gets a `'` before it."""
    if cell.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
