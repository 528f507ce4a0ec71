"""What the account knows of people: a contact's name, the members of a list; kept for minutes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime, timedelta

import structlog

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.operations.contacts import ListContacts
from bot.clicksend.operations.search import SearchContactLists
from bot.clicksend.operations.sms import ListSmsTemplates, SmsTemplate
from bot.services.pushes import clean, number

_log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=5)
_MOST = 200


class AddressBook:
    """Asks ClickSend; what cannot be read is as if it were not there.

    Args:
        clicksend: The client.
        now: The clock.
    """

    def __init__(self, clicksend: ClickSend, *, now: Callable[[], datetime]) -> None:
        self._clicksend = clicksend
        self._now = now
        self._members: OrderedDict[str, tuple[datetime, frozenset[str]]] = OrderedDict()

    async def name(self, phone: str) -> str:
        """A contact's name; empty when there is none.

        Args:
            phone: E.164.

        Raises:
            ClickSendError: It could not be read (operation `search.contact_lists`).
        """
        answer = await self._clicksend.run(SearchContactLists(q=phone))
        for hit in answer.data:
            mine = hit.type == "contact" and number((hit.contact or "").strip()) == phone
            if mine and hit.name and hit.name.strip():
                return " ".join(clean(hit.name, 128).split())
        return ""

    async def templates(self) -> tuple[SmsTemplate, ...]:
        """The texts that the account keeps for sending.

        Raises:
            ClickSendError: They could not be read (operation `sms.list_templates`).
        """
        return tuple((await self._clicksend.run(ListSmsTemplates(limit=100))).data)

    async def members(self, list_id: str) -> frozenset[str]:
        """The numbers (E.164) of a contact list; those last known when it cannot be read."""
        kept = self._members.get(list_id)
        if kept and self._now() - kept[0] < _FRESH:
            return kept[1]
        try:
            listing = ListContacts(list_id=int(list_id))
            async with aclosing(self._clicksend.pages(listing)) as contacts:
                found = frozenset([c.phone_number async for c in contacts if c.phone_number])
        except ClickSendError as error:
            _log.warning("a contact list could not be read", list=list_id, problem=str(error))
            found = kept[1] if kept else frozenset()
        self._members[list_id] = (self._now(), found)
        while len(self._members) > _MOST:
            self._members.popitem(last=False)
        return found
