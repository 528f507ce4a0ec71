"""A message in a conversation's thread that begins with the set prefix: an SMS, after a yes.

Nothing is handled unless INBOX_REPLY_PREFIX is set; what does not begin with it is a note among
colleagues, and never reaches the customer.
"""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.explain import explain
from bot.services.money import amount
from bot.services.sending import Draft, Outcome, Quote
from bot.slack.blocks import Block, Message, button, buttons, clip, escape, section
from bot.texts import Phrase, say
from commands.answers import NOTHING, plain
from commands.audience import LONGEST
from commands.context import BotCall, BotRouter
from commands.inbox_reply import answer_to, draft_of
from commands.priced import finding

SEND = "inbox.send"

router: BotRouter = BotRouter()


@router.event("message")
async def said(call: BotCall) -> None:
    """Offer to send what was written with the prefix, in a thread of a conversation."""
    prefix = call.services.reply_prefix
    if not prefix or not call.user or not call.channel or not call.thread_ts:
        return
    body = call.text.removeprefix(prefix).strip()
    if not call.text.startswith(prefix) or not body:
        return
    talk = await call.services.desk.in_thread(call.channel, call.thread_ts)
    if talk is None or not talk.theirs.startswith("+"):
        return
    message = await _offer(call, draft_of(answer_to(talk, body), call.user))
    await call.slack.whisper(call.channel, call.user, message, thread_ts=call.thread_ts)


async def _offer(call: BotCall, draft: Draft) -> Message:
    decision = await call.services.access.may_send(call.user, draft.channel)
    if not decision.allowed:
        return plain(f":no_entry: {decision.reason} {NOTHING}")
    if len(draft.summary) > LONGEST:
        why = say("That is longer than {longest:,} characters.", longest=LONGEST)
        return plain(f":warning: {why} {NOTHING}")
    try:
        quote = await call.services.sending.quote(draft)
    except ClickSendError as error:
        why = say("There is no price. {why}", why=escape(explain(error)))
        return plain(f":warning: {why} {NOTHING}")
    if quote.problem:
        return plain(f":warning: {escape(quote.problem)} {NOTHING}")
    return _priced(draft, quote)


def _priced(draft: Draft, quote: Quote) -> Message:
    price = amount(quote.price, quote.currency)
    quoted = escape(clip(draft.summary, 500)).replace("\n", "\n>")
    text = f"{say('Send this as SMS for {price}?', price=price)}\n>{quoted}"
    name = say("Send anyway") if quote.warned else say("Send for {price}", price=price)
    blocks: list[Block] = [
        section(text),
        *(section(finding(each)) for each in quote.findings),
        buttons(button(name, SEND, value=draft.id, style="primary")),
    ]
    return Message(text, tuple(blocks))


@router.action(SEND)
async def send(call: BotCall) -> None:
    """Take the yes: the send is stored before this is acknowledged."""
    answer = await call.services.sending.confirm(
        call.value, actor=call.user, access=call.services.access
    )
    if answer.outcome is Outcome.FORBIDDEN:
        message = plain(f":no_entry: {answer.words} {NOTHING}")
    else:
        message = plain(_OUTCOMES.get(answer.outcome) or f":no_entry: {NOTHING}")
        if answer.words or answer.reasons:
            why = " ".join([answer.words, *(each.reason for each in answer.reasons)])
            message = plain(f":no_entry: {escape(why.strip())} {NOTHING}")
    call.later(call.reply(message, replace=True), doing=Phrase("answering"))


_OUTCOMES = {
    Outcome.QUEUED: Phrase(":outbox_tray: It is on its way."),
    Outcome.HELD: Phrase(
        ":hourglass_flowing_sand: It goes out in a moment; it can still be undone."
    ),
    Outcome.APPROVAL: Phrase(
        ":busts_in_silhouette: A second person is asked to approve it. "
        "Until then nothing is sent or charged."
    ),
    Outcome.ALREADY: Phrase("You said yes to this one before, and it is sent once only."),
}
