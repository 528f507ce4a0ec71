"""What only a workspace's admins may do with its accounts, and how their forms are answered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.services.roles import Decision
from bot.slack.blocks import Message
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.texts import Phrase
from commands.answers import plain
from commands.context import LobbyCall
from commands.things import NOTHING_CHANGED, ended

W = TypeVar("W")


async def refused(call: LobbyCall) -> bool:
    """Whether this person may not connect, change and disconnect; they are told whom to ask."""
    decision = await call.services.connections.may(call.user)
    if not decision.allowed:
        await call.reply(plain(_no(decision)))
    return not decision.allowed


def submitted(
    call: LobbyCall,
    read: Callable[[View], tuple[W, dict[str, str]]],
    do: Callable[[LobbyCall, View, W], Coroutine[Any, Any, str]],
    *,
    title: Phrase,
    waiting: str,
    doing: Phrase,
) -> Ack:
    """Answer a form: what is wrong with it at once; else do it, and say there how it ended.

    Args:
        call: The submission.
        read: What was typed, and what is wrong with it by block.
        do: Does it, if the person may; what came of it (mrkdwn).
        title: Of the form, from then on.
        waiting: What it says meanwhile (mrkdwn).
        doing: What it is, for the sentence "Something went wrong while …".
    """
    if call.view is None:
        return None
    view = call.view
    wish, wrong = read(view)
    if wrong:
        return Errors(wrong)

    async def work() -> None:
        decision = await call.services.connections.may(call.user)
        await end(await do(call, view, wish) if decision.allowed else _no(decision))

    async def failed(message: Message) -> None:
        await end(message.text)

    async def end(mrkdwn: str) -> None:
        """Say it in the form; where that was closed, in a direct message."""
        if not await call.slack.update_view(view.id, ended(title, mrkdwn)):
            await call.slack.dm(call.user, plain(mrkdwn))

    call.later(work(), doing=doing, failed=failed)
    return Update(ended(title, waiting))


def _no(decision: Decision) -> str:
    return f":no_entry: {decision.reason} {NOTHING_CHANGED}"
