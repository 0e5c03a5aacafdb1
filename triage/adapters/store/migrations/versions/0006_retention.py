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
    _index_few("ix_enquiry_passed_on", "forward_of", "forward_of IS NOT NULL")
    _index_few("ix_enquiry_contact", "contact_id", "contact_id != ''")


def _index_few(name: str, column: str, which: str) -> None:
    """The few messages of whom more than their sender is known: retention asks which are of one person."""
    where = sa.text(which)
    op.create_index(name, "enquiry", [column], sqlite_where=where, postgresql_where=where)
