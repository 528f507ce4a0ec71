"""Search over contacts and lists."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Text


class SearchHit(Answer):
    """A contact or a list that matches.

    ``type`` is ``contact`` or ``list`` and says whose id ``id`` is; ``contact`` is a number, or a
    list's email id.
    """

    id: Identifier
    name: Text = None
    contact: Text = None
    type: Text = None
    contacts_count: Integer = None


class SearchContactLists(Listing, Operation[Page[SearchHit]]):
    """Find contacts and lists by a keyword."""

    route = Route("search.contact_lists", "GET", "/search/contacts-lists", Effect.READ)
    q: Annotated[str, Field(min_length=1)]
