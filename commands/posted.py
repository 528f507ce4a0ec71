"""`/clicksend letter`, `/clicksend postcard`: what was posted, cancelled while it waits, a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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
from bot.texts import Phrase, say
from commands.access_text import currency_of
from commands.answers import answer, moment, plain, refused
from commands.context import BotCall, BotRouter
from commands.exports import export
from commands.post_address import Address
from commands.things import Entry, Sheet, Words, change, page_number, show_sheet

_NEWEST = "date_added:desc"
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Family:
    """Letters, or postcards, as ClickSend keeps them."""

    noun: str
    listing: Callable[..., Operation[Page[Any]]]
    cancelling: Callable[..., Operation[Any]]
    exporting: Callable[..., Operation[Export]]

    @property
    def page(self) -> str:
        """The action id of the buttons to the other pages."""
        return f"{self.noun}.page"

    @property
    def cancel(self) -> str:
        """The action id of the button that cancels."""
        return f"{self.noun}.cancel"


LETTERS = Family("letter", ListLetterHistory, CancelLetter, ExportLetterHistory)
POSTCARDS = Family("postcard", ListPostcardHistory, CancelPostcard, ExportPostcardHistory)

router: BotRouter = BotRouter()


def _declare(family: Family) -> None:
    """The commands and buttons of a family."""
    noun, named = family.noun, f"{family.noun}s"
    history, cancelling = f"{named}.history", (f"{named}.history", f"{named}.cancel")

    @router.command(
        f"{noun} history",
        args="[page]",
        summary=say("the {noun}s of the account, the newest first", noun=noun),
        uses=(history,),
    )
    async def list_(call: BotCall) -> None:
        call.later(
            _show(call, family, call.text, replace=False),
            doing=say("reading the {noun}s", noun=noun),
        )

    @router.action(family.page)
    async def turn(call: BotCall) -> None:
        call.later(
            _show(call, family, call.value, replace=True),
            doing=say("reading the {noun}s", noun=noun),
        )

    @router.command(
        f"{noun} cancel",
        args="<id>",
        summary=say("stop a {noun} that waits for its hour; its id is in the history", noun=noun),
        uses=cancelling,
    )
    async def cancel(call: BotCall) -> None:
        work = answer(
            call, _ask(call, family), otherwise=say("The {noun} could not be read", noun=noun)
        )
        call.later(work, doing=say("reading the {noun}s", noun=noun))

    @router.action(family.cancel)
    async def cancel_pressed(call: BotCall) -> Ack:
        return await _cancel(call, family)

    @router.command(
        f"{noun} export",
        summary=say("the whole history of {noun}s in ClickSend's own CSV file", noun=noun),
        uses=(f"{named}.export_history",),
    )
    async def export_(call: BotCall) -> None:
        name = f"{noun}s.csv"
        operation, what = family.exporting(filename=name), say("the history of {noun}s", noun=noun)
        work = export(call, operation, name=name, what=what, kind=noun)
        call.later(work, doing=Phrase("fetching the file"))


for _family in (LETTERS, POSTCARDS):
    _declare(_family)


async def _show(call: BotCall, family: Family, number: str, *, replace: bool) -> None:
    reading = _page(call, family, page_number(number))
    failed = say("The {noun}s could not be read", noun=family.noun)
    await show_sheet(call, reading, turn=family.page, otherwise=failed, replace=replace)


async def _page(call: BotCall, family: Family, number: int) -> Sheet:
    listing = family.listing(page=number, order_by=_NEWEST)
    found = await call.services.clicksend.run(listing)
    return sheet_of(family, found, number, call.services.now(), await currency_of(call))


async def _ask(call: BotCall, family: Family) -> Message:
    """The one that is named, with the button that asks before it cancels."""
    wanted, noun = call.text.strip().upper(), family.noun
    if not wanted or len(wanted) > _LONGEST_ID or not wanted.replace("-", "").isalnum():
        how = say("Name it by its id: `/clicksend {noun} history` shows it.", noun=noun)
        return plain(say(":warning: {how} Nothing was cancelled.", how=how))
    listing = family.listing(q=f"message_id:{wanted}")
    found = (await call.services.clicksend.run(listing)).data
    record = next((each for each in found if (each.message_id or "").upper() == wanted), None)
    if record is None:
        text = say(
            "There is no {noun} `{wanted}`. See `/clicksend {noun} history`.",
            noun=noun,
            wanted=wanted,
        )
        return plain(say(":warning: {text} Nothing was cancelled.", text=text))
    now = call.services.now()
    currency = await currency_of(call)
    line, pressed = entry_of(family, record, now, currency).line, _button(family, record, now)
    if pressed is None:
        return plain(say(":warning: Too late, it does not wait any more:\n{line}", line=line))
    return Message(line, (section(line), buttons(pressed)))


async def _cancel(call: BotCall, family: Family) -> Ack:
    if await refused(call, family.noun):
        return None
    noun = family.noun
    words = Words(
        say(
            "The {noun} `{value}` is cancelled: it is not sent.",
            noun=noun,
            value=escape(call.value),
        ),
        say("The {noun} `{value}` was not cancelled.", noun=noun, value=escape(call.value)),
        say("/clicksend {noun} history", noun=noun),
    )
    return await change(call, family.cancelling(message_id=call.value), words)


def sheet_of(family: Family, page: Page[Any], number: int, now: datetime, currency: str) -> Sheet:
    """A page of the history; prices are in the account's currency."""
    noun = family.noun
    entries = [entry_of(family, each, now, currency) for each in page.data]
    empty = say("No {noun}s here. Send one: `/clicksend {noun} send`", noun=noun)
    return Sheet(f"{noun.capitalize()}s", entries, number, page.last_page or 1, empty)


def entry_of(family: Family, record: PostRecord, now: datetime, currency: str) -> Entry:
    """One that was posted, with a button that cancels it while it waits."""
    at = record.schedule or record.date_added
    pages = getattr(record, "post_pages", None)
    facts = [
        escape(record.status or "unknown"),
        moment(at) if at else say("no date"),
        *(
            [say("{pages:,} page{value}", pages=pages, value="" if pages == 1 else "s")]
            if pages
            else []
        ),
        *([amount(record.post_price, currency)] if record.post_price is not None else []),
    ]
    address = ", ".join(filter(None, list(Address.of(record).wire.values())[1:]))
    named = f"`{escape(record.message_id or say('no id'))}`"
    text = f"{' · '.join(facts)}\n{escape(clip(address, 300))}\n{named}"
    return Entry(record.address_name or say("(no name)"), text, _button(family, record, now))


def _button(family: Family, record: PostRecord, now: datetime) -> ButtonElement | None:
    waits = (record.status or "").casefold() == "scheduled"
    if not record.message_id or not waits or (record.schedule and record.schedule <= now):
        return None
    ask = confirm(
        say("Cancel this {noun}?", noun=family.noun),
        say(
            "The {noun} to *{address_name}* is not sent.",
            noun=family.noun,
            address_name=escape(clip(record.address_name or "nobody", 100)),
        ),
        ok=say("Yes, cancel it"),
        deny=say("Keep it"),
    )
    action = f"{family.cancel}:{record.message_id}"
    return button(say("Cancel"), action, value=record.message_id, style="danger", ask=ask)
