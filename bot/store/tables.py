"""The tables. Every row carries workspace and account; every unique key begins with them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

import bot.store.alert_tables  # noqa: F401 - the metadata is never without its tables
from bot.store.schema import metadata, scope_columns
from bot.store.types import Instant, Money

sends = Table(
    "sends",
    metadata,
    *scope_columns(key=True),
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
    Column("fingerprint", String(64)),  # of what is sent, whoever gets it: finds duplicates
    Column("replaces", String(64)),  # a scheduled message that is cancelled first
    Column("seen_at", Instant),  # when the person last saw price and warnings
    Column("confirmed_at", Instant),  # when the person said yes
    Column("not_before", Instant),  # a hold, a pause, the next look
    Column("expires_at", Instant),  # when the request for approval ends
    Column("asked_at", Instant),  # when people were asked what became of it
    Column("rule", Text),  # the rule that asked for approval, and the warnings that were shown
    Column("decided_by", String(32)),  # who approved, refused, withdrew or settled it
    Column("bulk", String(32)),  # the job whose batch it is
    Column("thread_ts", String(32)),  # the thread its message belongs in
    Column("origin", String(80)),  # the payload of the yes: its request id, and its trace
    Index(None, "workspace", "account", "created_at"),
    Index(None, "workspace", "account", "confirmed_at"),
    Index(None, "workspace", "account", "fingerprint", "confirmed_at"),
    Index(None, "workspace", "account", "bulk"),
    Index(None, "state", "lease_until"),
    Index(None, "state", "not_before"),
    Index(None, "workspace", "account", "thread_ts", "confirmed_at"),
    # Only of those that have one, as the migration says; see `ix_notices_waiting`.
    Index(None, "workspace", "account", "previous"),
    Index(None, "workspace", "account", "replaces"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    *scope_columns(),
    Column("send_id", String(32), nullable=False),
    Column("kind", String(8), nullable=False),  # sms, fax, …
    Column("message_id", String(64)),
    Column("reference", String(64), nullable=False),  # what went out in custom_string
    Column("recipient", String(512), nullable=False),  # an address of a letter is long
    Column("status", String(64), nullable=False),
    Column("price", Money),
    Column("parts", Integer),
    Column("delivery", String(16)),  # delivered or failed, once a receipt says so
    Column("delivery_text", Text),  # the cause of a failure, in words
    Column("retry", String(32)),  # the send that tries it again
    Index(None, "workspace", "account", "kind", "message_id"),
    Index(None, "workspace", "account", "recipient"),
    Index(None, "send_id"),
    Index(None, "retry"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    *scope_columns(),
    Column("at", Instant, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Column("place", String(32), nullable=False, server_default=""),  # the Slack channel
    Index(None, "workspace", "account", "at"),
    Index(None, "subject"),
)

calls = Table(
    "calls",
    metadata,
    *scope_columns(key=True),
    Column("id", String(32), primary_key=True),  # made when the form opened
    Column("operation", String(64), nullable=False),  # the operation id, as `contacts.delete`
    Column("payload", Text, nullable=False),  # the operation's value as JSON
    Column("state", String(16), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("channel", String(32), nullable=False, server_default=""),  # where it was asked for
    Column("what", Text, nullable=False, server_default=""),  # what it does, in words
    Column("expires_at", Instant),  # when the request for a second yes ends
    Column("decided_by", String(32)),  # who said the second yes, refused or withdrew it
    Column("reason", Text),  # why it was refused, or how it ended, in words
    Index(None, "state", "lease_until"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    *scope_columns(),
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
    *scope_columns(),
    Column("key", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", String(64)),
    Column("lease_until", Instant),
    Column("posted_at", Instant),
    Column("problem", Text),  # why it could not be posted the last time
    Column("topic", String(96)),  # those of one topic keep one message, and are posted in turn
    UniqueConstraint("workspace", "account", "key"),
    Index(None, "workspace", "account", "topic"),
    Index(None, "posted_at", "due_at"),
    # The few that wait, in their order: the next one is found without a look at the others. That it
    # is only of those whose `posted_at` is null says the migration that makes it: said here too, it
    # would load PostgreSQL's dialect at each start, wherever the tables are.
    Index("ix_notices_waiting", *("workspace", "account", "id")),
)

posts = Table(
    "posts",
    metadata,
    *scope_columns(key=True),
    Column("topic", String(96), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("message_ts", String(32), nullable=False),
)

conditions = Table(
    "conditions",
    metadata,
    *scope_columns(key=True),
    Column("rule", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("changes", Integer, nullable=False),  # numbers the notices of this rule
    Column("changed_at", Instant, nullable=False),
)

slots = Table(
    "slots",
    metadata,
    *scope_columns(key=True),
    Column("job", String(64), primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("finished_at", Instant),
)

grants = Table(
    "grants",
    metadata,
    *scope_columns(key=True),
    Column("subject", String(32), primary_key=True),  # a user U…, a group S…, a channel C…, or *
    Column("role", String(16), primary_key=True),
    Column("place", String(32), primary_key=True),  # the one channel it counts in; empty: all
    Column("granted_by", String(32), nullable=False),
    Column("granted_at", Instant, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    *scope_columns(key=True),
    Column("subject", String(32), primary_key=True),  # a user U…, a channel C…, each, or *
    Column("measure", String(24), primary_key=True),
    Column("amount", Money, nullable=False),  # an amount of money, or a number of messages
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)

csv_jobs = Table(
    "csv_jobs",
    metadata,
    *scope_columns(key=True),
    Column("id", String(32), primary_key=True),  # made when the form opened
    Column("kind", String(8), nullable=False),  # import or bulk
    Column("state", String(16), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("spec", Text, nullable=False),  # the file, its layout, what to do with it, as JSON
    Column("good", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("price", Money),  # of a bulk send: what the person saw before the yes
    Column("currency", String(8)),
    Column("fingerprint", String(64)),  # of a bulk send: of its text, as in `sends`
    Column("reason", Text),  # why it failed, in words
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("seen_at", Instant),  # when the person last saw the result of the checks
    Column("confirmed_at", Instant),  # when the person said yes
    Column("owner", String(64)),
    Column("lease_until", Instant),
    Index(None, "state", "lease_until"),
)

csv_rows = Table(
    "csv_rows",
    metadata,
    *scope_columns(key=True),
    Column("job", String(32), primary_key=True),
    Column("line", Integer, primary_key=True),  # in the file, from 1
    Column("batch", Integer),  # none: it was rejected
    Column("key", String(320), nullable=False),  # a number or an email: what makes it the same
    Column("cells", Text, nullable=False),  # JSON: the fields of a good row, the cells of a bad one
    Column("problem", Text),  # why it was rejected, or did not arrive
)

csv_batches = Table(
    "csv_batches",
    metadata,
    *scope_columns(key=True),
    Column("job", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("lease_until", Instant),
    Column("reason", Text),
)

inbound = Table(
    "inbound",
    metadata,
    Column("id", Integer, primary_key=True),
    *scope_columns(),
    Column("kind", String(8), nullable=False),  # sms, fax, or voice for a pressed key
    Column("message_id", String(64), nullable=False),
    Column("sender", String(64), nullable=False),  # E.164 where it is a number; empty: not said
    Column("recipient", String(64), nullable=False),  # the number that was written to
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("answers", Text),  # the message it answers, as ClickSend gives it
    Column("media", Text, nullable=False),  # JSON: the addresses of pictures and pages
    Column("source", String(8), nullable=False),  # push or poll: how it came first
    Column("stored_at", Instant, nullable=False),
    Column("conversation", String(32)),  # once it is sorted
    Column("posted_at", Instant),  # once it is in Slack
    UniqueConstraint("workspace", "account", "kind", "message_id"),
    Index(None, "workspace", "account", "sender", "at"),
    Index(None, "conversation"),
)

conversations = Table(
    "conversations",
    metadata,
    *scope_columns(key=True),
    Column("id", String(32), primary_key=True),
    Column("ours", String(64), nullable=False),  # the number that was written to
    Column("theirs", String(64), nullable=False),  # whose number
    Column("round", Integer, nullable=False),  # each has a thread of its own
    Column("state", String(8), nullable=False),  # open or closed
    Column("channel", String(32), nullable=False),  # the Slack channel, or a person's id
    Column("thread_ts", String(32)),  # the message that heads the thread, once posted
    Column("name", String(128)),  # the contact's; empty: there is none; NULL: not looked up
    Column("assignee", String(32)),
    Column("snoozed_until", Instant),
    Column("waiting_since", Instant),  # the first message that nobody has answered
    Column("last_at", Instant, nullable=False),
    Column("messages", Integer, nullable=False),
    UniqueConstraint("workspace", "account", "ours", "theirs"),
    Index(None, "workspace", "account", "state", "waiting_since"),
    Index(None, "workspace", "account", "thread_ts"),
)

routes = Table(
    "routes",
    metadata,
    *scope_columns(key=True),
    Column("kind", String(8), primary_key=True),  # number, list or keyword
    Column("value", String(64), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    *scope_columns(key=True),
    Column("number", String(64), primary_key=True),  # E.164
    Column("at", Instant, nullable=False),  # when they last said so
    Column("out", Integer, nullable=False),  # 1: they said stop; 0: they came back
)

kept = Table(
    "kept",
    metadata,
    *scope_columns(key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
