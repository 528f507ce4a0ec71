"""Dedicated numbers: those one has, and those one can buy."""

import enum

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import CountryCode, Maybe, Money, Text


class DedicatedNumber(Answer):
    """A number of the account; ``price`` is a month's."""

    dedicated_number: Text = None
    country: Text = None
    country_name: Text = None
    price: Money = None


class ListNumbers(Listing, Operation[Page[DedicatedNumber]]):
    """List the account's numbers."""

    route = Route("numbers.list", "GET", "/numbers", Effect.READ)


class OfferedNumber(Answer):
    """A number that can be bought; ``price_total`` is due at once."""

    dedicated_number: Text = None
    country: Text = None
    country_name: Text = None
    price_setup: Money = None
    price_monthly: Money = None
    price_total: Money = None


class OfferedNumbers(Page[OfferedNumber]):
    """A page of numbers, and the currency of their prices."""

    currency: Maybe[Currency] = None


class NumberSearch(enum.IntEnum):
    """Where in a number the searched digits are."""

    STARTS_WITH = 0
    ANYWHERE = 1
    ENDS_WITH = 2


class SearchNumbers(Listing, Operation[OfferedNumbers]):
    """List the numbers of a country that can be bought.

    Attributes:
        country: The country.
        search: Digits a number must have; any number when None.
        search_type: Where it must have them.
    """

    route = Route("numbers.search", "GET", "/numbers/search/{country}", Effect.READ)
    country: CountryCode
    search: str | None = None
    search_type: NumberSearch | None = None


class BoughtNumber(OfferedNumber):
    """A number that was bought, and what it cost."""

    currency: Maybe[Currency] = None


class BuyNumber(Operation[BoughtNumber]):
    """Buy a number; its monthly price is charged from then on."""

    route = Route("numbers.buy", "POST", "/numbers/buy/{dedicated_number}", Effect.SPEND)
    dedicated_number: str
