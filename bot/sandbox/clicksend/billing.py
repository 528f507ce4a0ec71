"""Recharging, and dedicated numbers: what raises the balance, and what is bought from it."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal

import phonenumbers

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import card_shown, integer, integer_or, text
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.prices import COUNTRIES, CURRENCY, EMAIL_PRICE, Country
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, Said, missing, refused

_PACKAGES = (Decimal(20), Decimal(50), Decimal(100), Decimal(250), Decimal(1000))
_CENT, _MILL = Decimal("0.01"), Decimal("0.0001")
_CARD = re.compile(r"[\d -]{12,25}", re.ASCII)
_SETUP, _MONTHLY = Decimal("0.0000"), Decimal("18.5900")
_OFFERED, _MONTHS = 40, 12


def _package(number: int, amount: Decimal, country: Country) -> Json:
    per = {
        "sms": country.sms,
        "voice_mobile": country.voice,
        "voice_landline": country.voice,
        "fax": country.fax,
        "email": EMAIL_PRICE,
    }
    shown: Json = {"package_id": number, "package_price": f"{amount:.2f}"}
    for name, price in per.items():
        shown[f"{name}_price"] = f"{price:.4f}"
        shown[f"{name}_quantity"] = int(amount / price)
    return {**shown, **_post(amount, country)}


def _post(amount: Decimal, country: Country) -> Json:
    black, colour = country.letter, country.letter + Decimal("0.2640")
    return {
        "post_letter_black_price": float(black),
        "post_letter_colour_price": float(colour),
        "post_page_black_price": 0.11,
        "post_page_colour_price": 0.264,
        "post_letter_black_quantity": int(amount / black),
        "post_letter_colour_quantity": int(amount / colour),
        "post_direct_mail_dl_price": 0.44,
        "post_direct_mail_a5_price": 0.66,
        "post_direct_mail_min_quantity": 5000,
        "postcard_price": 1.71,
        "postcard_quantity": int(amount / Decimal("1.71")),
    }


def _packages(_: State, call: Call) -> Answer:
    country = COUNTRIES.get(call.query.get("country", "AU").upper(), COUNTRIES["AU"])
    shown = [_package(number, amount, country) for number, amount in enumerate(_PACKAGES, start=1)]
    return {"packages": shown, "_currency": CURRENCY}


def _purchase(state: State, call: Call) -> Answer:
    """The card is charged, and the balance rises; with the test user it does not."""
    number = call.number("package_id")
    if not 1 <= number <= len(_PACKAGES):
        raise missing("Package record not found.")
    amount = _PACKAGES[number - 1]
    if call.caller.broke:
        raise refused("The card was declined.", "INSUFFICIENT_CREDIT")
    state.charge(-amount)
    paid: Json = {"amount": f"{amount:.2f}", "currency": "AUD", "date": int(state.now())}
    state.shelf("transactions").add({"invoice_number": str(uuid.uuid4()), **paid})
    shown = {"user_id": 1, **paid, "amount_aud": paid["amount"]}
    return Said(shown, f"Successfully purchased a package #{number}")


def _payment_info(state: State, _: Call) -> Answer:
    return dict(state.settings["card"])


def _update_payment_info(state: State, call: Call) -> Answer:
    """Only the last four digits are kept."""
    number, month = text(call.body, "number"), integer(call.body, "expiry_month")
    year, name = integer(call.body, "expiry_year"), text(call.body, "name")
    integer(call.body, "cvc")
    text(call.body, "bank_name")
    if not _CARD.fullmatch(number):
        raise refused("The number field is not a card number.")
    if not 1 <= month <= _MONTHS:
        raise refused("The expiry_month field must be from 1 to 12.")
    state.settings["card"] = {
        "display_number": card_shown(number.strip()[-4:]),
        "expiry_month": month,
        "expiry_year": year,
        "name": name,
    }
    return {"token": f"cus_{uuid.uuid4().hex[:20]}"}


def _visible(found: Json) -> Json:
    return {name: value for name, value in found.items() if name != "transaction_id"}


def _transactions(state: State, call: Call) -> Answer:
    return page([_visible(each) for each in reversed(state.shelf("transactions").all())], call)


def _transaction(state: State, call: Call) -> Answer:
    for each in state.shelf("transactions").all():
        if each["invoice_number"] == call.path["transaction_id"].lower():
            return _visible(each)
    raise missing("Transaction record not found.")


def offered(country: Country) -> list[Json]:
    """Numbers that can be bought in a country; made up, and the same ones each time."""
    prefix = f"+{phonenumbers.country_code_for_region(country.code)}"
    return [
        {
            "country": country.code,
            "country_name": country.name,
            "dedicated_number": f"{prefix}55501{index:04d}",
            "price_setup": f"{_SETUP:.4f}",
            "price_monthly": f"{_MONTHLY:.4f}",
            "price_total": f"{_SETUP + _MONTHLY:.4f}",
        }
        for index in range(_OFFERED)
    ]


def _search_numbers(state: State, call: Call) -> Answer:
    country = COUNTRIES.get(call.path["country"].upper())
    if country is None:
        raise missing("There are no numbers in this country.")
    wanted, kind = call.query.get("search", ""), integer_or(1)(call.query, "search_type")
    owned = {each["dedicated_number"] for each in state.settings["numbers"]}
    free = [each for each in offered(country) if each["dedicated_number"] not in owned]
    fits = [each for each in free if _fits(each["dedicated_number"], wanted, kind)]
    return {**page(fits, call), "_currency": CURRENCY}


def _fits(number: str, wanted: str, kind: int) -> bool:
    """Whether a number begins with, holds or ends with some digits, by the search type."""
    if kind == 0:
        return number.lstrip("+").startswith(wanted.lstrip("+"))
    return number.endswith(wanted) if kind > 1 else wanted in number


def _buy(state: State, call: Call) -> Answer:
    wanted = f"+{call.path['dedicated_number'].strip().lstrip('+')}"
    if any(each["dedicated_number"] == wanted for each in state.settings["numbers"]):
        raise refused("The number is yours already.", "ALREADY_EXISTS")
    found = next(
        (n for c in COUNTRIES.values() for n in offered(c) if n["dedicated_number"] == wanted), None
    )
    if found is None:
        raise missing("The number is not available.")
    price = Decimal(found["price_total"])
    if price > state.credit(call.caller):
        raise refused("You have not enough credit.", "INSUFFICIENT_CREDIT")
    state.charge(price)
    state.settings["numbers"].append(found)
    return {
        "dedicated_number": wanted,
        "country": found["country"],
        "price_total": f"{price.quantize(_CENT)}",
        "_price_setup": f"{_SETUP.quantize(_CENT)}",
        "_price_monthly": f"{_MONTHLY.quantize(_CENT)}",
        "_currency": CURRENCY,
    }


def _numbers(state: State, call: Call) -> Answer:
    shown = [
        {
            "dedicated_number": each["dedicated_number"],
            "country": each["country"],
            "price": f"{Decimal(each['price_monthly']).quantize(_CENT)}",
            "_country_name": each["country_name"],
        }
        for each in state.settings["numbers"]
    ]
    return page(shown, call)


def _referrals(state: State, call: Call) -> Answer:
    return page(state.shelf("referrals").all(), call)


_CARD_PATH, _PAID = "/recharge/credit-card", "/recharge/transactions"
ROUTES = (
    Route("recharge.payment_info", "GET", _CARD_PATH, _payment_info, "Customer payment info."),
    Route(
        "recharge.update_payment_info",
        "PUT",
        _CARD_PATH,
        _update_payment_info,
        "Your payment info has been updated.",
    ),
    Route("recharge.packages", "GET", "/recharge/packages", _packages, "List of Packages."),
    Route("recharge.purchase", "PUT", "/recharge/purchase/{package_id}", _purchase),
    Route("recharge.transactions", "GET", _PAID, _transactions, "Here are your transactions."),
    Route("recharge.transaction", "GET", f"{_PAID}/{{transaction_id}}", _transaction),
    Route("numbers.list", "GET", "/numbers", _numbers, "Here are you dedicated numbers."),
    Route(
        "numbers.buy",
        "POST",
        "/numbers/buy/{dedicated_number}",
        _buy,
        "Here is your new number.",
    ),
    Route(
        "numbers.search",
        "GET",
        "/numbers/search/{country}",
        _search_numbers,
        "Here are some numbers.",
    ),
    Route("referrals.list", "GET", "/referral/accounts", _referrals, "Here are your referrals."),
)
