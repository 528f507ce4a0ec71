"""Spending on one thing: a purchase, a transfer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.clicksend import ClickSend
from bot.services.channels.base import (
    Answer,
    Line,
    Quoted,
    SendOperation,
    Traits,
    all_of,
)
from bot.texts import Text

Pricing: TypeAlias = Callable[[ClickSend, Any], Awaitable[Quoted]]
Reading: TypeAlias = Callable[[Any, Any], Answer]
Looking: TypeAlias = Callable[[ClickSend, Any, datetime, datetime], Awaitable[tuple[Line, ...]]]


@dataclass(frozen=True, slots=True)
class SingleChannel:
    """Something that is done once, to one thing, at once: never scheduled, never in part.

    Attributes:
        kind: The family's name.
        noun: What people call one of it.
        traits: What makes it unlike an SMS.
        operation: The class of the send.
        target: What is bought, or who gets it; the one recipient.
        shared: What makes two of them the same.
        pricing: Asks what it costs.
        reading: Reads the answer.
        looking: Looks for it where ClickSend keeps such things.
    """

    kind: str
    noun: Text
    traits: Traits
    operation: type[SendOperation]
    target: Callable[[Any], str]
    shared: Callable[[Any], tuple[str, ...]]
    pricing: Pricing
    reading: Reading
    looking: Looking

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """What is bought, or who gets it."""
        return (self.target(operation),)

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """None: nobody is called or written to."""
        del operation
        return ()

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """None."""
        del operation
        return ()

    def content(self, operation: SendOperation) -> Iterable[str]:
        """What makes two of them the same, and which operation it is."""
        return (operation.route.id, *self.shared(operation))

    def schedule(self, operation: SendOperation) -> datetime | None:
        """Never."""
        del operation
        return None

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """As it is: it takes no reference."""
        del send_id
        return operation

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """As it is."""
        return operation

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """It cannot wait.

        Raises:
            ValueError: Always.
        """
        raise ValueError(f"{operation.route.id} cannot be scheduled for {when}")

    def text(self, operation: SendOperation) -> str:
        """What is bought, or who gets it."""
        return self.target(operation)

    def plainer(self, operation: SendOperation) -> SendOperation:
        """As it is: it has no text."""
        return operation

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """The same.

        Raises:
            ValueError: This is not its recipient.
        """
        all_of(self, operation, recipients)
        return operation

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask what it costs.

        Raises:
            NoPrice: ClickSend's price list does not have it.
            ClickSendError: No price came.
        """
        return await self.pricing(clicksend, operation)

    async def run(self, clicksend: ClickSend, operation: SendOperation) -> Answer:
        """Do it.

        Raises:
            ClickSendError: See `ambiguous` on it.
        """
        return self.reading(operation, await clicksend.run(operation))

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """Look for it where ClickSend keeps such things.

        Raises:
            ClickSendError: They could not be read.
        """
        return await self.looking(clicksend, operation, since, until)
