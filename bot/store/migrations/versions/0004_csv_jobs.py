"""Imports and bulk sends from a CSV: the jobs, their rows and their batches."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant, Money

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _scope() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "csv_jobs",
        *_scope(),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("price", Money(), nullable=True),
        sa.Column("currency", sa.String(length=8), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "account", "id", name=op.f("pk_csv_jobs")),
    )
    op.create_index(
        op.f("ix_csv_jobs_state_lease_until"), "csv_jobs", ["state", "lease_until"], unique=False
    )
    op.create_table(
        "csv_rows",
        *_scope(),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "account", "job", "line", name=op.f("pk_csv_rows")),
    )
    op.create_table(
        "csv_batches",
        *_scope(),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace", "account", "job", "number", name=op.f("pk_csv_batches")
        ),
    )
    op.add_column("sends", sa.Column("bulk", sa.String(length=32), nullable=True))
    op.create_index(
        op.f("ix_sends_workspace_account_bulk"),
        "sends",
        ["workspace", "account", "bulk"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sends_workspace_account_bulk"), "sends")
    op.drop_column("sends", "bulk")
    op.drop_table("csv_batches")
    op.drop_table("csv_rows")
    op.drop_index(op.f("ix_csv_jobs_state_lease_until"), table_name="csv_jobs")
    op.drop_table("csv_jobs")
