"""`/clicksend voice`: a call that reads a text aloud, the price, the yes."""

from __future__ import annotations

from dataclasses import replace

from bot.clicksend.operations.voice import SendVoice
from bot.services import recipients
from bot.services.channels import SendOperation
from bot.slack.blocks import Modal
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase
from commands.audience import audience_of
from commands.context import BotCall, BotRouter
from commands.origin import Origin, open_form
from commands.review import Form, loading, reopens, review_later
from commands.times import chosen
from commands.voice_form import BODY, FORM, LANGUAGE, TITLE, Typed, check, fitting, form, read

router: BotRouter = BotRouter()


@router.command(
    "voice send",
    args="[+61411111111 text]",
    summary=Phrase(
        "call and read a text aloud, as `/clicksend voice send +61411111111 We open at nine`"
    ),
    default=True,
    uses=("voice.price", "voice.send", "account.get", "lists.list", "search.contact_lists"),
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    to, body = recipients.split_prefill(call.text, default_country=call.services.default_country)
    call.later(_open(call, to, body), doing=Phrase("opening the form"))


async def _open(call: BotCall, to: str, body: str) -> None:
    language = (await call.services.own.of(call.user)).language

    def made(origin: Origin) -> Modal:
        typed = Typed(origin, to=to, body=body)
        return form(fitting(replace(typed, language=language) if language else typed))

    await open_form(call, "voice", made, to, body)


@router.action(LANGUAGE)
@router.action(BODY)
async def changed(call: BotCall) -> None:
    """Offer the voices of the language, and say how long the text takes to listen to."""
    if call.view and call.view.callback_id == FORM:
        call.later(_shown_again(call, call.view), doing=Phrase("showing the form"), failed=_untold)


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
    again = replace(typed, origin=typed.origin.again())
    review_later(call, draft, lambda problem: form(again, problem))
    return Update(loading(TITLE))


@reopens(SendVoice.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft."""
    if not isinstance(operation, SendVoice):
        raise TypeError(f"{operation.route.id} is no voice call")
    first = operation.messages[0]
    to, list_id, list_name = audience_of(operation.messages)
    typed = Typed(
        Origin.after(row),
        to=to,
        list_id=list_id,
        list_name=list_name,
        body=first.body,
        voice=first.voice.value,
        when=int(first.schedule.timestamp()) if first.schedule else None,
        key=bool(first.require_input),
        machine=bool(first.machine_detection),
    )
    if first.lang:
        typed = replace(typed, language=first.lang.value)
    return lambda problem: form(typed, problem)


async def _shown_again(call: BotCall, view: View) -> None:
    await call.slack.update_view(view.id, form(fitting(read(view))))


async def _untold(message: object) -> None:
    """An estimate that does not come is no reason to disturb somebody who is writing."""
    del message
