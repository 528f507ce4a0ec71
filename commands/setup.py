"""`/clicksend setup webhooks`: the rules at ClickSend, what is there, what is missing, a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.clicksend import ClickSendError
from bot.services.explain import explain
from bot.services.hooks import USES, Rules
from bot.services.notices import RulesMissing
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    header,
    section,
)
from commands.answers import plain
from commands.context import BotCall, BotRouter

MAKE, TRY = "setup.make", "setup.try"
_MOST = 5

router: BotRouter = BotRouter()


@router.command(
    "setup webhooks",
    summary="have ClickSend tell the bot of messages and receipts (admins)",
    default=True,
    uses=USES,
)
async def setup(call: BotCall) -> None:
    """Show the rules that are there, and offer to make the others."""
    call.later(_show(call), doing="reading the rules")


@router.action(MAKE)
async def make(call: BotCall) -> None:
    """Make the missing rules, and try them out."""
    call.later(_make(call), doing="making the rules")


@router.action(TRY)
async def try_out(call: BotCall) -> None:
    """Have ClickSend push tests."""
    call.later(_try(call), doing="trying the webhooks out")


async def _may(call: BotCall) -> bool:
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} Nothing changed."))
    return decision.allowed


async def _show(call: BotCall) -> None:
    if not await _may(call):
        return
    try:
        rules = await call.services.hooks.state()
    except ClickSendError as error:
        await call.reply(plain(f":warning: The rules could not be read. {escape(explain(error))}"))
        return
    await call.reply(render(rules, public=call.services.hooks.is_public))


async def _make(call: BotCall) -> None:
    if not await _may(call):
        return
    try:
        made = await call.services.hooks.create(actor=call.user)
    except ClickSendError as error:
        again = "Type `/clicksend setup webhooks` to see which rules are there now."
        said = f":warning: Not every rule could be made. {escape(explain(error))} {again}"
        await call.reply(plain(said))
        return
    lines = [f":white_check_mark: {escape(each)}" for each in made]
    await call.reply(plain("\n".join(lines) or "Every rule is there already."))
    await _try(call)


async def _try(call: BotCall) -> None:
    if not await _may(call) or not call.services.hooks.is_public:
        return
    try:
        arrived = await call.services.hooks.verify()
    except ClickSendError as error:
        await call.reply(
            plain(f":warning: ClickSend was not asked for a test. {escape(explain(error))}")
        )
        return
    await call.reply(tried(arrived))


def tried(arrived: Mapping[str, bool]) -> Message:
    """What came of the tests."""
    lines = [
        f":white_check_mark: {what} arrived" if came else f":x: {what} did not arrive in 20 seconds"
        for what, came in arrived.items()
    ]
    if not all(arrived.values()):
        lines.append(
            "Does PUBLIC_URL lead to the bot, with https and a certificate that others trust? "
            "`/clicksend doctor` looks from here. Polling goes on in any case."
        )
    return plain("\n".join(lines))


def render(rules: Sequence[Rules], *, public: bool) -> Message:
    """The rules that are there, and what can be done."""
    lines = [_line(each) for each in rules]
    blocks: list[Block] = [header("What ClickSend tells the bot"), *map(section, lines)]
    if not public:
        note = "PUBLIC_URL is not set: nothing can be pushed, so the bot polls."
        blocks.append(context(note))
        lines.append(note)
    pressed = []
    if any(each.missing for each in rules):
        ask = confirm(
            "Make the missing rules?",
            "They are made in your ClickSend account, and cost nothing.",
            ok="Make them",
            deny="Cancel",
        )
        pressed.append(button("Make the missing rules", MAKE, style="primary", ask=ask))
    if public:
        pressed.append(button("Try it out", TRY))
    if pressed:
        blocks.append(buttons(*pressed))
    return Message("\n".join(lines), tuple(blocks))


def _line(rules: Rules) -> str:
    ways = [
        *(["kept for polling"] if rules.polled else []),
        *(["pushed to the bot"] if rules.pushed else []),
    ]
    sign = ":white_check_mark:" if not rules.missing else ":warning:" if ways else ":x:"
    said = " and ".join(ways) or "none of them reach the bot"
    others = "".join(f"\n• {escape(clip(each, 150))}" for each in rules.others[:_MOST])
    what = rules.family.what
    more = len(rules.others) - _MOST
    return f"{sign} *{what[:1].upper()}{what[1:]}*: {said}{others}" + (
        f"\n• and {more} more rules" if more > 0 else ""
    )


def rules_missing(notice: RulesMissing) -> Message:
    """ClickSend has nothing for the bot, because no rule says so."""
    what = " and ".join(notice.what)
    text = (
        f":warning: ClickSend keeps {what} to itself: the list that the bot polls stays empty, "
        "though the dashboard shows them, until a rule says otherwise."
    )
    ask = confirm(
        "Make the missing rules?",
        "They are made in your ClickSend account, and cost nothing.",
        ok="Make them",
        deny="Cancel",
    )
    return Message(
        f"{text} Type /clicksend setup webhooks.",
        (section(text), buttons(button("Make the rules", MAKE, style="primary", ask=ask))),
    )
