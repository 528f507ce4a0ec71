"""What the services and jobs have to say, as Slack messages."""

from __future__ import annotations

from bot.services.money import amount
from bot.services.notices import (
    CallLost,
    CreditRecovered,
    DeliveryFailures,
    FailedDelivery,
    LowCredit,
    Notice,
    NotPostedError,
    SendFinished,
)
from bot.services.recipients import for_people
from bot.services.sending import Sending
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    context,
    escape,
    header,
    section,
)
from bot.slack.client import MessageRef, Slack, SlackError
from bot.store.sends import Send, SentMessage, State
from commands.answers import plain
from commands.balance import BILLING, OPEN_BILLING

_MOST = 20


class SlackNotifier:
    """Posts notices where they belong.

    Args:
        slack: The Web API.
        sending: For what became of a send.
        alert_channel: Where alerts go; None sends them to the first admin.
        admins: Slack user ids, for when the bot is not in that channel.
    """

    def __init__(
        self, slack: Slack, sending: Sending, *, alert_channel: str | None, admins: frozenset[str]
    ) -> None:
        self._slack = slack
        self._sending = sending
        self._alert_channel = alert_channel
        self._admin = min(admins) if admins else None

    async def __call__(self, notice: Notice) -> MessageRef | None:
        """Post a notice.

        Raises:
            NotPostedError: Slack did not take it; nothing is lost.
        """
        try:
            if isinstance(notice, SendFinished):
                return await self._finished(notice)
            if isinstance(notice, CallLost):
                return await self._slack.dm(notice.actor, call_lost(notice))
            return await self._alert(await self._render(notice))
        except SlackError as error:
            raise NotPostedError(str(error)) from error

    async def _alert(self, message: Message) -> MessageRef | None:
        if self._alert_channel and self._admin:
            return await self._slack.post_or_dm(self._alert_channel, message, user=self._admin)
        if self._alert_channel:
            return await self._slack.post(self._alert_channel, message)
        return await self._slack.dm(self._admin, message) if self._admin else None

    async def _render(self, notice: LowCredit | CreditRecovered | DeliveryFailures) -> Message:
        if isinstance(notice, LowCredit):
            return low_credit(notice)
        if isinstance(notice, CreditRecovered):
            return credit_recovered(notice)
        links = [await self._link(failure) for failure in notice.failures[:_MOST]]
        return delivery_failures(notice, links)

    async def _link(self, failure: FailedDelivery) -> str | None:
        if not (failure.message_channel and failure.message_ts):
            return None
        return await self._slack.permalink(failure.message_channel, failure.message_ts)

    async def _finished(self, notice: SendFinished) -> MessageRef | None:
        found = await self._sending.report(notice.send_id)
        if found is None:
            return None
        send, messages = found
        message = finished(send, messages)
        if send.channel == send.actor:
            return await self._slack.dm(send.actor, message)
        return await self._slack.post_or_dm(send.channel, message, user=send.actor)


def call_lost(notice: CallLost) -> Message:
    """Nobody knows what became of a call."""
    return plain(
        f":grey_question: I stopped while ClickSend was working on your "
        f"`{escape(notice.operation)}`, so its answer was lost. It may have taken effect. I do "
        "not try again by myself: look in the ClickSend dashboard before you repeat it."
    )


def low_credit(notice: LowCredit) -> Message:
    """The balance is low."""
    text = (
        f":warning: Low credit: {escape(notice.account_name)} has "
        f"{amount(notice.balance, notice.currency)} left, below "
        f"{amount(notice.threshold, notice.currency)}. "
        "When it is used up, messages are refused."
    )
    recharge = button("Recharge in ClickSend", OPEN_BILLING, url=BILLING, style="primary")
    return Message(text, (section(text), buttons(recharge)))


def credit_recovered(notice: CreditRecovered) -> Message:
    """The balance is fine again."""
    return plain(
        f":white_check_mark: Credit is fine again: {escape(notice.account_name)} has "
        f"{amount(notice.balance, notice.currency)} left."
    )


def delivery_failures(notice: DeliveryFailures, links: list[str | None]) -> Message:
    """Everything that one look found failed, in one message."""
    count = len(notice.failures)
    title = "1 message was not delivered" if count == 1 else f"{count} messages were not delivered"
    lines = [
        _failure(failure, link)
        for failure, link in zip(notice.failures[:_MOST], links, strict=True)
    ]
    blocks: list[Block] = [header(title), *(section(line) for line in lines)]
    if count > _MOST:
        blocks.append(context(f"and {count - _MOST} more; see ClickSend's history"))
    return Message("\n".join([f":rotating_light: {title}", *lines]), tuple(blocks))


def _failure(failure: FailedDelivery, link: str | None) -> str:
    kind = {"sms": "SMS", "fax": "Fax", "voice": "Voice call"}[failure.channel]
    to = escape(for_people(failure.recipient)) if failure.recipient else "a recipient"
    who = f", sent by <@{failure.actor}>" if failure.actor else " (not sent from Slack)"
    more = f" · <{link}|see the message>" if link else ""
    return f"*{kind}* to {to}{who}: {escape(failure.cause)} · `{escape(failure.message_id)}`{more}"


def finished(send: Send, messages: list[SentMessage]) -> Message:
    """What became of a send, each recipient with its own status."""
    taken = [message for message in messages if message.status == "SUCCESS"]
    title = _title(send, len(taken), len(messages))
    quote = ">" + escape(clip(send.summary, 300)).replace("\n", "\n>")
    lines = [_recipient(message) for message in messages[:_MOST]]
    if len(messages) > _MOST:
        lines.append(f"and {len(messages) - _MOST} more")
    texts = [title, quote, *([_advice(send)] if _advice(send) else []), "\n".join(lines)]
    blocks = [section(text) for text in texts if text]
    return Message("\n".join(text for text in texts if text), tuple(blocks))


def _title(send: Send, taken: int, total: int) -> str:
    kind = "SMS" if send.operation.startswith("sms") else "Fax"
    who = f"<@{send.actor}>"
    if send.state is State.SENT:
        cost = f" for {amount(send.total, send.currency or '')}" if send.total is not None else ""
        verb = "scheduled" if send.scheduled_for else "sent"
        if taken < total:
            return f":warning: {kind} {verb} by {who} to {taken} of {total} recipients{cost}"
        people = "1 recipient" if total == 1 else f"{total} recipients"
        return f":white_check_mark: {kind} {verb} by {who} to {people}{cost}"
    if send.state is State.REFUSED:
        return f":x: {kind} of {who} was not sent. Nothing was charged."
    return f":grey_question: {kind} of {who}: nobody knows yet whether it was sent."


def _advice(send: Send) -> str:
    if send.state is State.UNKNOWN:
        return (
            f"{escape(send.reason or '')} It may have been sent and charged. I do not try again by "
            "myself: look in ClickSend's history before you send it again."
        )
    return escape(send.reason or "") if send.state is State.REFUSED else ""


def _recipient(message: SentMessage) -> str:
    mark = ":white_check_mark:" if message.status == "SUCCESS" else ":x:"
    status = "accepted" if message.status == "SUCCESS" else escape(message.status)
    return f"{mark} {escape(for_people(message.recipient))}: {status}"
