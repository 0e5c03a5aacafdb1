"""The daily look lists what machines sent as well: both lanes of it are found without reading the whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Another index in the place of one. What machines sent before waits for the next look like everything else."""
    op.drop_index("ix_enquiry_to_look_at", table_name="enquiry")
    op.create_index(
        "ix_enquiry_not_cleared",
        "enquiry",
        ["lane", "filed_at"],
        unique=False,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
