"""Contacts of a list."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Moment, Seconds, Text


class Contact(Answer):
    """A contact; numbers are in E.164 format."""

    contact_id: Identifier
    list_id: Integer = None
    phone_number: Text = None
    fax_number: Text = None
    email: Text = None
    first_name: Text = None
    last_name: Text = None
    organization_name: Text = None
    address_line_1: Text = None
    address_line_2: Text = None
    address_city: Text = None
    address_state: Text = None
    address_postal_code: Text = None
    address_country: Text = None
    custom_1: Text = None
    custom_2: Text = None
    custom_3: Text = None
    custom_4: Text = None
    date_added: Moment = None
    date_updated: Moment = None
    list_name: Text = None


class ListContacts(Listing, Operation[Page[Contact]]):
    """List the contacts of a list, only those changed since a time when one is given."""

    route = Route("contacts.list", "GET", "/lists/{list_id}/contacts", Effect.READ)
    list_id: int
    updated_after: Seconds | None = None
