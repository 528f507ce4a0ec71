"""`/clicksend account`: which channel uses which ClickSend account of the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.slack.blocks import Block, Message, context, header, section
from bot.slack.router import Router
from bot.store.spaces import ANYWHERE, Connection
from bot.texts import Phrase, say
from commands.account_admins import refused
from commands.answers import plain
from commands.connect import NONE
from commands.connect_form import named
from commands.context import LobbyCall, LobbyRouter
from commands.things import NOTHING_CHANGED

_EVERYWHERE, _USUAL = "everywhere", "usual"
_MOST_CHANNELS, _LINE = 40, 2000
_HOW = Phrase(
    "`/clicksend account use NAME` in a channel has it use that account, "
    "`… use NAME everywhere` each channel without a choice, `… use usual` takes the "
    "channel's choice back."
)

router: LobbyRouter = Router()


@router.command(
    "account list", summary=Phrase("the connected ClickSend accounts (admins)"), default=True
)
async def show(call: LobbyCall) -> None:
    """Show the accounts, each with the channels that use it."""
    call.later(_show(call), doing=Phrase("reading the accounts"))


@router.command(
    "account use",
    args="<user name> [everywhere] | usual",
    summary=Phrase("choose the account that this channel uses (admins)"),
)
async def use(call: LobbyCall) -> None:
    """Have the channel use an account."""
    call.later(_use(call), doing=Phrase("choosing the account"))


async def _show(call: LobbyCall) -> None:
    if await refused(call):
        return
    connections = call.services.connections
    await call.reply(render(await connections.connected(), await connections.choices()))


async def _use(call: LobbyCall) -> None:
    if not await refused(call):
        await call.reply(plain(await _chosen(call)))


async def _chosen(call: LobbyCall) -> str:
    """Do what was typed; what came of it (mrkdwn)."""
    words = call.text.split()
    channel = call.channel or ""
    everywhere = len(words) == 2 and words[1].lower() == _EVERYWHERE  # noqa: PLR2004 - two words
    if not words or (len(words) > 1 and not everywhere):
        return f"{_HOW} {NOTHING_CHANGED}"
    if not everywhere and channel[:1] not in {"C", "G"}:
        return say(
            "That is for channels: type it in one, or end it with `everywhere`. "
            "Nothing was changed."
        )
    where = ANYWHERE if everywhere else channel
    which = say("Every channel without a choice") if everywhere else f"<#{channel}>"
    if words[0].lower() == _USUAL:
        if await call.services.connections.unchoose(where, actor=call.user):
            return say(":white_check_mark: {which} uses the usual account again.", which=which)
        return say("{which} uses the usual account already. Nothing was changed.", which=which)
    if not await call.services.connections.choose(words[0], where, actor=call.user):
        return say(
            "{account} is not connected here; `/clicksend account` shows what is. "
            "Nothing was changed.",
            account=named(words[0][:200]),
        )
    return say(
        ":white_check_mark: {which} uses {account} from now on. What was begun with another "
        "account stays with that.",
        which=which,
        account=named(words[0]),
    )


def render(connected: Sequence[Connection], choices: Mapping[str, str]) -> Message:
    """The accounts, each with its channels."""
    if not connected:
        return plain(str(NONE))
    usual = choices.get(ANYWHERE) or connected[0].account
    lines = [_line(each, choices, usual) for each in connected]
    blocks: list[Block] = [
        header(say("ClickSend accounts")),
        *map(section, lines),
        context(str(_HOW)),
    ]
    return Message("\n".join([*lines, str(_HOW)]), tuple(blocks))


def _line(each: Connection, choices: Mapping[str, str], usual: str) -> str:
    channels = sorted(c for c, account in choices.items() if account == each.account and c)
    shown = ", ".join(f"<#{channel}>" for channel in channels[:_MOST_CHANNELS])
    if (more := len(channels) - _MOST_CHANNELS) > 0:
        shown = say("{channels} and {count} more", channels=shown, count=more)
    rest = say("every channel without a choice") if each.account == usual else ""
    used = "; ".join(filter(None, [rest, shown])) or say("no channel")
    return say("*{account}*, used in: {used}", account=named(each.account), used=used)
