"""The channels that send a batch of messages, each with a reference in its `custom_string`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clicksend import ClickSend, Operation, Page
from bot.clicksend.operations.fax import ListFaxHistory, PriceFax, SendFax
from bot.clicksend.operations.mms import ListMmsHistory, PriceMms, SendMms
from bot.clicksend.operations.sms import ListSmsHistory, PriceSms, SendSms
from bot.clicksend.operations.voice import ListVoiceHistory, PriceVoice, SendVoice
from bot.services.channels.base import (
    ACCEPTED,
    NO_ANSWER,
    Line,
    SendOperation,
    Traits,
    messages_of,
    reference,
)
from bot.services.channels.priced import Priced
from bot.services.parts import plain
from bot.texts import Phrase, Text


@dataclass(frozen=True, slots=True)
class BatchChannel(Priced):
    """A channel whose send has `messages`, and whose answer has an outcome for each of them.

    Attributes:
        kind: The family's name.
        noun: What people call one of it.
        traits: What makes it unlike the others.
        operation: The class of the send.
        pricing: Makes the price operation of a send.
        history: Makes the listing of what was sent between two times.
        texts: What is sent, whoever gets it; first what people know it by.
        counted: The name of the field with the number of units.
    """

    kind: str
    noun: Text
    traits: Traits
    operation: type[SendOperation]
    pricing: Callable[[Any], Operation[Any]]
    history: Callable[[datetime, datetime], Operation[Page[Any]]]
    texts: Callable[[Any], Iterable[str]]
    counted: str

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """The numbers and contact lists of the messages."""
        return tuple(_recipient(message) for message in messages_of(operation))

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """The numbers of the messages."""
        return tuple(message.to for message in messages_of(operation) if message.to)

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """The texts, where the channel is SMS."""
        return tuple(dict.fromkeys(self.texts(operation))) if self.kind == "sms" else ()

    def content(self, operation: SendOperation) -> Iterable[str]:
        """The texts or files, each once."""
        return sorted(set(self.texts(operation)))

    def schedule(self, operation: SendOperation) -> datetime | None:
        """The hour of the first message; all have the same."""
        moment: datetime | None = messages_of(operation)[0].schedule
        return moment

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """Each message with its own reference."""
        return _each(operation, lambda _, index: {"custom_string": reference(send_id, index)})

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """Each message without its reference."""
        return _each(operation, lambda _, __: {"custom_string": None})

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """Every message at that hour."""
        return _each(operation, lambda _, __: {"schedule": when})

    def text(self, operation: SendOperation) -> str:
        """The text or file of the first message."""
        return next(iter(self.texts(operation)))

    def plainer(self, operation: SendOperation) -> SendOperation:
        """Every text made plain."""
        return _each(
            operation,
            lambda message, _: {"body": plain(message.body)} if hasattr(message, "body") else {},
        )

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """Their own messages; a contact of a list gets the list's.

        Raises:
            ValueError: One of them is none of its recipients, and there is no list; or has
                several messages, of which nobody can say which is meant.
        """
        times = Counter(_recipient(message) for message in messages_of(operation))
        if any(times[who] > 1 for who in recipients):
            raise ValueError("one of them has several messages")
        mine = {_recipient(message): message for message in messages_of(operation)}
        of_list = next((m for m in mine.values() if m.list_id is not None), None)
        plain = {"schedule": None}
        messages = []
        for who in recipients:
            message = mine.get(who) or of_list
            if message is None:
                raise ValueError("not one of its recipients")
            to = {} if who in mine else {"to": who, "list_id": None}
            messages.append(message.model_copy(update={**plain, **to}))
        return self.unreferenced(operation.model_copy(update={"messages": tuple(messages)}))

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """The messages of the history that carry one of our references.

        Raises:
            ClickSendError: The history could not be read.
        """
        wanted = {message.custom_string for message in messages_of(operation)}
        async with aclosing(clicksend.pages(self.history(since, until))) as records:
            found = [record async for record in records if record.custom_string in wanted]
        return tuple(self._line(record, _recipient(record), ACCEPTED) for record in found)

    def _outcomes(self, answer: Any) -> Sequence[Any]:
        found: Sequence[Any] = answer.messages
        return found

    def _lines(self, operation: SendOperation, outcomes: Sequence[Any]) -> tuple[Line, ...]:
        """Each outcome; one that does not say whose it is belongs to the message in its place."""
        asked = messages_of(operation)
        in_place = len(asked) == len(outcomes)
        lines = []
        for index, each in enumerate(outcomes):
            nameless = not (each.to or each.list_id)
            whose = asked[index] if nameless and in_place else each
            lines.append(self._line(each, _recipient(whose), each.status or NO_ANSWER))
        return tuple(lines)

    def _line(self, outcome: Any, recipient: str, status: str) -> Line:
        return Line(
            recipient=recipient,
            status=status,
            reference=outcome.custom_string or "",
            message_id=outcome.message_id,
            price=outcome.message_price if status == ACCEPTED else None,
            parts=getattr(outcome, self.counted),
        )


def _each(
    operation: SendOperation, changes: Callable[[Any, int], dict[str, object]]
) -> SendOperation:
    """The same send with its messages changed, each by its number."""
    messages = tuple(
        message.model_copy(update=changes(message, index))
        for index, message in enumerate(messages_of(operation))
    )
    return operation.model_copy(update={"messages": messages})


def _recipient(message: Any) -> str:
    if message.to:
        return str(message.to)
    return "unnamed" if message.list_id is None else f"list {message.list_id}"


SMS = BatchChannel(
    kind="sms",
    noun="SMS",
    traits=Traits(unit="part"),
    operation=SendSms,
    pricing=lambda send: PriceSms(messages=send.messages),
    history=lambda since, until: ListSmsHistory(date_from=since, date_to=until),
    texts=lambda send: (message.body for message in send.messages),
    counted="message_parts",
)
MMS = BatchChannel(
    kind="mms",
    noun="MMS",
    traits=Traits(unit="message"),
    operation=SendMms,
    pricing=lambda send: PriceMms(media_file=send.media_file, messages=send.messages),
    history=lambda since, until: ListMmsHistory(date_from=since, date_to=until),
    texts=lambda send: (
        *(message.body for message in send.messages),
        *(message.subject for message in send.messages),
        send.media_file,
    ),
    counted="message_parts",
)
VOICE = BatchChannel(
    kind="voice",
    noun=Phrase("Voice call"),
    traits=Traits(unit="part"),
    operation=SendVoice,
    pricing=lambda send: PriceVoice(messages=send.messages),
    history=lambda since, until: ListVoiceHistory(date_from=since, date_to=until),
    texts=lambda send: (message.body for message in send.messages),
    counted="message_parts",
)
FAX = BatchChannel(
    kind="fax",
    noun=Phrase("Fax"),
    traits=Traits(unit="page"),
    operation=SendFax,
    pricing=lambda send: PriceFax(file_url=send.file_url, messages=send.messages),
    history=lambda since, until: ListFaxHistory(date_from=since, date_to=until),
    texts=lambda send: (send.file_url,),
    counted="message_pages",
)
