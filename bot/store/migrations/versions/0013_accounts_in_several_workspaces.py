"""Which ClickSend account a connection is, whatever its name; what is set for it in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.add_column("connections", sa.Column("login", sa.BigInteger(), nullable=True))
    op.add_column("connections", sa.Column("own", sa.Text(), server_default="{}", nullable=False))
    op.create_index(op.f("ix_connections_user_id"), "connections", ["user_id"])
