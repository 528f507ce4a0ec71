"""The tables of a bot for many workspaces: who installed it, which accounts are connected.

Those of `slack_sdk` are made by its own code, so that its store finds what it expects; but a sealed
token is longer than the columns it has for one.
"""

from __future__ import annotations

from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from bot.store.schema import metadata, scope_columns
from bot.store.types import Instant

INSTALLATIONS, BOTS = "slack_installations", "slack_bots"
SEALED = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token")
"""The columns of slack_sdk's tables that are encrypted."""


def _sealed(table: Table) -> Table:
    for name in SEALED:
        if name in table.columns:
            table.columns[name].type = Text()
    return table


slack_installations = _sealed(
    AsyncSQLAlchemyInstallationStore.build_installations_table(metadata, INSTALLATIONS)
)
slack_bots = _sealed(AsyncSQLAlchemyInstallationStore.build_bots_table(metadata, BOTS))

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("enterprise", String(32), nullable=False, server_default=""),  # of Enterprise Grid
    Column("installer", String(32), nullable=False),  # who installed it first
    Column("version", Integer, nullable=False),  # grows with each change of anything of it
    Column("installed_at", Instant, nullable=False),
    Index(None, "enterprise"),
)

connections = Table(
    "connections",
    metadata,
    *scope_columns(key=True),
    Column("key", Text),  # the API key, sealed; none: it is disconnected
    Column("digest", String(64), nullable=False),  # SHA-256 of the secret in the webhooks' address
    Column("admin", String(32), nullable=False),  # who typed the key
    Column("alert_channel", String(32), nullable=False, server_default=""),
    Column("approval_channel", String(32), nullable=False, server_default=""),
    Column("connected_at", Instant, nullable=False),
    Column("user_id", BigInteger),  # ClickSend's, of the account
    Column("login", BigInteger),  # ClickSend's, of the subaccount that the key belongs to
    Column("own", Text, nullable=False, server_default="{}"),  # its own settings, as JSON
    Index(None, "digest"),
    Index(None, "user_id"),
)

channel_accounts = Table(
    "channel_accounts",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("channel", String(32), primary_key=True),  # empty: every channel without a row
    Column("account", String(128), nullable=False),
    Column("set_by", String(32), nullable=False),
    Column("set_at", Instant, nullable=False),
)
