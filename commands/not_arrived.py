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
from bot.texts import aloud, say, shared, speaking
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
            message = await self._said(loss, place.channel, named=not wants)
            return await self._slack.update(MessageRef(place.channel, place.ts), message)
        mine = await self._dm(loss) if wants else None
        told = await self._under(loss, named=mine is None) or mine or await self._dm(loss)
        if told is not None:
            return told
        with aloud():
            message = render(loss, named=True)
        return await self._alert(message)

    async def _said(self, loss: Loss, channel: str, *, named: bool) -> Message:
        """It, in the language of a channel, or of who reads it alone."""
        alone = channel.startswith("D") and not loss.send.actor.startswith(CLI)
        with speaking(await self._slack.people.locale_of(loss.send.actor) if alone else shared()):
            return render(loss, named=named)

    async def _wants(self, actor: str) -> bool:
        """Whether somebody wants such news in direct messages (`/clicksend settings`)."""
        return Notify.FAILURES in (await self._own.of(actor)).notify

    async def _under(self, loss: Loss, *, named: bool) -> MessageRef | None:
        """Answer the message of the send, or in the customer's thread; None where that is gone."""
        if loss.message is None:
            return None
        message = await self._said(loss, loss.message.channel, named=named)
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
        with speaking(await self._slack.people.locale_of(loss.send.actor)):
            message = render(loss, link=link)
        try:
            return await self._slack.dm(loss.send.actor, message)
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
        lines.append(say("and {count:,} more", count=loss.count - len(lines)))
    texts = [_title(loss, named=named), "\n".join(lines)]
    texts += [f"<{link}|{say('See its message')}>"] if link else []
    pressed = after_failure(loss.send, list(loss.all))
    blocks: list[Block] = [section(text) for text in texts]
    return Message("\n".join(texts), (*blocks, *([buttons(*pressed)] if pressed else [])))


def _title(loss: Loss, *, named: bool) -> str:
    noun = channel_of(loss.send.operation).noun
    who, count, every = person(loss.send.actor), loss.count, loss.recipients
    if every == 1 and named:
        return say(":rotating_light: {who}, your {noun} was not delivered:", who=who, noun=noun)
    if every == 1:
        return say(":rotating_light: The {noun} was not delivered:", noun=noun)
    if named:
        return say(
            ":rotating_light: {who}, your {noun} was not delivered to {count:,} of {every:,} "
            "recipients:",
            who=who,
            noun=noun,
            count=count,
            every=every,
        )
    return say(
        ":rotating_light: The {noun} was not delivered to {count:,} of {every:,} recipients:",
        noun=noun,
        count=count,
        every=every,
    )


def _line(message: SentMessage) -> str:
    who = escape(for_people(message.recipient))
    why = escape(clip(message.delivery_text or say("no cause given"), 200))
    if message.retry:
        return say("{who}: {cause}, tried again", who=who, cause=why)
    return f"{who}: {why}"
