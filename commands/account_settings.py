"""`/clicksend account settings`: what admins set for a ClickSend account of their workspace."""

from __future__ import annotations

from bot.clicksend import ClickSendError, NotFound
from bot.services.connection_settings import Change, UnreadableKeyError
from bot.services.connections import serving
from bot.services.explain import explain
from bot.slack.blocks import escape
from bot.slack.calls import View
from bot.slack.router import Ack, Router
from bot.store.spaces import Connection
from bot.texts import Phrase, say
from commands.account_admins import refused, submitted
from commands.account_form import FORM, form, read
from commands.answers import plain
from commands.connect import NONE
from commands.connect_form import named
from commands.context import LobbyCall, LobbyRouter
from commands.things import NOTHING_CHANGED

_TITLE = Phrase("Account settings")

router: LobbyRouter = Router()


@router.command(
    "account settings",
    args="[user name]",
    summary=Phrase("channels, who is on call, opt-outs of an account (admins)"),
    uses=("lists.get",),
)
async def settings(call: LobbyCall) -> None:
    """Open the form of the account that was typed, or that the channel uses."""
    call.later(_open(call), doing=Phrase("opening the account's settings"))


@router.view(FORM)
async def submit(call: LobbyCall) -> Ack:
    """Keep what was set."""
    waiting = say(":hourglass_flowing_sand: Checking and saving…")
    doing = Phrase("changing the account")
    return submitted(call, read, _changed, title=_TITLE, waiting=waiting, doing=doing)


async def _open(call: LobbyCall) -> None:
    if await refused(call):
        return
    found = await _meant(call)
    if found is None and call.text.strip():
        await call.reply(
            plain(
                say(
                    "{account} is not connected here; `/clicksend account` shows what is. "
                    "Nothing was changed.",
                    account=named(call.text.strip()[:200]),
                )
            )
        )
    elif found is None:
        await call.reply(plain(str(NONE)))
    else:
        await call.open(form(found))


async def _meant(call: LobbyCall) -> Connection | None:
    """The account that was typed; else the one that serves the channel."""
    connections = call.services.connections
    known = {each.account: each for each in await connections.connected()}
    typed = call.text.strip()
    if typed:
        return known.get(typed)
    chosen = serving(known, await connections.choices(), call.channel or "")
    return known[chosen] if chosen is not None else None


async def _changed(call: LobbyCall, view: View, wish: Change) -> str:
    """Do it; what came of it (mrkdwn)."""
    account = view.private_metadata
    try:
        changed = await call.services.settings.change(account, wish, actor=call.user)
    except NotFound:
        why = say("This account has no contact list number {number}.", number=wish.own.opt_out_list)
        return f":x: {why} {NOTHING_CHANGED}"
    except ClickSendError as error:
        return f":x: {escape(explain(error))} {NOTHING_CHANGED}"
    except UnreadableKeyError:
        why = say("The account's key cannot be read; whoever runs the bot can say more.")
        return f":x: {why} {NOTHING_CHANGED}"
    if changed is None:
        return say("{account} is not connected here any more.", account=named(account))
    if not changed:
        return str(NOTHING_CHANGED)
    return say(
        ":white_check_mark: The settings of {account} are changed, and count at once.",
        account=named(account),
    )
