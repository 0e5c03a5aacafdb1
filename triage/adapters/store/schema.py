"""The tables as the program uses them. migrations/ builds them; a test holds the two together. See docs/store.md.

What people wrote stands in the Sealed columns, which are encrypted where there is a storage key.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from triage.adapters.store.columns import Instant, Json, RowId, Words
from triage.adapters.store.sealed_columns import SealedBytes, SealedJson, SealedText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

# "case" is a word of SQL itself.
case_file = Table(
    "case_file",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("enquiry_id", RowId, ForeignKey("enquiry.id"), nullable=False, index=True),
    Column("thread", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("starts_on", Date),
    Column("statutory_due", Date),
    Column("safe_due", Date),
    Column("shadow_due", Date),
    Column("internal_target", Date),
    Column("acknowledge_by", Date),
    Column("acknowledge_target", Date),
    Column("extension_notice_by", Date),
    Column("due_on", Date),
    Column("queue_on", Date, nullable=False, server_default="9999-12-31"),
    Column("trace", Json, nullable=False),
    Column("next_step", Words, nullable=False),
    Column("next_step_on", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("controller", Words, nullable=False, server_default=""),
    Column("outcome", Text),
    Column("looked_at", Instant),
    Column("legal_hold", Boolean, nullable=False, server_default=false()),
    Column("snoozed_until", Date),
    Column("unresolved", Json),
    Column("next_news_on", Date),
    Column("rules_in_doubt", Words, nullable=False, server_default=""),
    Column("delivery", SealedJson("case_file.delivery")),
    Column("supplements", SealedJson("case_file.supplements")),
    Column("erasure_blocked", Boolean, nullable=False, server_default=false()),
    Column("about", Text),
    Column("contacts", Json),
    Column("assignee", Words, nullable=False, server_default=""),
    UniqueConstraint("thread", "number"),
    Index("ix_case_file_next", "state", "next_step_on"),
    # All the queue's lanes are told apart by these, so that counting them reads no row.
    Index(
        "ix_case_file_queue",
        *("queue_on", "thread", "number", "due_on", "kind", "lane", "looked_at", "assignee"),
        sqlite_where=text("state IN ('open', 'cannot_reach')"),
        postgresql_where=text("state IN ('open', 'cannot_reach')"),
    ),
    # A report goes through all cases of a year, and reads none of their rows.
    Index(
        "ix_case_file_report",
        *("received_on", "kind", "state", "statutory_due", "acknowledge_by", "closed_at"),
        *("enquiry_id", "thread", "number", "id"),
    ),
    Index(
        "ix_case_file_closed",
        *("closed_at", "kind", "state", "received_on"),
        sqlite_where=text("closed_at IS NOT NULL"),
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
    # The same order for the closed ones, of which there are many.
    Index("ix_case_file_state", "state", "queue_on", "thread", "number"),
)

clock_event = Table(
    "clock_event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("thread", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("event_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("overridden", Boolean, nullable=False, server_default=false()),
    Column("letter_id", RowId),
    Column("undone", Boolean, nullable=False, server_default=false()),
    Index("ix_clock_event_case", "thread", "number"),
)

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

# What is to be done for a case in one of the company's systems.
case_task = Table(
    "case_task",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("thread", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("system", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("due_on", Date),
    Column("done_on", Date),
    Column("done_by", Words, nullable=False, server_default=""),
    Column("note", SealedText("case_task.note"), nullable=False, server_default=""),
    UniqueConstraint("thread", "number", "system"),
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

journal = Table(
    "journal",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("text_hash", Text),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

journal_text = Table(
    "journal_text",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("salt", SealedBytes("journal_text.salt"), nullable=False),
    Column("text", SealedText("journal_text.text"), nullable=False),
)

journal_head = Table(
    "journal_head",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

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

user_account = Table(
    "user_account",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("folded", Words, nullable=False, unique=True),
    Column("issuer", Words),
    Column("subject", Words),
    UniqueConstraint("issuer", "subject"),
)

# A signed-in browser. The token is in its cookie alone; `token_hash` is SHA-256 of it.
user_session = Table(
    "user_session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account_id", RowId, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
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

# When a part of the desk last showed that it works.
pulse = Table(
    "pulse",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

participant = Table(
    "participant",
    metadata,
    Column("thread", Text, primary_key=True),
    Column("address_hash", Text, primary_key=True),
    Column("since_at", Instant, nullable=False),
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

store_key = Table("store_key", metadata, Column("fingerprint", Text, primary_key=True))

# Every key something here may be sealed with, by fingerprint; PLAIN (key_proof.py) while not everything is sealed yet.
storage_key = Table("storage_key", metadata, Column("fingerprint", Text, primary_key=True))

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

# `reference` is "" for an alarm of the desk itself: NULLs would never be equal, and the same alarm stand twice.
alarm = Table(
    "alarm",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("code", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("cleared_at", Instant),
    Index(
        "uq_alarm_standing",
        "code",
        "reference",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
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

chat_room = Table(
    "chat_room",
    metadata,
    Column("portal_id", Words, primary_key=True),
    Column("thread_id", Words, primary_key=True),
    Column("contact_id", Words, nullable=False),
    Column("reference", Text, nullable=False, index=True),
    Column("handed_over", Boolean, nullable=False),
    Column("due_at", Instant),
    Column("latest_at", Instant),
    Column("claimed_at", Instant),
    Column("first_waiting_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("forgotten_at", Instant),
    Index(
        "ix_chat_room_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_chat_room_contact", "portal_id", "contact_id"),
)

chat_line = Table(
    "chat_line",
    metadata,
    Column("portal_id", Words, primary_key=True),
    Column("thread_id", Words, primary_key=True),
    Column("message_id", Words, primary_key=True),
    Column("text", SealedText("chat_line.text")),
    Column("attachments", SealedJson("chat_line.attachments"), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("item_id", RowId, ForeignKey("item.id"), index=True),
    Column("score", Float),
    ForeignKeyConstraint(["portal_id", "thread_id"], ["chat_room.portal_id", "chat_room.thread_id"]),
    Index(
        "ix_chat_line_text",
        "state",
        "stored_at",
        sqlite_where=text("text IS NOT NULL"),
        postgresql_where=text("text IS NOT NULL"),
    ),
)

forgotten_contact = Table(
    "forgotten_contact",
    metadata,
    Column("portal_id", Words, primary_key=True),
    Column("contact_hash", Text, primary_key=True),
    Column("forgotten_at", Instant, nullable=False),
)

form_challenge = Table(
    "form_challenge",
    metadata,
    Column("challenge", Words, primary_key=True),
    Column("spent_at", Instant, nullable=False, index=True),
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
