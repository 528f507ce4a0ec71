"""Contacts of a list."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Mixin
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


class ContactFields(Mixin):
    """What a contact is made of; mixed into the operations that create and change one.

    One of ``phone_number``, ``fax_number`` and ``email`` must be there. The reference marks
    ``phone_number`` and ``custom_1`` as required, and its own answers leave them out.

    Attributes:
        phone_number: In E.164 format.
        fax_number: In E.164 format.
    """

    phone_number: Annotated[str, Field(min_length=1)] | None = None
    fax_number: Annotated[str, Field(min_length=1)] | None = None
    email: Annotated[str, Field(min_length=1)] | None = None
    first_name: str | None = None
    last_name: str | None = None
    organization_name: str | None = None
    address_line_1: str | None = None
    address_line_2: str | None = None
    address_city: str | None = None
    address_state: str | None = None
    address_postal_code: str | None = None
    address_country: str | None = None
    custom_1: str | None = None
    custom_2: str | None = None
    custom_3: str | None = None
    custom_4: str | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.phone_number is None and self.fax_number is None and self.email is None:
            raise ValueError("give a phone_number, a fax_number or an email")
        return self


class CreateContact(ContactFields, Operation[Contact]):
    """Add a contact to a list."""

    route = Route("contacts.create", "POST", "/lists/{list_id}/contacts", Effect.WRITE)
    list_id: int


class GetContact(Operation[Contact]):
    """Read one contact."""

    route = Route("contacts.get", "GET", "/lists/{list_id}/contacts/{contact_id}", Effect.READ)
    list_id: int
    contact_id: int


class UpdateContact(ContactFields, Operation[Contact]):
    """Change a contact."""

    route = Route("contacts.update", "PUT", "/lists/{list_id}/contacts/{contact_id}", Effect.WRITE)
    list_id: int
    contact_id: int


class DeleteContact(Operation[JsonValue]):
    """Delete a contact."""

    route = Route(
        "contacts.delete", "DELETE", "/lists/{list_id}/contacts/{contact_id}", Effect.DESTROY
    )
    list_id: int
    contact_id: int


class CopyContact(Operation[Contact]):
    """Copy a contact to another list; the answer is the copy."""

    route = Route(
        "contacts.copy",
        "PUT",
        "/lists/{from_list_id}/contacts/{contact_id}/copy/{to_list_id}",
        Effect.WRITE,
    )
    from_list_id: int
    contact_id: int
    to_list_id: int


class TransferContact(Operation[Contact]):
    """Move a contact to another list."""

    route = Route(
        "contacts.transfer",
        "PUT",
        "/lists/{from_list_id}/contacts/{contact_id}/transfer/{to_list_id}",
        Effect.WRITE,
    )
    from_list_id: int
    contact_id: int
    to_list_id: int


class Deleted(Answer):
    """How many contacts were deleted."""

    deleted: Integer = None


class RemoveOptedOutContacts(Operation[Deleted]):
    """Delete from a list every contact that is on a list of opted-out ones."""

    route = Route(
        "contacts.remove_opted_out",
        "PUT",
        "/lists/{list_id}/remove-opted-out-contacts/{opt_out_list_id}",
        Effect.DESTROY,
    )
    list_id: int
    opt_out_list_id: int
