"""The yes: loading, the review with its price, and the confirmation, for every channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from slack_sdk.models.blocks import InteractiveElement

from bot.clicksend import ClickSendError
from bot.services.explain import explain
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.services.sending import Confirmation, Draft, Quote
from bot.slack.blocks import Message, Modal, buttons, clip, escape, fields, modal, section
from bot.slack.router import Ack, Clear, Update
from commands.answers import NOTHING
from commands.context import BotCall, BotRouter

CONFIRM = "send.confirm"
LOADING = "send.loading"
DONE = "send.done"
_MOST = 20

Form: TypeAlias = Callable[[str], Modal]
"""Builds the form again, everything typed kept, with a problem at its top."""

router: BotRouter = BotRouter()


def loading(title: str) -> Modal:
    """What stands there while price and checks are on their way."""
    return modal(
        LOADING, title, [section(":hourglass_flowing_sand: Asking ClickSend for the price…")]
    )


def review_later(call: BotCall, draft: Draft, form: Form, change: InteractiveElement) -> None:
    """Price a draft, and turn the loading view into the review, or into the form again."""
    view_id = call.view.id if call.view else ""

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(message.text))

    call.later(
        price_and_review(call, view_id, draft, form, change),
        doing="asking for the price",
        failed=failed,
    )


async def price_and_review(
    call: BotCall, view_id: str, draft: Draft, form: Form, change: InteractiveElement
) -> None:
    """Ask for the price; the view becomes the review, or the form with what is wrong."""
    try:
        quote = await call.services.sending.quote(draft)
    except ClickSendError as error:
        problem = f"There is no price. {escape(explain(error))} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
        return
    if quote.problem:
        problem = f"{quote.problem} {_refused(quote)} {_money(quote)} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
        return
    await call.slack.update_view(view_id, review(draft, quote, change))


@router.view(CONFIRM)
async def confirm(call: BotCall) -> Ack:
    """Take the yes: the send is stored before this is acknowledged."""
    decision = call.services.access.may_send(call.user)
    if not decision.allowed:
        return Update(_ended("Not sent", f":no_entry: {decision.reason} {NOTHING}"))
    draft_id = call.view.private_metadata if call.view else ""
    outcome = await call.services.sending.confirm(draft_id, actor=call.user)
    if outcome is Confirmation.QUEUED:
        return Clear()
    if outcome is Confirmation.ALREADY:
        text = (
            "You said yes to this one before, and it is sent once only. "
            "Look at `/clicksend history` for how it went."
        )
        return Update(_ended("Sent once", text))
    return Update(_ended("Not sent", f"This form is too old. {NOTHING} Please start again."))


@router.view(LOADING)
@router.view(DONE)
async def nothing_to_do(call: BotCall) -> None:
    """These modals have nothing to submit."""
    del call


def review(draft: Draft, quote: Quote, change: InteractiveElement) -> Modal:
    """What will be sent, to whom, at what price."""
    first = draft.operation.messages[0]
    when = (
        f"<!date^{int(first.schedule.timestamp())}^{{date_short_pretty}} {{time}}|"
        f"{first.schedule:%Y-%m-%d %H:%M} UTC>"
        if first.schedule
        else "now"
    )
    blocks = [
        section(f"*To {_count(quote.recipients)}*\n{_recipients(draft)}"),
        section(f"*What*\n{escape(clip(draft.summary, 2500))}"),
        fields(
            f"*Price*\n{amount(quote.price, quote.currency)}",
            f"*Parts or pages*\n{quote.parts}",
            f"*Balance after*\n{amount(quote.balance_after, quote.currency)}",
            f"*When*\n{when}",
        ),
        *([section(f":warning: {_refused(quote)}")] if quote.refused else []),
        buttons(change),
    ]
    return modal(
        CONFIRM, "Send this?", blocks, submit="Send", close="Cancel", private_metadata=draft.id
    )


def _ended(title: str, text: str) -> Modal:
    return modal(DONE, title, [section(text)])


def _recipients(draft: Draft) -> str:
    shown = [
        for_people(message.to) if message.to else f"contact list {message.list_id}"
        for message in draft.operation.messages[:_MOST]
    ]
    rest = len(draft.operation.messages) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _refused(quote: Quote) -> str:
    if not quote.refused:
        return ""
    named = ", ".join(
        f"{escape(for_people(each.recipient))} ({escape(each.status)})"
        for each in quote.refused[:_MOST]
    )
    more = f" and {len(quote.refused) - _MOST} more" if len(quote.refused) > _MOST else ""
    return f"ClickSend will not take {named}{more}."


def _money(quote: Quote) -> str:
    return (
        f"Price {amount(quote.price, quote.currency)}, "
        f"balance {amount(quote.balance, quote.currency)}."
    )


def _count(recipients: int) -> str:
    return "1 recipient" if recipients == 1 else f"{recipients:,} recipients"
