"""`/clicksend country`: where the account may send to, and what each country asks of senders."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.operations.global_sending import (
    AgreeToCountryRules,
    ListSelectedCountries,
    ListSendingCountries,
    SelectCountries,
    SelectedCountry,
    SendingCountry,
)
from bot.slack.blocks import Message, button, clip, confirm, escape
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.answers import answer, plain, trouble
from commands.changes import NOT_CHANGED, shown
from commands.context import BotCall, BotRouter
from commands.country_views import (
    ADD,
    AGREE,
    LIST,
    OFFERED,
    PAGE,
    REMOVE,
    SHOW,
    render,
    selected_sheet,
)
from commands.things import Entry, Sheet, Words, change, cut, page_number, render_sheet, show_sheet

_UNREAD = Phrase("The countries could not be read")
_READING = Phrase("reading the countries")
_LAST = Phrase("It is the last country: add another before you remove it.")
_ADDED = Words(Phrase("The country is added."), Phrase("The country was not added."), LIST)
_REMOVED = Words(Phrase("The country is removed."), Phrase("The country was not removed."), LIST)
_AGREED = Words(
    Phrase("The country's rules are agreed to."), Phrase("They were not agreed to."), LIST
)

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "country list",
    args="[page]",
    summary=Phrase("the countries the account may send to"),
    default=True,
    uses=("global_sending.selected_countries",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the selected countries, or turn the page."""
    await _show(call, call.given, PAGE, replace=call.pressed)


@router.action(OFFERED)
@router.command(
    "country offered",
    args="[page]",
    summary=Phrase("the countries that can be added"),
    uses=("global_sending.list_countries", "global_sending.selected_countries"),
)
async def offered(call: BotCall) -> None:
    """Answer with a page of the countries that are not selected, or turn the page."""
    await _show(call, call.given, OFFERED, replace=call.pressed)


@router.action(SHOW)
@router.command(
    "country show",
    args="<country>",
    summary=Phrase("what a country asks of senders, as `/clicksend country show NZ`"),
    uses=("global_sending.selected_countries",),
)
async def show(call: BotCall) -> None:
    """Answer with one selected country, typed or pressed."""
    call.later(answer(call, _one(call, call.given, "show"), otherwise=_UNREAD), doing=_READING)


@router.command(
    "country add",
    args="<country>",
    summary=Phrase("let the account send to a country (admins)"),
    uses=(
        *("global_sending.list_countries", "global_sending.selected_countries"),
        "global_sending.select_countries",
    ),
)
async def add(call: BotCall) -> None:
    """Show the country, with the button that asks first."""
    call.later(answer(call, _offer(call), otherwise=_UNREAD), doing=_READING)


@router.command(
    "country remove",
    args="<country>",
    summary=Phrase("let the account send to a country no more (admins)"),
    uses=("global_sending.selected_countries", "global_sending.select_countries"),
)
async def remove(call: BotCall) -> None:
    """Show the country, with the button that asks first."""
    call.later(answer(call, _one(call, call.text, "remove"), otherwise=_UNREAD), doing=_READING)


@router.command(
    "country agree",
    args="<country>",
    summary=Phrase("agree to the rules of a country, which cannot be taken back (admins)"),
    uses=("global_sending.selected_countries", "global_sending.agree"),
)
async def agree(call: BotCall) -> None:
    """Show the rules, with the button that asks first."""
    call.later(answer(call, _one(call, call.text, "agree"), otherwise=_UNREAD), doing=_READING)


@router.action(ADD)
async def added(call: BotCall) -> None:
    """Add it: the question was answered with yes."""
    call.later(_select(call, adds=True), doing=Phrase("adding a country"))


@router.action(REMOVE)
async def removed(call: BotCall) -> None:
    """Remove it: the question was answered with yes."""
    call.later(_select(call, adds=False), doing=Phrase("removing a country"))


@router.action(AGREE)
async def agreed(call: BotCall) -> None:
    """Agree to its rules: the question was answered with yes."""
    call.later(_agree(call), doing=Phrase("agreeing to the rules"))


async def _show(call: BotCall, number: str, page: str, *, replace: bool) -> None:
    read = _selected if page == PAGE else _offered
    reading = read(call.services.clicksend, page_number(number))
    work = show_sheet(call, reading, turn=page, otherwise=_UNREAD, replace=replace)
    call.later(work, doing=_READING)


async def _selected(clicksend: ClickSend, number: int) -> Sheet:
    return selected_sheet(await clicksend.run(ListSelectedCountries()), number)


async def _offered(clicksend: ClickSend, number: int) -> Sheet:
    entries = [_addable(each) for each in await _unselected(clicksend)]
    return cut(
        say("Countries to add"), entries, number, empty=say("Every country is selected already.")
    )


async def _unselected(clicksend: ClickSend) -> list[SendingCountry]:
    chosen = {each.id for each in await clicksend.run(ListSelectedCountries())}
    return [each for each in await clicksend.run(ListSendingCountries()) if each.id not in chosen]


def _addable(country: SendingCountry) -> Entry:
    name = shown(country.name, longest=100)
    ask = confirm(
        say("Add this country?"),
        say("The whole account may send to *{name}* from then on.", name=name),
        ok=say("Add it"),
        deny=say("Leave it"),
    )
    number = str(country.id)
    pressed = button(say("Add"), f"{ADD}:{number}", value=number, ask=ask)
    return Entry(country.name or say("(no name)"), escape(country.region or ""), pressed)


def _match(countries: Sequence[SelectedCountry] | Sequence[SendingCountry], text: str) -> int:
    """The place of a country that goes by its two letters, its name or its number; -1 if none."""
    wanted = " ".join(text.casefold().split())
    for place, each in enumerate(countries):
        names = {(each.code or "").casefold(), (each.name or "").casefold(), str(each.id)}
        if wanted and wanted in names:
            return place
    return -1


def _how(verb: str) -> Message:
    typed = f"/clicksend country {verb} NZ"
    how = say("Name a country by its two letters or its name: `{typed}`.", typed=typed)
    return plain(f":warning: {how}")


async def _one(call: BotCall, text: str, verb: str) -> Message:
    if not text.strip():
        return _how(verb)
    countries = await call.services.clicksend.run(ListSelectedCountries())
    place = _match(countries, text)
    if place >= 0:
        return render(countries[place])
    name = shown(clip(text, 100))
    why = say("{name} is not among the countries of the account.", name=name)
    return plain(f":warning: {why} {say('See `{command}`.', command=LIST)}")


async def _offer(call: BotCall) -> Message:
    if not call.text.strip():
        return _how("add")
    countries = await _unselected(call.services.clicksend)
    place = _match(countries, call.text)
    if place >= 0:
        return render_sheet(Sheet(say("Add a country"), [_addable(countries[place])]), OFFERED)
    said = shown(clip(call.text, 100))
    text = say(
        "{name} is added already, or ClickSend does not offer it. "
        "`/clicksend country offered` shows what can be added.",
        name=said,
    )
    return plain(f":warning: {text} {NOT_CHANGED}")


async def _select(call: BotCall, *, adds: bool) -> None:
    """Change the selection as it is now: ClickSend takes it as a whole."""
    number = _id(call.value)
    if number is None or await may_not(call):
        return
    try:
        countries = await call.services.clicksend.run(ListSelectedCountries())
    except ClickSendError as error:
        why = say("The countries could not be read, so nothing changed")
        await call.reply(trouble(why, error))
        return
    others = [each.id for each in countries if each.id != number]
    if not adds and not others:
        await call.reply(plain(f":warning: {_LAST} {NOT_CHANGED}"))
        return
    ids = (*others, number) if adds else tuple(others)
    await change(call, SelectCountries(country_list_ids=ids), _ADDED if adds else _REMOVED)


async def _agree(call: BotCall) -> None:
    number = _id(call.value)
    if number is None or await may_not(call):
        return
    what = say("the rules of the country {number}, see {command}", number=number, command=LIST)
    await change(call, AgreeToCountryRules(country_list_ids=(number,)), _AGREED, what=what)


def _id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() else None
