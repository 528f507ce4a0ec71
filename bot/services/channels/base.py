"""What every channel can say of a send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from bot.clicksend import ClickSend, Operation

SendOperation: TypeAlias = Operation[Any]
"""A send of any channel; of Any, because each answers something of its own."""

ACCEPTED = "SUCCESS"
"""The status of a recipient that ClickSend took."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a price, an answer or the history says of one recipient; `status` is ClickSend's."""

    recipient: str
    status: str
    reference: str = ""
    message_id: str | None = None
    price: Decimal | None = None
    parts: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether ClickSend took it; what it refused is neither sent nor charged."""
        return self.status == ACCEPTED


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a send would cost, in the account's currency."""

    price: Decimal
    lines: tuple[Line, ...]

    @property
    def taken(self) -> tuple[Line, ...]:
        """The recipients that ClickSend would take."""
        return tuple(line for line in self.lines if line.accepted)


@dataclass(frozen=True, slots=True)
class Answer:
    """What ClickSend answered to a send."""

    total: Decimal | None
    lines: tuple[Line, ...]


class Channel(Protocol):
    """One way to reach somebody, or to spend."""

    @property
    def kind(self) -> str:
        """The family's name, such as `sms`."""

    @property
    def noun(self) -> str:
        """What people call one of it, such as `SMS`."""

    @property
    def unit(self) -> str:
        """What a message is counted in, such as `part`."""

    @property
    def operation(self) -> type[SendOperation]:
        """The class of the send."""

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """Who gets it: numbers, or contact lists as `list 428`."""

    def content(self, operation: SendOperation) -> Iterable[str]:
        """What is sent, whoever gets it: two sends of the same content are duplicates."""

    def schedule(self, operation: SendOperation) -> datetime | None:
        """When ClickSend is to send it; None for at once."""

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """The same send, carrying our reference."""

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """The same, at that hour."""

    def text(self, operation: SendOperation) -> str:
        """What is sent, for people."""

    def plainer(self, operation: SendOperation) -> SendOperation:
        """The same with typographic characters made plain; as it is where there are none."""

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """The same for these recipients alone, at once and without a reference.

        Args:
            operation: The send.
            recipients: As `recipients` gives them, or the numbers of a list's contacts.
        """

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask what it costs.

        Raises:
            ClickSendError: No price came.
        """

    async def run(self, clicksend: ClickSend, operation: SendOperation) -> Answer:
        """Send it.

        Raises:
            ClickSendError: See `ambiguous` on it.
        """

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """What ClickSend's history has of it.

        Args:
            clicksend: The client.
            operation: The send, with its reference.
            since: From when on.
            until: Up to when.

        Raises:
            ClickSendError: The history could not be read.
        """


def messages_of(operation: SendOperation) -> tuple[Any, ...]:
    """The messages of a send that has some; of Any, because each channel has its own."""
    found: tuple[Any, ...] = getattr(operation, "messages", ())
    return found


def reference(send_id: str, index: int) -> str:
    """The reference of one recipient, as it goes out in `custom_string`."""
    return f"cs-{send_id}-{index}"
