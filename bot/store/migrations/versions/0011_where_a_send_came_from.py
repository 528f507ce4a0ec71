"""What leads from a send back to the payload that asked for it: its request id, and its trace."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sends", sa.Column("origin", sa.String(length=80), nullable=True))
