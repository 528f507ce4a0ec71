"""What did not arrive, told to who sent it: under its message, by name; else in a direct message.

Each send, and each bulk send as a whole, has one such message, which is brought up to date: whoever
sent to a thousand people hears once that it failed for some, and reads there for how many.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.services.channels import channel_of
from bot.services.journal import CLI
from bot.services.losses import Loss, Losses
from bot.services.notices import NotArrived, Place
from bot.services.own_settings import Notify, OwnSettings
from bot.services.recipients import for_people
from bot.slack.blocks import Block, Message, buttons, clip, escape, section
from bot.slack.client import MessageRef, Slack, SlackError
from bot.slack.errors import PASSING
from bot.store.deliveries import SentMessage
from commands.answers import person
from commands.sent import after_failure


class SenderNews:
    """Tells senders.

    Args:
        slack: The Web API.
        losses: What did not arrive.
        own: Who wants a direct message.
        alert: Posts where alerts go: what nobody else can be told of.
    """

    def __init__(
        self,
        slack: Slack,
        losses: Losses,
        own: OwnSettings,
        *,
        alert: Callable[[Message], Awaitable[MessageRef | None]],
    ) -> None:
        self._slack = slack
        self._losses = losses
        self._own = own
        self._alert = alert

    async def __call__(self, notice: NotArrived, place: Place | None) -> MessageRef | None:
        """Tell who sent it, or bring up to date what they were told.

        Raises:
            SlackError: Slack is down just now.
        """
        loss = await self._losses.of(notice)
        if loss is None:
            return None
        wants = await self._wants(loss.send.actor)
        if place is not None:
            ref = MessageRef(place.channel, place.ts)
            return await self._slack.update(ref, render(loss, named=not wants))
        mine = await self._dm(loss) if wants else None
        return (
            await self._under(loss, named=mine is None)
            or mine
            or await self._dm(loss)
            or await self._alert(render(loss, named=True))
        )

    async def _wants(self, actor: str) -> bool:
        """Whether somebody wants such news in direct messages (`/clicksend settings`)."""
        return Notify.FAILURES in (await self._own.of(actor)).notify

    async def _under(self, loss: Loss, *, named: bool) -> MessageRef | None:
        """Answer the message of the send, or in the customer's thread; None where that is gone."""
        if loss.message is None:
            return None
        message = render(loss, named=named)
        try:
            return await self._slack.post(loss.message.channel, message, thread_ts=loss.thread_ts)
        except SlackError as error:
            if error.code in PASSING:
                raise
        return None

    async def _dm(self, loss: Loss) -> MessageRef | None:
        """Write to who sent it; None where that is nobody in Slack (any more)."""
        if loss.send.actor.startswith(CLI):
            return None
        link = None
        if loss.message:
            link = await self._slack.permalink(loss.message.channel, loss.message.ts)
        try:
            return await self._slack.dm(loss.send.actor, render(loss, link=link))
        except SlackError as error:
            if error.code in PASSING:
                raise
        return None


def render(loss: Loss, *, named: bool = False, link: str | None = None) -> Message:
    """What did not arrive of a send.

    Args:
        loss: It.
        named: Whether who sent it is mentioned, so that they hear of it.
        link: To the message of the send, where this stands elsewhere.
    """
    lines = [_line(message) for message in loss.some]
    if loss.count > len(lines):
        lines.append(f"and {loss.count - len(lines):,} more")
    more = [f"<{link}|See its message>"] if link else []
    texts = [_title(loss, named=named), "\n".join(lines), *more]
    pressed = after_failure(loss.send, list(loss.all))
    blocks: list[Block] = [*(section(text) for text in texts)]
    return Message("\n".join(texts), (*blocks, *([buttons(*pressed)] if pressed else [])))


def _title(loss: Loss, *, named: bool) -> str:
    noun = channel_of(loss.send.operation).noun
    who = f"{person(loss.send.actor)}, your {noun}" if named else f"The {noun}"
    if loss.recipients == 1:
        return f":rotating_light: {who} was not delivered:"
    return (
        f":rotating_light: {who} was not delivered to {loss.count:,} of "
        f"{loss.recipients:,} recipients:"
    )


def _line(message: SentMessage) -> str:
    why = escape(clip(message.delivery_text or "no cause given", 200))
    again = ", tried again" if message.retry else ""
    return f"{escape(for_people(message.recipient))}: {why}{again}"
