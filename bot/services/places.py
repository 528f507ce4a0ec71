"""Where a phone number is: its country, and the time zones its owner may be in.

Country and zone names come from the time zone database's own tables (package `tzdata`).
phonenumbers alone is not enough for zones: it stands in one country's zone for another's
(Europe/Paris for Algeria, which keeps no summer time), and lists for an Australian mobile those of
every territory that shares +61.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

from bot.texts import ENGLISH, Phrase, current

_NOWHERE = "001"
# Countries far apart, in miles and in price, behind one code: North America, Russia and Kazakhstan.
_SHARED_CODES = frozenset({1, 7})
_OTHER_NAMES = {
    "AC": "Ascension Island",
    "GB": "United Kingdom",
    "TA": "Tristan da Cunha",
    "XK": "Kosovo",
}


def parsed(number: str) -> PhoneNumber | None:
    """An E.164 number as phonenumbers has it; None for anything else."""
    try:
        return phonenumbers.parse(number, None)
    except NumberParseException:
        return None


def region(number: str) -> str | None:
    """The country of a number.

    Args:
        number: E.164.

    Returns:
        ISO 3166 alpha-2, also for a number that no numbering plan knows where its code belongs to
        one country and its territories; None when it cannot be told, or belongs to no country.
    """
    read = parsed(number)
    if read is None:
        return None
    found = phonenumbers.region_code_for_number(read)
    if found is None and read.country_code not in _SHARED_CODES:
        found = phonenumbers.region_code_for_country_code(read.country_code or 0)
    return None if found in {None, _NOWHERE, "ZZ"} else found


class Country(Phrase):
    """A country's name, said in the language that is spoken then (CLDR's names).

    Args:
        code: ISO 3166 alpha-2; one that is unknown is its own name.
    """

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        super().__init__(_names().get(code, code))
        self.code = code

    def __str__(self) -> str:
        """Such as `Australia` for `AU`."""
        if current().language == ENGLISH.language:
            return self.text
        from babel import Locale  # noqa: PLC0415 - 10 MiB that English does not need

        return str(Locale(current().language).territories.get(self.code, self.text))


def country_name(code: str) -> str:
    """A country's name, such as `Australia` for `AU`; the code itself if unknown."""
    return str(Country(code))


@lru_cache(maxsize=4096)
def zones(number: str) -> tuple[str, ...]:
    """The time zones the owner of a number may be in.

    Args:
        number: E.164.

    Returns:
        Names for `zoneinfo`, sorted; several for a mobile of a wide country, none if unknown.
    """
    read, country = parsed(number), region(number)
    if read is None or country is None:
        return ()
    own = _zones().get(country, frozenset())
    if len(own) == 1:
        return tuple(own)
    # Its table of prefixes is 2 MiB: for quiet hours, which not every bot keeps.
    from phonenumbers.timezone import time_zones_for_number  # noqa: PLC0415 - see above

    neighbours = _neighbours(read.country_code or 0, country)
    found = _known().intersection(time_zones_for_number(read))
    return tuple(sorted(found - neighbours)) or tuple(sorted(found))


def _neighbours(code: int, country: str) -> frozenset[str]:
    """The zones of the other countries that share a calling code."""
    others = set(phonenumbers.region_codes_for_country_code(code)) - {country}
    return frozenset().union(*(_zones().get(other, frozenset()) for other in others))


@cache
def _known() -> frozenset[str]:
    """Every zone there is; looking costs a walk through all their files."""
    return frozenset(available_timezones())


@cache
def _names() -> Mapping[str, str]:
    return {code: name for code, name, *_ in _rows("iso3166.tab")} | _OTHER_NAMES


@cache
def _zones() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for country, _, zone, *_ in _rows("zone.tab"):
        found[country].add(zone)
    return {country: frozenset(names) for country, names in found.items()}


def _rows(table: str) -> Iterator[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
