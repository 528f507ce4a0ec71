"""Contact lists."""

import enum
from typing import Annotated

from pydantic import Field, JsonValue

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.operations.contacts import Deleted
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Many, Text

ListName = Annotated[str, Field(min_length=1)]


class ContactList(Answer):
    """A contact list; ``list_email_id`` is the local part of its email-to-SMS address.

    The switches (0 or 1) are of the vendor's newer description.
    """

    list_id: Identifier
    list_name: Text = None
    list_email_id: Text = None
    contacts_count: Integer = None
    import_in_progress: Integer = None
    optout_in_progress: Integer = None


class ListContactLists(Listing, Operation[Page[ContactList]]):
    """List the contact lists."""

    route = Route("lists.list", "GET", "/lists", Effect.READ)


class CreateContactList(Operation[ContactList]):
    """Make a list."""

    route = Route("lists.create", "POST", "/lists", Effect.WRITE)
    list_name: ListName


class GetContactList(Operation[ContactList]):
    """Read one list."""

    route = Route("lists.get", "GET", "/lists/{list_id}", Effect.READ)
    list_id: int


class UpdateContactList(Operation[ContactList]):
    """Rename a list."""

    route = Route("lists.update", "PUT", "/lists/{list_id}", Effect.WRITE)
    list_id: int
    list_name: ListName


class DeleteContactList(Operation[JsonValue]):
    """Delete a list with its contacts."""

    route = Route("lists.delete", "DELETE", "/lists/{list_id}", Effect.DESTROY)
    list_id: int


class ContactField(enum.StrEnum):
    """A field by which contacts are compared."""

    PHONE_NUMBER = "phone_number"
    FAX_NUMBER = "fax_number"
    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ORGANIZATION_NAME = "organization_name"
    ADDRESS_LINE_1 = "address_line_1"
    ADDRESS_LINE_2 = "address_line_2"
    ADDRESS_CITY = "address_city"
    ADDRESS_STATE = "address_state"
    ADDRESS_POSTAL_CODE = "address_postal_code"
    ADDRESS_COUNTRY = "address_country"
    CUSTOM_1 = "custom_1"
    CUSTOM_2 = "custom_2"
    CUSTOM_3 = "custom_3"
    CUSTOM_4 = "custom_4"


class RemoveDuplicateContacts(Operation[Deleted]):
    """Delete from a list the contacts that agree with another in all of some fields.

    The reference has ``fields`` in its example only.
    """

    route = Route(
        "lists.remove_duplicates", "PUT", "/lists/{list_id}/remove-duplicates", Effect.DESTROY
    )
    list_id: int
    fields: Annotated[tuple[ContactField, ...], Field(min_length=1)]


class Import(Answer):
    """A queued import; its contacts appear in the list once it is through."""

    id: Text = None
    ids: Many[Text] = ()
    msg: Text = None


class ImportContacts(Operation[Import]):
    """Queue a CSV file, uploaded with ``convert`` ``csv``, to be read into a list.

    Attributes:
        list_id: The list.
        file_url: Where the file is.
        field_order: What each column holds, from the left; the reference does not list the names.
    """

    route = Route("lists.import_contacts", "POST", "/lists/{list_id}/import", Effect.WRITE)
    list_id: int
    file_url: Annotated[str, Field(min_length=1)]
    field_order: Annotated[tuple[str, ...], Field(min_length=1)]
