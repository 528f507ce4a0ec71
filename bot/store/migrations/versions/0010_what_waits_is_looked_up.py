"""Indexes for what an alert run looks up: messages that wait, tallies of the last minutes."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (("traffic", ("outcome", "at")), ("tallies", ("since",)))


def upgrade() -> None:
    for table, columns in _INDEXES:
        op.create_index(
            op.f(f"ix_{table}_workspace_account_{'_'.join(columns)}"),
            table,
            ["workspace", "account", *columns],
            unique=False,
        )
