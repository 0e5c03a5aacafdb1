"""What reports are counted by, so that a year of cases is gone through without reading their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Indexes only."""
    dates = ["received_on", "kind", "state", "statutory_due", "acknowledge_by", "closed_at"]
    op.create_index("ix_case_file_report", "case_file", [*dates, "enquiry_id", "thread", "number", "id"])
    sent = ["reference", "purpose", "number", "sent_at", "undelivered_at"]
    where, ended = sa.text("sent_at IS NOT NULL"), sa.text("closed_at IS NOT NULL")
    closed = ["closed_at", "kind", "state", "received_on"]
    op.create_index("ix_case_file_closed", "case_file", closed, sqlite_where=ended, postgresql_where=ended)
    op.create_index("ix_letter_sent", "letter", sent, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_enquiry_filed_at", "enquiry", ["filed_at"])
