"""The audit trail as rows of a CSV file; pure."""

from __future__ import annotations

from datetime import UTC

from bot.services import audit_words
from bot.store.audit import Record
from bot.texts import ENGLISH, speaking

COLUMNS = (
    *("time_utc", "who", "where", "what", "outcome", "action", "subject", "recipients"),
    *("price", "total", "currency", "rule", "reason", "text", "other"),
)


def row(record: Record) -> tuple[str, ...]:
    """A record, in the order of `COLUMNS` and in English; amounts as plain numbers."""
    detail = {key: "" if value is None else str(value) for key, value in record.detail.items()}
    facts = ("recipients", "price", "total", "currency", "rule", "reason", "text")
    with speaking(ENGLISH):
        what = audit_words.what(record)
    return (
        record.at.astimezone(UTC).isoformat(timespec="seconds"),
        record.actor,
        record.place,
        what,
        audit_words.outcome(record),
        record.action,
        record.subject,
        *(detail.get(name, "") for name in facts),
        audit_words.others(record),
    )
