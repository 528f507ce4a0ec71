"""What letters and postcards have in common."""

from typing import Generic, TypeVar

from bot.clicksend.answers import Answer, Totals
from bot.clicksend.requests import Filled, Part
from bot.clicksend.wiretypes import (
    CountryCode,
    Identifier,
    Integer,
    Many,
    Moment,
    Money,
    Price,
    Seconds,
    Text,
)

T = TypeVar("T")


class PostalAddress(Part):
    """An address in a request.

    Attributes:
        address_name: Whose it is.
        address_line_1: Street and number.
        address_line_2: Anything more; nothing is required here, whatever the reference says.
        address_city: The city.
        address_state: The state.
        address_postal_code: The postal code.
        address_country: The country's code.
    """

    address_name: Filled
    address_line_1: Filled
    address_line_2: str | None = None
    address_city: Filled
    address_state: str | None = None
    address_postal_code: Filled
    address_country: CountryCode


class PostRecipient(PostalAddress):
    """Who gets a letter or a postcard, and when.

    Attributes:
        address_state: The state; empty where there are none.
        return_address_id: A return address of the account.
        schedule: When to send; now when None.
    """

    address_state: str
    return_address_id: int
    schedule: Seconds | None = None


class Address(Answer):
    """An address in an answer."""

    address_name: Text = None
    address_line_1: Text = None
    address_line_2: Text = None
    address_city: Text = None
    address_state: Text = None
    address_postal_code: Text = None
    address_country: Text = None


class ReturnAddress(Address):
    """An address of the account, where what cannot be delivered goes back to."""

    return_address_id: Identifier
    user_id: Integer = None


class PostRecord(Address):
    """A letter or a postcard: as queued, or as the history keeps it."""

    status: Text = None
    message_id: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    list_id: Integer = None
    return_address_id: Integer = None
    return_address: ReturnAddress | None = None
    custom_string: Text = None
    schedule: Moment = None
    source: Text = None
    post_price: Money = None
    date_added: Moment = None
    file_url: Text = None
    api_username: Text = None


class PostBatch(Totals, Generic[T]):
    """The answer to a send: totals, and an outcome for each recipient."""

    recipients: Many[T]


class PostQuote(PostBatch[T], Generic[T]):
    """What a send would cost, with an outcome for each recipient.

    Letters have a ``total_cost`` and no ``total_count``: in the reference's example it is a count,
    by its name it is a price, so that it is read as either, and nothing is built on it.
    """

    total_price: Price
    total_cost: Money = None
