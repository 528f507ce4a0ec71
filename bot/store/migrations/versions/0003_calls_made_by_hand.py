"""Calls that admins make by hand, kept until their yes and while they run."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "calls",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "account", "id", name=op.f("pk_calls")),
    )
    op.create_index(
        op.f("ix_calls_state_lease_until"), "calls", ["state", "lease_until"], unique=False
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_calls_state_lease_until"), table_name="calls")
    op.drop_table("calls")
