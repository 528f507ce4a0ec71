"""`/clicksend reseller`: the accounts of a reseller's clients, for admins."""

from __future__ import annotations

from bot.clicksend import ClickSend, NotFound, registry
from bot.clicksend.operations.account import Account
from bot.clicksend.operations.reseller import GetClientAccount, ListClientAccounts
from bot.services import api_rules
from bot.services.money import amount
from bot.slack.blocks import Message, button, clip, context, escape, header, section
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.answers import answer, plain
from commands.api_views import refusal
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.reseller_form import HOW
from commands.things import ON_A_PAGE, Entry, Sheet, page_number, show_sheet

PAGE, SHOW = "reseller.page", "reseller.show"
_DIGITS = 18
_EMPTY = Phrase("There are no client accounts here. They are made in ClickSend's dashboard.")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "reseller list",
    args="[page]",
    summary=Phrase("the accounts of your clients (admins)"),
    default=True,
    uses=("reseller.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the clients, or turn the page."""
    call.later(_show(call, call.given, replace=call.pressed), doing=Phrase("reading the clients"))


@router.action(SHOW)
@router.command(
    "reseller show",
    args="<client>",
    summary=Phrase("one client's account (admins)"),
    uses=("reseller.get",),
)
async def show(call: BotCall) -> None:
    """Answer with one client, typed or pressed."""
    call.later(_one(call, call.given), doing=Phrase("reading the client"))


@router.command("reseller create", summary=Phrase("where a client's account is made"))
async def create(call: BotCall) -> None:
    """Say that a password never passes through Slack, with the way to go."""
    operation = registry.operation("reseller.create")
    message = refusal(operation, api_rules.kept_out(operation) or say("it takes a password"))
    call.later(call.reply(message), doing=Phrase("saying where an account is made"))


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    if await may_not(call):
        return
    reading = _page(call.services.clicksend, page_number(number))
    failed = Phrase("The clients could not be read")
    await show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListClientAccounts(page=number, limit=ON_A_PAGE))
    entries = [_entry(each) for each in found.data]
    return Sheet(say("Client accounts"), entries, number, max(found.last_page or 1, 1), _EMPTY)


def _entry(client: Account) -> Entry:
    number = str(client.user_id or "")
    beside = button(say("Show"), f"{SHOW}:{number}", value=number) if number else None
    return Entry(_name(client), _facts(client), beside)


def _name(client: Account) -> str:
    return client.account_name or client.username or say("(no name)")


def _facts(client: Account) -> str:
    currency = (client.currency.currency_name_short if client.currency else "") or ""
    credit = amount(client.balance, currency) if client.balance is not None else ""
    state = "" if client.active else say("not active")
    parts = (
        say("client `{number}`", number=client.user_id),
        credit,
        state,
        say("banned") if client.banned else "",
    )
    return " · ".join(each for each in parts if each)


async def _one(call: BotCall, text: str) -> None:
    if not await may_not(call):
        await answer(
            call, _read(call, text.strip()), otherwise=Phrase("The client could not be read")
        )


async def _read(call: BotCall, text: str) -> Message:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return plain(HOW)
    try:
        return render(await call.services.clicksend.run(GetClientAccount(client_user_id=int(text))))
    except NotFound:
        return plain(
            say(
                ":warning: There is no client `{number}`. See `/clicksend reseller list`.",
                number=text,
            )
        )


def render(client: Account) -> Message:
    """One client: who, how much credit, and how it is given more."""
    person = " ".join(filter(None, (client.user_first_name, client.user_last_name)))
    address = (
        *(shown(client.user_email, say("no email")), shown(client.user_phone, say("no number"))),
        escape(client.country or say("no country")),
    )
    lines = [
        f"*{shown(_name(client))}* · {_facts(client)}",
        say("user {name}", name=shown(client.username)) + f" · {shown(person, say('no person'))}",
        " · ".join(address),
    ]
    how = say(
        "`/clicksend reseller transfer {number} 50` gives it credit of yours.",
        number=client.user_id,
    )
    blocks = (header(clip(_name(client), 140)), section("\n".join(lines)), context(how))
    return Message("\n".join(lines), blocks)
