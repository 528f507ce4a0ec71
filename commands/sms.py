"""`/sms`: a form, the price, the yes."""

from __future__ import annotations

from dataclasses import replace

from bot.clicksend.operations.sms import SendSms
from bot.services import recipients
from bot.services.channels import SendOperation
from bot.services.sending import new_id
from bot.slack.blocks import Modal
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.audience import audience_of
from commands.context import BotCall, BotRouter
from commands.origin import Origin, open_form
from commands.review import Form, loading, reopens, review_later
from commands.sms_form import COUNT, FORM, Typed, check, form, read
from commands.times import chosen

router: BotRouter = BotRouter()


@router.command(
    "sms send",
    args="[+61411111111 text]",
    summary=Phrase("send an SMS"),
    shortcut="/sms",
    default=True,
    uses=(
        "sms.price",
        "sms.send",
        "account.get",
        "contacts.list",
        "lists.list",
        "search.contact_lists",
    ),
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    to, body = recipients.split_prefill(call.text, default_country=call.services.default_country)
    call.later(open_sms(call, to, body), doing=Phrase("opening the form"))


async def open_sms(call: BotCall, to: str, body: str) -> None:
    """Open the form, prefilled."""
    own = await call.services.own.of(call.user)

    def made(origin: Origin) -> Modal:
        return form(Typed(origin.id, origin.channel, to=to, body=body, sender=own.sender))

    await open_form(call, "sms", made, to, body)


@router.action(COUNT)
async def count(call: BotCall) -> None:
    """Show the count of what is typed so far."""
    if call.view and call.view.callback_id == FORM:
        call.later(_recount(call, call.view), doing=Phrase("counting characters"), failed=_untold)


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; the price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    time = await chosen(call, typed.words, typed.when)
    wrong, draft = check(typed, call.user, call.services.default_country, time)
    if draft is None:
        return Errors(wrong)
    review_later(call, draft, lambda problem: form(replace(typed, id=new_id()), problem))
    return Update(loading(say("Send an SMS")))


@reopens(SendSms.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft."""
    if not isinstance(operation, SendSms):
        raise TypeError(f"{operation.route.id} is no SMS")
    first = operation.messages[0]
    to, list_id, list_name = audience_of(operation.messages)
    typed = Typed(
        id=new_id(),
        channel=row.channel,
        to=to,
        list_id=list_id,
        list_name=list_name,
        sender=first.from_ or "",
        body=first.body,
        when=int(first.schedule.timestamp()) if first.schedule else None,
        previous=row.id,
        replaces=row.replaces,
    )
    return lambda problem: form(typed, problem)


async def _recount(call: BotCall, view: View) -> None:
    await call.slack.update_view(view.id, form(read(view)))


async def _untold(message: object) -> None:
    """A count that does not come is no reason to disturb somebody who is writing."""
    del message
