"""Alerts: what was told of each, where they go, and what their rules look at."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant, Money

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "id", name=op.f("pk_alerts")),
    )
    op.create_index(
        op.f("ix_alerts_workspace_account_live"),
        "alerts",
        ["workspace", "account", "live"],
        unique=False,
    )
    op.create_table(
        "alert_routes",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("subaccount", sa.String(length=128), nullable=False),
        sa.Column("list_name", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace",
            "account",
            "rule",
            "severity",
            "subaccount",
            "list_name",
            name=op.f("pk_alert_routes"),
        ),
    )
    op.create_table(
        "alert_settings",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "channel", name=op.f("pk_alert_settings")),
    )
    op.create_table(
        "spending",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("balance", Money(), nullable=False),
        sa.Column("spent", Money(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "hour", name=op.f("pk_spending")),
    )
    op.create_table(
        "traffic",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=8), nullable=False),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=128), nullable=False),
        sa.Column("subaccount", sa.String(length=64), nullable=False),
        sa.Column("list_name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "message_id", name=op.f("pk_traffic")),
    )
    op.create_index(
        op.f("ix_traffic_workspace_account_at"),
        "traffic",
        ["workspace", "account", "at"],
        unique=False,
    )
    op.create_table(
        "tallies",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "name", "since", name=op.f("pk_tallies")),
    )


def downgrade() -> None:
    op.drop_table("tallies")
    op.drop_table("traffic")
    op.drop_table("spending")
    op.drop_table("alert_settings")
    op.drop_table("alert_routes")
    op.drop_table("alerts")
