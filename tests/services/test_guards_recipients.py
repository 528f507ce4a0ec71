"""Checks of recipients, each with its reason as a person reads it."""

from datetime import UTC, datetime, timedelta

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.services.guards import Earlier, Level, countries, duplicates, opted_out, recipients
from bot.services.recipients import for_people

HANDSETS = (
    *("+61411111111", "+61422222222", "+61433333333", "+61444444444"),
    *("+14055555555", "+14055555666", "+447777777777", "+8615555555555"),
)
FAXES = ("+61261111111", "+61262222222", "+61263333333")
ONE, TWO, THREE = HANDSETS[:3]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def example(country: str, type_: int) -> str:
    """A number that the numbering plan itself gives as an example."""
    found = phonenumbers.example_number_for_type(country, type_)
    assert found is not None
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


LANDLINE = example("AU", PhoneNumberType.FIXED_LINE)
PREMIUM = example("AU", PhoneNumberType.PREMIUM_RATE)
FREE = example("US", PhoneNumberType.TOLL_FREE)
SHARED = example("AU", PhoneNumberType.SHARED_COST)
VOIP = example("GB", PhoneNumberType.VOIP)
REDIRECT = example("GB", PhoneNumberType.PERSONAL_NUMBER)
PAGER = example("GB", PhoneNumberType.PAGER)
COMPANY = example("GB", PhoneNumberType.UAN)
VOICEMAIL = example("DE", PhoneNumberType.VOICEMAIL)
MOBILE = example("AU", PhoneNumberType.MOBILE)
EITHER = example("US", PhoneNumberType.MOBILE)
UNUSED = "+61000000000"
PAY = "and you would still pay."
TEXT = f"a text message may not arrive, {PAY}"


@pytest.mark.parametrize("kind", ["sms", "mms", "voice"])
def test_test_numbers_of_phones_are_never_found_fault_with(kind: str) -> None:
    assert recipients(kind, HANDSETS) == []


def test_test_numbers_of_faxes_are_never_found_fault_with() -> None:
    assert recipients("fax", FAXES) == []


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("sms", MOBILE),
        ("mms", MOBILE),
        ("sms", EITHER),
        ("voice", MOBILE),
        ("voice", LANDLINE),
        ("voice", FREE),
        ("voice", VOIP),
        ("fax", LANDLINE),
        ("fax", EITHER),
        ("fax", FREE),
        ("fax", VOIP),
    ],
)
def test_a_number_that_suits_the_channel_is_fine(kind: str, number: str) -> None:
    assert recipients(kind, [number]) == []


NO_NUMBER = "{} cannot be a phone number: correct it or take it out."
NOT_USED = "{} is in no range of numbers that is known to be in use. Look for a typing mistake."
COSTS_A_LOT = (
    "{} is a premium-rate number, which can cost a lot: it cannot be sent to. Take it out."
)
NO_TEXTS = "{} is a landline: in most countries it cannot receive text messages, " + PAY
NO_FAXES = "{} is a mobile number: hardly any mobile receives faxes, " + PAY
NOT_MOBILE = "{} is not a mobile number but "


@pytest.mark.parametrize(
    ("kind", "number", "code", "reason"),
    [
        ("sms", "+614", "impossible-number", NO_NUMBER),
        ("voice", "nonsense", "impossible-number", NO_NUMBER),
        ("fax", "+999123456789", "impossible-number", NO_NUMBER),
        ("sms", UNUSED, "unassigned-number", NOT_USED),
        ("sms", PREMIUM, "premium-number", COSTS_A_LOT),
        ("voice", PREMIUM, "premium-number", COSTS_A_LOT),
        ("sms", LANDLINE, "landline", NO_TEXTS),
        ("mms", LANDLINE, "landline", NO_TEXTS),
        ("sms", FREE, "not-mobile", f"{NOT_MOBILE}a free-call number: {TEXT}"),
        ("sms", SHARED, "not-mobile", f"{NOT_MOBILE}a shared-cost number: {TEXT}"),
        ("sms", VOIP, "not-mobile", f"{NOT_MOBILE}an internet-telephony number: {TEXT}"),
        ("sms", REDIRECT, "not-mobile", f"{NOT_MOBILE}a personal redirect number: {TEXT}"),
        ("sms", PAGER, "not-mobile", f"{NOT_MOBILE}a pager: {TEXT}"),
        ("mms", VOICEMAIL, "not-mobile", f"{NOT_MOBILE}a voicemail number: {TEXT}"),
        ("sms", COMPANY, "not-mobile", f"{NOT_MOBILE}a company's shared number: {TEXT}"),
        ("voice", PAGER, "not-a-phone", f"{{}} is a pager: nobody may pick up, {PAY}"),
        ("fax", MOBILE, "fax-to-mobile", NO_FAXES),
        ("fax", PAGER, "not-a-fax", f"{{}} is a pager: no fax machine may answer, {PAY}"),
    ],
)
def test_a_number_that_does_not_suit_says_what_it_is(
    kind: str, number: str, code: str, reason: str
) -> None:
    (found,) = recipients(kind, [ONE if kind != "fax" else FAXES[0], number])
    blocks = code in {"impossible-number", "premium-number"}
    assert found.level is (Level.BLOCK if blocks else Level.WARN)
    assert (found.code, found.numbers) == (code, (number,))
    assert found.reason == reason.format(for_people(number))


def test_one_finding_names_all_numbers_with_the_same_fault() -> None:
    (found,) = recipients("sms", [LANDLINE, ONE, *FAXES])
    assert found.numbers == (LANDLINE, *FAXES)
    shown = f"{for_people(LANDLINE)}, +61 2 6111 1111, +61 2 6222 2222 and 1 more are landlines"
    assert found.reason.startswith(shown)


def test_a_number_given_twice_is_named_once() -> None:
    assert recipients("sms", [LANDLINE, LANDLINE])[0].numbers == (LANDLINE,)
    assert countries([ONE, ONE], frozenset())[0].numbers == (ONE,)
    assert opted_out([ONE, ONE], {ONE})[0].numbers == (ONE,)


def test_a_channel_without_numbers_has_none_to_judge() -> None:
    assert recipients("email", ["ada@example.com"]) == []


def test_without_a_setting_every_country_is_allowed() -> None:
    assert countries([*HANDSETS, "nonsense"], None) == []


def test_a_country_that_is_not_allowed_is_named_with_how_to_allow_it() -> None:
    (found,) = countries([ONE, "+447777777777"], frozenset({"AU"}))
    assert (found.code, found.level) == ("country", Level.BLOCK)
    assert found.reason == (
        "This bot may not send to +44 7777 777777: its country, United Kingdom, is not allowed. "
        "Take it out, or ask whoever runs the bot to allow GB in the setting ALLOWED_COUNTRIES."
    )


def test_each_country_that_is_not_allowed_is_one_finding() -> None:
    found = countries([*HANDSETS], frozenset({"AU"}))
    assert [each.numbers for each in found] == [HANDSETS[4:6], HANDSETS[6:7], HANDSETS[7:]]
    assert "+1 405-555-5555 and +1 405-555-5666: their country, United States" in found[0].reason


def test_a_number_of_no_country_is_not_allowed_anywhere() -> None:
    everywhere = frozenset(phonenumbers.SUPPORTED_REGIONS)
    (found,) = countries(["+80012345678"], everywhere)
    assert found.level is Level.BLOCK
    assert found.reason == (
        "This bot may not send to +800 1234 5678: its country cannot be told, and only some are "
        "allowed. Take it out."
    )


@given(
    st.lists(st.sampled_from([*HANDSETS, *FAXES, FREE, PREMIUM, "+80012345678", "x"])),
    st.frozensets(st.sampled_from(["AU", "US", "GB", "CN"])),
)
def test_no_number_outside_the_allowed_countries_goes_unblocked(
    numbers: list[str], allowed: frozenset[str]
) -> None:
    blocked = {number for found in countries(numbers, allowed) for number in found.numbers}
    for number in set(numbers) - blocked:
        where = phonenumbers.region_code_for_number(phonenumbers.parse(number))
        assert where in allowed


def test_who_has_opted_out_is_named_and_can_be_taken_out() -> None:
    (found,) = opted_out([ONE, TWO, THREE], {TWO})
    assert (found.code, found.level, found.numbers) == ("opted-out", Level.BLOCK, (TWO,))
    assert found.reason == (
        "+61 422 222 222 has opted out of your messages. Take it out and send to the other 2."
    )
    assert opted_out([ONE, TWO, THREE], set()) == []


@pytest.mark.parametrize(
    ("out", "said", "then"),
    [
        ({ONE}, "+61 411 111 111 has", "Take it out and send to the other one."),
        ({ONE, TWO}, "+61 411 111 111 and +61 422 222 222 have", "Nobody is left."),
    ],
)
def test_how_many_are_left_is_said(out: set[str], said: str, then: str) -> None:
    (found,) = opted_out([ONE, TWO], out)
    assert found.reason == f"{said} opted out of your messages. {then}"


def earlier(actor: str, minutes: float, *numbers: str, same: bool = False) -> Earlier:
    return Earlier(actor, NOW - timedelta(minutes=minutes), numbers, same_person=same)


def test_what_somebody_else_sent_shortly_before_is_said_with_their_name() -> None:
    (found,) = duplicates([ONE, TWO], [earlier("U0EVE", 2, ONE)], NOW)
    assert (found.code, found.level, found.actor) == ("duplicate", Level.WARN, "U0EVE")
    assert found.reason == (
        "sent this to +61 411 111 111 2 minutes ago. Send it again only if it should arrive twice."
    )


def test_what_one_sent_oneself_is_said_to_you() -> None:
    (found,) = duplicates([ONE], [earlier("U0ADA", 0.5, ONE, same=True)], NOW)
    assert found.actor is None
    assert found.reason.startswith("You sent this to +61 411 111 111 less than a minute ago.")


def test_each_recipient_is_named_once_with_the_latest_send() -> None:
    found = duplicates(
        [ONE, TWO, THREE],
        [earlier("U0EVE", 9, ONE, TWO, THREE), earlier("U0BOB", 1, TWO), earlier("U0EVE", 99, ONE)],
        NOW,
    )
    assert [(each.actor, each.numbers) for each in found] == [
        ("U0BOB", (TWO,)),
        ("U0EVE", (ONE, THREE)),
    ]


def test_a_send_to_others_is_no_duplicate() -> None:
    assert duplicates([ONE], [earlier("U0EVE", 1, TWO)], NOW) == []


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1, "less than a minute ago"),
        (1, "1 minute ago"),
        (59.9, "59 minutes ago"),
        (60, "1 hour ago"),
        (180, "3 hours ago"),
        (1440, "1 day ago"),
        (5000, "3 days ago"),
    ],
)
def test_how_long_ago_is_said_in_its_largest_unit(minutes: float, words: str) -> None:
    (found,) = duplicates([ONE], [earlier("U0EVE", minutes, ONE)], NOW)
    assert f" {words}. " in found.reason


@given(
    st.lists(st.sampled_from(HANDSETS), unique=True),
    st.lists(
        st.tuples(st.floats(0, 100), st.lists(st.sampled_from(HANDSETS), unique=True)), max_size=5
    ),
)
def test_every_recipient_who_got_it_is_named_exactly_once(
    numbers: list[str], sends: list[tuple[float, list[str]]]
) -> None:
    before = [earlier("U0EVE", minutes, *to) for minutes, to in sends]
    named = [number for found in duplicates(numbers, before, NOW) for number in found.numbers]
    assert sorted(named) == sorted(n for n in numbers if any(n in to for _, to in sends))
