"""Inbound messages, conversations, routes, opt-outs; the thread of a send."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("sends", sa.Column("thread_ts", sa.String(length=32), nullable=True))
    op.create_index(
        op.f("ix_sends_workspace_account_thread_ts"),
        "sends",
        ["workspace", "account", "thread_ts"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_workspace_account_recipient"),
        "messages",
        ["workspace", "account", "recipient"],
        unique=False,
    )
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=True),
        sa.Column("posted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint(
            "workspace",
            "account",
            "kind",
            "message_id",
            name=op.f("uq_inbound_workspace_account_kind_message_id"),
        ),
    )
    op.create_index(
        op.f("ix_inbound_workspace_account_sender_at"),
        "inbound",
        ["workspace", "account", "sender", "at"],
        unique=False,
    )
    op.create_index(op.f("ix_inbound_conversation"), "inbound", ["conversation"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ours", sa.String(length=64), nullable=False),
        sa.Column("theirs", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=128), nullable=True),
        sa.Column("assignee", sa.String(length=32), nullable=True),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("waiting_since", Instant(), nullable=True),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "workspace",
            "account",
            "ours",
            "theirs",
            name=op.f("uq_conversations_workspace_account_ours_theirs"),
        ),
    )
    op.create_index(
        op.f("ix_conversations_workspace_account_state_waiting_since"),
        "conversations",
        ["workspace", "account", "state", "waiting_since"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_workspace_account_thread_ts"),
        "conversations",
        ["workspace", "account", "thread_ts"],
        unique=False,
    )
    op.create_table(
        "routes",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "kind", "value", name=op.f("pk_routes")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "number", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "kept",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "account", "name", name=op.f("pk_kept")),
    )


def downgrade() -> None:

    op.drop_table("kept")
    op.drop_table("opt_outs")
    op.drop_table("routes")
    op.drop_table("conversations")
    op.drop_table("inbound")
    op.drop_index(op.f("ix_messages_workspace_account_recipient"), table_name="messages")
    op.drop_index(op.f("ix_sends_workspace_account_thread_ts"), table_name="sends")
    op.drop_column("sends", "thread_ts")
