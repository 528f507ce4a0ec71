"""Where numbers are: countries, and the time zones their owners may be in."""

from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.services.places import Country, country_name, region, zones
from bot.texts import locale_of, speaking


def mobile(country: str) -> str:
    found = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    assert found is not None
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    ("number", "country", "name"),
    [
        ("+61411111111", "AU", "Australia"),
        ("+14055555555", "US", "United States"),
        ("+447777777777", "GB", "United Kingdom"),
        ("+8615555555555", "CN", "China"),
        (mobile("JM"), "JM", "Jamaica"),
        (mobile("KZ"), "KZ", "Kazakhstan"),
        (mobile("XK"), "XK", "Kosovo"),
    ],
)
def test_a_number_has_a_country_with_a_name(number: str, country: str, name: str) -> None:
    assert region(number) == country
    assert country_name(country) == name


def test_a_number_of_no_known_range_is_of_the_country_of_its_code() -> None:
    assert region("+61000000000") == "AU"


@pytest.mark.parametrize("number", ["+10000000000", "+70000000000", "+80012345678", "+999", "me"])
def test_where_countries_share_a_code_or_there_is_none_nothing_is_assumed(number: str) -> None:
    assert region(number) is None
    assert zones(number) == ()


@pytest.mark.parametrize(
    ("number", "where"),
    [
        ("+447777777777", ("Europe/London",)),
        ("+14055555555", ("America/Chicago",)),
        (mobile("DZ"), ("Africa/Algiers",)),
        (mobile("MA"), ("Africa/Casablanca",)),
        (mobile("JM"), ("America/Jamaica",)),
        (
            "+61411111111",
            (
                *("Australia/Adelaide", "Australia/Brisbane", "Australia/Eucla"),
                *("Australia/Lord_Howe", "Australia/Perth", "Australia/Sydney"),
            ),
        ),
    ],
)
def test_zones_are_those_of_the_country_and_not_of_its_neighbours(
    number: str, where: tuple[str, ...]
) -> None:
    assert zones(number) == where


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_has_a_name_and_zones_that_exist(country: str) -> None:
    assert country_name(country) != country
    found = phonenumbers.example_number(country)
    assert found is not None
    where = zones(phonenumbers.format_number(found, PhoneNumberFormat.E164))
    assert where
    assert all(ZoneInfo(zone).key == zone for zone in where)


def test_a_country_has_its_name_in_the_language_that_is_spoken() -> None:
    found = Country("DE")
    with speaking(locale_of("de-DE")):
        assert (str(found), country_name("XK"), country_name("??")) == (
            "Deutschland",
            "Kosovo",
            "??",
        )
    assert (str(found), found) == ("Germany", Country("DE"))
