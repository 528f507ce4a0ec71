"""A price and a send that answer in the same way: a total, and an outcome a recipient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from bot.clicksend import ClickSend, Operation
from bot.services.channels.base import Answer, Line, Quoted, SendOperation


class Priced(ABC):
    """What the channels of messages and those of post have in common.

    Attributes:
        pricing: Makes the price operation of a send.
    """

    __slots__ = ()
    pricing: Callable[[Any], Operation[Any]]

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask for the price (operations `sms.price`, `letters.price`, …).

        Raises:
            ClickSendError: No price came.
        """
        priced = await clicksend.run(self.pricing(operation))
        return Quoted(priced.total_price, self._lines(operation, self._outcomes(priced)))

    async def run(self, clicksend: ClickSend, operation: SendOperation) -> Answer:
        """Send it (operations `sms.send`, `letters.send`, …).

        Raises:
            ClickSendError: See `ambiguous` on it.
        """
        batch = await clicksend.run(operation)
        return Answer(batch.total_price, self._lines(operation, self._outcomes(batch)))

    @abstractmethod
    def _outcomes(self, answer: Any) -> Sequence[Any]:
        """What an answer says of each recipient."""

    @abstractmethod
    def _lines(self, operation: SendOperation, outcomes: Sequence[Any]) -> tuple[Line, ...]:
        """Each outcome, with the recipient it is of."""
