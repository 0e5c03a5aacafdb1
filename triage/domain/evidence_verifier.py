"""What stands in every evidence pack for whoever has nothing but Python: how to check it, and the program that does."""

READ_ME = """\
EVIDENCE PACK OF ONE CASE

index.html       start here: it opens in any browser and links to the rest
thread/          every message: 001.txt as it was read, 001.eml as it arrived (.raw where it was no mail). What
                 retention has removed is not here any more; the journal says when it went, and holds a keyed hash of it
letters/         every letter of ours, with what became of it
clock.txt        the dates of each case, and how they were worked out
decisions.txt    what was decided, by what, and on what grounds
journal.jsonl    everything that happened, one line of JSON each, sealed in chains
heads.json       where each chain ended when this pack was made
manifest.json    the SHA-256 of every other file
verify.py        checks all of this: python3 verify.py

HOW TO CHECK IT BY HAND
1. Files. Hash each file named in manifest.json with SHA-256 (sha256sum) and compare.
2. Chains. Take the lines of journal.jsonl with the same "chain", by "sequence" from 1 on. The hash of a line is the
   SHA-256 of this JSON list, written without blanks and with every sign outside ASCII as \\uXXXX:
       [previous_hash, chain, sequence, at, event, facts, text_hash]
   where "facts" is a string, as it stands. The "previous_hash" of the first line is 64 zeros, that of every other line
   the "hash" of the line before it.
3. Texts. A line with a "text_hash" had a free text. Where it still exists, SHA-256 over the bytes of "salt" (given as
   hexadecimal) and the text in UTF-8 gives "text_hash". Where it was removed, the chain holds all the same.
4. Ends. "sequence" and "hash" in heads.json are those of each chain's last line. The "seal" is made with the desk's
   secret key and can be checked at the desk alone: triage journal verify.

WHAT THIS PROVES
That nothing was changed, left out or put in since the hashes were made. Whoever makes a whole pack anew can make its
hashes anew; against that stand the desk's own journal, and the heads of the chains that it sends out each day.
"""

VERIFIER = '''\
"""Check this evidence pack: python3 verify.py. Needs Python 3.8 or later and nothing else. 0 whole, 1 not."""

import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIRST_HASH = "0" * 64


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def check_files():
    """Every file is in the manifest, and is what the manifest says."""
    known = json.loads((HERE / "manifest.json").read_text("utf-8"))["files"]
    there = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.is_file()} - {"manifest.json"}
    for name in sorted(set(known) | there):
        if name not in known:
            yield name + ": is not in the manifest"
        elif name not in there:
            yield name + ": is missing"
        elif sha256((HERE / name).read_bytes()) != known[name]:
            yield name + ": was changed"


def check_row(row, expected, previous_hash):
    """One line against the one before it."""
    if row["sequence"] != expected:
        yield "row %d is missing" % expected
    elif row["previous_hash"] != previous_hash:
        yield "the row does not follow the one before it"
    fields = [row[name] for name in ("previous_hash", "chain", "sequence", "at", "event", "facts", "text_hash")]
    if row["hash"] != sha256(json.dumps(fields, separators=(",", ":")).encode()):
        yield "the row was changed"
    if row["text"] is not None:
        said = bytes.fromhex(row["salt"]) + row["text"].encode("utf-8", "surrogatepass")
        if row["text_hash"] != sha256(said):
            yield "the text was changed"


def check_journal():
    """Every chain, from its first line to its end."""
    chains = {}
    for line in (HERE / "journal.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        chains.setdefault(row["chain"], []).append(row)
    heads = json.loads((HERE / "heads.json").read_text("utf-8"))
    for chain in sorted(set(chains) | set(heads)):
        expected, previous_hash = 1, FIRST_HASH
        for row in sorted(chains.get(chain, []), key=lambda row: row["sequence"]):
            for fault in check_row(row, expected, previous_hash):
                yield "%s row %d: %s" % (chain, row["sequence"], fault)
            expected, previous_hash = row["sequence"] + 1, row["hash"]
        head = heads.get(chain, {})
        if (head.get("sequence"), head.get("hash")) != (expected - 1, previous_hash):
            yield chain + ": the end of the chain does not fit its last row"


def main():
    try:
        faults = list(check_files()) + list(check_journal())
    except (OSError, ValueError, KeyError, TypeError) as error:
        faults = ["the pack cannot be read: %r" % error]
    for fault in faults:
        print(fault)
    if not faults:
        print("every file is as it was packed, and every chain is whole")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
'''
