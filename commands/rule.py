"""`/clicksend rule`: what ClickSend does by itself with what comes in, and with receipts."""

from __future__ import annotations

from bot.clicksend import ClickSendError, NotFound
from bot.services import automations
from bot.services.automations import Family, Found, Ref, parse_ref, uses
from bot.services.explain import explain
from bot.slack.blocks import Message
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.answers import answer, plain, trouble
from commands.context import BotCall, BotRouter
from commands.rule_views import DELETE, DISABLE, ENABLE, LIST, PAGE, SHOW, render, sheet_of
from commands.things import Sheet, Words, change, page_number, show_sheet

_UNREAD = Phrase("The automation could not be read")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "rule list",
    args="[kind] [page]",
    summary=Phrase("what ClickSend does by itself, as `/clicksend rule list sms-in` (admins)"),
    default=True,
    uses=uses("list"),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the automations, or turn the page."""
    call.later(
        _show(call, call.given, replace=call.pressed), doing=Phrase("reading the automations")
    )


@router.action(SHOW)
@router.command(
    "rule show",
    args="<id>",
    summary=Phrase("one automation, as `/clicksend rule show sms-in-12` (admins)"),
    uses=uses("get"),
)
async def show(call: BotCall) -> None:
    """Answer with one automation, typed or pressed."""
    call.later(_one(call, call.given, "show"), doing=Phrase("reading the automation"))


@router.command(
    "rule enable",
    args="<id>",
    summary=Phrase("turn an automation on, as `/clicksend rule enable sms-in-12` (admins)"),
    uses=uses("get", "update"),
)
async def enable(call: BotCall) -> None:
    """Show what it does, with the button that asks first."""
    call.later(_one(call, call.text, "enable"), doing=Phrase("reading the automation"))


@router.command(
    "rule disable",
    args="<id>",
    summary=Phrase("turn an automation off, as `/clicksend rule disable sms-in-12` (admins)"),
    uses=uses("get", "update"),
)
async def disable(call: BotCall) -> None:
    """The same, to turn it off."""
    call.later(_one(call, call.text, "disable"), doing=Phrase("reading the automation"))


@router.command(
    "rule delete",
    args="<id>",
    summary=Phrase("delete an automation, as `/clicksend rule delete sms-in-12` (admins)"),
    uses=uses("get", "delete"),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_one(call, call.text, "delete"), doing=Phrase("reading the automation"))


@router.action(ENABLE)
async def enabled(call: BotCall) -> None:
    """Turn it on: the question was answered with yes."""
    call.later(_switch(call, on=True), doing=Phrase("enabling the automation"))


@router.action(DISABLE)
async def disabled(call: BotCall) -> None:
    """Turn it off: the question was answered with yes."""
    call.later(_switch(call, on=False), doing=Phrase("disabling the automation"))


@router.action(DELETE)
async def deleted(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting the automation"))


async def _show(call: BotCall, text: str, *, replace: bool) -> None:
    if await may_not(call):
        return
    word, _, rest = text.strip().lower().partition(" ")
    if word and not word.isdecimal() and word not in set(Family):
        known = ", ".join(f"`{each}`" for each in Family)
        text = say(
            ":warning: There is no such kind of automation: it is one of {kinds}.", kinds=known
        )
        await call.reply(plain(text))
        return
    family = Family(word) if word in set(Family) else None
    reading = _page(call, page_number(rest if family else word), family)
    failed = Phrase("The automations could not be read")
    await show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)


async def _page(call: BotCall, number: int, family: Family | None) -> Sheet:
    clicksend = call.services.clicksend
    page = await automations.page(clicksend, number, family=family, words=explain)
    return sheet_of(page, family)


async def _one(call: BotCall, text: str, verb: str) -> None:
    if not await may_not(call):
        await answer(call, _read(call, text, verb), otherwise=_UNREAD)


async def _read(call: BotCall, text: str, verb: str) -> Message:
    ref = parse_ref(text)
    if ref is None:
        return plain(
            say(
                ":warning: Name it as the list does, such as `/clicksend rule {verb} sms-in-12`. "
                "See `/clicksend rule list`. Nothing changed.",
                verb=verb,
            )
        )
    found = await _found(call, ref)
    return render(found) if isinstance(found, Found) else found


async def _found(call: BotCall, ref: Ref) -> Found | Message:
    try:
        return await automations.get(call.services.clicksend, ref)
    except NotFound:
        return plain(
            say(
                ":warning: There is no automation `{ref}`. See `/clicksend rule list`. "
                "Nothing changed.",
                ref=ref,
            )
        )


async def _switch(call: BotCall, *, on: bool) -> None:
    """Turn a rule on or off as it is now, for whoever else changed it in the meantime."""
    ref = parse_ref(call.value)
    if ref is None or await may_not(call):
        return
    try:
        found = await _found(call, ref)
    except ClickSendError as error:
        found = trouble(Phrase("The automation could not be read, so nothing changed"), error)
    if not isinstance(found, Found):
        await call.reply(found)
        return
    try:
        operation = automations.switched(found, on=on)
    except ValueError:
        await call.reply(plain(f":warning: {_STRANGE}"))
        return
    await change(call, operation, _switched(ref, on=on))


def _switched(ref: Ref, *, on: bool) -> Words:
    if on:
        return Words(
            lambda: say("The automation `{ref}` is on.", ref=ref),
            say("`{ref}` is not on.", ref=ref),
            LIST,
        )
    return Words(
        lambda: say("The automation `{ref}` is off.", ref=ref),
        say("`{ref}` is not off.", ref=ref),
        LIST,
    )


_STRANGE = Phrase(
    "Something about this automation is not known here, and could be lost. Nothing changed. "
    "Change it in <https://dashboard.clicksend.com|ClickSend's dashboard>."
)


async def _delete(call: BotCall) -> None:
    ref = parse_ref(call.value)
    if ref is None or await may_not(call):
        return
    words = Words(
        lambda: say("The automation `{ref}` is deleted.", ref=ref),
        say("`{ref}` was not deleted.", ref=ref),
        LIST,
    )
    what = say("the automation {ref}, see /clicksend rule show {ref}", ref=ref)
    await change(call, automations.deletion(ref), words, what=what)
