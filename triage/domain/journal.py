"""The journal's hash chains: sealing an entry onto the one before it, and finding any break afterwards.

An entry holds codes, ids and dates only. Free text lies beside it under a salt of its own; the entry keeps just the
salted hash, so that the text can be erased (UK GDPR Art. 17) while the chain still verifies.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST_HASH = "0" * 64


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainFault:
    """A break in a journal chain: where, and what does not agree."""

    chain: str
    sequence: int
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """Something that happened. `sequence` counts from 1 in its chain; `facts` is canonical JSON, see `canonical`."""

    chain: str
    sequence: int
    at: datetime
    event: str
    facts: str
    text_hash: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedEntry:
    """An entry as stored, with the hash of the one before it and its own."""

    entry: JournalEntry
    previous_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainHead:
    """Where a chain ends. `seal` is keyed: who can write the database but lacks the key cannot move the end."""

    chain: str
    sequence: int
    hash: str
    seal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalText:
    """The free text of an entry, and the salt its hash was made with."""

    sequence: int
    salt: bytes
    text: str


def canonical(facts: Mapping[str, object]) -> str:
    """Facts as JSON in the one form that is hashed: sorted keys, no blanks, plain ASCII."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_text(salt: bytes, text: str) -> str:
    """The salted hash of a free text; the salt keeps a short text from being guessed once it is erased."""
    return hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(previous_hash: str, entry: JournalEntry) -> str:
    """The hash of `entry` standing behind the entry whose hash is `previous_hash` (FIRST_HASH for the first)."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [previous_hash, entry.chain, entry.sequence, at, entry.event, entry.facts, entry.text_hash]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def seal_head(secret: bytes, chain: str, sequence: int, last_hash: str) -> str:
    """The keyed seal of a chain's end."""
    message = b"journal-head\0" + json.dumps([chain, sequence, last_hash]).encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def verify(
    secret: bytes, chain: str, rows: Iterable[SealedEntry], head: ChainHead | None, texts: Iterable[JournalText] = ()
) -> tuple[ChainFault, ...]:
    """Recompute one chain. Finds a changed, removed, inserted or swapped row, a cut tail and a changed text.

    Rows may come in any order. An erased text is no fault.
    """
    faults: list[ChainFault] = []
    ordered = sorted(rows, key=lambda row: row.entry.sequence)
    previous_hash, expected = FIRST_HASH, 1
    for row in ordered:
        fault = _fault_of_row(row, expected, previous_hash)
        if fault:
            faults.append(ChainFault(chain=chain, sequence=row.entry.sequence, fault=fault))
        previous_hash, expected = row.hash, row.entry.sequence + 1
    end_fault = _fault_of_end(secret, expected - 1, previous_hash, head)
    if end_fault:
        faults.append(ChainFault(chain=chain, sequence=expected - 1, fault=end_fault))
    return (*faults, *_faults_of_texts(chain, ordered, texts))


def _fault_of_row(row: SealedEntry, expected: int, previous_hash: str) -> str:
    if row.entry.sequence != expected:
        return f"row {expected} is missing"
    if row.previous_hash != previous_hash:
        return "the row does not follow the one before it"
    if row.hash != seal(row.previous_hash, row.entry):
        return "the row was changed"
    return ""


def _fault_of_end(secret: bytes, last: int, last_hash: str, head: ChainHead | None) -> str:
    if head is None:
        return "the chain has no end mark"
    if head.seal != seal_head(secret, head.chain, head.sequence, head.hash):
        return "the end mark was changed"
    if head.sequence > last:
        return f"rows {last + 1} to {head.sequence} were cut off"
    if (head.sequence, head.hash) != (last, last_hash):
        return "the end mark does not fit the last row"
    return ""


def _faults_of_texts(chain: str, rows: Iterable[SealedEntry], texts: Iterable[JournalText]) -> tuple[ChainFault, ...]:
    hashes = {row.entry.sequence: row.entry.text_hash for row in rows}
    return tuple(
        ChainFault(chain=chain, sequence=text.sequence, fault="the text was changed")
        for text in texts
        if hashes.get(text.sequence) != hash_text(text.salt, text.text)
    )
