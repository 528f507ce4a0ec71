"""Letters and postcards: each recipient's own, found again by address, file and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clicksend import ClickSend, Operation, Page
from bot.clicksend.operations.letters import ListLetterHistory, PriceLetter, SendLetter
from bot.clicksend.operations.postcards import ListPostcardHistory, PricePostcard, SendPostcard
from bot.clicksend.post import PostRecipient, PostRecord
from bot.services.channels.base import (
    ACCEPTED,
    NO_ANSWER,
    Line,
    SendOperation,
    Traits,
    in_time,
)
from bot.services.channels.priced import Priced
from bot.texts import Phrase, Text

_ADDRESS = (
    "address_name",
    "address_line_1",
    "address_line_2",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
)


@dataclass(frozen=True, slots=True)
class PostChannel(Priced):
    """What goes to postal addresses, and takes no reference of ours.

    Attributes:
        kind: The family's name.
        noun: What people call one of it.
        traits: What makes it unlike an SMS.
        operation: The class of the send.
        pricing: Makes the price operation of a send.
        history: The listing of what was posted.
        files: The addresses of what is printed.
        same: Whether a record may be of this send, by what is printed and how.
    """

    kind: str
    noun: Text
    traits: Traits
    operation: type[SendOperation]
    pricing: Callable[[Any], Operation[Any]]
    history: Callable[[], Operation[Page[Any]]]
    files: Callable[[Any], tuple[str, ...]]
    same: Callable[[Any, Any], bool]

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """Name and address in one line."""
        return tuple(_label(each) for each in _people(operation))

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """None: post goes to no phone."""
        del operation
        return ()

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """None."""
        del operation
        return ()

    def content(self, operation: SendOperation) -> Iterable[str]:
        """The files."""
        return self.files(operation)

    def schedule(self, operation: SendOperation) -> datetime | None:
        """The hour of the first; all have the same."""
        return _people(operation)[0].schedule

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """As it is: post takes no reference."""
        del send_id
        return operation

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """As it is."""
        return operation

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """Every one at that hour."""
        return _with(operation, _people(operation), schedule=when)

    def text(self, operation: SendOperation) -> str:
        """The first file."""
        return self.files(operation)[0]

    def plainer(self, operation: SendOperation) -> SendOperation:
        """As it is: what is printed is a file."""
        return operation

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """Their own, at once.

        Raises:
            ValueError: One of them is none of its recipients.
        """
        mine = {_label(each): each for each in _people(operation)}
        if not set(recipients) <= set(mine):
            raise ValueError("not one of its recipients")
        return _with(operation, [mine[who] for who in recipients], schedule=None)

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """What was posted at that time to one of the addresses, printed in the same way.

        Raises:
            ClickSendError: The history could not be read.
        """
        labels = {_key(each): _label(each) for each in _people(operation)}
        async with aclosing(clicksend.pages(self.history())) as records:
            found = [
                record
                async for record in records
                if in_time(record.date_added, since, until)
                and _key(record) in labels
                and self.same(operation, record)
            ]
        return tuple(_line(each, labels[_key(each)], ACCEPTED) for each in found)

    def _outcomes(self, answer: Any) -> Sequence[Any]:
        found: Sequence[Any] = answer.recipients
        return found

    def _lines(self, operation: SendOperation, outcomes: Sequence[Any]) -> tuple[Line, ...]:
        """Each outcome; one that does not say whose it is belongs to the recipient in its place."""
        people = _people(operation)
        labels = {_key(each): _label(each) for each in people}
        in_place = len(people) == len(outcomes)
        lines = []
        for index, each in enumerate(outcomes):
            nameless = not each.address_name and in_place
            label = _label(people[index]) if nameless else labels.get(_key(each), _label(each))
            lines.append(_line(each, label, each.status or NO_ANSWER))
        return tuple(lines)


def _people(operation: SendOperation) -> tuple[PostRecipient, ...]:
    found: tuple[PostRecipient, ...] = operation.recipients  # type: ignore[attr-defined]  # both have
    return found


def _with(
    operation: SendOperation, people: Sequence[PostRecipient], *, schedule: datetime | None
) -> SendOperation:
    changed = tuple(each.model_copy(update={"schedule": schedule}) for each in people)
    return operation.model_copy(update={"recipients": changed})


def _line(outcome: Any, label: str, status: str) -> Line:
    taken = status == ACCEPTED
    return Line(
        recipient=label,
        status=status,
        message_id=outcome.message_id,
        price=outcome.post_price if taken else None,
        parts=getattr(outcome, "post_pages", None) or (1 if taken else None),
    )


def _label(who: PostRecipient | PostRecord) -> str:
    """Name and address in one line, as people read it."""
    return ", ".join(filter(None, (getattr(who, name) for name in _ADDRESS)))


def _key(who: PostRecipient | PostRecord) -> tuple[object, ...]:
    """What makes two addresses the same, however they are written; and where it goes back to."""
    parts = (" ".join((getattr(who, name) or "").casefold().split()) for name in _ADDRESS)
    return (*parts, who.return_address_id)


def _same_letter(send: SendLetter, record: Any) -> bool:
    """The same file where the history names it, printed and posted in the same way."""
    return record.file_url in {None, "", send.file_url} and all(
        wanted is None or had is None or bool(had) == wanted
        for wanted, had in (
            (send.colour, record.colour),
            (send.duplex, record.duplex),
            (send.priority_post, record.priority_post),
        )
    )


def _same_postcard(send: SendPostcard, record: Any) -> bool:
    """Always: ClickSend keeps a postcard's files under names of its own."""
    del send, record
    return True


LETTER = PostChannel(
    kind="letter",
    noun=Phrase("Letter"),
    traits=Traits(unit="page", is_marked=False),
    operation=SendLetter,
    pricing=lambda send: PriceLetter(**dict(send)),
    history=ListLetterHistory,
    files=lambda send: (send.file_url,),
    same=_same_letter,
)
POSTCARD = PostChannel(
    kind="postcard",
    noun=Phrase("Postcard"),
    traits=Traits(unit="postcard", is_marked=False),
    operation=SendPostcard,
    pricing=lambda send: PricePostcard(**dict(send)),
    history=ListPostcardHistory,
    files=lambda send: send.file_urls,
    same=_same_postcard,
)
