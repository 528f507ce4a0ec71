"""`/balance`: what is left, and what it buys."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.account import Balance, Purchase
from bot.services.money import amount
from bot.slack.blocks import Message, button, buttons, context, escape, fields, header
from bot.texts import Phrase, figure, say
from commands.answers import answer, either
from commands.context import BotCall, BotRouter, Services

BILLING = "https://dashboard.clicksend.com/account/billing-recharge"
OPEN_BILLING = "balance.open_billing"

router: BotRouter = BotRouter()


@router.command(
    "balance",
    summary=Phrase("what is left, and what it buys"),
    shortcut="/balance",
    uses=("account.get", "recharge.packages"),
)
async def balance(call: BotCall) -> None:
    """Answer with the balance."""
    call.later(
        answer(call, _read(call.services), otherwise=Phrase("The balance could not be read")),
        doing=Phrase("reading the balance"),
    )


@router.action(OPEN_BILLING)
async def open_billing(call: BotCall) -> None:
    """The button opens the page by itself; Slack only wants it acknowledged."""
    del call


async def _read(services: Services) -> Message:
    found = await services.account.balance()
    try:
        bought = await services.account.buys(found)
    except ClickSendError:
        bought = ()
    return render(found, bought)


def render(found: Balance, bought: tuple[Purchase, ...]) -> Message:
    """The balance as a message."""
    left = amount(found.amount, found.currency)
    low = found.low_credit
    limit = amount(low, found.currency) if low else say("not set")
    limit += " :warning:" if low and found.amount < low else ""
    name = escape(found.account_name)
    buys = [f"{figure(item.quantity)} {item.name}" for item in bought]
    bold = either(f"*{each}*" for each in buys)
    text = say("{name}: {money} left", name=name, money=left)
    if buys:
        enough = either(buys)
        text = say(
            "{name}: {money} left, enough for {enough}", name=name, money=left, enough=enough
        )
    blocks = [
        header(say("{money} left", money=left)),
        fields(
            say("*Account*\n{name}", name=name),
            say("*Low-credit alert below*\n{money}", money=limit),
        ),
        *([context(say("Enough for {enough}", enough=bold))] if buys else []),
        buttons(button(say("Recharge in ClickSend"), OPEN_BILLING, url=BILLING)),
    ]
    return Message(text, tuple(blocks))
