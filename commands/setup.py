"""`/clicksend setup webhooks`: the rules at ClickSend, what is there, what is missing, a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from slack_sdk.models.blocks import ButtonElement

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
from bot.texts import Phrase, many, say
from commands.answers import plain
from commands.context import BotCall, BotRouter

MAKE, TRY = "setup.make", "setup.try"
_MOST = 5

router: BotRouter = BotRouter()


@router.command(
    "setup webhooks",
    summary=Phrase("have ClickSend tell the bot of messages and receipts (admins)"),
    default=True,
    uses=USES,
)
async def setup(call: BotCall) -> None:
    """Show the rules that are there, and offer to make the others."""
    call.later(_show(call), doing=Phrase("reading the rules"))


@router.action(MAKE)
async def make(call: BotCall) -> None:
    """Make the missing rules, and try them out."""
    call.later(_make(call), doing=Phrase("making the rules"))


@router.action(TRY)
async def try_out(call: BotCall) -> None:
    """Have ClickSend push tests."""
    call.later(_try(call), doing=Phrase("trying the webhooks out"))


async def _may(call: BotCall) -> bool:
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        await call.reply(plain(say(":no_entry: {reason} Nothing changed.", reason=decision.reason)))
    return decision.allowed


async def _show(call: BotCall) -> None:
    if not await _may(call):
        return
    try:
        rules = await call.services.hooks.state()
    except ClickSendError as error:
        await call.reply(
            plain(say(":warning: The rules could not be read. {why}", why=escape(explain(error))))
        )
        return
    await call.reply(render(rules, public=call.services.hooks.is_public))


async def _make(call: BotCall) -> None:
    if not await _may(call):
        return
    try:
        made = await call.services.hooks.create(actor=call.user)
    except ClickSendError as error:
        said = say(
            ":warning: Not every rule could be made. {why} "
            "Type `/clicksend setup webhooks` to see which rules are there now.",
            why=escape(explain(error)),
        )
        await call.reply(plain(said))
        return
    lines = [f":white_check_mark: {escape(each)}" for each in made]
    await call.reply(plain("\n".join(lines) or say("Every rule is there already.")))
    await _try(call)


async def _try(call: BotCall) -> None:
    if not await _may(call) or not call.services.hooks.is_public:
        return
    try:
        arrived = await call.services.hooks.verify()
    except ClickSendError as error:
        await call.reply(
            plain(
                say(
                    ":warning: ClickSend was not asked for a test. {why}",
                    why=escape(explain(error)),
                )
            )
        )
        return
    await call.reply(tried(arrived))


def tried(arrived: Mapping[str, bool]) -> Message:
    """What came of the tests."""
    lines = [
        say(":white_check_mark: {what} arrived", what=what)
        if came
        else say(":x: {what} did not arrive in 20 seconds", what=what)
        for what, came in arrived.items()
    ]
    if not all(arrived.values()):
        lines.append(
            say(
                "Does PUBLIC_URL lead to the bot, with https and a certificate that others trust? "
                "`/clicksend doctor` looks from here. Polling goes on in any case."
            )
        )
    return plain("\n".join(lines))


def render(rules: Sequence[Rules], *, public: bool) -> Message:
    """The rules that are there, and what can be done."""
    lines = [_line(each) for each in rules]
    blocks: list[Block] = [header(say("What ClickSend tells the bot")), *map(section, lines)]
    if not public:
        note = say("PUBLIC_URL is not set: nothing can be pushed, so the bot polls.")
        blocks.append(context(note))
        lines.append(note)
    pressed = []
    if any(each.missing for each in rules):
        pressed.append(_make_button(say("Make the missing rules")))
    if public:
        pressed.append(button(say("Try it out"), TRY))
    if pressed:
        blocks.append(buttons(*pressed))
    return Message("\n".join(lines), tuple(blocks))


def _make_button(text: str) -> ButtonElement:
    ask = confirm(
        say("Make the missing rules?"),
        say("They are made in your ClickSend account, and cost nothing."),
        ok=say("Make them"),
        deny=say("Cancel"),
    )
    return button(text, MAKE, style="primary", ask=ask)


def _line(rules: Rules) -> str:
    sign = ":white_check_mark:" if not rules.missing else ":x:" if rules.is_deaf else ":warning:"
    what = str(rules.family.what)
    lines = [
        f"{sign} *{what[:1].upper()}{what[1:]}*: {_ways(rules)}",
        *(f"• {escape(clip(each, 150))}" for each in rules.others[:_MOST]),
    ]
    if (more := len(rules.others) - _MOST) > 0:
        lines.append(f"• {many('and {count} more rule', 'and {count} more rules', more)}")
    return "\n".join(lines)


def _ways(rules: Rules) -> str:
    """How what comes in reaches the bot."""
    if rules.polled and rules.pushed:
        return say("kept for polling and pushed to the bot")
    if rules.polled:
        return say("kept for polling")
    return say("pushed to the bot") if rules.pushed else say("none of them reach the bot")


def rules_missing(notice: RulesMissing) -> Message:
    """ClickSend has nothing for the bot, because no rule says so."""
    what = reduce(lambda some, more: say("{some} and {more}", some=some, more=more), notice.what)
    text = say(
        ":warning: ClickSend keeps {what} to itself: the list that the bot polls stays empty, "
        "though the dashboard shows them, until a rule says otherwise.",
        what=what,
    )
    return Message(
        f"{text} {say('Type /clicksend setup webhooks.')}",
        (section(text), buttons(_make_button(say("Make the rules")))),
    )
