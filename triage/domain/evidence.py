"""The evidence pack of one case: everything that proves what was done about it, as files by name. Nothing is written.

It opens without this program: text, a page without scripts, JSON lines, and a verifier that needs Python alone. File
names are ours, strangers' words are only ever content. The same content gives the same bytes.
Why it is kept: UK GDPR Arts 5(2), 24; the ICO's accountability framework asks for the log of a request, its due date,
what was done and what was disclosed.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from triage.domain.evidence_html import index_page
from triage.domain.evidence_pages import clock_page, decisions_page, letter_page, message_page
from triage.domain.evidence_values import Evidence, PackEntry, letter_name, message_stem, moment, raw_suffix
from triage.domain.evidence_verifier import READ_ME, VERIFIER
from triage.domain.journal import ChainHead

MANIFEST = "manifest.json"


def files_of(evidence: Evidence) -> dict[str, bytes]:
    """The pack's files, by name in its folder, in the order of their names."""
    files = {
        "README.txt": READ_ME.encode(),
        "verify.py": VERIFIER.encode(),
        "journal.jsonl": _journal_lines(evidence.entries),
        "heads.json": _heads(evidence.heads),
        "clock.txt": clock_page(evidence).encode(),
        "decisions.txt": decisions_page(evidence).encode(),
    }
    for number, message in enumerate(evidence.messages, start=1):
        files[f"{message_stem(number)}.txt"] = message_page(message, evidence.nation).encode()
        if message.raw:
            files[f"{message_stem(number)}{raw_suffix(message)}"] = message.raw
    for number, letter in enumerate(evidence.letters, start=1):
        files[letter_name(number)] = letter_page(letter, evidence.entries, evidence.nation).encode()
    files["index.html"] = index_page(evidence).encode()
    return sealed_files(files)


def sealed_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in the order of their names, and a manifest with the SHA-256 of each."""
    ordered = dict(sorted(files.items()))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in ordered.items()}
    return {**ordered, MANIFEST: json_file({"files": hashes})}


def json_file(value: object) -> bytes:
    """JSON that any program reads, the same bytes every time."""
    return (json.dumps(value, indent=2, sort_keys=True, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return str(value)


def _journal_lines(entries: tuple[PackEntry, ...]) -> bytes:
    lines = []
    for one in entries:
        entry, text = one.sealed.entry, one.text
        row = {
            "chain": entry.chain,
            "sequence": entry.sequence,
            "at": moment(entry.at),
            "event": entry.event,
            "facts": entry.facts,
            "text_hash": entry.text_hash,
            "previous_hash": one.sealed.previous_hash,
            "hash": one.sealed.hash,
            "salt": text.salt.hex() if text else None,
            "text": text.text if text else None,
        }
        lines.append(json.dumps(row) + "\n")
    return "".join(lines).encode()


def _heads(heads: tuple[ChainHead, ...]) -> bytes:
    return json_file({head.chain: {"sequence": head.sequence, "hash": head.hash, "seal": head.seal} for head in heads})
