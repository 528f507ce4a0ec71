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
from bot.texts import Phrase, say

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>", re.ASCII)
_BACK = re.compile(r"(\d{1,4})\s?(h|d|w|hours?|days?|weeks?)(?: ago)?", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAY = re.compile(r"(20\d\d)-(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_EXAMPLES = Phrase("Write it as `7d`, `yesterday`, `2026-11-01` or `2026-11`.")
_NOUNS = {
    "access": Phrase("Role"),
    "alert": Phrase("Alert"),
    "audit": Phrase("Audit trail"),
    "conversation": Phrase("Conversation"),
    "conversation snooze": Phrase("Snooze"),
    "history": Phrase("History"),
    "inbox route": Phrase("Inbox route"),
    "sms.cancel": Phrase("Scheduled SMS"),
    "sms.cancel_all": Phrase("Every scheduled SMS"),
    "retention": Phrase("Old records"),
}
_OUTCOMES = {
    "approval": Phrase("approval asked for"),
    "queued": Phrase("confirmed"),
    "sent": Phrase("sent"),
    "refused": Phrase("refused"),
    "approved": Phrase("approved"),
    "granted": Phrase("granted"),
    "revoked": Phrase("revoked"),
    "cancelled": Phrase("cancelled"),
    "withdrawn": Phrase("withdrawn"),
    "done": Phrase("done"),
    "exported": Phrase("exported"),
    "acknowledged": Phrase("acknowledged"),
    "assigned": Phrase("assigned"),
    "snoozed": Phrase("snoozed"),
    "closed": Phrase("closed"),
    "set": Phrase("set"),
    "started": Phrase("started"),
    "stopped": Phrase("stopped"),
    "failed": Phrase("failed"),
    "rejected": Phrase("rejected"),
    "routed": Phrase("routed"),
    "route_removed": Phrase("route removed"),
    "settings_changed": Phrase("settings changed"),
    "over": Phrase("over"),
    "purged": Phrase("purged"),
    "woken": Phrase("woken"),
    "reopened": Phrase("reopened"),
    "unknown": Phrase("outcome unknown"),
    "reconciled": Phrase("found to be sent"),
    "dropped": Phrase("given up"),
    "undone": Phrase("undone, not sent"),
    "denied": Phrase("not approved"),
    "expired": Phrase("not approved in time"),
    "repriced": Phrase("price rose, asked again"),
    "asked": Phrase("to be cancelled"),
    "too_late": Phrase("too late"),
}
_MEASURES: dict[str, Phrase] = {
    Measure.MESSAGES_DAY: Phrase("messages a day"),
    Measure.MESSAGES_MONTH: Phrase("messages a month"),
    Measure.MONEY_DAY: Phrase("money a day"),
    Measure.MONEY_MONTH: Phrase("money a month"),
    Measure.SEND_MONEY: Phrase("money in one send"),
    Measure.SEND_RECIPIENTS: Phrase("recipients in one send"),
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
        raise AuditWordsError(
            say("Pick the name from the list that Slack offers while you type it.")
        )
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
        raise AuditWordsError(
            say("{day} has not begun. {examples}", day=since.date(), examples=_EXAMPLES)
        )
    return since.astimezone(UTC)


def _first_day(words: str, today: date) -> date:
    if words in {"today", "yesterday"}:
        return today - timedelta(days=words == "yesterday")
    found = _DAY.fullmatch(words)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        raise AuditWordsError(say("There is no such day. {examples}", examples=_EXAMPLES)) from None
    raise AuditWordsError(say("Since when? {examples}", examples=_EXAMPLES))


def what(record: Record) -> str:
    """What happened, as `SMS: sent` or `Limit set (messages a day: 100)`; plain text."""
    subject, _, outcome = record.action.rpartition(" ")
    if subject.startswith("limit "):
        name = subject.removeprefix("limit ")
        facts = {"measure": _MEASURES.get(name, name), "most": record.detail.get("limit", "")}
        if outcome == "set":
            return say("Limit set ({measure}: {most})", **facts)
        return say("Limit lifted ({measure}: {most})", **facts)
    if record.action == f"{subject} queued" and record.actor == BOT:
        return say("{noun}: waits to be tried again", noun=_noun(subject))
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
        return str(channels.channel_of(subject).noun)
    if subject.endswith("_campaigns.cancel"):
        return say("Campaign")
    return str(_NOUNS.get(subject) or operation_words.said(subject) or subject)
