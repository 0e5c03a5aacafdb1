"""The hash chain, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from triage.domain.journal import (
    FIRST_HASH,
    ChainFault,
    ChainHead,
    JournalEntry,
    JournalText,
    SealedEntry,
    canonical,
    hash_text,
    seal,
    seal_head,
    verify,
)

SECRET = b"a secret"
CHAIN = "DP-2026-00042-K7"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def make_chain(length: int = 4) -> tuple[list[SealedEntry], ChainHead]:
    """A sound chain and its end mark."""
    rows: list[SealedEntry] = []
    last_hash = FIRST_HASH
    for number in range(1, length + 1):
        entry = JournalEntry(
            chain=CHAIN,
            sequence=number,
            at=AT + timedelta(minutes=number),
            event="letter_sent",
            facts=canonical({"letter": number}),
            text_hash=hash_text(b"salt", f"text {number}"),
        )
        own_hash = seal(last_hash, entry)
        rows.append(SealedEntry(entry=entry, previous_hash=last_hash, hash=own_hash))
        last_hash = own_hash
    mark = seal_head(SECRET, CHAIN, length, last_hash)
    return rows, ChainHead(chain=CHAIN, sequence=length, hash=last_hash, seal=mark)


def change(row: SealedEntry, **changes: object) -> SealedEntry:
    """The row with another entry under the old hashes."""
    return replace(row, entry=replace(row.entry, **changes))  # type: ignore[arg-type]


def faults_of(rows: list[SealedEntry], head: ChainHead | None) -> list[tuple[int, str]]:
    """Sequence and fault of each break."""
    return [(fault.sequence, fault.fault) for fault in verify(SECRET, CHAIN, rows, head)]


def test_a_sound_chain_has_no_fault_in_whatever_order_its_rows_come() -> None:
    rows, head = make_chain()
    assert verify(SECRET, CHAIN, reversed(rows), head) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "letter_refused"},
        {"facts": "{}"},
        {"at": AT},
        {"text_hash": None},
        {"chain": "DP-2026-00043-A1"},
    ],
)
def test_a_changed_row_is_found(changes: dict[str, object]) -> None:
    rows, head = make_chain()
    rows[1] = change(rows[1], **changes)
    assert faults_of(rows, head) == [(2, "the row was changed")]


def test_a_row_changed_and_sealed_again_breaks_its_successor() -> None:
    rows, head = make_chain()
    entry = replace(rows[1].entry, event="letter_refused")
    rows[1] = SealedEntry(entry=entry, previous_hash=rows[1].previous_hash, hash=seal(rows[1].previous_hash, entry))
    assert faults_of(rows, head) == [(3, "the row does not follow the one before it")]


def test_a_removed_row_is_found() -> None:
    rows, head = make_chain()
    del rows[1]
    assert faults_of(rows, head) == [(3, "row 2 is missing")]


def test_swapped_rows_are_found() -> None:
    rows, head = make_chain()
    rows[1], rows[2] = change(rows[2], sequence=2), change(rows[1], sequence=3)
    assert [sequence for sequence, _ in faults_of(rows, head)] == [2, 3, 4]


def test_a_cut_tail_is_found() -> None:
    rows, head = make_chain()
    assert faults_of(rows[:2], head) == [(2, "rows 3 to 4 were cut off")]
    assert faults_of([], head) == [(0, "rows 1 to 4 were cut off")]


def test_a_row_behind_the_end_is_found() -> None:
    rows, _ = make_chain(4)
    _, head = make_chain(3)
    assert faults_of(rows, head) == [(4, "the end mark does not fit the last row")]


def test_an_end_moved_without_the_secret_is_found() -> None:
    rows, head = make_chain()
    moved = replace(head, sequence=3, hash=rows[2].hash)
    assert faults_of(rows[:3], moved) == [(3, "the end mark was changed")]


def test_a_missing_end_is_found() -> None:
    rows, _ = make_chain()
    assert faults_of(rows, None) == [(4, "the chain has no end mark")]


def test_a_text_must_fit_its_hash_and_may_be_erased() -> None:
    rows, head = make_chain()
    sound = JournalText(sequence=1, salt=b"salt", text="text 1")
    other = JournalText(sequence=2, salt=b"salt", text="another")
    lost = JournalText(sequence=9, salt=b"salt", text="of no row")
    assert verify(SECRET, CHAIN, rows, head, [sound]) == ()
    assert verify(SECRET, CHAIN, rows, head, [sound, other, lost]) == (
        ChainFault(chain=CHAIN, sequence=2, fault="the text was changed"),
        ChainFault(chain=CHAIN, sequence=9, fault="the text was changed"),
    )


def test_the_same_moment_in_another_zone_has_the_same_hash() -> None:
    rows, _ = make_chain(1)
    elsewhere = rows[0].entry.at.astimezone(timezone(timedelta(hours=2)))
    assert seal(FIRST_HASH, replace(rows[0].entry, at=elsewhere)) == rows[0].hash


def test_facts_have_one_form() -> None:
    assert canonical({"b": 1, "a": "ä"}) == '{"a":"\\u00e4","b":1}'
