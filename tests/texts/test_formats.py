from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.money import amount, total
from bot.texts import clock, date_and_time, day, figure, locale_of, month, speaking
from bot.texts.formats import money, number_as, weekday

AT = datetime(2026, 11, 5, 14, 30)  # noqa: DTZ001 - written as it is, in nobody's zone
LOCALES = ("en-GB", "en-US", "de-DE", "es-LA", "fr-FR", "it-IT", "pt-BR", "ja-JP", "ko-KR", "zh-TW")


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en-GB", ("5 November 2026", "Thursday, 5 November", "14:30", "Thu 05 Nov 2026, 14:30")),
        ("en-US", ("November 5, 2026", "Thu, Nov 5", "2:30 PM", "Thu, Nov 5, 2026, 2:30 PM")),
        ("de-DE", ("5. November 2026", "Do., 5. November", "14:30", "Do., 5. Nov. 2026, 14:30")),
        ("fr-FR", ("5 novembre 2026", "jeu. 5 nov.", "14:30", "jeu. 5 nov. 2026, 14:30")),
    ],
)
def test_dates_and_times_are_the_readers(locale: str, written: tuple[str, ...]) -> None:
    with speaking(locale_of(locale)):
        found = day(AT), day(AT, weekday=True, year=False), clock(AT), date_and_time(AT)
        assert tuple(each.replace("\u202f", " ") for each in found) == written
        assert clock(time(14, 30)) == clock(AT)
        assert weekday(AT) in day(date(2026, 11, 5), weekday=True)


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en-GB", ("AUD 1,234.50", "AUD 0.0693", "AUD -3.00", "1,234,567", "November 2026")),
        ("en-US", ("AUD 1,234.50", "AUD 0.0693", "AUD -3.00", "1,234,567", "November 2026")),
        ("de-DE", ("1.234,50 AUD", "0,0693 AUD", "-3,00 AUD", "1.234.567", "November 2026")),
    ],
)
def test_money_and_numbers_are_the_readers(locale: str, written: tuple[str, ...]) -> None:
    with speaking(locale_of(locale)):
        assert (
            amount(Decimal("1234.5"), "AUD"),
            amount(Decimal("0.0693"), "AUD"),
            total(Decimal("-2.999"), "AUD"),
            figure(1234567),
            month(AT),
        ) == written


@given(
    st.sampled_from(LOCALES),
    st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    st.sampled_from(("AUD", "")),
)
def test_no_digit_of_an_amount_is_lost_in_any_locale(
    locale: str, value: Decimal, currency: str
) -> None:
    with speaking(locale_of(locale)):
        written = money(value, currency)
    digits = "".join(sign for sign in written if sign.isdecimal())
    assert digits == f"{abs(value):f}".replace(".", "")
    assert ("-" in written or "\u2212" in written) == value.is_signed()
    assert currency in written


@given(st.integers(-(10**12), 10**12))
def test_british_english_is_written_as_python_does_and_german_the_other_way_round(
    number: int,
) -> None:
    assert figure(number) == f"{number:,}"
    with speaking(locale_of("de-DE")):
        assert figure(number) == f"{number:,}".replace(",", ".")


@pytest.mark.parametrize("spec", ["02", "x", ".0%", "<6", ">3", "d"])
def test_a_format_for_machines_is_left_alone(spec: str) -> None:
    with speaking(locale_of("de-DE")):
        assert number_as(7, spec) is None
