"""What the console works with: sign-in, sessions, the queue's order, letters that can be called back."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant, RowId, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = "state IN ('open', 'cannot_reach')"
_UNREAD = "read_at IS NULL AND outcome = 'follow_up'"
_WAITS = "reference IS NOT NULL AND cleared_at IS NULL AND thread NOT IN (SELECT thread FROM case_file)"
_LOST = "state IN ('refused', 'unclear') OR undelivered_at IS NOT NULL"
_DUE_ON = (
    "CASE kind WHEN 'opt_out' THEN COALESCE(internal_target, statutory_due) WHEN 'complaint' THEN acknowledge_by "
    "ELSE safe_due END"
)


def upgrade() -> None:
    """What stood before is sorted as it would be now; nobody is signed in and nobody has a case."""
    _order_the_queue()
    _let_people_in()
    op.create_table(
        "approval",
        sa.Column("letter_id", RowId, autoincrement=False, nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("recipient", Words(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_approval_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_approval"),
    )
    op.create_index("ix_approval_due_at", "approval", ["due_at"])
    op.create_table(
        "pulse",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pulse"),
    )


def _order_the_queue() -> None:
    never = sa.text("'9999-12-31'")
    op.add_column("case_file", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("case_file", sa.Column("queue_on", sa.Date(), nullable=False, server_default=never))
    op.add_column("case_file", sa.Column("assignee", Words(), nullable=False, server_default=""))
    op.execute(f"UPDATE case_file SET due_on = {_DUE_ON}")  # noqa: S608
    op.execute("UPDATE case_file SET queue_on = COALESCE(due_on, next_step_on)")
    columns = ["queue_on", "thread", "number", "due_on", "kind", "lane", "looked_at", "assignee"]
    open_ones, unread = sa.text(_OPEN), sa.text(_UNREAD)
    op.create_index("ix_case_file_queue", "case_file", columns, sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_index("ix_enquiry_unread", "enquiry", ["thread"], sqlite_where=unread, postgresql_where=unread)
    op.create_index("ix_case_file_state", "case_file", ["state", "queue_on", "thread", "number"])
    op.add_column("enquiry", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE enquiry SET waits = true WHERE {_WAITS}")  # noqa: S608
    waits, lost = sa.text("waits"), sa.text(_LOST)
    op.create_index("ix_enquiry_waits", "enquiry", ["lane"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_letter_lost", "letter", ["id"], sqlite_where=lost, postgresql_where=lost)


def _let_people_in() -> None:
    # Nobody could sign in before: the table was there and empty.
    op.drop_table("user_account")
    op.create_table(
        "user_account",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("folded", Words(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("issuer", Words(), nullable=True),
        sa.Column("subject", Words(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
        sa.UniqueConstraint("folded", name="uq_user_account_folded"),
        sa.UniqueConstraint("issuer", "subject", name="uq_user_account_issuer_subject"),
    )
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["user_account.id"], name="fk_user_session_account_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_user_session"),
    )
    op.create_index("ix_user_session_account_id", "user_session", ["account_id"])
