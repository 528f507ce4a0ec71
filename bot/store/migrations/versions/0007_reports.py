"""Reports: which channel gets one how often, and what a message cost; the notices that wait."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant, Money

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("told_until", Instant(), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "channel", name=op.f("pk_digests")),
    )
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["workspace", "account", "id"],
        unique=False,
        sqlite_where=sa.text("posted_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NULL"),
    )
    op.add_column("traffic", sa.Column("price", Money(), nullable=True))


def downgrade() -> None:
    op.drop_index("ix_notices_waiting", table_name="notices")
    op.drop_column("traffic", "price")
    op.drop_table("digests")
