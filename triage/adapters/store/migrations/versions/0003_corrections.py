"""What a person says of a reading: kinds really asked, the daily look, and a counter of corrections without a name."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to what is there. What was read as no request before waits for the first look like everything else."""
    op.add_column("enquiry", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("enquiry", sa.Column("rights_said", Json, nullable=True))
    op.add_column("enquiry", sa.Column("cleared_at", Instant(), nullable=True))
    op.create_index(
        "ix_enquiry_to_look_at",
        "enquiry",
        ["filed_at"],
        unique=False,
        sqlite_where=sa.text("lane = 'not_requests' AND cleared_at IS NULL"),
        postgresql_where=sa.text("lane = 'not_requests' AND cleared_at IS NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("kind_read", sa.Text(), nullable=False),
        sa.Column("kind_meant", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "kind_read", "kind_meant", "witness", name="pk_correction"),
    )
