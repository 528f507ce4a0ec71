"""`/clicksend number`: the account's dedicated numbers, those on offer, and buying one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clicksend import ClickSend
from bot.clicksend.operations.numbers import (
    BuyNumber,
    ListNumbers,
    NumberSearch,
    OfferedNumber,
    SearchNumbers,
)
from bot.services import recipients
from bot.services.money import amount
from bot.slack.blocks import button, escape
from bot.texts import Phrase, say
from commands.answers import plain
from commands.context import BotCall, BotRouter
from commands.purchase import buy
from commands.things import ON_A_PAGE, Entry, Sheet, page_number, show_sheet

PAGE, OFFERS, BUY = "number.page", "number.offers", "number.buy"
_WISH = re.compile(r"([A-Za-z]{2})(?:\s+\+?([0-9]{1,15}))?", re.ASCII)
_UNREAD = Phrase("The numbers could not be read")
_NOT_FOUND = Phrase("ClickSend could not look for numbers")
_HOW = Phrase(
    ":warning: Name a country by its two letters, and digits that the number has if you like: "
    "`/clicksend number search AU 1234`."
)
_NO_NUMBER = Phrase(
    ":warning: Name the number with its country code, such as `/clicksend number buy "
    "+61411111111`; `/clicksend number search AU` shows what is on offer. Nothing was bought."
)

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Wish:
    """What numbers are looked for: of a country, with some digits in them when given."""

    country: str
    digits: str

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.country} {self.digits}".strip()


def read_wish(text: str) -> Wish | None:
    """Read `AU 1234`; None when it is no country with digits or without."""
    found = _WISH.fullmatch(text.strip())
    return Wish(found[1].upper(), found[2] or "") if found else None


@router.action(PAGE)
@router.command(
    "number list",
    args="[page]",
    summary=Phrase("the dedicated numbers of the account"),
    default=True,
    uses=("numbers.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the numbers, or turn the page."""
    await _show(call, call.given, replace=call.pressed)


@router.command(
    "number search",
    args="<country> [digits]",
    summary=Phrase("numbers on offer, as `/clicksend number search AU 1234`"),
    uses=("numbers.search",),
)
async def search(call: BotCall) -> None:
    """Answer with the first page of what is on offer."""
    call.later(_offers(call, call.text, 1, replace=False), doing=Phrase("looking for numbers"))


@router.action(OFFERS)
async def offers_turned(call: BotCall) -> None:
    """Turn the page."""
    wish, _, number = call.value.rpartition(" ")
    work = _offers(call, wish, page_number(number), replace=True)
    call.later(work, doing=Phrase("looking for numbers"))


@router.action(BUY)
@router.command(
    "number buy",
    args="<number>",
    summary=Phrase("buy a number, as `/clicksend number buy +61411111111` (admins)"),
    uses=("numbers.search", "numbers.buy"),
)
async def buy_asked(call: BotCall) -> None:
    """Show the price of a number, and ask, typed or pressed."""
    call.later(_buy(call, call.given), doing=Phrase("asking for the price"))


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _page(call.services.clicksend, page_number(number))
    work = show_sheet(call, reading, turn=PAGE, otherwise=_UNREAD, replace=replace)
    call.later(work, doing=Phrase("reading the numbers"))


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListNumbers(page=number, limit=ON_A_PAGE))
    entries = [
        Entry(each.dedicated_number or say("(no number)"), escape(each.country_name or ""))
        for each in found.data
    ]
    empty = say("There are no dedicated numbers here. `/clicksend number search AU` shows offers.")
    return Sheet(say("Dedicated numbers"), entries, number, max(found.last_page or 1, 1), empty)


async def _offers(call: BotCall, text: str, number: int, *, replace: bool) -> None:
    wish = read_wish(text)
    if wish is None:
        await call.reply(plain(_HOW))
        return
    reading = _offered(call.services.clicksend, wish, number)
    await show_sheet(call, reading, turn=OFFERS, otherwise=_NOT_FOUND, replace=replace)


async def _offered(clicksend: ClickSend, wish: Wish, number: int) -> Sheet:
    operation = SearchNumbers(
        country=wish.country,
        search=wish.digits or None,
        search_type=NumberSearch.ANYWHERE if wish.digits else None,
        page=number,
        limit=ON_A_PAGE,
    )
    found = await clicksend.run(operation)
    currency = (found.currency.currency_name_short if found.currency else "") or ""
    return Sheet(
        say("Numbers on offer: {wish}", wish=wish),
        [_offer(each, currency) for each in found.data],
        number,
        max(found.last_page or 1, 1),
        say("ClickSend offers no such number in {country} here.", country=wish.country),
        before=str(wish),
    )


async def _buy(call: BotCall, text: str) -> None:
    found = recipients.parse(text, default_country=None)
    if len(found.valid) != 1 or found.problems:
        await call.reply(plain(_NO_NUMBER))
        return
    number = found.valid[0]
    summary = say("The number {number}; its monthly price is charged from then on", number=number)
    await buy(call, BuyNumber(dedicated_number=number), summary)


def _offer(offer: OfferedNumber, currency: str) -> Entry:
    number = offer.dedicated_number or ""
    facts = []
    if offer.price_total is not None:
        facts.append(say("{price} at once", price=amount(offer.price_total, currency)))
    if offer.price_monthly is not None:
        facts.append(say("{price} a month", price=amount(offer.price_monthly, currency)))
    # Without a price, or a number, there is nothing to say yes to.
    can_buy = bool(number) and offer.price_total is not None
    beside = button(say("Buy…"), f"{BUY}:{number}", value=number) if can_buy else None
    return Entry(number or say("(no number)"), " · ".join(facts), beside)
