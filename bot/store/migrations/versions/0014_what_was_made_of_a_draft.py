"""Indexes for what a yes looks up: the drafts made of a draft, the sends in a message's place."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = ("previous", "replaces")


def upgrade() -> None:
    for column in _COLUMNS:
        # Of the few that have one: the others, nearly all, cost nothing.
        only = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_sends_workspace_account_{column}",
            "sends",
            ["workspace", "account", column],
            sqlite_where=only,
            postgresql_where=only,
        )


def downgrade() -> None:
    for column in reversed(_COLUMNS):
        op.drop_index(f"ix_sends_workspace_account_{column}", table_name="sends")
