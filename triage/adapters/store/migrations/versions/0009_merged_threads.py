"""Threads that were merged: where their references lead, and under which one a message came."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was merged before."""
    op.add_column("enquiry", sa.Column("came_under", sa.Text(), nullable=True))
    op.create_table(
        "merged",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_merged"),
    )
    op.create_index("ix_merged_into", "merged", ["into"])
