"""What leaves: letters, approvals, notices to staff, and what holds letters back."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, text

from triage.adapters.store.columns import Instant, Json, RowId, Words
from triage.adapters.store.schema.base import metadata
from triage.adapters.store.sealed_columns import SealedText

letter = Table(
    "letter",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("enquiry_id", RowId, ForeignKey("enquiry.id"), nullable=False, index=True),
    Column("reference", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("message_id", Words, nullable=False, unique=True),
    Column("in_reply_to", Words),
    Column("references", Json, nullable=False),
    Column("subject", SealedText("letter.subject"), nullable=False),
    Column("body", SealedText("letter.body"), nullable=False),
    Column("why", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("retry_at", Instant),
    Column("claimed_by", Text),
    Column("claimed_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("undelivered_at", Instant),
    Column("channel", Text, nullable=False, server_default="email"),
    Column("place", Json),
    Column("internal", Boolean, nullable=False, server_default=false()),
    Column("posted_id", Words),
    Column("number", Integer),
    Column("promised_on", Date),
    Column("outcome", Text),
    Column("first_named_on", Date),
    UniqueConstraint("reference", "purpose", "serial"),
    Index("ix_letter_state", "state", "id"),
    Index(
        "ix_letter_sent",
        *("reference", "purpose", "number", "sent_at", "undelivered_at"),
        sqlite_where=text("sent_at IS NOT NULL"),
        postgresql_where=text("sent_at IS NOT NULL"),
    ),
    Index(
        "ix_letter_lost",
        "id",
        sqlite_where=text("state IN ('refused', 'unclear') OR undelivered_at IS NOT NULL"),
        postgresql_where=text("state IN ('refused', 'unclear') OR undelivered_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# A letter a person has approved that leaves at `due_at`, unless somebody undoes it before.
approval = Table(
    "approval",
    metadata,
    Column("letter_id", RowId, ForeignKey("letter.id"), primary_key=True, autoincrement=False),
    Column("by", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("note", SealedText("approval.note"), nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
)

# A mail to the company's own staff. `key` says which occasion it is for: for each there is one, whatever restarts.
notice = Table(
    "notice",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("purpose", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("subject", SealedText("notice.subject"), nullable=False),
    Column("body", SealedText("notice.body"), nullable=False),
    Column("message_id", Words, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("retry_at", Instant),
    Column("claimed_by", Text),
    Column("claimed_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index("ix_notice_state", "state", "id"),
    sqlite_autoincrement=True,
)

send_limit = Table(
    "send_limit",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("letter_id", RowId, ForeignKey("letter.id"), nullable=False, unique=True),
    Column("sender_hash", Text, nullable=False),
    Column("domain", Words, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_send_limit_sender", "sender_hash", "at"),
    Index("ix_send_limit_domain", "domain", "at"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address_hash", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("since_at", Instant, nullable=False),
    UniqueConstraint("address_hash", "scope"),
)

bounce = Table(
    "bounce",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address_hash", Text, nullable=False),
    Column("letter_id", RowId, ForeignKey("letter.id")),
    Column("at", Instant, nullable=False),
    Index("ix_bounce_address", "address_hash", "at"),
)
