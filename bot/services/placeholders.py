"""ClickSend's own merge fields, such as `(First Name)`: what one contact would read.

ClickSend fills them in; here they are only shown before the yes. The spellings are those of its
help pages (articles 42197 and 42306); the API reference names none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.clicksend import ClickSend
from bot.clicksend.operations.contacts import Contact, ListContacts
from bot.services.recipients import for_people

_FIELD = re.compile(r"\(([A-Za-z][A-Za-z0-9 .]{1,24})\)")
_BRACED = re.compile(r"\{[^{}\n]{1,40}\}")
_LOOKED_AT = 100
_VALUES: dict[str, Callable[[Contact], str | None]] = {
    "first name": lambda contact: contact.first_name,
    "last name": lambda contact: contact.last_name,
    "email": lambda contact: contact.email,
    "organization name": lambda contact: contact.organization_name,
    "custom 1": lambda contact: contact.custom_1,
    "custom 2": lambda contact: contact.custom_2,
    "custom 3": lambda contact: contact.custom_3,
    "custom 4": lambda contact: contact.custom_4,
}
_SPELLINGS = {
    **{name: name for name in _VALUES},
    **{f"cust. {number}": f"custom {number}" for number in range(1, 5)},
}


def merged(text: str, contact: Contact) -> tuple[str, tuple[str, ...]]:
    """Fill a text for a contact; what a field holds is never read as a field again.

    Returns:
        The text, and the fields that are empty for it, each once.
    """
    missing: list[str] = []

    def fill(found: re.Match[str]) -> str:
        name = _SPELLINGS.get(found[1].casefold())
        if name is None:
            return found[0]
        value = _VALUES[name](contact) or ""
        if not value:
            missing.append(found[0])
        return value

    return _FIELD.sub(fill, text), tuple(dict.fromkeys(missing))


def foreign(text: str) -> tuple[str, ...]:
    """What looks like a merge field of another kind, such as `{first_name}`, each once."""
    return tuple(dict.fromkeys(_BRACED.findall(text)))


def who(contact: Contact, *, by_email: bool) -> str:
    """A contact by name, and by the number or address it is reached at."""
    reached = (contact.email if by_email else for_people(contact.phone_number or "")) or ""
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    return f"{name} ({reached})" if name else reached


async def somebody(clicksend: ClickSend, list_id: int, *, by_email: bool) -> Contact | None:
    """The first contact of a list that can be reached (`contacts.list`).

    Args:
        clicksend: The client.
        list_id: The list.
        by_email: Whether by email, and not by phone.

    Returns:
        None when none of the first hundred can.

    Raises:
        ClickSendError: The list could not be read.
    """
    page = await clicksend.run(ListContacts(list_id=list_id, limit=_LOOKED_AT))
    reached = (each for each in page.data if (each.email if by_email else each.phone_number))
    return next(reached, None)
