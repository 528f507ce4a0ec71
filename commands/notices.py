"""What the services and jobs have to say, as Slack messages."""

from __future__ import annotations

from bot.services.csv_parts import Csv
from bot.services.journal import CLI
from bot.services.losses import Losses
from bot.services.notices import (
    AboutAlert,
    AboutCall,
    AboutConversation,
    AboutJob,
    AboutSend,
    ApprovalChanged,
    CallApproval,
    CallLost,
    DeliveryFailures,
    JobApproval,
    JobFile,
    NotArrived,
    Notice,
    NotPostedError,
    Place,
    ReportDue,
    RulesMissing,
    SendChanged,
    WhileAway,
)
from bot.services.own_settings import OwnSettings
from bot.services.second_person import SecondPerson
from bot.services.sending import Sending
from bot.slack.blocks import Message
from bot.slack.client import MessageRef, Slack, SlackError
from bot.store.sends import Send
from bot.texts import Locale, shared, speaking
from commands import approval, csv_views, second_yes, sent, unsettled
from commands.alert_posts import AlertPosts
from commands.inbox_posts import ConversationPosts
from commands.not_arrived import SenderNews
from commands.notice_text import call_lost, delivery_failures, while_away
from commands.personal import PersonalNews
from commands.report_posts import ReportPosts
from commands.setup import rules_missing


class SlackNotifier:
    """Posts notices where they belong, and changes what stands there already.

    Args:
        slack: The Web API.
        sending: For what became of a send.
        second: For what waits for a second person's yes.
        csv: For how imports and bulk sends stand.
        conversations: Posts what customers sent.
        alerts: Posts the alerts.
        reports: Posts the reports.
        personal: Tells people what they asked to be told of.
        losses: What did not arrive.
        own: Who wants to hear of that in a direct message.
        alert_channel: Where goes what is for nobody else; None: to the first admin.
        approval_channel: Where approval is asked for; None: where the send was asked for.
        admins: Slack user ids, for when the bot is not in that channel.
    """

    def __init__(
        self,
        slack: Slack,
        sending: Sending,
        second: SecondPerson,
        csv: Csv,
        conversations: ConversationPosts,
        *,
        alerts: AlertPosts,
        reports: ReportPosts,
        personal: PersonalNews,
        losses: Losses,
        own: OwnSettings,
        alert_channel: str | None,
        approval_channel: str | None,
        admins: frozenset[str],
    ) -> None:
        self._slack = slack
        self._sending = sending
        self._second = second
        self._csv = csv
        self._conversations = conversations
        self._alerts = alerts
        self._reports = reports
        self._personal = personal
        self._alert_channel = alert_channel
        self._approval_channel = approval_channel
        self._admin = min(admins) if admins else None
        self._senders = SenderNews(slack, losses, own, alert=self._alert)

    async def __call__(self, notice: Notice, place: Place | None) -> MessageRef | None:
        """Post a notice, or bring its message up to date.

        Raises:
            NotPostedError: Slack did not take it; nothing is lost.
        """
        try:
            if isinstance(notice, AboutAlert):
                return await self._alerts(notice, place)
            if isinstance(notice, AboutConversation):
                return await self._conversations.post(notice, place)
            if isinstance(notice, AboutCall):
                return await self._about_call(notice, place)
            if isinstance(notice, AboutJob):
                return await self._about_job(notice, place)
            if isinstance(notice, AboutSend):
                return await self._about_send(notice, place)
            return await self._told(notice)
        except SlackError as error:
            raise NotPostedError(str(error)) from error

    async def _told(
        self, notice: CallLost | RulesMissing | DeliveryFailures | ReportDue | WhileAway
    ) -> MessageRef | None:
        """Say what is said once, and never brought up to date."""
        if isinstance(notice, ReportDue):
            await self._reports(notice)
            return None
        if isinstance(notice, CallLost):
            with speaking(await self._locale(notice.actor, notice.actor)):
                lost = call_lost(notice)
            return await self._post(lost, notice.actor, notice.actor)
        if isinstance(notice, RulesMissing):
            with speaking(await self._locale(CLI, CLI)):
                missing = rules_missing(notice)
            return await self._alert(missing)
        with speaking(await self._locale(CLI, CLI)):
            if isinstance(notice, WhileAway):
                message = while_away(notice)
            else:
                message = delivery_failures(notice)
        return await self._alert(message)

    async def _locale(self, channel: str, actor: str, *, asks: bool = False) -> Locale:
        """The language of a message: its reader's where one alone reads it, else everyone's.

        Args:
            channel: Where it belongs: a Slack channel or user id; `cli:` is told as an alert.
            actor: Whom it is for, where nobody else reads it.
            asks: Whether it asks for a second yes, see `_ask`.
        """
        if asks and self._approval_channel:
            return shared()
        if channel == CLI or actor.startswith(CLI):
            alone = None if self._alert_channel else self._admin
        else:
            alone = actor if channel == actor or channel.startswith("D") else None
        return await self._slack.people.locale_of(alone) if alone else shared()

    async def _alert(self, message: Message) -> MessageRef | None:
        if self._alert_channel and self._admin:
            return await self._slack.post_or_dm(self._alert_channel, message, user=self._admin)
        if self._alert_channel:
            return await self._slack.post(self._alert_channel, message)
        return await self._slack.dm(self._admin, message) if self._admin else None

    async def _about_send(self, notice: AboutSend, place: Place | None) -> MessageRef | None:
        if isinstance(notice, NotArrived):
            return await self._senders(notice, place)
        found = await self._sending.report(notice.send_id)
        kept = await self._sending.draft(notice.send_id)
        if found is None or kept is None:
            return None
        send, messages = found
        asks = isinstance(notice, ApprovalChanged)
        with speaking(await self._locale(send.channel, send.actor, asks=asks)):
            message: Message | None
            if isinstance(notice, SendChanged):
                message = sent.render(send, messages)
            elif asks:
                message = approval.render(*kept)
            else:
                message = unsettled.render(send, messages)
        if message is None:
            return None
        if place is not None:
            return await self._slack.update(MessageRef(place.channel, place.ts), message)
        return await self._about_new_send(notice, send, message)

    async def _about_new_send(
        self, notice: AboutSend, send: Send, message: Message
    ) -> MessageRef | None:
        if isinstance(notice, ApprovalChanged):
            posted = await self._ask(message, send.channel, send.actor)
            if posted is not None:
                await self._personal.approval(send, posted)
            return posted
        if send.thread_ts:
            return await self._slack.post(send.channel, message, thread_ts=send.thread_ts)
        return await self._post(message, send.channel, send.actor)

    async def _about_call(self, notice: AboutCall, place: Place | None) -> MessageRef | None:
        call = await self._second.report(notice.call_id)
        if call is None:
            return None
        asks, channel = isinstance(notice, CallApproval), call.channel or call.actor
        with speaking(await self._locale(channel, call.actor, asks=asks)):
            message = second_yes.render_request(call) if asks else second_yes.render(call)
        if place is not None:
            return await self._slack.update(MessageRef(place.channel, place.ts), message)
        tell = self._ask if asks else self._post
        return await tell(message, channel, call.actor)

    async def _ask(self, message: Message, channel: str, actor: str) -> MessageRef | None:
        """Ask for a second yes, where those are who can say it."""
        if self._approval_channel is None and channel == CLI:
            return await self._alert(message)
        user = self._admin or actor
        return await self._slack.post_or_dm(self._approval_channel or channel, message, user=user)

    async def _post(self, message: Message, channel: str, actor: str) -> MessageRef | None:
        """Say something for the first time, where it was asked for."""
        if actor.startswith(CLI) or channel == CLI:
            return await self._alert(message)
        if channel == actor:
            return await self._slack.dm(actor, message)
        return await self._slack.post_or_dm(channel, message, user=actor)

    async def _about_job(self, notice: AboutJob, place: Place | None) -> MessageRef | None:
        report = await self._csv.jobs.report(notice.job_id)
        if report is None:
            return None
        job = report.job
        if isinstance(notice, JobFile):
            with speaking(await self._locale(job.actor, job.actor)):
                await csv_views.send_file(self._slack, self._csv.results, report, notice.what)
            return None
        asks = isinstance(notice, JobApproval)
        if asks and place is None and report.approval is None:
            return None
        with speaking(await self._locale(job.channel, job.actor, asks=asks)):
            message = csv_views.approval(report) if asks else csv_views.render(report)
        if place is not None:
            return await self._slack.update(MessageRef(place.channel, place.ts), message)
        tell = self._ask if asks else self._post
        return await tell(message, job.channel, job.actor)
