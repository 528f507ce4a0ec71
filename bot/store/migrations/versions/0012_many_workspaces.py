"""Who installed the bot by OAuth, and which ClickSend accounts workspaces have connected."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _slack_sdk()
    op.create_table(
        "oauth_states",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_oauth_states")),
    )
    op.create_table(
        "workspaces",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=32), server_default="", nullable=False),
        sa.Column("installer", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("installed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_workspaces")),
    )
    op.create_index(op.f("ix_workspaces_enterprise"), "workspaces", ["enterprise"])
    op.create_table(
        "connections",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("admin", sa.String(length=32), nullable=False),
        sa.Column("alert_channel", sa.String(length=32), server_default="", nullable=False),
        sa.Column("approval_channel", sa.String(length=32), server_default="", nullable=False),
        sa.Column("connected_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", name=op.f("pk_connections")),
    )
    op.create_index(op.f("ix_connections_digest"), "connections", ["digest"])
    op.create_table(
        "channel_accounts",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name=op.f("pk_channel_accounts")),
    )


def _slack_sdk() -> None:
    """What slack_sdk's store expects; but what is sealed is longer than its own columns hold."""
    op.create_table(
        "slack_installations",
        *_installed(),
        sa.Column("enterprise_url", sa.String(length=200)),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("user_token", sa.Text()),
        sa.Column("user_scopes", sa.String(length=1000)),
        sa.Column("user_refresh_token", sa.Text()),
        sa.Column("user_token_expires_at", sa.DateTime()),
        sa.Column("incoming_webhook_url", sa.String(length=200)),
        sa.Column("incoming_webhook_channel", sa.String(length=200)),
        sa.Column("incoming_webhook_channel_id", sa.String(length=200)),
        sa.Column("incoming_webhook_configuration_url", sa.String(length=200)),
        sa.Column("token_type", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_installations")),
    )
    op.create_index(
        "slack_installations_idx",
        "slack_installations",
        ["client_id", "enterprise_id", "team_id", "user_id", "installed_at"],
    )
    op.create_table(
        "slack_bots", *_installed(), sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_bots"))
    )
    op.create_index(
        "slack_bots_idx", "slack_bots", ["client_id", "enterprise_id", "team_id", "installed_at"]
    )


def _installed() -> tuple[sa.Column[object], ...]:
    """The columns that both tables have."""
    return (
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("app_id", sa.String(length=32), nullable=False),
        sa.Column("enterprise_id", sa.String(length=32)),
        sa.Column("enterprise_name", sa.String(length=200)),
        sa.Column("team_id", sa.String(length=32)),
        sa.Column("team_name", sa.String(length=200)),
        sa.Column("bot_token", sa.Text()),
        sa.Column("bot_id", sa.String(length=32)),
        sa.Column("bot_user_id", sa.String(length=32)),
        sa.Column("bot_scopes", sa.String(length=1000)),
        sa.Column("bot_refresh_token", sa.Text()),
        sa.Column("bot_token_expires_at", sa.DateTime()),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
