"""Approvals, holds, deliveries, roles and limits."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant, Money

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SENDS = (
    ("fingerprint", sa.String(length=64)),
    ("replaces", sa.String(length=64)),
    ("seen_at", Instant()),
    ("confirmed_at", Instant()),
    ("not_before", Instant()),
    ("expires_at", Instant()),
    ("asked_at", Instant()),
    ("rule", sa.Text()),
    ("decided_by", sa.String(length=32)),
)
_INDEXES = (
    ("workspace", "account", "confirmed_at"),
    ("workspace", "account", "fingerprint", "confirmed_at"),
    ("state", "not_before"),
)


def upgrade() -> None:
    for name, kind in _SENDS:
        op.add_column("sends", sa.Column(name, kind, nullable=True))
    op.execute("UPDATE sends SET confirmed_at = created_at WHERE state <> 'draft'")
    for columns in _INDEXES:
        op.create_index(op.f(f"ix_sends_{'_'.join(columns)}"), "sends", list(columns), unique=False)
    op.add_column("messages", sa.Column("delivery", sa.String(length=16), nullable=True))
    op.add_column("messages", sa.Column("delivery_text", sa.Text(), nullable=True))
    op.add_column(
        "audit", sa.Column("place", sa.String(length=32), nullable=False, server_default="")
    )
    op.add_column("notices", sa.Column("topic", sa.String(length=96), nullable=True))
    op.create_index(
        op.f("ix_notices_workspace_account_topic"),
        "notices",
        ["workspace", "account", "topic"],
        unique=False,
    )
    op.drop_column("notices", "message_ts")
    op.drop_column("notices", "channel")
    op.create_table(
        "posts",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("topic", sa.String(length=96), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("message_ts", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "topic", name=op.f("pk_posts")),
    )
    op.create_table(
        "grants",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "account", "subject", "role", "place", name=op.f("pk_grants")
        ),
    )
    op.create_table(
        "limits",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "account", "subject", "measure", name=op.f("pk_limits")
        ),
    )


def downgrade() -> None:
    op.drop_table("limits")
    op.drop_table("grants")
    op.drop_table("posts")
    op.add_column("notices", sa.Column("channel", sa.String(length=32), nullable=True))
    op.add_column("notices", sa.Column("message_ts", sa.String(length=32), nullable=True))
    op.drop_index(op.f("ix_notices_workspace_account_topic"), "notices")
    op.drop_column("notices", "topic")
    op.drop_column("audit", "place")
    op.drop_column("messages", "delivery_text")
    op.drop_column("messages", "delivery")
    for columns in _INDEXES:
        op.drop_index(op.f(f"ix_sends_{'_'.join(columns)}"), "sends")
    for name, _ in reversed(_SENDS):
        op.drop_column("sends", name)
