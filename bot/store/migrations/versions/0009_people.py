"""What people have set for themselves; indexes for their App Home."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("notify", sa.Text(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "user", name=op.f("pk_people")),
    )
    # With this one the answers to a conversation are looked up, not all that was ever sent.
    op.drop_index(op.f("ix_sends_workspace_account_thread_ts"), table_name="sends")
    for column in (
        ["thread_ts", "confirmed_at"],
        ["actor", "confirmed_at"],
        ["scheduled_for"],
        ["state", "not_before"],
    ):
        op.create_index(
            op.f(f"ix_sends_workspace_account_{'_'.join(column)}"),
            "sends",
            ["workspace", "account", *column],
            unique=False,
        )
