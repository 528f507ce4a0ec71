"""`/clicksend billing`: what credit costs, what was bought, the last digits of the card; buying."""

from __future__ import annotations

import re

from bot.clicksend import ClickSend, NotFound
from bot.clicksend.operations.recharge import (
    GetPaymentInfo,
    ListPackages,
    ListTransactions,
    Package,
    PurchasePackage,
    Transaction,
)
from bot.services.money import amount
from bot.slack.blocks import Message, button, buttons, escape, section
from bot.texts import Phrase, Text, many, say
from commands.answers import answer, either, moment, plain
from commands.balance import BILLING, OPEN_BILLING
from commands.context import BotCall, BotRouter
from commands.purchase import buy
from commands.things import ON_A_PAGE, Entry, Sheet, cut, page_number, show_sheet

PACKAGES, TRANSACTIONS, BUY = "billing.packages", "billing.transactions", "billing.buy"
_LAST_FOUR = re.compile(r"[0-9]{4}\Z")
_NO_ID = Phrase(
    ":warning: Name the package by its number, such as `/clicksend billing buy 3`; "
    "`/clicksend billing packages` shows them. Nothing was bought."
)
_NO_CARD = Phrase("No card is on file. Card data never passes through Slack: add one in ClickSend.")

router: BotRouter = BotRouter()


@router.action(PACKAGES)
@router.command(
    "billing packages",
    args="[page]",
    summary=Phrase("what credit costs"),
    default=True,
    uses=("recharge.packages",),
)
async def packages(call: BotCall) -> None:
    """Answer with the packages that ClickSend offers, or turn the page."""
    await _show_packages(call, call.given, replace=call.pressed)


@router.command(
    "billing buy",
    args="<package>",
    summary=Phrase("buy a package, as `/clicksend billing buy 3` (admins)"),
    uses=("recharge.packages", "recharge.purchase"),
)
async def buy_typed(call: BotCall) -> None:
    """Show the price of a package, and ask."""
    call.later(_buy(call, call.text.strip()), doing=Phrase("asking for the price"))


@router.action(BUY)
async def buy_pressed(call: BotCall) -> None:
    """The same, from the list."""
    call.later(_buy(call, call.value), doing=Phrase("asking for the price"))


@router.action(TRANSACTIONS)
@router.command(
    "billing transactions",
    args="[page]",
    summary=Phrase("the credit that was bought"),
    uses=("recharge.transactions",),
)
async def transactions(call: BotCall) -> None:
    """Answer with a page of the purchases, or turn the page."""
    await _show_transactions(call, call.given, replace=call.pressed)


@router.command(
    "billing card",
    summary=Phrase("the last four digits of the card on file"),
    uses=("recharge.payment_info",),
)
async def card(call: BotCall) -> None:
    """Answer with the end of the card's number, and with nothing else of it."""
    work = answer(call, _card(call), otherwise=Phrase("The card could not be read"))
    call.later(work, doing=Phrase("reading the card"))


async def _show_packages(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _packages(call.services.clicksend, page_number(number))
    failed = Phrase("The packages could not be read")
    work = show_sheet(call, reading, turn=PACKAGES, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the packages"))


async def _packages(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListPackages())
    currency = (found.currency.currency_name_short if found.currency else "") or ""
    entries = [_package(each, currency) for each in found.packages]
    return cut(say("Credit"), entries, number, empty=say("ClickSend offers no packages."))


async def _buy(call: BotCall, text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) < ON_A_PAGE):
        await call.reply(plain(_NO_ID))
        return
    number = int(text)
    await buy(
        call,
        PurchasePackage(package_id=number),
        say("Package {number}, with the card on file", number=number),
    )


async def _show_transactions(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _transactions(call.services.clicksend, page_number(number))
    failed = Phrase("The purchases could not be read")
    work = show_sheet(call, reading, turn=TRANSACTIONS, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the purchases"))


async def _transactions(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListTransactions(page=number, limit=ON_A_PAGE))
    entries = [_purchase(each) for each in found.data]
    last = max(found.last_page or 1, 1)
    return Sheet(
        say("Purchases of credit"), entries, number, last, say("No credit was bought here.")
    )


async def _card(call: BotCall) -> Message:
    try:
        found = await call.services.clicksend.run(GetPaymentInfo())
    except NotFound:
        return _with_link(_NO_CARD)
    return _with_link(card_words(found.display_number))


def card_words(number: str | None) -> str:
    """What is said of a card: at most the last four digits of its number.

    Args:
        number: As ClickSend shows it, crossed out or not; None when there is none.
    """
    if not number:
        return str(_NO_CARD)
    last = _LAST_FOUR.search(number.strip())
    if not last:
        return say(":credit_card: A card is on file. The rest of it never passes through Slack.")
    return say(
        ":credit_card: The card on file ends in *{digits}*. The rest of it never passes through "
        "Slack.",
        digits=last[0],
    )


def _with_link(text: Text) -> Message:
    link = button(say("Open billing in ClickSend"), OPEN_BILLING, url=BILLING)
    return Message(f"{text} {BILLING}", (section(text), buttons(link)))


def _purchase(bought: Transaction) -> Entry:
    money = say("no amount")
    if bought.amount is not None:
        money = amount(bought.amount, bought.currency or "")
    at = moment(bought.date) if bought.date else say("no date")
    invoice = bought.invoice_number or say("no invoice")
    return Entry(money, f"{at} · {escape(invoice)}")


def _package(package: Package, currency: str) -> Entry:
    number = str(package.package_id)
    sms, fax = package.sms_quantity or 0, package.fax_quantity or 0
    bought = (
        say("{count:,} SMS", count=sms) if sms else "",
        many("{count:,} fax page", "{count:,} fax pages", fax) if fax else "",
    )
    facts = say("package `{number}`", number=number)
    if enough := either(filter(None, bought)):
        facts += " · " + say("enough for {enough}", enough=enough)
    beside = button(say("Buy…"), f"{BUY}:{number}", value=number)
    return Entry(amount(package.package_price, currency), facts, beside)
