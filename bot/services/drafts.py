"""What is going to be sent, as the pipeline takes it: a draft, its price, what a yes led to."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.services.channels import Line, SendOperation, channel_of
from bot.services.guards import Finding, Level
from bot.texts import say


def new_id() -> str:
    """A draft's id; made when its form opens."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send.

    Attributes:
        id: Made when the form opened; a second submission of the form has the same.
        actor: The Slack user id.
        channel: The Slack channel id where the result belongs.
        operation: The send, without references.
        summary: What it is, in words, for lists.
        previous: The draft it tries again.
        content: What makes it a duplicate of another, where the operation alone does not say.
        same_as: The fingerprint of the draft whose content it has.
        replaces: The scheduled message that is cancelled first.
        notes: What the person should know before the yes, in words.
        thread_ts: The thread in that channel where the result belongs.
        picture: A picture that is sent, for the review: Slack's id of the file, and its name.
    """

    id: str
    actor: str
    channel: str
    operation: SendOperation
    summary: str
    previous: str | None = None
    content: str | None = None
    same_as: str | None = None
    replaces: str | None = None
    notes: tuple[str, ...] = ()
    thread_ts: str | None = None
    picture: tuple[str, str] | None = None

    @property
    def fingerprint(self) -> str:
        """What is sent, whoever gets it, as a hash."""
        if self.same_as:
            return self.same_as
        channel = channel_of(self.operation.route.id)
        parts = [self.content] if self.content else channel.content(self.operation)
        text = "\0".join([channel.kind, *parts])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Quote:
    """What a draft costs, before the yes; amounts in `currency`."""

    price: Decimal
    currency: str
    balance: Decimal
    recipients: int
    parts: int
    refused: tuple[Line, ...]
    findings: tuple[Finding, ...]
    approval: str | None
    too_much: str = ""
    """Why ClickSend would not take it as it is, in words."""
    from_balance: bool = True
    """Whether it is paid from the balance, and not with the card on file."""
    taken: bool = False
    """Whether another draft has its id: it is not kept."""
    sample: str = ""
    """The text as one recipient would get it, where ClickSend says so."""

    @property
    def balance_after(self) -> Decimal:
        """What would be left."""
        return self.balance - self.price if self.from_balance else self.balance

    @property
    def warned(self) -> bool:
        """Whether the yes has to be one in spite of a warning."""
        return any(finding.level is Level.WARN for finding in self.findings)

    @property
    def problem(self) -> str | None:
        """Why it cannot be sent, in words; None when it can."""
        blocked = [f.reason for f in self.findings if f.level is Level.BLOCK]
        if blocked:
            return " ".join(blocked)
        if self.taken:
            return say("This form was used before. Please start again.")
        if self.too_much:
            return self.too_much
        if self.recipients == 0:
            return say("ClickSend would take none of these recipients.")
        if self.from_balance and self.balance_after < 0:
            return say("The balance does not cover it. Recharge the account first.")
        return None


class Outcome(StrEnum):
    """What a yes led to."""

    QUEUED = "queued"
    HELD = "held"
    """It goes after the time for undoing it."""
    APPROVAL = "approval"
    DUPLICATE = "duplicate"
    """Somebody sent the same in the meantime: the yes has to be said again."""
    FORBIDDEN = "forbidden"
    """They may not: `words`, as mrkdwn, names the missing role."""
    LIMITED = "limited"
    ALREADY = "already"
    GONE = "gone"
    SETTLED = "settled"
    """Somebody has settled the send that this one was to repeat."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a yes led to, with the reasons where it did not count."""

    outcome: Outcome
    reasons: tuple[Finding, ...] = ()
    words: str = ""
    by: str = ""
    """Who settled it, where that is known."""
