"""Contact lists."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Text


class ContactList(Answer):
    """A contact list; ``list_email_id`` is the local part of its email-to-SMS address."""

    list_id: Identifier
    list_name: Text = None
    list_email_id: Text = None
    contacts_count: Integer = None


class ListContactLists(Listing, Operation[Page[ContactList]]):
    """List the contact lists."""

    route = Route("lists.list", "GET", "/lists", Effect.READ)
