"""What every channel can say of a send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from bot.clicksend import ClickSend, ClickSendError, Operation
from bot.texts import Phrase, Text

SendOperation: TypeAlias = Operation[Any]
"""A send of any channel; of Any, because each answers something of its own."""

ACCEPTED = "SUCCESS"
"""The status of a recipient that ClickSend took."""
NO_ANSWER = "NO_ANSWER"
"""The status of a recipient of whom the answer says nothing."""


class NoPrice(ClickSendError):  # noqa: N818 - named for what happened, as the client's errors are
    """ClickSend answered, and its answer has no price in it; `str` says so to people."""


_SEND, _SENT = Phrase("Send"), Phrase("sent")


@dataclass(frozen=True, slots=True)
class Verb:
    """What is done, in words.

    Attributes:
        do: As on a button, such as `Send`.
        done: As in a report, such as `sent`.
    """

    do: Text = _SEND
    done: Text = _SENT


@dataclass(frozen=True, slots=True)
class Traits:
    """What makes a channel unlike an SMS.

    Attributes:
        verb: What is done.
        unit: What a message is counted in, such as `part`; empty where nothing is counted.
        to_people: Whether its recipients are people, and not a package or a number that is bought.
        can_wait: Whether it can be scheduled: `Channel.at` means something.
        can_split: Whether it can be sent to some of its recipients: `Channel.only` means something.
        is_marked: Whether the history shows our reference; else it is matched by content and time.
        is_listed: Whether there is a history at all to find it in.
        from_balance: Whether it is paid from the balance, and not with a card.
    """

    verb: Verb = Verb()
    unit: str = ""
    to_people: bool = True
    can_wait: bool = True
    can_split: bool = True
    is_marked: bool = True
    is_listed: bool = True
    from_balance: bool = True


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
    """What a send would cost, in the account's currency.

    Attributes:
        price: The whole price.
        lines: The recipients, each with its outcome.
        reaches: How many get it, where the lines are fewer: a campaign's contacts.
        problem: Why ClickSend would not take it, in words; empty when it would.
        sample: The text as one recipient would get it, where ClickSend says so.
    """

    price: Decimal
    lines: tuple[Line, ...]
    reaches: int | None = None
    problem: str = ""
    sample: str = ""

    @property
    def taken(self) -> tuple[Line, ...]:
        """The recipients that ClickSend would take."""
        return tuple(line for line in self.lines if line.accepted)

    @property
    def people(self) -> int:
        """How many would get it."""
        return len(self.taken) if self.reaches is None else self.reaches


@dataclass(frozen=True, slots=True)
class Answer:
    """What ClickSend answered to a send; without lines it says nothing of what it did."""

    total: Decimal | None
    lines: tuple[Line, ...]


class Channel(Protocol):
    """One way to reach somebody, or to spend."""

    @property
    def kind(self) -> str:
        """The family's name, such as `sms`, in at most 8 letters."""

    @property
    def noun(self) -> Text:
        """What people call one of it, such as `SMS`."""

    @property
    def traits(self) -> Traits:
        """What makes it unlike an SMS."""

    @property
    def operation(self) -> type[SendOperation]:
        """The class of the send."""

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """Who gets it: numbers, addresses, contact lists as `list 428`, what is bought."""

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """The phone numbers among the recipients that somebody answers or reads, E.164."""

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """The text messages that go out, each once; their length and alphabet make the price."""

    def content(self, operation: SendOperation) -> Iterable[str]:
        """What is sent, whoever gets it: two sends of the same content are duplicates."""

    def schedule(self, operation: SendOperation) -> datetime | None:
        """When ClickSend is to send it; None for at once."""

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """The same send, carrying our reference where it can."""

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """The same send without our reference, as people wrote it."""

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """The same, at that hour.

        Raises:
            ValueError: It cannot wait; see `Traits.can_wait`.
        """

    def text(self, operation: SendOperation) -> str:
        """What is sent, for people."""

    def plainer(self, operation: SendOperation) -> SendOperation:
        """The same with typographic characters made plain; as it is where there are none."""

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """The same for these recipients alone, at once and without a reference.

        Args:
            operation: The send.
            recipients: As `recipients` gives them, or the numbers of a list's contacts; all of
                them where it cannot be split.

        Raises:
            ValueError: Some of them are none of its recipients, or it cannot be split.
        """

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask what it costs.

        Raises:
            NoPrice: ClickSend answered without a price.
            ClickSendError: No answer came.
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
            operation: The send, with its reference where it carries one.
            since: From when on.
            until: Up to when.

        Returns:
            A line with the status `ACCEPTED` for each time the history has it; any other status
            is evidence for a person, and settles nothing.

        Raises:
            ClickSendError: The history could not be read.
        """


def messages_of(operation: SendOperation) -> tuple[Any, ...]:
    """The messages of a send that has some; of Any, because each channel has its own."""
    found: tuple[Any, ...] = getattr(operation, "messages", ())
    return found


def reference(send_id: str, index: int) -> str:
    """The reference of one recipient, as it goes out in `custom_string` or in a name."""
    return f"cs-{send_id}-{index}"


def all_of(channel: Channel, operation: SendOperation, recipients: Sequence[str]) -> None:
    """Check that a send that cannot be split is repeated whole.

    Raises:
        ValueError: It is not.
    """
    if set(recipients) != set(channel.recipients(operation)):
        raise ValueError(f"{operation.route.id} goes to all of its recipients, or to none")


def in_time(at: datetime | None, since: datetime, until: datetime) -> bool:
    """Whether a record without our reference is of the time of a send; one without a date never."""
    return at is not None and since <= at <= until
