"""The journal, alarms, keys: what the desk knows of itself."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from triage.adapters.store.columns import Instant, RowId
from triage.adapters.store.schema.base import metadata
from triage.adapters.store.sealed_columns import SealedBytes, SealedText

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

# When a part of the desk last showed that it works.
pulse = Table(
    "pulse",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

store_key = Table("store_key", metadata, Column("fingerprint", Text, primary_key=True))

# Every key something here may be sealed with, by fingerprint; PLAIN (key_proof.py) while not everything is sealed yet.
storage_key = Table("storage_key", metadata, Column("fingerprint", Text, primary_key=True))
