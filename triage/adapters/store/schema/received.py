"""What arrived, and who it was read to be: items, enquiries, and how far the mailbox was read."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false, text, true

from triage.adapters.store.columns import Instant, Json, RowId, Words
from triage.adapters.store.schema.base import metadata
from triage.adapters.store.sealed_columns import SealedBytes, SealedJson, SealedText

item = Table(
    "item",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("raw", SealedBytes("item.raw", plain_too=True), nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("size_bytes", RowId, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("backlog", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("retry_at", Instant),
    Column("claimed_by", Text),
    Column("claimed_at", Instant),
    Column("analysed_at", Instant),
    Column("is_event", Boolean, nullable=False, server_default=false()),
    Index("ix_item_waiting", "state", "is_event", "received_at", "id"),
    sqlite_autoincrement=True,
)

enquiry = Table(
    "enquiry",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("item_id", RowId, ForeignKey("item.id"), nullable=False, unique=True),
    Column("outcome", Text, nullable=False),
    Column("reference", Text, unique=True),
    Column("thread", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("controller", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("sender_name", Words, nullable=False),
    Column("sender_address", Words, nullable=False),
    Column("sender_hash", Text, index=True),
    Column("subject", SealedText("enquiry.subject"), nullable=False),
    Column("full_text", SealedText("enquiry.full_text"), nullable=False),
    Column("passages", Json, nullable=False),
    Column("message_id", Words, index=True),
    Column("references", Json, nullable=False),
    Column("content_sha256", Words, nullable=False),
    Column("attachments", SealedJson("enquiry.attachments", leaves=("name",)), nullable=False),
    Column("forward_of", Words),
    Column("readable", Boolean, nullable=False),
    Column("defects", Json, nullable=False),
    Column("lane", Text),
    Column("gate", Json, nullable=False),
    Column("classification", SealedJson("enquiry.classification", leaves=("text",))),
    Column("trace", SealedJson("enquiry.trace"), nullable=False),
    Column("not_acknowledged", Boolean, nullable=False),
    Column("suggests", Words),
    Column("no_letter_because", Words, nullable=False),
    Column("filed_at", Instant, nullable=False, index=True),
    Column("way_to_answer", Boolean, nullable=False, server_default=true()),
    Column("place", Json),
    Column("contact_id", Words, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("rights_said", Json),
    Column("cleared_at", Instant),
    Column("read_at", Instant),
    Column("still_unhappy", Boolean, nullable=False, server_default=false()),
    Column("removed_at", Instant),
    Column("came_under", Text),
    # It opened a thread, has no case, and nobody has cleared it: so few of all that ever came in that an index of them
    # finds them at once. Kept, as of the three conditions together PostgreSQL would guess, and read the whole table.
    Column("waits", Boolean, nullable=False, server_default=false()),
    Index("ix_enquiry_waits", "lane", sqlite_where=text("waits"), postgresql_where=text("waits")),
    Index(
        "ix_enquiry_not_cleared",
        "lane",
        "filed_at",
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    Index(
        "ix_enquiry_unread",
        "thread",
        sqlite_where=text("read_at IS NULL AND outcome = 'follow_up'"),
        postgresql_where=text("read_at IS NULL AND outcome = 'follow_up'"),
    ),
    Index(
        "ix_enquiry_passed_on",
        "forward_of",
        sqlite_where=text("forward_of IS NOT NULL"),
        postgresql_where=text("forward_of IS NOT NULL"),
    ),
    Index(
        "ix_enquiry_contact",
        "contact_id",
        sqlite_where=text("contact_id != ''"),
        postgresql_where=text("contact_id != ''"),
    ),
    Index(
        "ix_enquiry_unreachable",
        "reference",
        sqlite_where=text("NOT way_to_answer"),
        postgresql_where=text("NOT way_to_answer"),
    ),
    Index(
        "ix_enquiry_unacknowledged",
        "received_at",
        sqlite_where=text("not_acknowledged"),
        postgresql_where=text("not_acknowledged"),
    ),
    sqlite_autoincrement=True,
)

# In the very words of the partial indexes: SQLAlchemy says "= 1" on SQLite, which then reads every row.
NOT_ACKNOWLEDGED, NO_WAY_TO_ANSWER = text("enquiry.not_acknowledged"), text("NOT enquiry.way_to_answer")

mailbox_position = Table(
    "mailbox_position",
    metadata,
    Column("account", Words, primary_key=True),
    Column("validity", RowId, nullable=False),
    Column("last_uid", RowId, nullable=False),
)

mailbox_gap = Table(
    "mailbox_gap",
    metadata,
    Column("key", Words, primary_key=True),
    Column("account", Words, nullable=False, index=True),
    Column("uid", RowId, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant),
)

participant = Table(
    "participant",
    metadata,
    Column("thread", Text, primary_key=True),
    Column("address_hash", Text, primary_key=True),
    Column("since_at", Instant, nullable=False),
)

# A reference that leads to another one since its thread was merged: a thread's ("DP-…") or a case's ("DP-…/1").
merged = Table(
    "merged",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("into", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
)

reference_counter = Table(
    "reference_counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    Column("month", Text, primary_key=True),
    Column("kind_read", Text, primary_key=True),
    Column("kind_meant", Text, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
