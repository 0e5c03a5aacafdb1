"""Cases with their clocks and checklists."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, text

from triage.adapters.store.columns import Instant, Json, RowId, Words
from triage.adapters.store.schema.base import metadata
from triage.adapters.store.sealed_columns import SealedJson, SealedText

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
