"""`/clicksend subaccount`: who else uses the account, and what they may; keys are never shown."""

from __future__ import annotations

from bot.clicksend import ClickSend, ClickSendError, NotFound, registry
from bot.clicksend.operations.account import GetAccount, Subaccount
from bot.clicksend.operations.subaccounts import DeleteSubaccount, GetSubaccount, ListSubaccounts
from bot.services import api_rules, subaccounts
from bot.services.explain import explain
from bot.services.subaccounts import parse_id
from bot.slack.blocks import Message, escape
from bot.texts import Phrase, say
from commands.access_text import currency_of, may_not
from commands.answers import answer, plain, trouble
from commands.api_views import refusal
from commands.context import BotCall, BotRouter
from commands.subaccount_form import CHANGE, LIST, open_change
from commands.subaccount_views import DELETE, SHOW, entry, render, spent
from commands.things import ON_A_PAGE, Sheet, Words, change, page_number, show_sheet
from commands.times import any_zone_of

PAGE = "subaccount.page"

_UNREAD = Phrase("The subaccount could not be read")
_OWN = Phrase(
    ":no_entry: The bot itself uses this subaccount, and would lose its way to ClickSend. Nothing "
    "was changed. Give the bot another key first."
)
_WHOSE = Phrase("Whose key the bot uses could not be read: not deleted")
_READS = ("subaccounts.get",)

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "subaccount list",
    args="[page]",
    summary=Phrase("who else uses the account (admins)"),
    default=True,
    uses=("subaccounts.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the subaccounts, or turn the page."""
    call.later(
        _show(call, call.given, replace=call.pressed), doing=Phrase("reading the subaccounts")
    )


@router.action(SHOW)
@router.command(
    "subaccount show",
    args="<number>",
    summary=Phrase("what one may, and used this month (admins)"),
    uses=(*_READS, "account.usage", "account.get"),
)
async def show(call: BotCall) -> None:
    """Answer with one subaccount, typed or pressed."""
    call.later(_one(call, call.given, "show"), doing=Phrase("reading the subaccount"))


@router.action(CHANGE)
@router.command(
    "subaccount change",
    args="<number>",
    summary=Phrase("change what one may, as `/clicksend subaccount change 59` (admins)"),
    uses=(*_READS, "subaccounts.update"),
)
async def change_asked(call: BotCall) -> None:
    """Open the form of a subaccount, typed or pressed."""
    call.later(_open_change(call, call.given), doing=Phrase("opening the form"))


@router.command(
    "subaccount delete",
    args="<number>",
    summary=Phrase("delete one (admins)"),
    uses=(*_READS, "subaccounts.delete", "account.get"),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_one(call, call.text, "delete"), doing=Phrase("reading the subaccount"))


@router.action(DELETE)
async def deleted(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting the subaccount"))


@router.command("subaccount key", summary=Phrase("where a subaccount gets a new API key"))
async def key(call: BotCall) -> None:
    """Say that a key never passes through Slack, with the way to go."""
    operation = registry.operation("subaccounts.regenerate_api_key")
    message = refusal(operation, api_rules.kept_out(operation) or say("its answer is an API key"))
    call.later(call.reply(message), doing=Phrase("saying where a key is made"))


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    if await may_not(call):
        return
    reading = _page(call.services.clicksend, page_number(number))
    failed = Phrase("The subaccounts could not be read")
    await show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListSubaccounts(page=number, limit=ON_A_PAGE))
    entries = [entry(each) for each in found.data]
    empty = say("Nobody else uses the account. Make a subaccount: `/clicksend subaccount create`")
    return Sheet(say("Subaccounts"), entries, number, max(found.last_page or 1, 1), empty)


async def _one(call: BotCall, text: str, verb: str) -> None:
    if not await may_not(call):
        await answer(call, _read(call, text, verb), otherwise=_UNREAD)


async def _read(call: BotCall, text: str, verb: str) -> Message:
    found = await _found(call, text, verb)
    if isinstance(found, Message):
        return found
    return render(found, await _used(call, found.subaccount_id or 0))


async def _found(call: BotCall, text: str, verb: str) -> Subaccount | Message:
    number = parse_id(text)
    if number is None:
        return plain(
            say(
                ":warning: Name it by its number, such as `/clicksend subaccount {verb} 59`. "
                "See `/clicksend subaccount list`. Nothing changed.",
                verb=verb,
            )
        )
    try:
        return await call.services.clicksend.run(GetSubaccount(subaccount_id=number))
    except NotFound:
        return plain(
            say(
                ":warning: There is no subaccount `{number}`. See `/clicksend subaccount list`.",
                number=number,
            )
        )


async def _used(call: BotCall, number: int) -> str:
    """What it used this month, in words; why that is not known, where ClickSend does not say."""
    now = call.services.now().astimezone(await any_zone_of(call))
    try:
        found = await subaccounts.used(call.services.clicksend, number, at=now)
    except ClickSendError as error:
        return say("What it used could not be read. {why}", why=escape(explain(error)))
    currency = await currency_of(call) if found else ""
    return spent(found, currency, f"{now:%Y-%m}")


async def _open_change(call: BotCall, text: str) -> None:
    if await may_not(call):
        return
    try:
        found = await _found(call, text, "change")
    except ClickSendError as error:
        found = trouble(_UNREAD, error)
    await (call.reply(found) if isinstance(found, Message) else open_change(call, found))


async def _delete(call: BotCall) -> None:
    number = parse_id(call.value)
    if number is None or await may_not(call):
        return
    try:
        own = (await call.services.clicksend.run(GetAccount())).subaccount
    except ClickSendError as error:
        await call.reply(trouble(_WHOSE, error))
        return
    if own is not None and own.subaccount_id == number:
        await call.reply(plain(_OWN))
        return
    words = Words(
        lambda: say("The subaccount `{number}` is deleted.", number=number),
        say("The subaccount `{number}` was not deleted.", number=number),
        LIST,
    )
    what = say("the subaccount {number}, see /clicksend subaccount show {number}", number=number)
    await change(call, DeleteSubaccount(subaccount_id=number), words, what=what)
