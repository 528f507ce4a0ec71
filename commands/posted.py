"""`/clicksend letter`, `/clicksend postcard`: what was posted, cancelled while it waits, a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.clicksend import Operation, Page
from bot.clicksend.answers import Export
from bot.clicksend.operations.letters import CancelLetter, ExportLetterHistory, ListLetterHistory
from bot.clicksend.operations.postcards import (
    CancelPostcard,
    ExportPostcardHistory,
    ListPostcardHistory,
)
from bot.clicksend.post import PostRecord
from bot.services.money import amount
from bot.slack.blocks import Message, button, buttons, clip, confirm, escape, section
from bot.slack.router import Ack
from bot.texts import Phrase, many, say
from commands import posted_words
from commands.access_text import currency_of
from commands.answers import answer, moment, plain, refused
from commands.context import BotCall, BotRouter
from commands.exports import export
from commands.post_address import Address
from commands.posted_words import Said
from commands.things import Entry, Sheet, Words, change, page_number, show_sheet

_NEWEST = "date_added:desc"
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Family:
    """Letters, or postcards, as ClickSend keeps them."""

    said: Said
    listing: Callable[..., Operation[Page[Any]]]
    cancelling: Callable[..., Operation[Any]]
    exporting: Callable[..., Operation[Export]]

    @property
    def noun(self) -> str:
        """One of them, as it is typed."""
        return self.said.noun

    @property
    def page(self) -> str:
        """The action id of the buttons to the other pages."""
        return f"{self.noun}.page"

    @property
    def cancel(self) -> str:
        """The action id of the button that cancels."""
        return f"{self.noun}.cancel"


LETTERS = Family(posted_words.LETTERS, ListLetterHistory, CancelLetter, ExportLetterHistory)
POSTCARDS = Family(
    posted_words.POSTCARDS, ListPostcardHistory, CancelPostcard, ExportPostcardHistory
)

router: BotRouter = BotRouter()


def _declare(family: Family) -> None:
    """The commands and buttons of a family."""
    said, noun, named = family.said, family.noun, f"{family.noun}s"
    history, cancelling = f"{named}.history", (f"{named}.history", f"{named}.cancel")

    @router.command(
        f"{noun} history",
        args="[page]",
        summary=said.listing,
        uses=(history,),
    )
    async def list_(call: BotCall) -> None:
        call.later(_show(call, family, call.text, replace=False), doing=said.reading)

    @router.action(family.page)
    async def turn(call: BotCall) -> None:
        call.later(_show(call, family, call.value, replace=True), doing=said.reading)

    @router.command(
        f"{noun} cancel",
        args="<id>",
        summary=said.stopping,
        uses=cancelling,
    )
    async def cancel(call: BotCall) -> None:
        work = answer(call, _ask(call, family), otherwise=said.one_unread)
        call.later(work, doing=said.reading)

    @router.action(family.cancel)
    async def cancel_pressed(call: BotCall) -> Ack:
        return await _cancel(call, family)

    @router.command(
        f"{noun} export",
        summary=said.exporting,
        uses=(f"{named}.export_history",),
    )
    async def export_(call: BotCall) -> None:
        name = f"{noun}s.csv"
        operation, what = family.exporting(filename=name), str(said.history)
        work = export(call, operation, name=name, what=what, kind=noun)
        call.later(work, doing=Phrase("fetching the file"))


for _family in (LETTERS, POSTCARDS):
    _declare(_family)


async def _show(call: BotCall, family: Family, number: str, *, replace: bool) -> None:
    reading = _page(call, family, page_number(number))
    unread = family.said.unread
    await show_sheet(call, reading, turn=family.page, otherwise=unread, replace=replace)


async def _page(call: BotCall, family: Family, number: int) -> Sheet:
    listing = family.listing(page=number, order_by=_NEWEST)
    found = await call.services.clicksend.run(listing)
    return sheet_of(family, found, number, call.services.now(), await currency_of(call))


async def _ask(call: BotCall, family: Family) -> Message:
    """The one that is named, with the button that asks before it cancels."""
    wanted, said = call.text.strip().upper(), family.said
    unchanged = say("Nothing was cancelled.")
    if not wanted or len(wanted) > _LONGEST_ID or not wanted.replace("-", "").isalnum():
        return plain(f":warning: {said.how} {unchanged}")
    listing = family.listing(q=f"message_id:{wanted}")
    found = (await call.services.clicksend.run(listing)).data
    record = next((each for each in found if (each.message_id or "").upper() == wanted), None)
    if record is None:
        return plain(f":warning: {said.unknown(id=wanted)} {unchanged}")
    now = call.services.now()
    currency = await currency_of(call)
    line, pressed = entry_of(family, record, now, currency).line, _button(family, record, now)
    if pressed is None:
        late = say(":warning: Too late, it does not wait any more:")
        return plain(f"{late}\n{line}")
    return Message(line, (section(line), buttons(pressed)))


async def _cancel(call: BotCall, family: Family) -> Ack:
    if await refused(call, family.noun):
        return None
    said, id_ = family.said, escape(call.value)
    look = f"/clicksend {family.noun} history"
    words = Words(partial(said.cancelled, id=id_), said.not_cancelled(id=id_), look)
    return await change(call, family.cancelling(message_id=call.value), words)


def sheet_of(family: Family, page: Page[Any], number: int, now: datetime, currency: str) -> Sheet:
    """A page of the history; prices are in the account's currency."""
    entries = [entry_of(family, each, now, currency) for each in page.data]
    said, last = family.said, page.last_page or 1
    return Sheet(said.title, entries, number, last, said.none)


def entry_of(family: Family, record: PostRecord, now: datetime, currency: str) -> Entry:
    """One that was posted, with a button that cancels it while it waits."""
    at = record.schedule or record.date_added
    pages = getattr(record, "post_pages", None)
    facts = [
        escape(record.status or say("unknown")),
        moment(at) if at else say("no date"),
        *([many("{count:,} page", "{count:,} pages", pages)] if pages else []),
        *([amount(record.post_price, currency)] if record.post_price is not None else []),
    ]
    address = ", ".join(filter(None, list(Address.of(record).wire.values())[1:]))
    id_ = escape(record.message_id or say("no id"))
    text = f"{' · '.join(facts)}\n{escape(clip(address, 300))}\n`{id_}`"
    return Entry(record.address_name or say("(no name)"), text, _button(family, record, now))


def _button(family: Family, record: PostRecord, now: datetime) -> ButtonElement | None:
    waits = (record.status or "").casefold() == "scheduled"
    if not record.message_id or not waits or (record.schedule and record.schedule <= now):
        return None
    name = escape(clip(record.address_name or say("nobody"), 100))
    ask = confirm(
        family.said.question,
        family.said.consequence(name=name),
        ok=say("Yes, cancel it"),
        deny=say("Keep it"),
    )
    action = f"{family.cancel}:{record.message_id}"
    return button(say("Cancel"), action, value=record.message_id, style="danger", ask=ask)
