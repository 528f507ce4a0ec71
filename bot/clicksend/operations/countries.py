"""Countries."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route


class Country(Answer):
    """A country: ISO 3166 alpha-2 ``code``, and its name as ``value``."""

    code: str
    value: str


class ListCountries(Operation[tuple[Country, ...]]):
    """List every country ClickSend knows."""

    route = Route("countries.list", "GET", "/countries", Effect.READ)
