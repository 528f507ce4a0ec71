"""What people asked to be told of in their direct messages (`/clicksend settings`)."""

from __future__ import annotations

from collections.abc import Awaitable

import structlog

from bot.services.channels import channel_of
from bot.services.own_settings import Notify, OwnSettings
from bot.services.permissions import Permissions
from bot.slack.blocks import Message
from bot.slack.client import MessageRef, Slack, SlackError
from bot.store.sends import Send
from bot.texts import say, speaking
from commands.answers import plain

_log = structlog.get_logger(__name__)


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

    async def approval(self, send: Send, place: MessageRef) -> None:
        """Tell those who may say the second yes, but not who asks for it."""
        await self._besides(self._approval(send, place))

    async def _besides(self, telling: Awaitable[None]) -> None:
        """Do it, and never let the notice that was posted already be posted again for it."""
        try:
            await telling
        except Exception:  # noqa: BLE001 - whatever it is, the channel has been told
            _log.exception("people could not be told besides")

    async def _approval(self, send: Send, place: MessageRef) -> None:
        kind, link = channel_of(send.operation).kind, None
        for user in await self._own.wanting(Notify.APPROVALS):
            if user == send.actor:
                continue
            decision = await self._access.may_approve(user, send.channel, kind=kind, acting=user)
            if not decision.allowed:
                continue
            link = link or await self._slack.permalink(place.channel, place.ts)
            with speaking(await self._slack.people.locale_of(user)):
                message = _asked(send, place, link)
            await self._tell(user, message)

    async def _tell(self, user: str, message: Message) -> None:
        try:
            await self._slack.dm(user, message)
        except SlackError as error:
            _log.warning("somebody could not be told", user=user, problem=str(error))


def _asked(send: Send, place: MessageRef, link: str | None) -> Message:
    """That somebody waits for a second yes, and where."""
    text = say(
        ":busts_in_silhouette: {noun} of <@{user}> waits for a second yes.",
        noun=channel_of(send.operation).noun,
        user=send.actor,
    )
    words = say("Look at it")
    there = say("Look in <#{channel}>", channel=place.channel)
    return plain(f"{text} <{link}|{words}>." if link else f"{text} {there}.")
