"""`/clicksend connect` and `disconnect`: the ClickSend accounts of a workspace."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import SecretStr

from bot.clicksend import ClickSendError, Unauthorized
from bot.services.connections import FullError, SameAccountError, Wish
from bot.services.explain import explain
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    confirm,
    context,
    escape,
    header,
    section,
)
from bot.slack.calls import View
from bot.slack.router import Ack, Router
from bot.store.spaces import Connection
from bot.texts import Phrase, many, say
from commands.account_admins import refused, submitted
from commands.answers import plain
from commands.connect_form import (
    ALERTS,
    APPROVALS,
    FORM,
    KEY,
    USER,
    connection_made,
    form,
    named,
    twice,
)
from commands.context import LobbyCall, LobbyRouter

OPEN, DROP = "connect.open", "connect.drop"
_TITLE = Phrase("Connect ClickSend")
_USER = re.compile(r"[^\s:\x00-\x1f\x7f]{1,128}")
_API_KEY = re.compile(r"[\x21-\x7e]{8,200}")

router: LobbyRouter = Router()


@router.action(OPEN)
@router.command(
    "connect",
    summary=Phrase("use a ClickSend account in this workspace (admins)"),
    uses=("account.get",),
)
async def connect(call: LobbyCall) -> None:
    """Open the form for a user name and a key."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.view(FORM)
async def submit(call: LobbyCall) -> Ack:
    """Try the account out, and keep it."""
    waiting = say(":hourglass_flowing_sand: Asking ClickSend…")
    doing = Phrase("connecting the account")
    return submitted(call, read, _connect, title=_TITLE, waiting=waiting, doing=doing)


@router.command("disconnect", summary=Phrase("forget a ClickSend account's key (admins)"))
async def disconnect(call: LobbyCall) -> None:
    """Show what is connected, each with a button that disconnects it."""
    call.later(_show(call), doing=Phrase("reading what is connected"))


@router.action(DROP)
async def drop(call: LobbyCall) -> None:
    """Disconnect an account."""
    call.later(_drop(call), doing=Phrase("disconnecting the account"))


async def _open(call: LobbyCall) -> None:
    if not await refused(call):
        await call.open(form())


async def _connect(call: LobbyCall, view: View, wish: Wish) -> str:
    """Do it; what came of it (mrkdwn)."""
    del view
    try:
        name = await call.services.connections.connect(wish, actor=call.user)
    except Unauthorized:
        why = say("ClickSend does not accept this user name with this key.")
        return f":x: {why} {_KEPT_NOTHING}"
    except ClickSendError as error:
        return f":x: {escape(explain(error))} {_KEPT_NOTHING}"
    except FullError:
        why = say("This bot serves as many accounts as it can; whoever runs it can say more.")
        return f":x: {why} {_KEPT_NOTHING}"
    except SameAccountError as error:
        return f":x: {twice(error.account)}"
    return connection_made(name, wish.account)


_KEPT_NOTHING = Phrase("Nothing was kept, sent or charged. Try `/clicksend connect` again.")


async def _show(call: LobbyCall) -> None:
    if not await refused(call):
        await call.reply(render(await call.services.connections.connected()))


async def _drop(call: LobbyCall) -> None:
    if await refused(call):
        return
    count = await call.services.connections.disconnect(call.value, actor=call.user)
    await call.reply(plain(dropped(call.value, count)), replace=True)


def read(view: View) -> tuple[Wish, dict[str, str]]:
    """What was typed, and what is wrong with it by block; a key is never repeated."""
    account, key = view.text(USER).strip(), view.text(KEY).strip()
    wrong: dict[str, str] = {}
    if not _USER.fullmatch(account):
        wrong[USER] = say("This is no API user name: 1 to 128 characters, no spaces, no colon.")
    if not _API_KEY.fullmatch(key):
        wrong[KEY] = say(
            "This is no API key. Nothing was kept; copy it from ClickSend's dashboard."
        )
    wish = Wish(
        account=account,
        key=SecretStr(key),
        alert_channel=view.conversation(ALERTS) or "",
        approval_channel=view.conversation(APPROVALS) or "",
    )
    return wish, wrong


def render(connected: Sequence[Connection]) -> Message:
    """What is connected, each with its button."""
    if not connected:
        return plain(str(NONE))
    blocks: list[Block] = [header(say("Connected ClickSend accounts"))]
    for number, each in enumerate(connected):
        ask = confirm(
            say("Disconnect it?"),
            say(
                "{account}: its key is forgotten, what waits is withdrawn, and the roles that were "
                "given end.",
                account=named(each.account),
            ),
            ok=say("Disconnect"),
            deny=say("Keep it"),
        )
        press = button(
            say("Disconnect"), f"{DROP}:{number}", value=each.account, style="danger", ask=ask
        )
        blocks.append(section(_line(each), accessory=press))
    blocks.append(
        context(say("What ClickSend has already, such as scheduled messages, stays there."))
    )
    text = "\n".join(_line(each) for each in connected)
    return Message(text, tuple(blocks))


NONE = Phrase("No ClickSend account is connected here. `/clicksend connect` connects one.")


def _line(each: Connection) -> str:
    return say(
        "{account}, connected by {person}", account=named(each.account), person=f"<@{each.admin}>"
    )


def dropped(account: str, count: int | None) -> str:
    """What came of disconnecting."""
    name = named(account)
    if count is None:
        return say("{account} is not connected. Nothing was changed.", account=name)
    done = say(":white_check_mark: {account} is disconnected, and its key forgotten.", account=name)
    if not count:
        return done
    waited = many(
        "{count} send that waited was withdrawn: not sent, not charged.",
        "{count} sends that waited were withdrawn: not sent, not charged.",
        count,
    )
    return f"{done} {waited}"


def not_connected(installer: str) -> Message:
    """The answer to everything where no account is connected."""
    if installer:
        text = say(
            ":electric_plug: This workspace has no ClickSend account yet. {person} or an admin of "
            "this Slack workspace connects one with `/clicksend connect`. Nothing was sent or "
            "charged.",
            person=f"<@{installer}>",
        )
    else:
        text = say(
            ":electric_plug: This workspace has no ClickSend account yet. An admin of this Slack "
            "workspace connects one with `/clicksend connect`. Nothing was sent or charged."
        )
    press = button(str(_TITLE), OPEN, style="primary")
    return Message(text, (section(text), buttons(press)))


def gone() -> Message:
    """The answer to a form or a button of an account that was disconnected."""
    text = say(
        ":electric_plug: That belongs to a ClickSend account that is not connected here any more. "
        "Nothing was sent or charged."
    )
    return plain(text)
