"""What people asked to be told of in their direct messages (`/clicksend settings`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable

import structlog

from bot.services.channels import channel_of
from bot.services.notices import FailedDelivery
from bot.services.own_settings import Notify, OwnSettings
from bot.services.permissions import Permissions
from bot.services.recipients import for_people
from bot.slack.blocks import Message, escape, paragraphs
from bot.slack.client import MessageRef, Slack, SlackError
from bot.store.sends import Send
from bot.texts import say
from commands.answers import plain

_log = structlog.get_logger(__name__)
_MOST = 20


class PersonalNews:
    """Tells people; what is missed here stands in the channel, so nothing is tried again.

    Args:
        slack: The Web API.
        own: Who wants what.
        access: Who may approve.
    """

    def __init__(self, slack: Slack, own: OwnSettings, access: Permissions) -> None:
        self._slack = slack
        self._own = own
        self._access = access

    async def failed(self, failures: tuple[FailedDelivery, ...]) -> None:
        """Tell those who sent something that did not arrive."""
        await self._besides(self._failed(failures))

    async def approval(self, send: Send, place: MessageRef) -> None:
        """Tell those who may say the second yes, but not who asks for it."""
        await self._besides(self._approval(send, place))

    async def _besides(self, telling: Awaitable[None]) -> None:
        """Do it, and never let the notice that was posted already be posted again for it."""
        try:
            await telling
        except Exception:  # noqa: BLE001 - whatever it is, the channel has been told
            _log.exception("people could not be told besides")

    async def _failed(self, failures: tuple[FailedDelivery, ...]) -> None:
        theirs: defaultdict[str, list[FailedDelivery]] = defaultdict(list)
        for each in failures:
            if each.actor:
                theirs[each.actor].append(each)
        for user in set(await self._own.wanting(Notify.FAILURES)) & theirs.keys():
            await self._tell(user, failures_of(theirs[user]))

    async def _approval(self, send: Send, place: MessageRef) -> None:
        kind, noun = channel_of(send.operation).kind, channel_of(send.operation).noun
        link = None
        for user in await self._own.wanting(Notify.APPROVALS):
            if user == send.actor:
                continue
            decision = await self._access.may_approve(user, send.channel, kind=kind, acting=user)
            if not decision.allowed:
                continue
            link = link or await self._slack.permalink(place.channel, place.ts)
            where = (
                f"<{link}|Look at it>"
                if link
                else say("Look in <#{channel}>", channel=place.channel)
            )
            text = say(
                ":busts_in_silhouette: {noun} of <@{actor}> waits for a second yes.",
                noun=noun,
                actor=send.actor,
            )
            await self._tell(user, plain(f"{text} {where}."))

    async def _tell(self, user: str, message: Message) -> None:
        try:
            await self._slack.dm(user, message)
        except SlackError as error:
            _log.warning("somebody could not be told", user=user, problem=str(error))


def failures_of(failures: list[FailedDelivery]) -> Message:
    """What a person sent that did not arrive."""
    many = (
        say("1 message") if len(failures) == 1 else say("{count:,} messages", count=len(failures))
    )
    lines = [
        say(
            "*{channel}* to {recipient}: {cause}",
            channel=each.channel.upper(),
            recipient=escape(for_people(each.recipient)) if each.recipient else "a recipient",
            cause=escape(each.cause),
        )
        for each in failures[:_MOST]
    ]
    if len(failures) > _MOST:
        lines.append(say("and {count:,} more", count=len(failures) - _MOST))
    title = say(":rotating_light: {many} that you sent did not arrive:", many=many)
    return Message("\n".join([title, *lines]), tuple(paragraphs([title, *lines])))
