"""When retention took what a message said of its person."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was taken by retention before."""
    op.add_column("enquiry", sa.Column("removed_at", Instant(), nullable=True))
