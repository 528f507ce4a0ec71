"""`/clicksend list`: the contact lists, their contacts, and what keeps them clean."""

from __future__ import annotations

import json
from collections.abc import Awaitable

from bot.clicksend import ClickSendError
from bot.clicksend.operations.contacts import RemoveOptedOutContacts
from bot.clicksend.operations.lists import (
    ContactField,
    CreateContactList,
    DeleteContactList,
    RemoveDuplicateContacts,
    UpdateContactList,
)
from bot.services.contacts import NoneFound
from bot.slack.blocks import Message, button, buttons, confirm, section
from commands.answers import answer, plain, trouble
from commands.changes import NOT_CHANGED, changed, may_not, page_number, shown
from commands.context import BotCall, BotRouter
from commands.list_views import (
    CLEAN,
    DELETE,
    MEMBERS,
    PAGE,
    SHOW,
    none,
    render_list,
    render_lists,
)

_UNREAD = "The lists could not be read"
_LONGEST = 255

router: BotRouter = BotRouter()


@router.command(
    "list list", args="[page]", summary="every contact list", default=True, uses=("lists.list",)
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the lists."""
    number = page_number(call.text)
    call.later(_reply(call, _lists(call, number)), doing="reading the lists")


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page of the lists."""
    call.later(_reply(call, _lists(call, page_number(call.value)), replace=True), doing="reading")


@router.command(
    "list show",
    args="<id or name>",
    summary="a list with its contacts, as `list show 428`",
    uses=("lists.get", "contacts.list", "search.contact_lists"),
)
async def show(call: BotCall) -> None:
    """Answer with a list and the first page of its contacts."""
    call.later(_reply(call, _shown(call, call.text)), doing="reading a list")


@router.action(SHOW)
async def show_pressed(call: BotCall) -> None:
    """The same, from the lists."""
    call.later(_reply(call, _shown(call, call.value)), doing="reading a list")


@router.action(MEMBERS)
async def turn_members(call: BotCall) -> None:
    """Turn the page of a list's contacts."""
    page, _, text = call.value.partition(" ")
    work = _members(call, int(text), page_number(page))
    call.later(_reply(call, work, replace=True), doing="reading a list")


@router.command(
    "list create",
    args="<name>",
    summary="a new list, as `list create Customers`",
    uses=("lists.create",),
)
async def create(call: BotCall) -> None:
    """Make a list."""
    call.later(_create(call), doing="making a list")


async def _create(call: BotCall) -> None:
    name = call.text.strip()
    if not 0 < len(name) <= _LONGEST:
        await call.reply(plain(f":warning: Give it a name of at most {_LONGEST} characters."))
    elif not await may_not(call):
        made = CreateContactList(list_name=name)
        await call.reply(await changed(call, made, f"The list *{shown(name)}* is there now."))


@router.command(
    "list rename",
    args="<id> <new name>",
    summary="another name for a list, as `list rename 428 Customers`",
    uses=("lists.update",),
)
async def rename(call: BotCall) -> None:
    """Rename a list."""
    call.later(_rename(call), doing="renaming a list")


async def _rename(call: BotCall) -> None:
    number, _, name = call.text.strip().partition(" ")
    if not _is_id(number) or not 0 < len(name.strip()) <= _LONGEST:
        how = "Write its id and the new name, as in `/clicksend list rename 428 Customers`."
        await call.reply(plain(f":warning: {how} {NOT_CHANGED}"))
    elif not await may_not(call):
        renamed = UpdateContactList(list_id=int(number), list_name=name.strip())
        words = f"The list `{number}` is called *{shown(name)}* now."
        await call.reply(await changed(call, renamed, words))


@router.command(
    "list delete",
    args="<id or name>",
    summary="delete a list with its contacts, after a question",
    uses=("lists.delete",),
)
async def delete(call: BotCall) -> None:
    """Show the list, with the button that asks first."""
    call.later(_reply(call, _shown(call, call.text)), doing="reading a list")


@router.action(DELETE)
async def delete_pressed(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing="deleting a list")


async def _delete(call: BotCall) -> None:
    if _is_id(call.value) and not await may_not(call):
        deletion = DeleteContactList(list_id=int(call.value))
        await call.reply(await changed(call, deletion, f"The list `{call.value}` is deleted."))


@router.command(
    "list duplicates",
    args="<id or name> [by field, field]",
    summary="remove contacts that are twice in a list, as `list duplicates 428 by email`",
    uses=("lists.remove_duplicates",),
)
async def duplicates(call: BotCall) -> None:
    """Ask whether the duplicates may go."""
    call.later(_reply(call, _ask_duplicates(call)), doing="reading a list")


async def _ask_duplicates(call: BotCall) -> Message:
    text, by, named = call.text.rpartition(" by ")
    fields = [each.strip() for each in named.split(",")] if by else ["phone_number"]
    known = {field.value for field in ContactField}
    if not set(fields) <= known:
        return plain(f":warning: Fields are {', '.join(sorted(known))}. {NOT_CHANGED}")
    what = f"Of contacts with the same {', '.join(fields)}, all but one are deleted"
    return await _ask(call, text if by else call.text, what, {"fields": fields})


@router.command(
    "list optouts",
    args="<id or name>",
    summary="remove everybody who opted out from a list",
    uses=("contacts.remove_opted_out",),
)
async def optouts(call: BotCall) -> None:
    """Ask whether those who opted out may go."""
    call.later(_reply(call, _ask_optouts(call)), doing="reading a list")


async def _ask_optouts(call: BotCall) -> Message:
    out = call.services.contacts.opt_out_list
    if out is None:
        found = await call.services.contacts.named("Opt-Out List")
        out = None if isinstance(found, NoneFound) else found.list_id
    if out is None:
        why = "The setting OPT_OUT_LIST does not say which list holds those who opted out"
        return plain(f":warning: {why}, and none is called Opt-Out List. {NOT_CHANGED}")
    what = f"Every contact that is in the list `{out}` of those who opted out is deleted"
    return await _ask(call, call.text, what, {"out": out})


async def _ask(call: BotCall, text: str, what: str, kept: dict[str, object]) -> Message:
    found = await call.services.contacts.named(text)
    if isinstance(found, NoneFound):
        return none(text, found)
    value = json.dumps({"list": found.list_id, **kept})
    name = shown(found.list_name, str(found.list_id), 100)
    ask = confirm(
        "Delete them?", f"{what} from {name}. Nobody can put them back.", ok="Yes", deny="Keep them"
    )
    pressed = button("Delete them", CLEAN, value=value, style="danger", ask=ask)
    words = f"{what} from *{name}* (`{found.list_id}`). {NOT_CHANGED[:-1]} so far."
    return Message(words, (section(words), buttons(pressed)))


@router.action(CLEAN)
async def clean_pressed(call: BotCall) -> None:
    """Remove them: the question was answered with yes."""
    call.later(_clean(call), doing="cleaning a list")


async def _clean(call: BotCall) -> None:
    kept = json.loads(call.value)
    if await may_not(call):
        return
    operation: RemoveDuplicateContacts | RemoveOptedOutContacts
    if "fields" in kept:
        operation = RemoveDuplicateContacts(list_id=kept["list"], fields=kept["fields"])
    else:
        operation = RemoveOptedOutContacts(list_id=kept["list"], opt_out_list_id=kept["out"])
    words = f"From the list `{kept['list']}` {{deleted}} contacts were deleted."
    await call.reply(await changed(call, operation, words))


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
    if not replace:
        await answer(call, made, otherwise=_UNREAD)
        return
    try:
        message = await made
    except ClickSendError as error:
        message = trouble(_UNREAD, error)
    await call.reply(message, replace=True)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - fits into 64 bits
