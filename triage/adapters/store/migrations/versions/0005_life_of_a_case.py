"""A case's life up to its end: outcome, delivery, checklist, reminders, and mails to the company's own staff."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant, Json, RowId, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there. What was filed before counts as read: nobody could say so until now."""
    op.add_column("enquiry", sa.Column("read_at", Instant(), nullable=True))
    op.add_column("enquiry", sa.Column("still_unhappy", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE enquiry SET read_at = filed_at"))
    for column in (
        sa.Column("controller", Words(), nullable=False, server_default=""),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("looked_at", Instant(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("unresolved", Json, nullable=True),
        sa.Column("next_news_on", sa.Date(), nullable=True),
        sa.Column("delivery", Json, nullable=True),
        sa.Column("supplements", Json, nullable=True),
        sa.Column("erasure_blocked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("contacts", Json, nullable=True),
    ):
        op.add_column("case_file", column)
    op.add_column("clock_event", sa.Column("overridden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("letter", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("promised_on", sa.Date(), nullable=True))
    op.add_column("letter", sa.Column("outcome", sa.Text(), nullable=True))
    op.create_table(
        "case_task",
        sa.Column("id", RowId, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("system", Words(), nullable=False),
        sa.Column("what", Words(), nullable=False),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", Words(), nullable=False, server_default=""),
        sa.Column("note", Words(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_case_task"),
        sa.UniqueConstraint("thread", "number", "system", name="uq_case_task_thread_number_system"),
    )
    op.create_table(
        "notice",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recipient", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
        sa.UniqueConstraint("message_id", name="uq_notice_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_state", "notice", ["state", "id"], unique=False)
