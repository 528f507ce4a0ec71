"""Credit: what can be bought."""

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.wiretypes import CountryCode, Identifier, Integer, Many, Money, Price


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
    currency: Currency | None = None


class ListPackages(Operation[Packages]):
    """List the recharge packages, for a country when one is given."""

    route = Route("recharge.packages", "GET", "/recharge/packages", Effect.READ)
    country: CountryCode | None = None
