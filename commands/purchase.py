"""What is bought with a button: the price, the yes and the approval of every send."""

from __future__ import annotations

from functools import partial

from bot.clicksend.operations.numbers import BuyNumber
from bot.clicksend.operations.recharge import PurchasePackage
from bot.services.channels import SendOperation, channel_of
from bot.services.sending import Draft, new_id
from bot.store.sends import Send
from bot.texts import Phrase
from commands.access_text import may_not
from commands.context import BotCall
from commands.review import Form, loading, price_and_review, reopens, stopped

_AGAIN = Phrase("Close this, and choose another in the list.")


async def buy(call: BotCall, operation: SendOperation, summary: str) -> None:
    """Ask for the price and the yes, for an admin.

    Args:
        call: The press, or the command.
        operation: What spends; the pipeline knows its channel.
        summary: What it is, in words, not escaped.
    """
    if await may_not(call):
        return
    channel = channel_of(operation.route.id)
    view_id = await call.open(loading(f"{channel.traits.verb.do}: {channel.noun}"))
    draft = Draft(new_id(), call.user, call.channel or call.user, operation, summary)
    await price_and_review(call, view_id, draft, partial(stopped, str(channel.noun)))


@reopens(PurchasePackage.route.id)
@reopens(BuyNumber.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """What stands in the place of a form: another is chosen in the list."""
    del operation
    noun = str(channel_of(row.operation).noun)
    return lambda problem: stopped(noun, problem or str(_AGAIN))
