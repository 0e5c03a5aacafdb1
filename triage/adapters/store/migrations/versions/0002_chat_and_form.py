"""Chat and form: events among the items, letters of other channels, chat threads and their lines, spent challenges."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant, Json, RowId, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there; every row of before keeps its meaning by the new columns' defaults."""
    _widen_tables()
    _add_chat()
    op.create_table(
        "form_challenge",
        sa.Column("challenge", Words(), nullable=False),
        sa.Column("spent_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name="pk_form_challenge"),
    )
    op.create_index("ix_form_challenge_spent_at", "form_challenge", ["spent_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # On SQLite the hook counts in a file of its own.
        op.execute("CREATE SEQUENCE form_reference START 500001")


def _widen_tables() -> None:
    op.add_column("item", sa.Column("is_event", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_item_waiting", "item")
    op.create_index("ix_item_waiting", "item", ["state", "is_event", "received_at", "id"], unique=False)
    op.add_column("letter", sa.Column("channel", sa.Text(), nullable=False, server_default="email"))
    op.add_column("letter", sa.Column("place", Json, nullable=True))
    op.add_column("letter", sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("letter", sa.Column("posted_id", Words(), nullable=True))
    op.add_column("enquiry", sa.Column("way_to_answer", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("enquiry", sa.Column("place", Json, nullable=True))
    op.add_column("enquiry", sa.Column("contact_id", Words(), nullable=False, server_default=""))
    op.create_index(
        "ix_enquiry_unreachable",
        "enquiry",
        ["reference"],
        unique=False,
        sqlite_where=sa.text("NOT way_to_answer"),
        postgresql_where=sa.text("NOT way_to_answer"),
    )


def _add_chat() -> None:
    op.create_table(
        "chat_room",
        sa.Column("portal_id", Words(), nullable=False),
        sa.Column("thread_id", Words(), nullable=False),
        sa.Column("contact_id", Words(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("latest_at", Instant(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("first_waiting_at", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "thread_id", name="pk_chat_room"),
    )
    op.create_index(
        "ix_chat_room_due",
        "chat_room",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_chat_room_contact", "chat_room", ["portal_id", "contact_id"], unique=False)
    op.create_index("ix_chat_room_reference", "chat_room", ["reference"], unique=False)
    op.create_table(
        "chat_line",
        sa.Column("portal_id", Words(), nullable=False),
        sa.Column("thread_id", Words(), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("text", Words(), nullable=True),
        sa.Column("attachments", Json, nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("item_id", RowId, nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["portal_id", "thread_id"],
            ["chat_room.portal_id", "chat_room.thread_id"],
            name="fk_chat_line_portal_id_thread_id",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_chat_line_item_id"),
        sa.PrimaryKeyConstraint("portal_id", "thread_id", "message_id", name="pk_chat_line"),
    )
    op.create_index(
        "ix_chat_line_text",
        "chat_line",
        ["state", "stored_at"],
        unique=False,
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.create_index("ix_chat_line_item_id", "chat_line", ["item_id"], unique=False)
    op.create_table(
        "forgotten_contact",
        sa.Column("portal_id", Words(), nullable=False),
        sa.Column("contact_hash", sa.Text(), nullable=False),
        sa.Column("forgotten_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "contact_hash", name="pk_forgotten_contact"),
    )
