"""One's own numbers as sender ids, each verified by a code sent to it."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import OffsetPage
from bot.clicksend.senders import Sender, SenderListing
from bot.clicksend.wiretypes import CountryCode, Hidden, Integer, Many, Moment, Text

Label = Annotated[str, Field(min_length=1, max_length=200)]
PhoneNumber = Annotated[str, Field(min_length=1)]
Code = Annotated[Hidden, Field(min_length=6, max_length=6)]

_NUMBER = "/own-numbers/{own_number_id}"


class OwnNumber(Sender):
    """A number of one's own."""

    phone_number: Text = None
    country: Text = None
    label: Text = None
    verified_timestamp: Moment = None


class OwnNumbers(OffsetPage[OwnNumber]):
    """Some of one's own numbers."""

    own_numbers: Many[OwnNumber]

    @property
    def items(self) -> tuple[OwnNumber, ...]:
        """The numbers, in the list's order."""
        return self.own_numbers


class ListOwnNumbers(SenderListing, Operation[OwnNumbers]):
    """List one's own numbers."""

    route = Route("own_numbers.list", "GET", "/own-numbers", Effect.READ, bare=True)


class GetOwnNumber(Operation[OwnNumber]):
    """Read one number."""

    route = Route("own_numbers.get", "GET", _NUMBER, Effect.READ, bare=True)
    own_number_id: str


class UpdateOwnNumber(Operation[OwnNumber]):
    """Change a number's label."""

    route = Route("own_numbers.update", "PATCH", _NUMBER, Effect.WRITE, bare=True)
    own_number_id: str
    label: Label | None = None


class DeleteOwnNumber(Operation[OwnNumber]):
    """Delete a number; the answer is what it was."""

    route = Route("own_numbers.delete", "DELETE", _NUMBER, Effect.DESTROY, bare=True)
    own_number_id: str


class NumberVerification(Answer):
    """The verification of a number; the ids are UUIDs."""

    id: str
    own_number_id: Text = None
    status: Text = None
    error_code: Text = None
    expires_timestamp: Moment = None
    remaining_attempts: Integer = None
    created_timestamp: Moment = None
    updated_timestamp: Moment = None


class RequestNumberVerification(Operation[NumberVerification]):
    """Have a code sent to a number; it reaches a person.

    Attributes:
        phone_number: In E.164 format, or national with ``country``.
        country: The country of a national number.
        label: A name for the number, 1 to 200 characters.
    """

    route = Route(
        "own_numbers.request_verification",
        "POST",
        "/own-numbers/verifications",
        Effect.WRITE,
        bare=True,
    )
    phone_number: PhoneNumber
    country: CountryCode | None = None
    label: Label | None = None


class VerifyNumber(Operation[NumberVerification]):
    """Verify a number with the code that was sent to it; a wrong one uses up an attempt.

    Attributes:
        verification_id: The verification's id.
        code: The code, 6 characters.
        phone_number: The number it was sent to.
        country: The country of a national number.
    """

    route = Route(
        "own_numbers.verify",
        "POST",
        "/own-numbers/verifications/{verification_id}/verify",
        Effect.WRITE,
        bare=True,
    )
    verification_id: str
    code: Code
    phone_number: PhoneNumber
    country: CountryCode | None = None
