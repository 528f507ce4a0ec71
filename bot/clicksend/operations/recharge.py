"""Credit: what can be bought, with what it is paid, what was bought."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, Secret, SecretStr, SerializationInfo

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import (
    WIRE_ONLY,
    CountryCode,
    Hidden,
    Identifier,
    Integer,
    Many,
    Maybe,
    Moment,
    Money,
    Price,
    Text,
    in_the_open,
)


def _digits(value: object) -> object:
    """A card's code as text; a number has lost its zeros and gets them back."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(text, int):
        text = f"{text:03}"
    if not isinstance(text, str) or not re.fullmatch("[0-9]{3,4}", text):
        raise ValueError("a card's code has 3 or 4 digits")
    return SecretStr(text)


def _code(value: SecretStr, info: SerializationInfo) -> str | int:
    """On the wire a number, as documented, unless that would lose a zero."""
    shown = in_the_open(value, info)
    return shown if str(shown)[0] in "0*" else int(shown)


Month = Annotated[Secret[Annotated[int, Field(ge=1, le=12)]], WIRE_ONLY]
Year = Annotated[Secret[Annotated[int, Field(ge=2000, le=9999)]], WIRE_ONLY]
CardCode = Annotated[SecretStr, BeforeValidator(_digits), PlainSerializer(_code)]


class Package(Answer):
    """A recharge package, and the price and number of each message it buys."""

    package_id: Identifier
    package_price: Price
    sms_price: Money = None
    sms_quantity: Integer = None
    mms_price: Money = None
    mms_quantity: Integer = None
    voice_mobile_price: Money = None
    voice_mobile_quantity: Integer = None
    voice_landline_price: Money = None
    voice_landline_quantity: Integer = None
    fax_price: Money = None
    fax_quantity: Integer = None
    email_price: Money = None
    email_quantity: Integer = None
    post_letter_black_price: Money = None
    post_letter_colour_price: Money = None
    post_page_black_price: Money = None
    post_page_colour_price: Money = None
    post_letter_black_quantity: Integer = None
    post_letter_colour_quantity: Integer = None
    post_direct_mail_dl_price: Money = None
    post_direct_mail_a5_price: Money = None
    post_direct_mail_min_quantity: Integer = None
    postcard_price: Money = None
    postcard_quantity: Integer = None


class Packages(Answer):
    """The packages, and the currency of their prices."""

    packages: Many[Package]
    currency: Maybe[Currency] = None


class ListPackages(Operation[Packages]):
    """List the recharge packages, for a country when one is given."""

    route = Route("recharge.packages", "GET", "/recharge/packages", Effect.READ)
    country: CountryCode | None = None


class PurchasedPackage(Answer):
    """What a purchase cost; ``currency`` is ISO 4217, ``amount_aud`` the same in AUD."""

    user_id: Integer = None
    amount: Money = None
    currency: Text = None
    amount_aud: Money = None
    date: Moment = None


class PurchasePackage(Operation[PurchasedPackage]):
    """Buy a package with the card on file."""

    route = Route("recharge.purchase", "PUT", "/recharge/purchase/{package_id}", Effect.SPEND)
    package_id: int


class Transaction(Answer):
    """A purchase of credit; ``currency`` is ISO 4217."""

    invoice_number: Text = None
    amount: Money = None
    currency: Text = None
    date: Moment = None


class ListTransactions(Listing, Operation[Page[Transaction]]):
    """List the purchases."""

    route = Route("recharge.transactions", "GET", "/recharge/transactions", Effect.READ)


class GetTransaction(Operation[Transaction]):
    """Read one purchase."""

    route = Route(
        "recharge.transaction", "GET", "/recharge/transactions/{transaction_id}", Effect.READ
    )
    transaction_id: str


class PaymentInfo(Answer):
    """The card on file, as far as ClickSend shows it."""

    display_number: Text = None
    """All but the last digits are crossed out."""
    expiry_month: Integer = None
    expiry_year: Integer = None
    name: Text = None


class GetPaymentInfo(Operation[PaymentInfo]):
    """Read which card is on file."""

    route = Route("recharge.payment_info", "GET", "/recharge/credit-card", Effect.READ)


class CardToken(Answer):
    """What stands for a card at the payment provider."""

    token: Maybe[SecretStr] = None


class UpdatePaymentInfo(Operation[CardToken]):
    """Replace the card on file; all of it is secret.

    Attributes:
        number: The card's number.
        expiry_month: 1 to 12.
        expiry_year: With its century.
        cvc: The code on the back, 3 or 4 digits.
        name: As printed on the card.
        bank_name: The bank that issued it.
    """

    route = Route("recharge.update_payment_info", "PUT", "/recharge/credit-card", Effect.WRITE)
    number: Hidden
    expiry_month: Month
    expiry_year: Year
    cvc: CardCode
    name: Hidden
    bank_name: Hidden
