"""`/clicksend access`: who may do what and how much, shown to everybody, changed by admins."""

from __future__ import annotations

from bot.services import channels
from bot.services.access_words import AccessWordsError, LimitWish, read_grant, read_limit
from bot.services.limits import Limit, Measure
from bot.services.permissions import LastAdminError
from bot.texts import Phrase, say
from commands.access_forms import open_form
from commands.access_text import (
    GRANT,
    HOW,
    LAST,
    LIMIT,
    NOTHING_CHANGED,
    REVOKE,
    by_setting,
    currency_of,
    gave,
    limited,
    may_not,
    render,
    restricted,
    took,
    who,
)
from commands.answers import plain, read_in
from commands.context import BotCall, BotRouter

router: BotRouter = BotRouter()


@router.command("access", summary=Phrase("who may do what, and how much"))
async def access(call: BotCall) -> None:
    """Answer with roles and limits."""
    call.later(_show(call), doing=Phrase("reading who may do what"))


@router.command(
    "access grant",
    args="@who viewer|sender|approver|admin [in #channel | for sms]",
    summary=Phrase("give a role"),
    mentions=True,
)
async def grant(call: BotCall) -> None:
    """Give the role that was typed."""
    call.later(_grant(call), doing=Phrase("giving a role"))


@router.command(
    "access revoke",
    args="@who viewer|sender|approver|admin [in #channel | for sms]",
    summary=Phrase("take a role away"),
    mentions=True,
)
async def revoke(call: BotCall) -> None:
    """Take the role away that was typed."""
    call.later(_revoke(call), doing=Phrase("taking a role away"))


@router.command(
    "access limit",
    args="@who|#channel|each|workspace 100 messages a day | AUD 50 a month | AUD 5 one send | off",
    summary=Phrase("set or lift a limit"),
    mentions=True,
)
async def limit(call: BotCall) -> None:
    """Set or lift the limit that was typed."""
    call.later(_limit(call), doing=Phrase("setting a limit"))


async def _show(call: BotCall) -> None:
    services = call.services
    if call.text.strip():
        said = say(":warning: Type `/clicksend access` alone.")
        await call.reply(plain(f"{said} {HOW}"))
        return
    currency = await currency_of(call)  # first: days begin in the account's time zone
    message = render(
        services.access,
        await services.access.grants(),
        await services.limits.standing(call.user),
        role=await services.access.role_of(call.user),
        currency=currency,
    )
    await call.reply(message)


async def _grant(call: BotCall) -> None:
    if not call.text:
        await open_form(call, GRANT)
        return
    if await may_not(call):
        return
    try:
        given = read_grant(call.text, kinds=channels.kinds())
    except AccessWordsError as error:
        await call.reply(plain(f":warning: {error} {NOTHING_CHANGED}"))
        return
    if not await call.services.access.grant(given, actor=call.user, where=call.channel or ""):
        await call.reply(
            plain(say(":information_source: {who} had that role already.", who=who(given.subject)))
        )
        return
    with read_in(call.channel or call.user):
        said = gave(call.user, given)
    await call.reply(plain(said), in_channel=True)


async def _revoke(call: BotCall) -> None:
    if not call.text:
        await open_form(call, REVOKE)
        return
    if await may_not(call):
        return
    access = call.services.access
    try:
        taken = read_grant(call.text, kinds=channels.kinds())
        gone = await access.revoke(taken, actor=call.user, where=call.channel or "")
    except AccessWordsError as error:
        await call.reply(plain(f":warning: {error} {NOTHING_CHANGED}"))
        return
    except LastAdminError:
        await call.reply(plain(LAST))
        return
    if not gone:
        said = say(":information_source: {who} was not given that role.", who=who(taken.subject))
        await call.reply(plain(f"{said} {by_setting(access, taken)}".strip()))
        return
    with read_in(call.channel or call.user):
        said = took(call.user, taken, access)
    await call.reply(plain(said), in_channel=True)


async def _limit(call: BotCall) -> None:
    if not call.text:
        await open_form(call, LIMIT)
        return
    if await may_not(call):
        return
    currency = await currency_of(call)
    try:
        wish = read_limit(call.text, currency=currency)
    except AccessWordsError as error:
        await call.reply(plain(f":warning: {error} {NOTHING_CHANGED}"))
        return
    wanted = wish.limit()
    if wanted is None:
        await _lift(call, wish, currency)
        return
    await call.services.limits.set(wanted, actor=call.user, where=call.channel or "")
    with read_in(call.channel or call.user):
        said = restricted(call.user, wanted, currency)
    await call.reply(plain(said), in_channel=True)


async def _lift(call: BotCall, wish: LimitWish, currency: str) -> None:
    lifted = await call.services.limits.lift(
        wish.subject, wish.measure, actor=call.user, where=call.channel or ""
    )
    if not lifted:
        await call.reply(
            plain(say(":information_source: There was no such limit. Nothing changed."))
        )
        return
    with read_in(call.channel or call.user):
        limits = "; ".join(
            limited(Limit(each.subject, Measure(each.measure), each.amount), currency)
            for each in lifted
        )
        said = say(":bar_chart: <@{user}> lifted a limit: {limits}.", user=call.user, limits=limits)
    await call.reply(plain(said), in_channel=True)
