"""Calls that need a second person's yes; messages that are tried again."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("channel", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("what", sa.Text(), nullable=False, server_default=""),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
    ):
        op.add_column("calls", column)
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("recipient", type_=sa.String(length=512))
    op.add_column("messages", sa.Column("retry", sa.String(length=32), nullable=True))
    op.create_index("ix_messages_retry", "messages", ["retry"])


def downgrade() -> None:
    op.drop_index("ix_messages_retry", table_name="messages")
    op.drop_column("messages", "retry")
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("recipient", type_=sa.String(length=64))
    for name in ("reason", "decided_by", "expires_at", "what", "channel"):
        op.drop_column("calls", name)
