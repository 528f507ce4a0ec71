"""The accounts of a reseller's clients."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.operations.account import Account, AccountFields
from bot.clicksend.paging import Listing, Page

_CLIENT = "/reseller/accounts/{client_user_id}"


class ListClientAccounts(Listing, Operation[Page[Account]]):
    """List the clients' accounts."""

    route = Route("reseller.list", "GET", "/reseller/accounts", Effect.READ)


class CreateClientAccount(AccountFields, Operation[Account]):
    """Create an account for a client."""

    route = Route("reseller.create", "POST", "/reseller/accounts", Effect.WRITE)


class GetClientAccount(Operation[Account]):
    """Read one client's account."""

    route = Route("reseller.get", "GET", _CLIENT, Effect.READ)
    client_user_id: int


class UpdateClientAccount(AccountFields, Operation[Account]):
    """Change a client's account."""

    route = Route("reseller.update", "PUT", _CLIENT, Effect.WRITE)
    client_user_id: int


class TransferCredit(Operation[Account]):
    """Give credit of one's own to a client; the answer is the client's account.

    Attributes:
        client_user_id: The client.
        balance: How much, in whole units of the currency.
        currency: ISO 4217, such as ``AUD``.
    """

    route = Route("reseller.transfer_credit", "PUT", "/reseller/transfer-credit", Effect.SPEND)
    client_user_id: int
    balance: Annotated[int, Field(ge=1)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
