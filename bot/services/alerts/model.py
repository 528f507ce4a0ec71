"""What an alert is: values only, so that the engine can be tested without anything around it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

PHONE = "phone"
"""Who acknowledges by pressing a key."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(StrEnum):
    """How bad it is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """A number that grows with it."""
        return list(Severity).index(self)


class Fact(_Value):
    """Something to know about a signal; both are plain text, not escaped yet."""

    name: str
    value: str


class Signal(_Value):
    """One thing that is wrong now, as a rule found it; all text is plain, not escaped yet.

    Attributes:
        rule: The rule that found it.
        key: What makes it the same thing when it is found again.
        severity: How bad it is.
        text: What is wrong, in a sentence or two.
        facts: What to know besides.
        advice: What to do next.
        subaccount: Whose it is; part of the group.
        list_name: Which contact list it is about; part of the group.
        recharge: Whether buying credit helps.
    """

    rule: str
    key: str
    severity: Severity
    text: str
    facts: tuple[Fact, ...] = ()
    advice: str = ""
    subaccount: str = ""
    list_name: str = ""
    recharge: bool = False

    @property
    def group(self) -> str:
        """What it is told of together with."""
        return f"{self.rule}\x1f{self.subaccount}\x1f{self.list_name}"


class Kind(StrEnum):
    """What is to be done about a group."""

    NOTIFY = "notify"
    """A new message."""
    REMIND = "remind"
    """It goes on, and nobody has taken it: said again, under the message."""
    UPDATE = "update"
    """The message changes, without a sound."""
    RESOLVE = "resolve"
    """It is over: the message changes, and the thread is told."""
    ESCALATE = "escalate"
    """Nobody has taken it in time: people are told one by one."""


NOISY = frozenset({Kind.NOTIFY, Kind.REMIND, Kind.RESOLVE})
"""What people hear in the channel, and what the interval is about."""


class Decision(_Value):
    """Something that is to be told; it stays open until it was delivered.

    Attributes:
        number: Counts the decisions about a group.
        kind: What is to be done.
        episode: Which time it went wrong.
        at: When it was decided.
        under: In whose thread it is told: that of a summary, when there was too much to tell; or
            of the alert that it follows from, by its topic.
        step: Of an escalation, which.
    """

    number: int
    kind: Kind
    episode: int
    at: datetime
    under: str | None = None
    step: int = 0


class Group(_Value):
    """Signals that are told of together, and what was told of them: all that the engine keeps.

    Attributes:
        key: `Signal.group`.
        episode: How many times it went wrong.
        signals: What is wrong; once it is over, what was.
        began_at: When this episode began.
        seen_at: When it was last seen to be wrong.
        peak: How bad it has been at its worst.
        worse_at: When it came to be that bad: an escalation is counted from there.
        absent_since: Since when nothing has been found; None while something is.
        over_at: When it was over; None while it is not.
        announced: Whether people know of this episode.
        closed: Whether they know that it is over, or need not.
        noisy_at: When people last heard of this group, in any episode.
        said: The print of what the message says; None when it has to change at once.
        said_at: When it came to say so.
        said_keys: What it says to be wrong.
        said_severity: How bad it says it is.
        open: What is decided and not delivered.
        number: The number of the last decision.
        steps: How many steps of the escalation were taken in this episode.
        acknowledged_by: Who has taken it, a Slack user id.
        acknowledged_as: How bad it was then.
        assigned_to: Who is on it.
        snoozed_until: Until when nobody wants to hear of it.
        snoozed_by: Who said so.
        version: Counts the changes.
    """

    key: str
    episode: int
    signals: tuple[Signal, ...]
    began_at: datetime
    seen_at: datetime
    peak: Severity = Severity.INFO
    worse_at: datetime | None = None
    absent_since: datetime | None = None
    over_at: datetime | None = None
    announced: bool = False
    closed: bool = False
    noisy_at: datetime | None = None
    said: str | None = None
    said_at: datetime | None = None
    said_keys: tuple[str, ...] = ()
    said_severity: Severity = Severity.INFO
    open: Decision | None = None
    number: int = 0
    steps: int = 0
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_as: Severity = Severity.INFO
    assigned_to: str | None = None
    snoozed_until: datetime | None = None
    snoozed_by: str | None = None
    version: int = 0

    @property
    def id(self) -> str:
        """A short name, the same for ever: 16 hexadecimal digits."""
        return group_id(self.key)

    @property
    def rule(self) -> str:
        """The rule that found it."""
        return self.key.split("\x1f")[0]

    @property
    def subaccount(self) -> str:
        """Whose it is; empty for the whole account."""
        return self.key.split("\x1f")[1]

    @property
    def list_name(self) -> str:
        """Which contact list it is about; empty when it is about none."""
        return self.key.split("\x1f")[2]

    @property
    def severity(self) -> Severity:
        """How bad the worst of it is."""
        return max((s.severity for s in self.signals), key=lambda s: s.rank, default=Severity.INFO)

    @property
    def is_over(self) -> bool:
        """Whether nothing is wrong any more."""
        return self.over_at is not None

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody has taken it, and it has not become worse since."""
        taken = self.acknowledged_by is not None
        return taken and self.severity.rank <= self.acknowledged_as.rank

    @property
    def keys(self) -> tuple[str, ...]:
        """What is wrong, by key."""
        return tuple(sorted(signal.key for signal in self.signals))

    @property
    def print(self) -> str:
        """A hash of everything the message shows of it."""
        shown = self.model_dump_json(
            include={
                "episode",
                "signals",
                "over_at",
                "acknowledged_by",
                "assigned_to",
                "snoozed_until",
            }
        )
        return hashlib.sha256(shown.encode()).hexdigest()[:32]

    def is_snoozed(self, now: datetime) -> bool:
        """Whether nobody wants to hear of it now."""
        return self.snoozed_until is not None and now < self.snoozed_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a group is told of.

    Attributes:
        wait: How long it must be wrong before people hear of it.
        interval: The least time between two notifications.
        repeat: How often people are reminded of what nobody has taken; None: never.
        hold: How long nothing must be found before it is over.
        escalate: When each step of the escalation is due, counted from when it became so bad.
        escalates_from: How bad it must be for that.
    """

    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)
    repeat: timedelta | None = timedelta(hours=4)
    hold: timedelta = timedelta(minutes=5)
    escalate: tuple[timedelta, ...] = ()
    escalates_from: Severity = Severity.CRITICAL


def group_id(key: str) -> str:
    """The short name of the group of a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
