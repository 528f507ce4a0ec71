"""The tables. Every row carries workspace and account; every unique key begins with them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

from bot.store.types import Instant, Money

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _scope(*, key: bool = False) -> tuple[Column[str], Column[str]]:
    """The two columns that every row begins with, as part of the primary key or not."""
    return (
        Column("workspace", String(32), primary_key=key, nullable=False),
        Column("account", String(128), primary_key=key, nullable=False),
    )


sends = Table(
    "sends",
    metadata,
    *_scope(key=True),
    Column("id", String(32), primary_key=True),  # the draft's id, made when the form opened
    Column("previous", String(32)),  # the draft that this one tries again
    Column("operation", String(64), nullable=False),  # the operation id, as `sms.send`
    Column("payload", Text, nullable=False),  # the operation's value as JSON
    Column("state", String(16), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("price", Money),  # what the person saw before the yes
    Column("currency", String(8)),
    Column("recipients", Integer, nullable=False),
    Column("scheduled_for", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", Instant),
    Column("reason", Text),  # why it was refused or is unknown, in words
    Column("total", Money),  # what ClickSend says it cost
    Column("summary", Text, nullable=False),  # what it is, in words, for lists
    Column("message_channel", String(32)),  # the Slack message that announced it
    Column("message_ts", String(32)),
    Index(None, "workspace", "account", "created_at"),
    Index(None, "state", "lease_until"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    *_scope(),
    Column("send_id", String(32), nullable=False),
    Column("kind", String(8), nullable=False),  # sms, fax, …
    Column("message_id", String(64)),
    Column("reference", String(64), nullable=False),  # what went out in custom_string
    Column("recipient", String(64), nullable=False),
    Column("status", String(64), nullable=False),
    Column("price", Money),
    Column("parts", Integer),
    Index(None, "workspace", "account", "kind", "message_id"),
    Index(None, "send_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    *_scope(),
    Column("at", Instant, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Index(None, "workspace", "account", "at"),
    Index(None, "subject"),
)

calls = Table(
    "calls",
    metadata,
    *_scope(key=True),
    Column("id", String(32), primary_key=True),  # made when the form opened
    Column("operation", String(64), nullable=False),  # the operation id, as `contacts.delete`
    Column("payload", Text, nullable=False),  # the operation's value as JSON
    Column("state", String(16), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Index(None, "state", "lease_until"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    *_scope(),
    Column("kind", String(8), nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("status_code", String(32), nullable=False),
    Column("status_text", Text),
    Column("error_code", String(64)),
    Column("error_text", Text),
    Column("reference", Text),
    Column("stored_at", Instant, nullable=False),
    UniqueConstraint("workspace", "account", "kind", "message_id", "at", "status_code"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    *_scope(),
    Column("key", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", String(64)),
    Column("lease_until", Instant),
    Column("posted_at", Instant),
    Column("channel", String(32)),
    Column("message_ts", String(32)),
    Column("problem", Text),  # why it could not be posted the last time
    UniqueConstraint("workspace", "account", "key"),
    Index(None, "posted_at", "due_at"),
)

conditions = Table(
    "conditions",
    metadata,
    *_scope(key=True),
    Column("rule", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("changes", Integer, nullable=False),  # numbers the notices of this rule
    Column("changed_at", Instant, nullable=False),
)

slots = Table(
    "slots",
    metadata,
    *_scope(key=True),
    Column("job", String(64), primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("finished_at", Instant),
)
