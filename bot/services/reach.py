"""What the bot's key reaches at ClickSend: a subaccount may be kept from parts of it."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from bot.clicksend import ClickSend, Forbidden, NotFound
from bot.clicksend.operation import Operation
from bot.clicksend.operations.email import ListEmailHistory
from bot.clicksend.operations.fax import ListFaxHistory
from bot.clicksend.operations.letters import ListLetterHistory
from bot.clicksend.operations.lists import ListContactLists
from bot.clicksend.operations.mms import ListMmsHistory
from bot.clicksend.operations.recharge import ListTransactions
from bot.clicksend.operations.sms import ListSmsHistory
from bot.clicksend.operations.voice import ListVoiceHistory
from bot.texts import Phrase, Text

_FEWEST = 15
"""A page has at least as many."""
SMS: Final = "SMS"
# Of Any, as each answer is its own; none of them is looked at.
_PARTS: Final[dict[Text, type[Operation[Any]]]] = {
    SMS: ListSmsHistory,
    "MMS": ListMmsHistory,
    Phrase("voice calls"): ListVoiceHistory,
    Phrase("faxes"): ListFaxHistory,
    Phrase("email"): ListEmailHistory,
    Phrase("post"): ListLetterHistory,
    Phrase("contacts"): ListContactLists,
    Phrase("billing"): ListTransactions,
}
USES: Final = tuple(operation.route.id for operation in _PARTS.values())
"""The operations that looking runs; each reads one page."""


async def closed(clicksend: ClickSend) -> list[Text]:
    """The parts that ClickSend does not let this key read, in words.

    Raises:
        ClickSendError: ClickSend could not be asked.
    """
    found = await asyncio.gather(*(_is_closed(clicksend, each) for each in _PARTS.values()))
    return [name for name, is_closed in zip(_PARTS, found, strict=True) if is_closed]


async def _is_closed(clicksend: ClickSend, listing: type[Operation[Any]]) -> bool:
    try:
        await clicksend.run(listing.model_validate({"limit": _FEWEST}))
    except Forbidden:
        return True
    except NotFound:  # there is nothing, but it may be looked for
        pass
    return False
