"""Time zones."""

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Paged
from bot.clicksend.wiretypes import Many


class ListTimezones(Paged, Operation[Many[str]]):
    """List the names of the time zones ClickSend knows, such as ``Africa/Abidjan``."""

    route = Route("timezones.list", "GET", "/timezones", Effect.READ)
