"""The audit trail in words: what is asked of it, and what a record says; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from bot.services import channels, operation_words
from bot.services.journal import BOT
from bot.services.limits import Measure
from bot.store.audit import Record

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>", re.ASCII)
_BACK = re.compile(r"(\d{1,4})\s?(h|d|w|hours?|days?|weeks?)(?: ago)?", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAY = re.compile(r"(20\d\d)-(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_EXAMPLES = "Write it as `7d`, `yesterday`, `2026-11-01` or `2026-11`."
_NOUNS = {
    "access": "Role",
    "alert": "Alert",
    "audit": "Audit trail",
    "conversation": "Conversation",
    "conversation snooze": "Snooze",
    "history": "History",
    "inbox route": "Inbox route",
    "sms.cancel": "Scheduled SMS",
    "sms.cancel_all": "Every scheduled SMS",
    "retention": "Old records",
}
_OUTCOMES = {
    "approval": "approval asked for",
    "queued": "confirmed",
    "unknown": "outcome unknown",
    "reconciled": "found to be sent",
    "dropped": "given up",
    "undone": "undone, not sent",
    "denied": "not approved",
    "expired": "not approved in time",
    "repriced": "price rose, asked again",
    "asked": "to be cancelled",
    "too_late": "too late",
}
_MEASURES: dict[str, str] = {
    Measure.MESSAGES_DAY: "messages a day",
    Measure.MESSAGES_MONTH: "messages a month",
    Measure.MONEY_DAY: "money a day",
    Measure.MONEY_MONTH: "money a month",
    Measure.SEND_MONEY: "money in one send",
    Measure.SEND_RECIPIENTS: "recipients in one send",
}
_SHOWN = frozenset({"recipients", "price", "total", "currency", "rule", "reason", "text"})


class AuditWordsError(ValueError):
    """What was typed cannot be read; the text says what to write, as mrkdwn made here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the audit trail is wanted: whose deeds (None: everybody's), since when (all)."""

    actor: str | None = None
    since: datetime | None = None


def read_wish(text: str, *, now: datetime, zone: tzinfo) -> Wish:
    """Read whose deeds are wanted, and since when.

    Args:
        text: What was typed, mentions as Slack marks them.
        now: The time, aware.
        zone: The person's time zone, in which days begin.

    Raises:
        AuditWordsError: It cannot be read, or is not over yet.
    """
    actor, words = None, " ".join(text.split())
    first, _, rest = words.partition(" ")
    if (found := _MENTION.match(words)) is not None:
        actor, words = found[1], words[found.end() :].strip()
    elif first.lower() == BOT:
        actor, words = BOT, rest
    elif first.startswith("@"):
        raise AuditWordsError("Pick the name from the list that Slack offers while you type it.")
    words = words.lower().removeprefix("since ").strip()
    return Wish(actor, read_since(words, now.astimezone(zone)) if words else None)


def read_since(words: str, here: datetime) -> datetime:
    """Read since when, as `7d`, `yesterday` or `2026-11-01`.

    Args:
        words: In lower case.
        here: The time, in the person's time zone, in which days begin.

    Returns:
        A time in UTC.

    Raises:
        AuditWordsError: It cannot be read, or is not over yet.
    """
    if found := _BACK.fullmatch(words):
        return (here.astimezone(UTC) - int(found[1]) * _UNITS[found[2][0]]).astimezone(UTC)
    since = datetime.combine(_first_day(words, here.date()), time.min, here.tzinfo)
    if since > here:
        raise AuditWordsError(f"{since:%Y-%m-%d} has not begun. {_EXAMPLES}")
    return since.astimezone(UTC)


def _first_day(words: str, today: date) -> date:
    if words in {"today", "yesterday"}:
        return today - timedelta(days=words == "yesterday")
    found = _DAY.fullmatch(words)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        raise AuditWordsError(f"There is no such day. {_EXAMPLES}") from None
    raise AuditWordsError(f"Since when? {_EXAMPLES}")


def what(record: Record) -> str:
    """What happened, as `SMS: sent` or `Limit set (messages a day: 100)`; plain text."""
    subject, _, outcome = record.action.rpartition(" ")
    if subject.startswith("limit "):
        name = subject.removeprefix("limit ")
        measure = _MEASURES.get(name, name)
        return f"Limit {outcome} ({measure}: {record.detail.get('limit', '')})"
    if record.action == f"{subject} queued" and record.actor == BOT:
        return f"{_noun(subject)}: waits to be tried again"
    said = f"{_noun(subject)}: {_OUTCOMES.get(outcome, outcome.replace('_', ' '))}"
    more = others(record)
    return f"{said} ({more})" if more else said


def outcome(record: Record) -> str:
    """How it ended, in one word."""
    return record.action.rpartition(" ")[2]


def others(record: Record) -> str:
    """The facts that have no column of their own, as `role: sender, place: C0OPS`."""
    facts = ((key, value) for key, value in record.detail.items() if key not in _SHOWN)
    return ", ".join(f"{key}: {value}" for key, value in facts)


def cost(record: Record) -> Decimal | None:
    """What it cost, or would have cost, in the currency of the record."""
    found = record.detail.get("total") or record.detail.get("price")
    return Decimal(found) if found is not None else None


def _noun(subject: str) -> str:
    if channels.sends(subject):
        return channels.channel_of(subject).noun
    if subject.endswith("_campaigns.cancel"):
        return "Campaign"
    return _NOUNS.get(subject) or operation_words.said(subject) or subject
