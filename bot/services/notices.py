"""What services and jobs have to say to people, as typed values; `commands` renders them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Notice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class FailedDelivery(_Notice):
    """One message that did not arrive; `send_id` and `actor` when the bot sent it."""

    channel: Literal["sms", "mms", "voice", "fax"]
    message_id: str
    cause: str
    at: datetime
    recipient: str | None = None
    actor: str | None = None
    send_id: str | None = None
    message_channel: str | None = None
    message_ts: str | None = None


class DeliveryFailures(_Notice):
    """What one look at the receipts found failed; a version before stored it, and it is told."""

    kind: Literal["delivery_failures"] = "delivery_failures"
    failures: tuple[FailedDelivery, ...]


class SendChanged(_Notice):
    """The message of a send is to say how it stands now."""

    kind: Literal["send_changed"] = "send_changed"
    send_id: str


class NotArrived(_Notice):
    """Whoever sent something is to be told which of it did not arrive.

    Attributes:
        kind: Which notice it is.
        send_id: The send.
        job_id: The bulk send it is a batch of: one message tells of all its batches.
    """

    kind: Literal["not_arrived"] = "not_arrived"
    send_id: str
    job_id: str | None = None


class ApprovalChanged(_Notice):
    """The request for approval of a send is to say how it stands now."""

    kind: Literal["approval_changed"] = "approval_changed"
    send_id: str


class SendUnsettled(_Notice):
    """ClickSend's history does not say what became of a send: a person has to."""

    kind: Literal["send_unsettled"] = "send_unsettled"
    send_id: str


class CallLost(_Notice):
    """A call that an admin made by hand was under way when the bot stopped."""

    kind: Literal["call_lost"] = "call_lost"
    operation: str
    actor: str


class CallChanged(_Notice):
    """Whoever asked for a second yes to a call is to be told how it stands now."""

    kind: Literal["call_changed"] = "call_changed"
    call_id: str


class CallApproval(_Notice):
    """The request for a second yes to a call is to say how it stands now."""

    kind: Literal["call_approval"] = "call_approval"
    call_id: str


class JobChanged(_Notice):
    """The message of an import or a bulk send is to say how it stands now."""

    kind: Literal["job_changed"] = "job_changed"
    job_id: str


class JobApproval(_Notice):
    """The request for approval of a bulk send is to say how it stands now."""

    kind: Literal["job_approval"] = "job_approval"
    job_id: str


class JobFile(_Notice):
    """Whoever began a job is to get the file of its rejected rows, or of its results."""

    kind: Literal["job_file"] = "job_file"
    job_id: str
    what: Literal["rejected", "results"]


class ConversationChanged(_Notice):
    """The message that heads a conversation's thread is to say how it stands now."""

    kind: Literal["conversation_changed"] = "conversation_changed"
    conversation: str
    round: int


class MessagesArrived(_Notice):
    """Messages of a customer belong in their conversation's thread."""

    kind: Literal["messages_arrived"] = "messages_arrived"
    conversation: str
    round: int
    messages: tuple[int, ...]


class MediaArrived(_Notice):
    """A picture or the pages of a fax belong in a conversation's thread."""

    kind: Literal["media_arrived"] = "media_arrived"
    conversation: str
    round: int
    message: int
    index: int


class SnoozeOver(_Notice):
    """A conversation that somebody put off is due again."""

    kind: Literal["snooze_over"] = "snooze_over"
    conversation: str
    round: int


class RulesMissing(_Notice):
    """ClickSend keeps something to itself, because no rule has it polled or pushed."""

    kind: Literal["rules_missing"] = "rules_missing"
    what: tuple[str, ...]


class WhileAway(_Notice):
    """An account is connected again: what could not be told before, in one message.

    Attributes:
        kind: Which notice it is.
        left: How many notices were laid aside.
        withdrawn: How many sends, files and requests were withdrawn when the bot was uninstalled.
        alerts: How many alerts were going on.
    """

    kind: Literal["while_away"] = "while_away"
    left: int
    withdrawn: int
    alerts: int


class AlertChanged(_Notice):
    """The message of an alert is to say how it stands now; `number` is the decision's."""

    kind: Literal["alert_changed"] = "alert_changed"
    alert: str
    episode: int
    number: int


class AlertSummary(_Notice):
    """So many alerts could not be told of in time that they are told of together."""

    kind: Literal["alert_summary"] = "alert_summary"
    summary: str


class AlertEscalated(_Notice):
    """Nobody has taken an alert in time: somebody is told on another way."""

    kind: Literal["alert_escalated"] = "alert_escalated"
    alert: str
    episode: int
    way: Literal["dm", "call", "webhook"]
    to: str = ""


class ReportDue(_Notice):
    """A channel is to get the report of some days, or of the month that they are.

    Attributes:
        kind: Which notice it is.
        channel: Where it goes.
        by: Who set that it goes there, or asked for it now.
        asked: Whether it was asked for now.
        first: The first day.
        last: The last day.
        zone: Where the days begin, an IANA name.
        month: Whether they are a month.
    """

    kind: Literal["report_due"] = "report_due"
    channel: str
    by: str
    asked: bool = False
    first: date
    last: date
    zone: str
    month: bool = False


AboutConversation: TypeAlias = ConversationChanged | MessagesArrived | MediaArrived | SnoozeOver
AboutSend: TypeAlias = SendChanged | ApprovalChanged | SendUnsettled | NotArrived
AboutAlert: TypeAlias = AlertChanged | AlertSummary | AlertEscalated
AboutJob: TypeAlias = JobApproval | JobChanged | JobFile
AboutCall: TypeAlias = CallApproval | CallChanged
About: TypeAlias = AboutAlert | AboutSend | AboutConversation | AboutJob | AboutCall
Other: TypeAlias = DeliveryFailures | CallLost | RulesMissing | ReportDue | WhileAway
Notice = Annotated[About | Other, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[Notice] = TypeAdapter(Notice, config=ConfigDict(defer_build=True))


def topic(notice: Notice) -> str | None:
    """What a notice keeps one message of, brought up to date; None where each is its own."""
    if isinstance(notice, AlertChanged):
        return alert_topic(notice.alert, notice.episode)
    if isinstance(notice, AlertSummary):
        return summary_topic(notice.summary)
    if isinstance(notice, ConversationChanged):
        return f"conversation:{notice.conversation}:{notice.round}"
    whose = _whose(notice)
    return f"{notice.kind}:{whose}" if whose else None


def _whose(notice: Notice) -> str | None:
    """The send, the bulk send or the call that a notice is about; None of every other."""
    if isinstance(notice, JobApproval | JobChanged):
        return notice.job_id
    if isinstance(notice, NotArrived):
        return notice.job_id or notice.send_id
    if isinstance(notice, AboutCall):
        return notice.call_id
    return notice.send_id if isinstance(notice, AboutSend) else None


def alert_topic(alert: str, episode: int) -> str:
    """What the message of an alert's episode is kept under."""
    return f"alert:{alert}:{episode}"


def is_topic(under: str) -> bool:
    """Whether what something is told under is an alert's topic, and not the id of a summary."""
    return ":" in under


def summary_topic(summary: str) -> str:
    """What the message of a summary is kept under."""
    return f"alert_summary:{summary}"


def to_json(notice: Notice) -> str:
    """A notice as it is stored."""
    return notice.model_dump_json()


def from_json(text: str) -> Notice:
    """A notice as it was stored."""
    return _ADAPTER.validate_json(text)


class Place(Protocol):
    """Where a notice was posted: a Slack channel id and a message timestamp."""

    @property
    def channel(self) -> str:
        """The Slack channel id."""

    @property
    def ts(self) -> str:
        """The message's timestamp."""


class NotPostedError(Exception):
    """Slack did not take a notice just now; it stays stored and is tried again."""


class Notifier(Protocol):
    """Posts a notice in Slack."""

    async def __call__(self, notice: Notice, place: Place | None) -> Place | None:
        """Post it, or bring the message up to date that stands already.

        Args:
            notice: What to say.
            place: Where the message of its topic stands, if there is one.

        Returns:
            Where it stands; None when there is nobody to tell, or nothing to say (any more).

        Raises:
            NotPostedError: Slack is down or refuses; to be tried again.
        """
