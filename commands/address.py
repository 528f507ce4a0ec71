"""`/clicksend address`: the return addresses of letters and postcards."""

from __future__ import annotations

from bot.clicksend import ClickSendError, NotFound
from bot.clicksend.operations.return_addresses import (
    CreateReturnAddress,
    DeleteReturnAddress,
    GetReturnAddress,
    ListReturnAddresses,
    UpdateReturnAddress,
)
from bot.clicksend.post import ReturnAddress
from bot.slack.blocks import Message, Modal, button, buttons, clip, confirm, escape, modal, section
from bot.slack.router import Ack, Errors
from bot.texts import Phrase, say
from commands.answers import answer, plain, refused, trouble
from commands.context import BotCall, BotRouter
from commands.post_address import Address, address_fields
from commands.things import (
    NOTHING_CHANGED,
    Entry,
    Sheet,
    Words,
    change,
    denied,
    kept,
    metadata,
    page_number,
    show_sheet,
)

FORM, PAGE = "address.form", "address.page"
CHANGE, DELETE = "address.change", "address.delete"
LIST = "/clicksend address list"
_LONGEST_ID = 18
_UNREAD = Phrase("The address could not be read")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "address list",
    args="[page]",
    summary=Phrase("where letters and postcards go back to"),
    default=True,
    uses=("return_addresses.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the list, or turn the page."""
    call.later(_show(call, call.given, replace=call.pressed), doing=Phrase("reading the addresses"))


@router.command(
    "address create",
    args="[name]",
    summary=Phrase("save a return address, as `/clicksend address create Harbour Dental`"),
    uses=("return_addresses.create",),
)
async def create(call: BotCall) -> None:
    """Open the form of a new address."""
    call.later(_open_new(call), doing=Phrase("opening the form"))


@router.action(CHANGE)
@router.command(
    "address change",
    args="<id>",
    summary=Phrase("change a return address, as `/clicksend address change 4`"),
    uses=("return_addresses.get", "return_addresses.update"),
)
async def change_asked(call: BotCall) -> None:
    """Open the form of an address, typed or pressed."""
    call.later(_open_change(call, call.given), doing=Phrase("opening the form"))


@router.command(
    "address delete",
    args="<id>",
    summary=Phrase("delete a return address, as `/clicksend address delete 4`"),
    uses=("return_addresses.get", "return_addresses.delete"),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_asked(call), doing=Phrase("reading the address"))


async def _asked(call: BotCall) -> None:
    if not await refused(call):
        await answer(call, _ask(call), otherwise=_UNREAD)


@router.action(DELETE)
async def delete_pressed(call: BotCall) -> Ack:
    """Delete it: the question was answered with yes."""
    if await refused(call) or not _is_id(call.value):
        return None
    number = call.value
    words = Words(
        lambda: say("The return address {number} is deleted.", number=number),
        say("The return address {number} was not deleted.", number=number),
        LIST,
    )
    deletion = DeleteReturnAddress(return_address_id=int(number))
    what = say("the return address {number}", number=number)
    return await change(call, deletion, words, what=what)


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Save the address, once."""
    refusal = denied(await call.services.access.may_send(call.user, None))
    if refusal or call.view is None:
        return refusal
    address, about = Address.read(call.view), kept(call)
    if address.wrong:
        return Errors(address.wrong)
    number = about.get("address")
    operation = (
        CreateReturnAddress.model_validate(address.wire)
        if number is None
        else UpdateReturnAddress.model_validate({**address.wire, "return_address_id": number})
    )
    name = escape(address.name)
    words = Words(
        lambda: say("The return address *{name}* is saved.", name=name),
        say("The return address *{name}* was not saved.", name=name),
        LIST,
    )
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _page(call, page_number(number))
    failed = Phrase("The addresses could not be read")
    await show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)


async def _page(call: BotCall, number: int) -> Sheet:
    page = await call.services.clicksend.run(ListReturnAddresses(page=number))
    entries = [_entry(each) for each in page.data]
    empty = say("There is no return address yet. Save one: `/clicksend address create`")
    return Sheet(say("Return addresses"), entries, number, page.last_page or 1, empty)


def _entry(found: ReturnAddress) -> Entry:
    number = str(found.return_address_id)
    lines = [value for value in Address.of(found).wire.values() if value]
    change_it = button(say("Change…"), f"{CHANGE}:{number}", value=number)
    facts = f"{escape(clip(', '.join(lines[1:]), 500))}\n`{number}`"
    return Entry(found.address_name or say("(no name)"), facts, change_it)


async def _open_new(call: BotCall) -> None:
    if not await refused(call):
        name = " ".join(call.text.split())[:100]
        address = Address(name=name, country=call.services.default_country or "")
        await call.open(form(say("New return address"), address, metadata(call)))


async def _open_change(call: BotCall, text: str) -> None:
    if await refused(call):
        return
    try:
        found = await _found(call, text, "change")
    except ClickSendError as error:
        found = trouble(_UNREAD, error)
    if isinstance(found, Message):
        await call.reply(found)
        return
    kept_ = metadata(call, address=found.return_address_id)
    await call.open(form(say("Change return address"), Address.of(found), kept_))


async def _ask(call: BotCall) -> Message:
    found = await _found(call, call.text, "delete")
    if isinstance(found, Message):
        return found
    entry, number = _entry(found), str(found.return_address_id)
    ask = confirm(
        say("Delete this return address?"),
        say(
            "*{name}* is gone for everybody.",
            name=escape(clip(found.address_name or number, 100)),
        ),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    delete_it = button(say("Delete"), DELETE, value=number, style="danger", ask=ask)
    return Message(entry.line, (section(entry.line), buttons(delete_it)))


async def _found(call: BotCall, text: str, verb: str) -> ReturnAddress | Message:
    """The address that is named; or why there is none."""
    number = text.strip()
    if not _is_id(number):
        how = say(
            "Name it by its number, such as `{example}`: see `{list}`.",
            example=f"/clicksend address {verb} 4",
            list=LIST,
        )
        return plain(f":warning: {how} {NOTHING_CHANGED}")
    try:
        return await call.services.clicksend.run(GetReturnAddress(return_address_id=int(number)))
    except NotFound:
        text = say("There is no return address {number}. See `{list}`.", number=number, list=LIST)
        return plain(f":warning: {text} {NOTHING_CHANGED}")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


def form(title: str, address: Address, kept_: str) -> Modal:
    """The form of a return address."""
    blocks = address_fields(address)
    return modal(
        FORM, title, blocks, submit=say("Save"), close=say("Cancel"), private_metadata=kept_
    )
