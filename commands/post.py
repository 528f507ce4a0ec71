"""`/clicksend letter send`, `/clicksend postcard send`: what is printed, for whom, the yes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.clicksend import ClickSendError
from bot.clicksend.operations.letters import DetectAddress, SendLetter
from bot.clicksend.operations.postcards import SendPostcard
from bot.clicksend.operations.return_addresses import ListReturnAddresses
from bot.services.channels import SendOperation
from bot.services.explain import explain
from bot.services.sending import Draft
from bot.slack.blocks import Modal, escape, modal, section
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.context import BotCall, BotRouter
from commands.files import KEPT_SECONDS, Uploaded, prepare_later
from commands.menus import offered
from commands.origin import Origin, origin_for
from commands.post_address import Address
from commands.post_draft import brought, detected, draft_of, link_name, not_read
from commands.post_form import (
    COLOUR,
    DUPLEX,
    LETTER_STYLE,
    POSTCARD_STYLE,
    PRIORITY,
    RETURN,
    Style,
    Typed,
    check,
    form,
    read,
)
from commands.review import Form, loading, reopens
from commands.times import chosen, zone_of

READING = "post.reading"
_COMMON = ("uploads.upload", "letters.detect_address", "return_addresses.list", "account.get")

router: BotRouter = BotRouter()


@router.command(
    "letter send",
    args="[address]",
    summary=Phrase(
        "post a PDF, DOC or DOCX, as `/clicksend letter send Jane Doe, 12 High Street, Sydney NSW "
        "2000`"
    ),
    default=True,
    uses=(*_COMMON, "letters.price", "letters.send"),
)
async def letter(call: BotCall) -> None:
    """Open the form of a letter, with the address that was typed."""
    call.later(_open(call, LETTER_STYLE), doing=Phrase("opening the form"))


@router.command(
    "postcard send",
    args="[address]",
    summary=Phrase(
        "post a postcard, as `/clicksend postcard send Jane Doe, 12 High Street, Sydney NSW 2000`"
    ),
    default=True,
    uses=(*_COMMON, "postcards.price", "postcards.send"),
)
async def postcard(call: BotCall) -> None:
    """Open the form of a postcard, with the address that was typed."""
    call.later(_open(call, POSTCARD_STYLE), doing=Phrase("opening the form"))


@router.options(RETURN)
async def return_addresses(call: BotCall) -> Ack:
    """Offer the account's return addresses that match."""
    return await offered(
        call,
        ListReturnAddresses(),
        lambda each: (each.return_address_id, _in_a_line(Address.of(each))),
    )


@router.view(READING)
async def nothing_to_do(call: BotCall) -> None:
    """That modal has nothing to submit."""
    del call


@router.view(LETTER_STYLE.form)
async def submit_letter(call: BotCall) -> Ack:
    """Check what can be checked here; file, address and price arrive in the loading view."""
    return await _submit(call, LETTER_STYLE)


@router.view(POSTCARD_STYLE.form)
async def submit_postcard(call: BotCall) -> Ack:
    """The same for a postcard."""
    return await _submit(call, POSTCARD_STYLE)


@reopens(SendLetter.route.id)
def reopened_letter(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft; its file is kept while ClickSend has it."""
    if not isinstance(operation, SendLetter):
        raise TypeError(f"{operation.route.id} is no letter")
    ticked = {COLOUR: operation.colour, DUPLEX: operation.duplex, PRIORITY: operation.priority_post}
    made = frozenset(name for name, is_so in ticked.items() if is_so)
    typed = _typed_again(row, operation, (operation.file_url,))
    return partial(form, replace(typed, made=made), LETTER_STYLE)


@reopens(SendPostcard.route.id)
def reopened_postcard(row: Send, operation: SendOperation) -> Form:
    """The same of a postcard."""
    if not isinstance(operation, SendPostcard):
        raise TypeError(f"{operation.route.id} is no postcard")
    return partial(form, _typed_again(row, operation, operation.file_urls), POSTCARD_STYLE)


def _typed_again(row: Send, operation: SendLetter | SendPostcard, urls: tuple[str, ...]) -> Typed:
    first, said = operation.recipients[0], row.summary.split("\n")
    back = str(first.return_address_id)
    until = int(row.created_at.timestamp()) + KEPT_SECONDS
    kept = Uploaded(urls, said[0], until, same_as=row.fingerprint or "")
    is_link = said[0] == link_name(urls[0])
    is_fresh = row.previous is None and not is_link  # of an older draft nobody knows how old it is
    return Typed(
        Origin.after(row),
        address=Address(
            first.address_name,
            first.address_line_1,
            first.address_line_2 or "",
            first.address_city,
            first.address_state,
            first.address_postal_code,
            first.address_country,
        ),
        back=back,
        back_name=said[-1].partition(": ")[2] or back,
        link=urls[0] if is_link else "",
        uploaded=kept if is_fresh else None,
        when=int(first.schedule.timestamp()) if first.schedule else None,
    )


async def _open(call: BotCall, style: Style) -> None:
    text = call.text.strip()
    origin = await origin_for(call, style.channel, text)
    if origin is None:
        return
    empty = Typed(origin, address=Address(country=call.services.default_country or ""))
    if text:
        view_id = await call.open(_reading(style))
        if view_id:
            await call.slack.update_view(view_id, await _prefilled(call, empty, style, text))
    else:
        await call.open(form(empty, style))
    await zone_of(call)  # kept for a while: the form is submitted faster


async def _prefilled(call: BotCall, empty: Typed, style: Style, text: str) -> Modal:
    """The form with the address as ClickSend takes it apart; or with why it did not."""
    try:
        found = await detected(call, empty.address, DetectAddress(address=text))
    except ClickSendError as error:
        return form(
            empty,
            style,
            say("The address could not be taken apart. {why}", why=escape(explain(error))),
        )
    problem = not_read(found, say("what you typed"))
    return form(replace(empty, address=found), style, escape(problem))


async def _submit(call: BotCall, style: Style) -> Ack:
    if call.view is None:
        return None
    typed = read(call.view)
    time = await chosen(call, typed.words, typed.when)
    wrong = check(typed, style, time, call.services.now())
    if wrong:
        return Errors(wrong)
    again = replace(typed, origin=typed.origin.again())

    async def build() -> Draft:
        nonlocal again
        ready = await brought(call, replace(typed, at=time.at), style)
        # What is uploaded is kept for a form that comes back; a link stands there anyway.
        kept = None if ready.link else ready.uploaded
        again = replace(ready, origin=again.origin, uploaded=kept)
        notes = [time.note] if time.note else []
        if ready.uploaded and ready.address != typed.address:
            file = ready.uploaded.name
            text = say(
                "ClickSend read the address from {file}: see whether it is right.", file=file
            )
            notes.insert(0, text)
        return draft_of(call, ready, style, tuple(notes))

    prepare_later(
        call,
        build,
        lambda problem: form(again, style, problem),
        doing=style.doing,
        otherwise=Phrase("The file was not taken, or its address not read."),
    )
    return Update(loading(style.title))


def _in_a_line(address: Address) -> str:
    return ", ".join(filter(None, address.wire.values()))


def _reading(style: Style) -> Modal:
    text = say(":hourglass_flowing_sand: Asking ClickSend to take the address apart…")
    return modal(READING, style.title, [section(text)])
