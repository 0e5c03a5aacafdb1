"""The first schema: items, enquiries, cases, clock events, letters, journal, positions, limits, alarms, users."""

import sqlalchemy as sa
from alembic import op

from triage.adapters.store.columns import Instant, Json, RowId, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build every table."""
    op.create_table(
        "alarm",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("cleared_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index(
        "uq_alarm_standing",
        "alarm",
        ["code", "reference"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "clock_event",
        sa.Column("id", RowId, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_event"),
    )
    op.create_index("ix_clock_event_case", "clock_event", ["thread", "number"], unique=False)
    op.create_table(
        "item",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", RowId, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("analysed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("key", name="uq_item_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_item_sha256", "item", ["sha256"], unique=False)
    op.create_index("ix_item_waiting", "item", ["state", "received_at", "id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_journal"),
    )
    op.create_table(
        "journal_head",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_journal_head"),
    )
    op.create_table(
        "journal_text",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_journal_text"),
    )
    op.create_table(
        "mailbox_gap",
        sa.Column("key", Words(), nullable=False),
        sa.Column("account", Words(), nullable=False),
        sa.Column("uid", RowId, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_mailbox_gap"),
    )
    op.create_index("ix_mailbox_gap_account", "mailbox_gap", ["account"], unique=False)
    op.create_table(
        "mailbox_position",
        sa.Column("account", Words(), nullable=False),
        sa.Column("validity", RowId, nullable=False),
        sa.Column("last_uid", RowId, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_mailbox_position"),
    )
    op.create_table(
        "participant",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "address_hash", name="pk_participant"),
    )
    op.create_table(
        "reference_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_reference_counter"),
    )
    op.create_table(
        "store_key",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_store_key"),
    )
    op.create_table(
        "suppression",
        sa.Column("id", RowId, nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("since_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suppression"),
        sa.UniqueConstraint("address_hash", "scope", name="uq_suppression_address_hash_scope"),
    )
    op.create_table(
        "user_account",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
    )
    op.create_table(
        "enquiry",
        sa.Column("id", RowId, nullable=False),
        sa.Column("item_id", RowId, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("controller", Words(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sender_name", Words(), nullable=False),
        sa.Column("sender_address", Words(), nullable=False),
        sa.Column("sender_hash", sa.Text(), nullable=True),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("full_text", Words(), nullable=False),
        sa.Column("passages", Json, nullable=False),
        sa.Column("message_id", Words(), nullable=True),
        sa.Column("references", Json, nullable=False),
        sa.Column("content_sha256", Words(), nullable=False),
        sa.Column("attachments", Json, nullable=False),
        sa.Column("forward_of", Words(), nullable=True),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("defects", Json, nullable=False),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("gate", Json, nullable=False),
        sa.Column("classification", Json, nullable=True),
        sa.Column("trace", Json, nullable=False),
        sa.Column("not_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("suggests", Words(), nullable=True),
        sa.Column("no_letter_because", Words(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_enquiry_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enquiry"),
        sa.UniqueConstraint("item_id", name="uq_enquiry_item_id"),
        sa.UniqueConstraint("reference", name="uq_enquiry_reference"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_enquiry_message_id", "enquiry", ["message_id"], unique=False)
    op.create_index("ix_enquiry_sender_hash", "enquiry", ["sender_hash"], unique=False)
    op.create_index("ix_enquiry_thread", "enquiry", ["thread"], unique=False)
    op.create_index(
        "ix_enquiry_unacknowledged",
        "enquiry",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("not_acknowledged"),
        postgresql_where=sa.text("not_acknowledged"),
    )
    op.create_table(
        "case_file",
        sa.Column("id", RowId, nullable=False),
        sa.Column("enquiry_id", RowId, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("statutory_due", sa.Date(), nullable=True),
        sa.Column("safe_due", sa.Date(), nullable=True),
        sa.Column("shadow_due", sa.Date(), nullable=True),
        sa.Column("internal_target", sa.Date(), nullable=True),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("acknowledge_target", sa.Date(), nullable=True),
        sa.Column("extension_notice_by", sa.Date(), nullable=True),
        sa.Column("trace", Json, nullable=False),
        sa.Column("next_step", Words(), nullable=False),
        sa.Column("next_step_on", sa.Date(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name="fk_case_file_enquiry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.UniqueConstraint("thread", "number", name="uq_case_file_thread_number"),
    )
    op.create_index("ix_case_file_enquiry_id", "case_file", ["enquiry_id"], unique=False)
    op.create_index("ix_case_file_next", "case_file", ["state", "next_step_on"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", RowId, nullable=False),
        sa.Column("enquiry_id", RowId, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recipient", Words(), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("in_reply_to", Words(), nullable=True),
        sa.Column("references", Json, nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("undelivered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name="fk_letter_enquiry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("message_id", name="uq_letter_message_id"),
        sa.UniqueConstraint("reference", "purpose", "serial", name="uq_letter_reference_purpose_serial"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_letter_enquiry_id", "letter", ["enquiry_id"], unique=False)
    op.create_index("ix_letter_state", "letter", ["state", "id"], unique=False)
    op.create_table(
        "bounce",
        sa.Column("id", RowId, nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("letter_id", RowId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_bounce_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bounce"),
    )
    op.create_index("ix_bounce_address", "bounce", ["address_hash", "at"], unique=False)
    op.create_table(
        "send_limit",
        sa.Column("id", RowId, nullable=False),
        sa.Column("letter_id", RowId, nullable=False),
        sa.Column("sender_hash", sa.Text(), nullable=False),
        sa.Column("domain", Words(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_send_limit_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_send_limit"),
        sa.UniqueConstraint("letter_id", name="uq_send_limit_letter_id"),
    )
    op.create_index("ix_send_limit_at", "send_limit", ["at"], unique=False)
    op.create_index("ix_send_limit_domain", "send_limit", ["domain", "at"], unique=False)
    op.create_index("ix_send_limit_sender", "send_limit", ["sender_hash", "at"], unique=False)
