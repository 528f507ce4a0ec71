"""Posts alerts: one message a group and episode, the rest in its thread; escalations."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.alerts.calling import Calling, said
from bot.services.alerts.desk import Desk
from bot.services.alerts.engine import calls_owner
from bot.services.alerts.model import Decision, Group, Kind
from bot.services.alerts.routing import mention_of
from bot.services.alerts.webhook import Webhook, WebhookError
from bot.services.notices import (
    AboutAlert,
    AlertEscalated,
    AlertSummary,
    NotPostedError,
    Place,
    alert_topic,
    is_topic,
    summary_topic,
)
from bot.slack import threads
from bot.slack.blocks import Message
from bot.slack.client import MessageRef, Slack
from bot.texts import speaking
from commands import alert_text


class AlertPosts:
    """Posts what the engine decided.

    Args:
        slack: The Web API.
        desk: The alerts.
        admin: Who gets what no channel gets, a Slack user id.
        calling: Reaches phones; None: not set up.
        webhook: The webhook; None: not set up.
    """

    def __init__(
        self,
        slack: Slack,
        desk: Desk,
        *,
        admin: str | None,
        calling: Calling | None = None,
        webhook: Webhook | None = None,
    ) -> None:
        self._slack = slack
        self._desk = desk
        self._admin = admin
        self._calling = calling
        self._webhook = webhook

    async def __call__(self, notice: AboutAlert, place: Place | None) -> MessageRef | None:
        """Post it, or bring its message up to date.

        Raises:
            NotPostedError: It was not taken, or its turn has not come.
            SlackError: Slack did not take it.
        """
        if isinstance(notice, AlertSummary):
            return await self._summary(notice, place)
        group = await self._desk.get(notice.alert)
        if group is None or group.episode != notice.episode:
            return None
        if isinstance(notice, AlertEscalated):
            return await self._escalate(notice, group)
        decision = group.open
        if decision is None or decision.number != notice.number:
            return None  # it was delivered before
        ref = await self._tell(group, decision, place)
        await self._desk.delivered(
            decision.number,
            shown=group,
            channel=ref.channel if ref else "",
            ts=ref.ts if ref else "",
        )
        return ref

    def _title(self, group: Group) -> str:
        rule = self._desk.rules.get(group.rule)
        return str(rule.title) if rule else group.rule

    async def _tell(
        self, group: Group, decision: Decision, place: Place | None
    ) -> MessageRef | None:
        title = self._title(group)
        book = await self._desk.book()
        channel = self._desk.channel_of(group, book)
        mention = mention_of(book.of(channel))
        if place is None:
            if decision.under:
                return await self._under(decision.under, alert_text.render(group, title))
            return await self._post(channel, alert_text.render(group, title, mention=mention))
        ref = await self._slack.update(
            MessageRef(place.channel, place.ts), alert_text.render(group, title)
        )
        if group.is_over:
            if decision.kind is not Kind.UPDATE:
                await threads.reply(self._slack, ref, alert_text.over(group, title))
        elif decision.kind is Kind.REMIND:
            called = f"<@{group.assigned_to}>" if calls_owner(group) else ""
            again = alert_text.reminder(group, title, mention=f"{mention} {called}".strip())
            await threads.reply(self._slack, ref, again, broadcast=True)
        elif joined := [each for each in group.signals if each.key not in group.said_keys]:
            await threads.reply(self._slack, ref, alert_text.news(joined))
        return ref

    async def _post(self, channel: str | None, message: Message) -> MessageRef | None:
        if channel and self._admin:
            return await self._slack.post_or_dm(channel, message, user=self._admin)
        if channel:
            return await self._slack.post(channel, message)
        return await self._slack.dm(self._admin, message) if self._admin else None

    async def _under(self, under: str, message: Message) -> MessageRef | None:
        place = await self._desk.place_of(under if is_topic(under) else summary_topic(under))
        if place is None:
            raise NotPostedError("what it belongs under comes first")
        return await threads.reply(self._slack, MessageRef(place.channel, place.ts), message)

    async def _summary(self, notice: AlertSummary, place: Place | None) -> MessageRef | None:
        groups = await self._desk.under(notice.summary)
        if place is not None or not groups:
            return None
        book = await self._desk.book()
        channel = self._desk.channel_of(groups[0], book)
        listed = [(group, self._title(group)) for group in groups]
        return await self._post(channel, alert_text.summary(listed))

    async def _escalate(self, notice: AlertEscalated, group: Group) -> MessageRef | None:
        if group.is_over or group.is_acknowledged:
            return None
        if notice.way == "dm":
            topic = alert_topic(group.id, group.episode)
            place = await self._desk.place_of(topic)
            link = await self._slack.permalink(place.channel, place.ts) if place else None
            with speaking(await self._slack.people.locale_of(notice.to)):
                message = alert_text.for_oncall(group, self._title(group), link)
            return await self._slack.dm(notice.to, message)
        title = self._title(group)
        try:
            if notice.way == "call" and self._calling:
                await self._calling.reach(group, title)
            elif notice.way == "webhook" and self._webhook:
                await self._webhook.post(_body(group, title))
        except (ClickSendError, WebhookError) as error:
            raise NotPostedError(f"{notice.way}: {error}") from None
        return None


def _body(group: Group, title: str) -> dict[str, str]:
    """What the webhook gets; `text` is what chat services show."""
    return {
        "text": said(group, title),
        "alert": group.id,
        "rule": group.rule,
        "severity": str(group.severity),
        "began_at": group.began_at.isoformat(),
    }
