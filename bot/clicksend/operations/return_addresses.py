"""Return addresses of letters and postcards."""

from pydantic import JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.post import PostalAddress, ReturnAddress


class ListReturnAddresses(Listing, Operation[Page[ReturnAddress]]):
    """List the return addresses."""

    route = Route("return_addresses.list", "GET", "/post/return-addresses", Effect.READ)


class CreateReturnAddress(PostalAddress, Operation[ReturnAddress]):
    """Save a return address."""

    route = Route("return_addresses.create", "POST", "/post/return-addresses", Effect.WRITE)


class GetReturnAddress(Operation[ReturnAddress]):
    """Read one return address."""

    route = Route(
        "return_addresses.get", "GET", "/post/return-addresses/{return_address_id}", Effect.READ
    )
    return_address_id: int


class UpdateReturnAddress(PostalAddress, Operation[ReturnAddress]):
    """Change a return address."""

    route = Route(
        "return_addresses.update", "PUT", "/post/return-addresses/{return_address_id}", Effect.WRITE
    )
    return_address_id: int


class DeleteReturnAddress(Operation[JsonValue]):
    """Delete a return address."""

    route = Route(
        "return_addresses.delete",
        "DELETE",
        "/post/return-addresses/{return_address_id}",
        Effect.DESTROY,
    )
    return_address_id: int
