"""Which letter moved a case's clock and whether it arrived; the first day a letter names; a law that is in doubt."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import RowId, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there. What happened before stands: nobody knows which letter it came by."""
    op.add_column("clock_event", sa.Column("letter_id", RowId, nullable=True))
    op.add_column("clock_event", sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("letter", sa.Column("first_named_on", sa.Date(), nullable=True))
    op.add_column("case_file", sa.Column("rules_in_doubt", Words(), nullable=False, server_default=""))
