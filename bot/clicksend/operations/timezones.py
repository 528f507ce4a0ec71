"""Time zones."""

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Numbered
from bot.clicksend.wiretypes import Many


class ListTimezones(Numbered, Operation[Many[str]]):
    """List the names of the time zones ClickSend knows, such as ``Africa/Abidjan``."""

    route = Route("timezones.list", "GET", "/timezones", Effect.READ)
