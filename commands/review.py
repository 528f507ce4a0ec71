"""The yes, for every channel: loading, the review with price and warnings, the confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from bot.clicksend import ClickSendError
from bot.services.channels import SendOperation, channel_of
from bot.services.explain import explain
from bot.services.guards import Finding
from bot.services.sending import Confirmation, Draft, Outcome, new_id
from bot.slack.blocks import Message, Modal, escape, modal, section
from bot.slack.router import Ack, Clear, Update
from bot.store.sends import Send
from bot.texts import Phrase, Text, say
from commands.answers import NOTHING, person
from commands.context import BotCall, BotRouter
from commands.priced import CHANGE, CONFIRM, OFFER, finding, money, not_taken, show_review

LOADING, DONE = "send.loading", "send.done"

Form: TypeAlias = Callable[[str], Modal]
"""Builds the form again, everything typed kept, with a problem at its top."""
Reopen: TypeAlias = Callable[[Send, SendOperation], Form]

EVERY = "*"
"""In the place of an operation id: a form for every send that has none of its own."""
IN_THREAD = "thread"
"""In the place of an operation id: the form of an answer to a customer."""

router: BotRouter = BotRouter()
_REOPEN: dict[str, Reopen] = {}


def reopens(operation_id: str) -> Callable[[Reopen], Reopen]:
    """Declare how the form of a channel is filled from a draft of it."""

    def register(reopen: Reopen) -> Reopen:
        _REOPEN[operation_id] = reopen
        return reopen

    return register


def _form(send: Send, operation: SendOperation) -> Form:
    """The form of a draft; none where it replaces another, for a form would add to it instead."""
    if send.replaces:
        return partial(stopped, str(channel_of(send.operation).noun))
    wanted = IN_THREAD if send.thread_ts else send.operation
    return (_REOPEN.get(wanted) or _REOPEN[EVERY])(send, operation)


def loading(title: Text) -> Modal:
    """What stands there while price and checks are on their way."""
    return modal(
        LOADING, title, [section(say(":hourglass_flowing_sand: Asking ClickSend for the price…"))]
    )


def review_later(call: BotCall, draft: Draft, form: Form) -> None:
    """Price a draft, and turn the loading view into the review, or into the form again."""
    view_id = call.view.id if call.view else ""

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(message.text))

    call.later(
        price_and_review(call, view_id, draft, form),
        doing=Phrase("asking for the price"),
        failed=failed,
    )


async def price_and_review(call: BotCall, view_id: str, draft: Draft, form: Form) -> None:
    """Ask for the price; the view becomes the review, or the form with what is wrong."""
    try:
        quote = await call.services.sending.quote(draft)
    except ClickSendError as error:
        problem = say(
            "There is no price. {why} {nothing}", why=escape(explain(error)), nothing=NOTHING
        )
        await call.slack.update_view(view_id, form(problem))
        return
    except Exception:  # the modal must not stay on its loading view, whatever broke
        await call.slack.update_view(
            view_id, form(say("There is no price. {nothing} Try again.", nothing=NOTHING))
        )
        raise
    if quote.problem:
        said = (escape(quote.problem), not_taken(quote), money(quote), str(NOTHING))
        await call.slack.update_view(view_id, form(" ".join(filter(None, said))))
        return
    await show_review(call, view_id, draft, quote)


async def review_kept(
    call: BotCall, view_id: str, send: Send, operation: SendOperation, *, problem: str = ""
) -> None:
    """Show the review of a draft once more: the same draft, so that it counts once only.

    Args:
        call: Whose it is.
        view_id: The view that becomes the review.
        send: The draft.
        operation: What it sends.
        problem: Why it is the form that has to come back instead (mrkdwn); empty for the review.
    """
    form = _form(send, operation)
    if problem:
        await call.slack.update_view(view_id, form(problem))
        return
    draft = Draft(
        send.id,
        send.actor,
        send.channel,
        operation,
        send.summary,
        send.previous,
        same_as=send.fingerprint,
        replaces=send.replaces,
        thread_ts=send.thread_ts,
    )
    await price_and_review(call, view_id, draft, form)


@router.view(CONFIRM)
async def confirm(call: BotCall) -> Ack:
    """Take the yes: the send is stored before this is acknowledged."""
    draft_id = call.view.private_metadata if call.view else ""
    answer = await call.services.sending.confirm(
        draft_id, actor=call.user, access=call.services.access
    )
    if answer.outcome in {Outcome.QUEUED, Outcome.HELD}:
        return Clear()
    if answer.outcome is Outcome.DUPLICATE:
        return Update(_again(draft_id, answer.reasons))
    return Update(_no(answer))


@router.action(CHANGE)
async def change(call: BotCall) -> None:
    """Back to the form, with everything that was typed."""
    call.later(_back(call), doing=Phrase("going back to the form"))


@router.action(OFFER)
async def offer(call: BotCall) -> None:
    """Take the better way that a warning offers, and price it again."""
    call.later(_offered(call), doing=Phrase("asking for the price"))


@router.view(LOADING)
@router.view(DONE)
async def nothing_to_do(call: BotCall) -> None:
    """These modals have nothing to submit."""
    del call


async def _back(call: BotCall) -> None:
    kept = await call.services.sending.draft(call.value)
    if kept and call.view and kept[0].actor == call.user:
        await call.slack.update_view(call.view.id, _form(*kept)(""))


async def _offered(call: BotCall) -> None:
    wish = json.loads(call.value)
    kept = await call.services.sending.draft(str(wish["draft"]))
    if kept is None or call.view is None or kept[0].actor != call.user:
        return
    send, operation = kept
    channel = channel_of(send.operation)
    waits = wish["action"] == "schedule"
    if waits and not channel.traits.can_wait:
        return
    changed = (
        channel.at(operation, datetime.fromtimestamp(int(wish["at"]), UTC))
        if waits
        else channel.plainer(operation)
    )
    await call.slack.update_view(call.view.id, loading(say("Send: {noun}", noun=channel.noun)))
    summary = send.summary if waits else channel.text(changed)
    draft = Draft(
        new_id(),
        call.user,
        send.channel,
        changed,
        summary,
        send.id,
        same_as=send.fingerprint if waits else None,
        replaces=send.replaces,
        thread_ts=send.thread_ts,
    )
    form = _form(send, changed)
    await price_and_review(call, call.view.id, draft, form)


def stopped(title: Text, problem: str) -> Modal:
    """What stands in the place of a form, where there is none."""
    return modal(DONE, title, [section(f":warning: {problem}")])


def _again(draft_id: str, reasons: tuple[Finding, ...]) -> Modal:
    """The question once more: somebody sent the same since the price was seen."""
    return modal(
        CONFIRM,
        say("Send this, too?"),
        [section(say("Nothing was sent yet.")), *(section(finding(each)) for each in reasons)],
        submit=say("Send anyway"),
        close=say("Cancel"),
        private_metadata=draft_id,
    )


def _no(answer: Confirmation) -> Modal:
    """Why the yes did not lead to a send at once."""
    if answer.outcome is Outcome.APPROVAL:
        text = say("A second person is asked to approve it. Until then nothing is sent or charged.")
        return _ended(say("Waiting for approval"), f":busts_in_silhouette: {text}")
    if answer.outcome is Outcome.FORBIDDEN:
        return _ended(say("Not sent"), f":no_entry: {answer.words} {NOTHING}")
    if answer.outcome is Outcome.LIMITED:
        return _ended(say("Not sent"), f":no_entry: {escape(answer.words)} {NOTHING}")
    if answer.outcome is Outcome.SETTLED:
        said = [
            escape(answer.words or say("Somebody has settled this one in the meantime.")),
            *([say("That was {person}.", person=person(answer.by))] if answer.by else []),
            str(NOTHING),
        ]
        return _ended(say("Not sent"), " ".join(said))
    if answer.outcome is Outcome.ALREADY:
        text = say(
            "You said yes to this one before, and it is sent once only. "
            "Look at `/clicksend history` for how it went."
        )
        return _ended(say("Sent once"), text)
    return _ended(
        say("Not sent"), say("This form is too old. {nothing} Please start again.", nothing=NOTHING)
    )


def _ended(title: str, text: str) -> Modal:
    return modal(DONE, title, [section(text)])
