"""`/clicksend list`: the contact lists, their contacts, and what keeps them clean."""

from __future__ import annotations

from collections.abc import Awaitable

from bot.clicksend import ClickSendError
from bot.clicksend.operations.lists import (
    CreateContactList,
    DeleteContactList,
    UpdateContactList,
)
from bot.services.contacts import NoneFound
from bot.slack.blocks import Message
from bot.texts import Phrase, say
from commands.answers import answer, fitting, plain, trouble
from commands.changes import NOT_CHANGED, changed, may_not, page_number, shown
from commands.context import BotCall, BotRouter
from commands.list_cleaning import described
from commands.list_views import (
    ANOTHER,
    DELETE,
    MEMBERS,
    PAGE,
    SHOW,
    UNREAD,
    name_taken,
    none,
    render_list,
    render_lists,
)

_LONGEST = 255

router: BotRouter = BotRouter()


@router.command(
    "list list",
    args="[page]",
    summary=Phrase("every contact list"),
    default=True,
    uses=("lists.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the lists."""
    number = page_number(call.text)
    call.later(_reply(call, _lists(call, number)), doing=Phrase("reading the lists"))


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page of the lists."""
    call.later(
        _reply(call, _lists(call, page_number(call.value)), replace=True),
        doing=Phrase("reading the lists"),
    )


@router.action(SHOW)
@router.command(
    "list show",
    args="<id or name>",
    summary=Phrase("a list with its contacts, as `/clicksend list show 428`"),
    uses=("lists.get", "contacts.list", "search.contact_lists"),
)
async def show(call: BotCall) -> None:
    """Answer with a list and the first page of its contacts, typed or pressed."""
    call.later(_reply(call, _shown(call, call.given)), doing=Phrase("reading a list"))


@router.action(MEMBERS)
async def turn_members(call: BotCall) -> None:
    """Turn the page of a list's contacts."""
    page, _, text = call.value.partition(" ")
    work = _members(call, int(text), page_number(page))
    call.later(_reply(call, work, replace=True), doing=Phrase("reading a list"))


@router.command(
    "list create",
    args="<name>",
    summary=Phrase("a new list, as `/clicksend list create Customers`"),
    uses=("lists.create", "search.contact_lists"),
)
async def create(call: BotCall) -> None:
    """Make a list."""
    call.later(_create(call), doing=Phrase("making a list"))


async def _create(call: BotCall) -> None:
    name = call.text.strip()
    if not 0 < len(name) <= _LONGEST:
        await call.reply(
            plain(
                say(":warning: Give it a name of at most {longest} characters.", longest=_LONGEST)
            )
        )
    elif not await may_not(call):
        await answer(call, _made(call, name), otherwise=UNREAD)


async def _made(call: BotCall, name: str) -> Message:
    """Make a list; where there is one of the name, ask first."""
    taken = await call.services.contacts.taken(name)
    return name_taken(name, taken) if taken else await _make(call, name)


async def _make(call: BotCall, name: str, *, call_id: str | None = None) -> Message:
    done = say("The list *{name}* is there now.", name=shown(name))
    return await changed(call, CreateContactList(list_name=name), done, call_id=call_id)


@router.action(ANOTHER)
async def another(call: BotCall) -> None:
    """Make a second list of a name: the question was answered with yes."""
    call.later(_another(call), doing=Phrase("making a list"))


async def _another(call: BotCall) -> None:
    call_id, _, name = call.value.partition(" ")
    if 0 < len(name) <= _LONGEST and not await may_not(call):
        await call.reply(await _make(call, name, call_id=call_id), replace=True)


@router.command(
    "list rename",
    args="<id> <new name>",
    summary=Phrase("another name for a list, as `/clicksend list rename 428 Customers`"),
    uses=("lists.update",),
)
async def rename(call: BotCall) -> None:
    """Rename a list."""
    call.later(_rename(call), doing=Phrase("renaming a list"))


async def _rename(call: BotCall) -> None:
    number, _, name = call.text.strip().partition(" ")
    if not _is_id(number) or not 0 < len(name.strip()) <= _LONGEST:
        how = say("Write its id and the new name, as in `/clicksend list rename 428 Customers`.")
        await call.reply(plain(f":warning: {how} {NOT_CHANGED}"))
    elif not await may_not(call):
        renamed = UpdateContactList(list_id=int(number), list_name=name.strip())
        words = say("The list `{id}` is called *{name}* now.", id=number, name=shown(name))
        await call.reply(await changed(call, renamed, words))


@router.command(
    "list delete",
    args="<id or name>",
    summary=Phrase("delete a list with its contacts, after a question"),
    uses=("lists.delete",),
)
async def delete(call: BotCall) -> None:
    """Show the list, with the button that asks first."""
    call.later(_asked(call), doing=Phrase("reading a list"))


async def _asked(call: BotCall) -> None:
    if not await may_not(call):
        await _reply(call, _shown(call, call.text))


@router.action(DELETE)
async def delete_pressed(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting a list"))


async def _delete(call: BotCall) -> None:
    if _is_id(call.value) and not await may_not(call):
        deletion = DeleteContactList(list_id=int(call.value))
        done = say("The list `{id}` is deleted.", id=call.value)
        what = await described(call, deletion.route.id, int(call.value))
        await call.reply(await changed(call, deletion, done, what=what))


async def _lists(call: BotCall, number: int) -> Message:
    return render_lists(await call.services.contacts.lists(number), number)


async def _shown(call: BotCall, text: str) -> Message:
    found = await call.services.contacts.named(text)
    if isinstance(found, NoneFound):
        return none(text, found)
    return await _members(call, found.list_id, 1)


async def _members(call: BotCall, list_id: int, number: int) -> Message:
    return render_list(*await call.services.contacts.members(list_id, number), number)


async def _reply(call: BotCall, made: Awaitable[Message], *, replace: bool = False) -> None:
    made = fitting(call, made)
    if not replace:
        await answer(call, made, otherwise=UNREAD)
        return
    try:
        message = await made
    except ClickSendError as error:
        message = trouble(UNREAD, error)
    await call.reply(message, replace=True)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - fits into 64 bits
