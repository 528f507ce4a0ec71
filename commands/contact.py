"""`/clicksend contact`: found, shown, added, changed, copied, moved, deleted after a question."""

from __future__ import annotations

import contextlib

from bot.clicksend import ClickSendError, NotFound
from bot.clicksend.operations.contacts import DeleteContact
from bot.services.contacts import name_of, read_ref
from bot.slack.blocks import Message, escape
from bot.texts import Phrase, say
from commands.answers import answer, fitting, plain, trouble
from commands.changes import changed, how, may_not, page_number
from commands.contact_views import DELETE, PAGE, SHOW, render, render_hits
from commands.context import BotCall, BotRouter

_UNREAD = Phrase("The contacts could not be read")
_READING = Phrase("reading a contact")

router: BotRouter = BotRouter()


@router.command(
    "contact find",
    args="<name or number>",
    summary=Phrase("contacts that match, as `/clicksend contact find 0411 111 111`"),
    default=True,
    uses=("search.contact_lists",),
)
async def find(call: BotCall) -> None:
    """Answer with the first page of what matches."""
    call.later(
        answer(call, _found(call, 1, call.text), otherwise=_UNREAD), doing=Phrase("searching")
    )


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page."""
    page, _, text = call.value.partition(" ")
    call.later(_turned(call, page_number(page), text), doing=Phrase("searching"))


async def _turned(call: BotCall, page: int, text: str) -> None:
    try:
        message = await _found(call, page, text)
    except ClickSendError as error:
        message = trouble(_UNREAD, error)
    await call.reply(message, replace=True)


async def _found(call: BotCall, page: int, text: str) -> Message:
    if not text.strip():
        return plain(say("Say whom, as in `/clicksend contact find Ada`."))
    return render_hits(await call.services.contacts.find(text, page), page, text.strip()[:100])


@router.action(SHOW)
@router.command(
    "contact show",
    args="<list/contact>",
    summary=Phrase("one contact"),
    uses=("contacts.get", "lists.list"),
)
async def show(call: BotCall) -> None:
    """Answer with one contact, typed or pressed."""
    made = fitting(call, _read(call, call.given, "show"))
    call.later(answer(call, made, otherwise=_UNREAD), doing=_READING)


async def _read(call: BotCall, text: str, verb: str) -> Message:
    named, alone = read_ref(text), text.strip()
    try:
        if named is not None:
            return render(await call.services.contacts.get(named[0]), named[0].list_id)
        if alone.isascii() and alone.isdigit() and len(alone) < 19:  # noqa: PLR2004 - fits into 64 bits
            return render(await call.services.contacts.locate(int(alone)), None)
    except NotFound:
        return plain(say(":warning: There is no contact `{id}`.", id=escape(alone[:40])))
    return plain(f":warning: {how(verb)}")


@router.command(
    "contact delete",
    args="<list/contact>",
    summary=Phrase("delete a contact, after a question"),
    uses=("contacts.delete",),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_asked(call), doing=_READING)


async def _asked(call: BotCall) -> None:
    if not await may_not(call):
        await answer(call, _read(call, call.text, "delete"), otherwise=_UNREAD)


@router.action(DELETE)
async def delete_pressed(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting a contact"))


async def _delete(call: BotCall) -> None:
    named = read_ref(call.value)
    if named is None or await may_not(call):
        return
    ref = named[0]
    deletion = DeleteContact(list_id=ref.list_id, contact_id=ref.contact_id)
    done, what = say("The contact `{id}` is deleted.", id=ref), say("the contact {id}", id=ref)
    if call.services.second.needed(deletion.route.id):
        with contextlib.suppress(ClickSendError):
            what += f", {name_of(await call.services.contacts.get(ref))}"
    await call.reply(await changed(call, deletion, done, what=what))
