"""Who messages can come from: dedicated numbers, own numbers and alpha tags as one list."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from bot.clicksend import ClickSend, ClickSendError, Operation
from bot.clicksend.operations.alpha_tags import AlphaTag, DeleteAlphaTag, ListAlphaTags
from bot.clicksend.operations.numbers import DedicatedNumber, ListNumbers
from bot.clicksend.operations.own_numbers import DeleteOwnNumber, ListOwnNumbers, OwnNumber
from bot.clicksend.paging import Portion
from bot.texts import Phrase, say


class Kind(StrEnum):
    """What a sender is."""

    DEDICATED = "dedicated"
    OWN = "own"
    ALPHA = "alpha"

    @property
    def words(self) -> str:
        """In words, such as `own number`."""
        return str(_WORDS[self])


_WORDS = {
    Kind.DEDICATED: Phrase("dedicated number"),
    Kind.OWN: Phrase("own number"),
    Kind.ALPHA: Phrase("alpha tag"),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender; `status` as ClickSend says it, empty for a dedicated number, always usable.

    `id` is ClickSend's, of what can be deleted: a dedicated number cannot be.
    """

    kind: Kind
    name: str
    status: str = ""
    more: str = ""
    id: str = ""

    @property
    def key(self) -> str:
        """Which one it is, as `own 3f2c…`; empty for what cannot be deleted."""
        return f"{self.kind} {self.id}" if self.id else ""


@dataclass(frozen=True, slots=True)
class SenderList:
    """All senders; `missing` are the kinds that could not be read, as `alpha tag: why`."""

    senders: tuple[Sender, ...]
    missing: tuple[str, ...]


async def read(clicksend: ClickSend, *, words: Callable[[ClickSendError], str]) -> SenderList:
    """Read every sender; a kind that cannot be read is named, not hidden.

    Args:
        clicksend: The client.
        words: Says an error in words.

    Raises:
        ClickSendError: None of the kinds could be read.
    """
    listings = (ListNumbers(), ListOwnNumbers(), ListAlphaTags())
    answers = await asyncio.gather(*(_all(clicksend, each) for each in listings))
    found: list[Sender] = []
    errors: list[ClickSendError] = []
    missing: list[str] = []
    for kind, answer in zip(Kind, answers, strict=True):
        if isinstance(answer, ClickSendError):
            errors.append(answer)
            missing.append(f"{kind.words}: {words(answer)}")
        else:
            found += answer
    if len(errors) == len(listings):
        raise errors[0]
    return SenderList(tuple(found), tuple(missing))


def deletion(key: str) -> Operation[Any] | None:
    """The operation that deletes a sender; None when the key is none of `Sender.key`.

    Of Any, because the kinds have no common answer.
    """
    kind, _, number = key.partition(" ")
    try:
        if kind == Kind.OWN:
            return DeleteOwnNumber(own_number_id=number)
        if kind == Kind.ALPHA:
            return DeleteAlphaTag(alpha_tag_id=number)
    except ValidationError:
        return None
    return None


def called(senders: Iterable[Sender], text: str) -> list[Sender]:
    """The senders that can be deleted and go by a name or a number, however it is written."""
    wanted = _plain(text)
    return [each for each in senders if each.id and wanted and _plain(each.name) == wanted]


def _plain(name: str) -> str:
    return re.sub(r"[\s().-]", "", name).casefold()


async def _all(
    clicksend: ClickSend, listing: Operation[Portion[Any]]
) -> list[Sender] | ClickSendError:
    try:
        async with aclosing(clicksend.pages(listing)) as items:
            return [_sender(item) async for item in items]
    except ClickSendError as error:
        return error


def _sender(item: DedicatedNumber | OwnNumber | AlphaTag) -> Sender:
    if isinstance(item, DedicatedNumber):
        where = item.country_name or item.country or ""
        return Sender(Kind.DEDICATED, item.dedicated_number or say("(no number)"), more=where)
    status = item.status or "unknown"
    if isinstance(item, OwnNumber):
        name = item.phone_number or say("(no number)")
        return Sender(Kind.OWN, name, status, item.label or "", item.id)
    return Sender(
        Kind.ALPHA, item.alpha_tag or say("(no name)"), status, item.reason or "", item.id
    )
