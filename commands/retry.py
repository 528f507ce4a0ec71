"""*Retry failed*: the same again for whom it failed, each recipient by one person once."""

from __future__ import annotations

from bot.services.channels import ACCEPTED, NO_ANSWER, channel_of
from bot.slack.client import SlackError
from bot.store.deliveries import Delivery, SentMessage
from bot.texts import Phrase, say
from commands.again import again
from commands.answers import NOTHING, person, plain, refused
from commands.context import BotCall, BotRouter

RETRY = "send.retry"

router: BotRouter = BotRouter()


@router.action(RETRY)
async def retry(call: BotCall) -> None:
    """Send again to those it failed for, after the price and another yes."""
    call.later(_retry(call), doing=Phrase("asking for the price"))


async def _retry(call: BotCall) -> None:
    found = await call.services.sending.report(call.value)
    if found is None or await refused(call, channel_of(found[0].operation).kind):
        return
    send, messages = found
    failed = tuple(m.recipient for m in messages if is_left(m))
    tried = next((m.retry for m in messages if has_failed(m) and m.retry), None)
    if tried and not failed:
        await call.reply(plain(await _tried(call, tried)))
        return
    splits = channel_of(send.operation).traits.can_split
    await again(call, send, failed if splits else ())


async def _tried(call: BotCall, retry_id: str) -> str:
    """Who has tried it again, and where that stands (mrkdwn)."""
    found = await call.services.sending.report(retry_id)
    if found is None:
        return say(":warning: It was tried again before. {nothing}", nothing=NOTHING)
    send, where = found[0], "`/clicksend history`"
    if send.message_channel and send.message_ts:
        try:
            link = await call.slack.permalink(send.message_channel, send.message_ts)
        except SlackError:
            link = None
        where = f"<{link}|{say('its message')}>" if link else where
    return say(
        ":warning: {actor} has tried it again already, see {where}. {nothing}",
        actor=person(send.actor),
        where=where,
        nothing=NOTHING,
    )


def has_failed(message: SentMessage) -> bool:
    """Whether one recipient has not got it and will not; of whom nothing is known may have."""
    refused_ = message.status not in {ACCEPTED, "CANCELLED", NO_ANSWER}
    return refused_ or message.delivery == Delivery.FAILED


def is_left(message: SentMessage) -> bool:
    """Whether it failed for this recipient, and nobody has tried it again."""
    return has_failed(message) and not message.retry
