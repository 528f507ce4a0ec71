"""The tables of alerts, of what their rules look at, and of reports."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from bot.store.schema import metadata, scope_columns
from bot.store.types import Instant, Money

alerts = Table(
    "alerts",
    metadata,
    *scope_columns(key=True),
    Column("id", String(16), primary_key=True),  # of the group
    Column("rule", String(64), nullable=False),
    Column("state", Text, nullable=False),  # the group as JSON
    Column("version", Integer, nullable=False),
    Column("live", Integer, nullable=False),  # 1 while there is something to say of it
    Column("changed_at", Instant, nullable=False),
    Index(None, "workspace", "account", "live"),
)

alert_routes = Table(
    "alert_routes",
    metadata,
    *scope_columns(key=True),
    Column("rule", String(64), primary_key=True),  # empty: every one; so are the next three
    Column("severity", String(16), primary_key=True),  # this one and worse
    Column("subaccount", String(128), primary_key=True),
    Column("list_name", String(128), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)

alert_settings = Table(
    "alert_settings",
    metadata,
    *scope_columns(key=True),
    Column("channel", String(32), primary_key=True),
    Column("settings", Text, nullable=False),  # JSON
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    *scope_columns(key=True),
    Column("hour", Instant, primary_key=True),
    Column("balance", Money, nullable=False),  # at the last look of that hour
    Column("spent", Money, nullable=False),  # the falls of the balance, without the recharges
)

traffic = Table(
    "traffic",
    metadata,
    *scope_columns(key=True),
    Column("message_id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("outcome", String(16), nullable=False),  # sent, waiting, delivered, failed or inbound
    Column("country", String(8), nullable=False),
    Column("carrier", String(64), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("cause", String(128), nullable=False),
    Column("subaccount", String(64), nullable=False),
    Column("list_name", String(64), nullable=False),
    Column("price", Money),  # what it cost; not known of what was kept before there was this column
    Index(None, "workspace", "account", "at"),
    Index(None, "workspace", "account", "outcome", "at"),
)

digests = Table(
    "digests",
    metadata,
    *scope_columns(key=True),
    Column("channel", String(32), primary_key=True),
    Column("settings", Text, nullable=False),  # JSON
    Column("told_until", Instant, nullable=False),  # the last moment a report was due and stored
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)

tallies = Table(
    "tallies",
    metadata,
    *scope_columns(key=True),
    Column("name", String(64), primary_key=True),  # what is counted, as `calls.Unauthorized`
    Column("since", Instant, primary_key=True),  # the beginning of the minute
    Column("count", Integer, nullable=False),
    Index(None, "workspace", "account", "since"),
)
