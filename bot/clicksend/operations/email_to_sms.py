"""Email to SMS: who may mail a text to a number, and what is cut from the mail."""

from pydantic import AliasChoices, Field, JsonValue

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled
from bot.clicksend.wiretypes import Identifier, Text


class AllowedAddress(Answer):
    """An address whose mails become SMS, and the sender id they get."""

    email_address_id: Identifier
    email_address: Text = None
    from_: Text = None


class ListAllowedAddresses(Listing, Operation[Page[AllowedAddress]]):
    """List the allowed addresses."""

    route = Route("email_to_sms.list_allowed_addresses", "GET", "/sms/email-sms", Effect.READ)


class CreateAllowedAddress(Operation[AllowedAddress]):
    """Let an address send SMS by mail, which costs what an SMS costs."""

    route = Route("email_to_sms.create_allowed_address", "POST", "/sms/email-sms", Effect.WRITE)
    email_address: Filled
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")


class StrippedString(Answer):
    """A text that is cut from every mail before it is sent on."""

    rule_id: Identifier
    strip_string: Text = Field(
        default=None, validation_alias=AliasChoices("strip_string", "stripped_string")
    )


class ListStrippedStrings(Listing, Operation[Page[StrippedString]]):
    """List what is cut from mails."""

    route = Route(
        "email_to_sms.list_stripped_strings", "GET", "/sms/email-sms-stripped-strings", Effect.READ
    )


class CreateStrippedString(Operation[StrippedString]):
    """Have a text cut from every mail."""

    route = Route(
        "email_to_sms.create_stripped_string",
        "POST",
        "/sms/email-sms-stripped-strings",
        Effect.WRITE,
    )
    strip_string: Filled


class GetStrippedString(Operation[StrippedString]):
    """Read one text that is cut from mails."""

    route = Route(
        "email_to_sms.get_stripped_string",
        "GET",
        "/sms/email-sms-stripped-strings/{rule_id}",
        Effect.READ,
    )
    rule_id: int


class UpdateStrippedString(Operation[StrippedString]):
    """Change a text that is cut from mails."""

    route = Route(
        "email_to_sms.update_stripped_string",
        "PUT",
        "/sms/email-sms-stripped-strings/{rule_id}",
        Effect.WRITE,
    )
    rule_id: int
    strip_string: Filled


class DeleteStrippedString(Operation[JsonValue]):
    """Cut a text from mails no longer."""

    route = Route(
        "email_to_sms.delete_stripped_string",
        "DELETE",
        "/sms/email-sms-stripped-strings/{rule_id}",
        Effect.DESTROY,
    )
    rule_id: int
