"""Email addresses the account may send from."""

from pydantic import JsonValue

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled
from bot.clicksend.wiretypes import Identifier, Integer, Moment, Text


class EmailAddress(Answer):
    """An address; ``verified`` is 0 or 1."""

    email_address_id: Identifier
    email_address: Text = None
    verified: Integer = None
    date_added: Moment = None


class ListEmailAddresses(Listing, Operation[Page[EmailAddress]]):
    """List the addresses."""

    route = Route("email_addresses.list", "GET", "/email/addresses", Effect.READ)


class CreateEmailAddress(Operation[EmailAddress]):
    """Add an address; it may be sent from once it is verified."""

    route = Route("email_addresses.create", "POST", "/email/addresses", Effect.WRITE)
    email_address: Filled


class GetEmailAddress(Operation[EmailAddress]):
    """Read one address."""

    route = Route("email_addresses.get", "GET", "/email/addresses/{email_address_id}", Effect.READ)
    email_address_id: int


class DeleteEmailAddress(Operation[JsonValue]):
    """Delete an address."""

    route = Route(
        "email_addresses.delete", "DELETE", "/email/addresses/{email_address_id}", Effect.DESTROY
    )
    email_address_id: int


class SendEmailVerification(Operation[JsonValue]):
    """Have a token mailed to an address, to show that it is ours."""

    route = Route(
        "email_addresses.send_verification",
        "PUT",
        "/email/address-verify/{email_address_id}/send",
        Effect.WRITE,
    )
    email_address_id: int


class VerifyEmailAddress(Operation[EmailAddress]):
    """Give back the token that was mailed to an address."""

    route = Route(
        "email_addresses.verify",
        "PUT",
        "/email/address-verify/{email_address_id}/verify/{activation_token}",
        Effect.WRITE,
    )
    email_address_id: int
    activation_token: str
