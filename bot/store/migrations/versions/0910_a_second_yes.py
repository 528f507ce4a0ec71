"""Calls that need a second person's yes."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0910"
down_revision = "0006"
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


def downgrade() -> None:
    for name in ("reason", "decided_by", "expires_at", "what", "channel"):
        op.drop_column("calls", name)
