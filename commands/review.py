"""The yes, for every channel: loading, the review with price and warnings, the confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from slack_sdk.models.blocks import InteractiveElement

from bot.clicksend import ClickSendError
from bot.services.channels import SendOperation, channel_of
from bot.services.explain import explain
from bot.services.guards import Finding, Level
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.services.sending import Confirmation, Draft, Outcome, Quote, new_id
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    button,
    buttons,
    clip,
    escape,
    fields,
    modal,
    section,
)
from bot.slack.router import Ack, Clear, Update
from bot.store.sends import Send
from commands.answers import NOTHING, moment
from commands.context import BotCall, BotRouter

CONFIRM, LOADING, DONE = "send.confirm", "send.loading", "send.done"
CHANGE, OFFER = "send.change", "send.offer"
_MOST = 20

Form: TypeAlias = Callable[[str], Modal]
"""Builds the form again, everything typed kept, with a problem at its top."""
Reopen: TypeAlias = Callable[[Send, SendOperation], Form]

router: BotRouter = BotRouter()
_REOPEN: dict[str, Reopen] = {}


def reopens(operation_id: str) -> Callable[[Reopen], Reopen]:
    """Declare how the form of a channel is filled from a draft of it."""

    def register(reopen: Reopen) -> Reopen:
        _REOPEN[operation_id] = reopen
        return reopen

    return register


def loading(title: str) -> Modal:
    """What stands there while price and checks are on their way."""
    return modal(
        LOADING, title, [section(":hourglass_flowing_sand: Asking ClickSend for the price…")]
    )


def review_later(call: BotCall, draft: Draft, form: Form) -> None:
    """Price a draft, and turn the loading view into the review, or into the form again."""
    view_id = call.view.id if call.view else ""

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(message.text))

    call.later(
        price_and_review(call, view_id, draft, form), doing="asking for the price", failed=failed
    )


async def price_and_review(call: BotCall, view_id: str, draft: Draft, form: Form) -> None:
    """Ask for the price; the view becomes the review, or the form with what is wrong."""
    try:
        quote = await call.services.sending.quote(draft)
    except ClickSendError as error:
        problem = f"There is no price. {escape(explain(error))} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
        return
    if quote.problem:
        problem = f"{escape(quote.problem)} {_refused(quote)} {_money(quote)} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
        return
    await call.slack.update_view(view_id, review(draft, quote))


@router.view(CONFIRM)
async def confirm(call: BotCall) -> Ack:
    """Take the yes: the send is stored before this is acknowledged."""
    draft_id = call.view.private_metadata if call.view else ""
    kept = await call.services.sending.draft(draft_id)
    channel, kind = (kept[0].channel, channel_of(kept[0].operation).kind) if kept else (None, None)
    decision = await call.services.access.may_send(call.user, channel, kind=kind)
    if not decision.allowed:
        return Update(_ended("Not sent", f":no_entry: {decision.reason} {NOTHING}"))
    answer = await call.services.sending.confirm(draft_id, actor=call.user)
    if answer.outcome in {Outcome.QUEUED, Outcome.HELD}:
        return Clear()
    if answer.outcome is Outcome.DUPLICATE:
        return Update(_again(draft_id, answer.reasons))
    return Update(_no(answer))


@router.action(CHANGE)
async def change(call: BotCall) -> None:
    """Back to the form, with everything that was typed."""
    call.later(_back(call), doing="going back to the form")


@router.action(OFFER)
async def offer(call: BotCall) -> None:
    """Take the better way that a warning offers, and price it again."""
    call.later(_offered(call), doing="asking for the price")


@router.view(LOADING)
@router.view(DONE)
async def nothing_to_do(call: BotCall) -> None:
    """These modals have nothing to submit."""
    del call


async def _back(call: BotCall) -> None:
    kept = await call.services.sending.draft(call.value)
    if kept and call.view:
        await call.slack.update_view(call.view.id, _REOPEN[kept[0].operation](*kept)(""))


async def _offered(call: BotCall) -> None:
    wish = json.loads(call.value)
    kept = await call.services.sending.draft(str(wish["draft"]))
    if kept is None or call.view is None or kept[0].actor != call.user:
        return
    send, operation = kept
    channel = channel_of(send.operation)
    changed = (
        channel.at(operation, datetime.fromtimestamp(int(wish["at"]), UTC))
        if wish["action"] == "schedule"
        else channel.plainer(operation)
    )
    await call.slack.update_view(call.view.id, loading(f"Send: {channel.noun}"))
    summary = send.summary if wish["action"] == "schedule" else channel.text(changed)
    draft = Draft(new_id(), call.user, send.channel, changed, summary, send.id)
    form = _REOPEN[send.operation](send, changed)
    await price_and_review(call, call.view.id, draft, form)


def review(draft: Draft, quote: Quote) -> Modal:
    """What will be sent, to whom, at what price, and what speaks against it."""
    channel = channel_of(draft.operation.route.id)
    schedule = channel.schedule(draft.operation)
    blocks: list[Block] = [
        section(f"*To {_count(quote.recipients)}*\n{_recipients(draft)}"),
        section(f"*What*\n{escape(clip(draft.summary, 2500))}"),
        fields(
            f"*Price*\n{amount(quote.price, quote.currency)}",
            f"*{channel.unit.capitalize()}s*\n{quote.parts}",
            f"*Balance after*\n{amount(quote.balance_after, quote.currency)}",
            f"*When*\n{moment(schedule) if schedule else 'now'}",
        ),
        *([section(f":warning: {_refused(quote)}")] if quote.refused else []),
        *(section(finding(each)) for each in quote.findings[:_MOST]),
        *([section(f":busts_in_silhouette: {_approval(quote)}")] if quote.approval else []),
        buttons(*_offers(draft, quote), button("Change", CHANGE, value=draft.id)),
    ]
    yes = "Send anyway" if quote.warned else "Send"
    return modal(
        CONFIRM,
        "Send this?",
        blocks,
        submit="Ask for approval" if quote.approval else yes,
        close="Cancel",
        private_metadata=draft.id,
    )


def finding(found: Finding) -> str:
    """A warning or a note (mrkdwn)."""
    mark = ":information_source:" if found.level is Level.NOTE else ":warning:"
    who = f"<@{found.actor}> " if found.actor else ""
    return f"{mark} {who}{escape(found.reason)}"


def _offers(draft: Draft, quote: Quote) -> list[InteractiveElement]:
    made: list[InteractiveElement] = []
    for index, each in enumerate(quote.findings):
        if each.offer is None or len(made) == 4:  # noqa: PLR2004 - five buttons in a row look right
            continue
        at = int(each.offer.at.timestamp()) if each.offer.at else 0
        value = json.dumps({"draft": draft.id, "action": each.offer.action, "at": at})
        made.append(button(each.offer.label, f"{OFFER}:{index}", value=value))
    return made


def _approval(quote: Quote) -> str:
    return f"A second person has to approve it, because {escape(quote.approval or '')}."


def _again(draft_id: str, reasons: tuple[Finding, ...]) -> Modal:
    """The question once more: somebody sent the same since the price was seen."""
    return modal(
        CONFIRM,
        "Send this, too?",
        [section("Nothing was sent yet."), *(section(finding(each)) for each in reasons)],
        submit="Send anyway",
        close="Cancel",
        private_metadata=draft_id,
    )


def _no(answer: Confirmation) -> Modal:
    """Why the yes did not lead to a send at once."""
    if answer.outcome is Outcome.APPROVAL:
        text = "A second person is asked to approve it. Until then nothing is sent or charged."
        return _ended("Waiting for approval", f":busts_in_silhouette: {text}")
    if answer.outcome is Outcome.LIMITED:
        return _ended("Not sent", f":no_entry: {escape(answer.words)} {NOTHING}")
    if answer.outcome is Outcome.SETTLED:
        return _ended("Not sent", f"Somebody has settled this one in the meantime. {NOTHING}")
    if answer.outcome is Outcome.ALREADY:
        text = (
            "You said yes to this one before, and it is sent once only. "
            "Look at `/clicksend history` for how it went."
        )
        return _ended("Sent once", text)
    return _ended("Not sent", f"This form is too old. {NOTHING} Please start again.")


def _ended(title: str, text: str) -> Modal:
    return modal(DONE, title, [section(text)])


def _recipients(draft: Draft) -> str:
    recipients = channel_of(draft.operation.route.id).recipients(draft.operation)
    return people(recipients)


def people(recipients: tuple[str, ...]) -> str:
    """The first recipients, and how many more there are (mrkdwn)."""
    shown = ", ".join(escape(for_people(each)) for each in recipients[:_MOST])
    rest = len(recipients) - _MOST
    return shown + (f" and {rest:,} more" if rest > 0 else "")


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
