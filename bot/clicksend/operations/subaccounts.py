"""Subaccounts: other users of the account, each with a key and permissions of its own."""

from typing import Annotated

from pydantic import Field, JsonValue, SecretStr

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.operations.account import Subaccount
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Mixin
from bot.clicksend.wiretypes import Flag, Hidden

Given = Annotated[str, Field(min_length=1)]

_SUBACCOUNT = "/subaccounts/{subaccount_id}"


class SubaccountFields(Mixin):
    """What a subaccount is made of; mixed into the operations that create and change one.

    Attributes:
        api_username: To log in with, and the API's username.
        email: The user's address.
        phone_number: The user's number, in E.164 format.
        first_name: The user's first name.
        last_name: The user's last name.
        access_users: Whether it may see and change other subaccounts.
        access_billing: Whether it may see and buy credit.
        access_reporting: Whether it may see reports.
        access_contacts: Whether it may see and change contacts.
        access_settings: Whether it may change settings.
    """

    api_username: Given
    email: Given
    phone_number: Given
    first_name: Given
    last_name: Given
    access_users: Flag | None = None
    access_billing: Flag | None = None
    access_reporting: Flag | None = None
    access_contacts: Flag | None = None
    access_settings: Flag | None = None


class ListSubaccounts(Listing, Operation[Page[Subaccount]]):
    """List the subaccounts, each with its key."""

    route = Route("subaccounts.list", "GET", "/subaccounts", Effect.READ)


class CreateSubaccount(SubaccountFields, Operation[Subaccount]):
    """Create a subaccount; the answer has its key.

    Attributes:
        password: To log in with.
    """

    route = Route("subaccounts.create", "POST", "/subaccounts", Effect.WRITE)
    password: Hidden


class GetSubaccount(Operation[Subaccount]):
    """Read one subaccount, with its key."""

    route = Route("subaccounts.get", "GET", _SUBACCOUNT, Effect.READ)
    subaccount_id: int


class UpdateSubaccount(SubaccountFields, Operation[Subaccount]):
    """Change a subaccount.

    Attributes:
        password: A new one. The reference asks for it each time; the vendor's newer description
            takes any of the fields, and so a change without one.
    """

    route = Route("subaccounts.update", "PUT", _SUBACCOUNT, Effect.WRITE)
    password: Hidden | None = None
    subaccount_id: int


class DeleteSubaccount(Operation[JsonValue]):
    """Delete a subaccount; whatever uses its key stops working."""

    route = Route("subaccounts.delete", "DELETE", _SUBACCOUNT, Effect.DESTROY)
    subaccount_id: int


class ApiKey(Answer):
    """A new key; the one before works no more."""

    api_key: SecretStr


class RegenerateApiKey(Operation[ApiKey]):
    """Give a subaccount a new key; whatever uses the old one stops working at once."""

    route = Route(
        "subaccounts.regenerate_api_key", "PUT", _SUBACCOUNT + "/regen-api-key", Effect.DESTROY
    )
    subaccount_id: int
