"""Chats, the form, and who signs in."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triage.adapters.store.columns import Instant, RowId, Words
from triage.adapters.store.schema.base import metadata
from triage.adapters.store.sealed_columns import SealedJson, SealedText

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
