"""`/clicksend reseller transfer`: credit of the account given to a client; a price, then a yes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.clicksend.operations.reseller import TransferCredit
from bot.services.channels import SendOperation
from bot.services.money import amount
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Modal, modal, section
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.access_text import currency_of, may_not
from commands.answers import plain
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.purchase import buy
from commands.review import Form, loading, reopens, review_later
from commands.things import denied, kept, metadata

FORM = "reseller.form"

CLIENT, GIVEN = "client", "given"
_WISH = re.compile(r"([0-9]{1,18})\s+([0-9]{1,7})", re.ASCII)
_CLIENT, _GIVEN = re.compile(r"[0-9]{1,18}", re.ASCII), re.compile(r"[0-9]{1,7}", re.ASCII)
_LONGEST, _LETTERS = 20, 3
HOW = Phrase(
    ":warning: Name the client by its number, and a whole amount: `/clicksend reseller transfer "
    "1234 50`. `/clicksend reseller list` shows the clients. Nothing was sent or charged."
)
_NO_CURRENCY = Phrase(
    ":warning: ClickSend does not say the account's currency just now. Nothing was sent or charged."
)
_TITLE = Phrase("Transfer credit")

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is given to which client, in whole units of the account's currency."""

    client: int
    given: int


def read_wish(text: str) -> Wish | None:
    """Read `1234 50`; None when it is no client with a whole amount."""
    found = _WISH.fullmatch(text.strip())
    return Wish(int(found[1]), int(found[2])) if found and int(found[2]) else None


@router.command(
    "reseller transfer",
    args="[<client> <amount>]",
    summary=Phrase(
        "give a client credit of yours, as `/clicksend reseller transfer 1234 50` (admins)"
    ),
    uses=("reseller.get", "reseller.transfer_credit", "account.get"),
)
async def transfer(call: BotCall) -> None:
    """Show what is given to whom, and ask; with nothing typed, open the form."""
    call.later(_transfer(call), doing=Phrase("asking for the price"))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Read the form; the price arrives in the loading view."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    about = kept(call)
    client, given = call.view.text(CLIENT).strip(), call.view.text(GIVEN).strip()
    wrong = {} if _CLIENT.fullmatch(client) else {CLIENT: say("Give the client's number.")}
    if not _GIVEN.fullmatch(given) or not int(given):
        wrong[GIVEN] = say("Give a whole amount, such as 50.")
    if wrong:
        return Errors(wrong)
    operation, summary = _given(Wish(int(client), int(given)), about["currency"])
    draft = Draft(about["id"], call.user, about["channel"], operation, summary)
    review_later(call, draft, _form(operation, about["channel"]))
    return Update(loading(_TITLE))


@reopens(TransferCredit.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form of a transfer, filled from a draft."""
    return _form(operation, row.channel)


async def _transfer(call: BotCall) -> None:
    if await may_not(call):
        return
    wish = read_wish(call.text)
    if wish is None and call.text.strip():
        await call.reply(plain(HOW))
        return
    currency = await currency_of(call)
    if len(currency) != _LETTERS:  # ISO 4217
        await call.reply(plain(_NO_CURRENCY))
    elif wish is None:
        await call.open(form("", "", metadata(call, currency=currency), currency))
    else:
        await buy(call, *_given(wish, currency))


def _given(wish: Wish, currency: str) -> tuple[TransferCredit, str]:
    """The operation, and what it is in words."""
    operation = TransferCredit(client_user_id=wish.client, balance=wish.given, currency=currency)
    given = amount(Decimal(wish.given), currency)
    return operation, say(
        "{given} of this account's credit, to client {client}", given=given, client=wish.client
    )


def _form(operation: SendOperation, channel: str) -> Form:
    """Builds the form again from what was typed."""
    filled: Any = operation

    def again(problem: str) -> Modal:
        kept_ = json.dumps({"id": new_id(), "channel": channel, "currency": filled.currency})
        values = str(filled.client_user_id), str(filled.balance)
        return form(*values, kept_, filled.currency, problem)

    return again


def form(client: str, given: str, kept_: str, currency: str, problem: str = "") -> Modal:
    """The form of a transfer.

    Args:
        client: The client's number, as typed.
        given: How much, as typed.
        kept_: What the form keeps.
        currency: ISO 4217.
        problem: What is wrong with it (mrkdwn); empty when nothing is.
    """
    blocks = [*([section(f":warning: {problem}")] if problem else [])]
    blocks.append(
        text_field(
            CLIENT,
            say("Client"),
            client,
            most=_LONGEST,
            hint=say("Its number; /clicksend reseller list shows them."),
        )
    )
    blocks.append(
        text_field(
            GIVEN,
            say("How much, in {currency}", currency=currency),
            given,
            most=_LONGEST,
            hint=say("A whole amount."),
        )
    )
    return modal(
        FORM, _TITLE, blocks, submit=say("Price"), close=say("Cancel"), private_metadata=kept_
    )
