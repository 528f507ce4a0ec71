"""Contacts and their lists, as people name them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from bot.clicksend import ClickSend, Forbidden, NotFound, Page
from bot.clicksend.operations.contacts import Contact, GetContact, ListContacts
from bot.clicksend.operations.lists import ContactList, GetContactList, ListContactLists
from bot.clicksend.operations.search import SearchContactLists, SearchHit
from bot.services.csv_rows import number_of
from bot.texts import say

PAGE = 15
_AT_ONCE = 8
_LONGEST = 100
_LARGEST = 2**63
_REF = re.compile(r"(\d{1,18})\s*[/ ]\s*(\d{1,18})(?:\s+(.*))?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ref:
    """A contact in its list; people write it as `428/552786`."""

    list_id: int
    contact_id: int

    def __str__(self) -> str:
        return f"{self.list_id}/{self.contact_id}"


@dataclass(frozen=True, slots=True)
class NoneFound:
    """No list goes by that name, or several do: `near` are those to choose from."""

    near: tuple[SearchHit, ...] = ()


def read_ref(text: str) -> tuple[Ref, str] | None:
    """A contact as people name it, and what follows; None when it is none."""
    found = _REF.fullmatch(text.strip())
    return (Ref(int(found[1]), int(found[2])), (found[3] or "").strip()) if found else None


class Contacts:
    """Reads contacts and lists.

    Args:
        clicksend: The client.
        country: Of numbers without `+`.
        opt_out_list: The list of those who want nothing, if the settings name it.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        *,
        country: str | None,
        opt_out_list: int | None,
    ) -> None:
        self._clicksend = clicksend
        self._country = country
        self.opt_out_list = opt_out_list

    async def find(self, text: str, page: int) -> Page[SearchHit]:
        """The contacts and lists that match a name or a number (`search.contact_lists`).

        Raises:
            ClickSendError: They could not be read.
        """
        number, why = number_of(text, self._country)
        wanted = text.strip()[:_LONGEST] if why else number
        return await self._clicksend.run(SearchContactLists(q=wanted, page=page, limit=PAGE))

    async def get(self, ref: Ref) -> Contact:
        """One contact (`contacts.get`).

        Raises:
            ClickSendError: It could not be read; `NotFound` when it is not in that list.
        """
        return await self._clicksend.run(GetContact(list_id=ref.list_id, contact_id=ref.contact_id))

    async def locate(self, contact_id: int) -> Contact:
        """A contact by its id alone: a search does not say in which list it is, so each is asked.

        Raises:
            ClickSendError: It could not be read; `NotFound` when no list has it.
        """
        page: int | None = 1
        while page is not None:
            lists = await self.lists(page, size=100)
            for start in range(0, len(lists.data), _AT_ONCE):
                refs = [
                    Ref(each.list_id, contact_id) for each in lists.data[start : start + _AT_ONCE]
                ]
                for found in await asyncio.gather(*map(self._if_there, refs)):
                    if found is not None:
                        return found
            page = page + 1 if lists.has_more else None
        raise NotFound(
            say("No list has this contact."), operation=GetContact.route.id, http_status=404
        )

    async def lists(self, page: int, *, size: int = PAGE) -> Page[ContactList]:
        """A page of the lists (`lists.list`).

        Raises:
            ClickSendError: They could not be read.
        """
        return await self._clicksend.run(ListContactLists(page=page, limit=size))

    async def members(self, list_id: int, page: int) -> tuple[ContactList, Page[Contact]]:
        """A list with a page of its contacts (`lists.get`, `contacts.list`).

        Raises:
            ClickSendError: They could not be read.
        """
        found, contacts = await asyncio.gather(
            self._clicksend.run(GetContactList(list_id=list_id)),
            self._clicksend.run(ListContacts(list_id=list_id, page=page, limit=PAGE)),
        )
        return found, contacts

    async def named(self, text: str) -> ContactList | NoneFound:
        """A list by its id or its name, whole.

        Raises:
            ClickSendError: It could not be read.
        """
        name = text.strip()
        if name.isascii() and name.isdigit():
            number = int(name)
            return await self._list(number) if number < _LARGEST else NoneFound()
        if not name:
            return NoneFound()
        near, same = await self._near(name)
        return await self._list(same[0].id) if len(same) == 1 else NoneFound(near)

    async def taken(self, name: str) -> tuple[SearchHit, ...]:
        """The lists that have a name already, in whichever case.

        Raises:
            ClickSendError: It could not be read.
        """
        _, same = await self._near(name.strip())
        return same

    async def _near(self, name: str) -> tuple[tuple[SearchHit, ...], tuple[SearchHit, ...]]:
        """The lists that are called like it, and those of them that are called so."""
        hits = await self._clicksend.run(SearchContactLists(q=name[:_LONGEST], limit=100))
        near = tuple(hit for hit in hits.data if hit.type == "list")
        return near, tuple(h for h in near if (h.name or "").casefold() == name.casefold())

    async def _list(self, list_id: int) -> ContactList | NoneFound:
        try:
            return await self._clicksend.run(GetContactList(list_id=list_id))
        except (NotFound, Forbidden):
            return NoneFound()

    async def _if_there(self, ref: Ref) -> Contact | None:
        try:
            return await self.get(ref)
        except (NotFound, Forbidden):
            return None


def name_of(contact: Contact) -> str:
    """What people call a contact: its name, its organisation, or where it is reached."""
    names = " ".join(filter(None, (contact.first_name, contact.last_name)))
    address = contact.phone_number or contact.email or contact.fax_number
    known = names or contact.organization_name or address
    return known or say("contact {number}", number=contact.contact_id)
