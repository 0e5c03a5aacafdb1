"""`triage classify`: JSON lines in, JSON lines out, in the same order. Stores nothing."""

import argparse
import json
import sys
from collections.abc import Callable

from triage.cli.reading import open_reader, script_of
from triage.cli.settings_file import add_config
from triage.domain.classification import Classification, Script
from triage.domain.vocabulary import Channel, Kind


class _LineWrong(ValueError):
    """An input line that cannot be classified; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--config`, for whose rules; the texts come on standard input."""
    add_config(parser)
    parser.epilog = (
        'One object a line on standard input: {"id": "1", "text": "pls delete my details"}; "channel" (email if left '
        'out) and "subject" may be added. Answers come on standard output in the same order; nothing is stored. '
        "Exit codes: 0 all done, 2 a line was broken (named on standard error, the others are answered)."
    )


def run(arguments: argparse.Namespace) -> int:
    """Classify line by line. 0 all done; 2 a line was broken (named on stderr, the others are still answered)."""
    reader = open_reader(arguments.config)
    broken = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.removeprefix(b"\xef\xbb\xbf").strip():
            continue
        try:
            answer = _answer(line, reader.read)
        except _LineWrong as wrong:
            print(f"line {number}: {wrong}", file=sys.stderr)
            broken = True
            continue
        print(json.dumps(answer, ensure_ascii=True), flush=True)
    return 2 if broken else 0


def _answer(line: bytes, read: Callable[[Script], Classification]) -> dict[str, object]:
    entry = _parsed(line)
    script = script_of(channel=Channel(entry["channel"]), subject=entry["subject"], text=entry["text"])
    return {"id": entry["id"], **as_json(read(script))}


def _parsed(line: bytes) -> dict[str, str]:
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _LineWrong(f"not JSON in UTF-8 ({type(error).__name__})") from error
    if not isinstance(entry, dict):
        raise _LineWrong("not a JSON object")
    filled = {"channel": "email", "subject": "", **{key: value for key, value in entry.items() if value is not None}}
    for key in ("id", "channel", "subject", "text"):
        if not isinstance(filled.get(key), str):
            raise _LineWrong(f'"{key}" must be a text')
    if filled["channel"] not in list(Channel):
        raise _LineWrong(f'"channel" must be one of {", ".join(Channel)}')
    return filled


def as_json(verdict: Classification) -> dict[str, object]:
    """A classification with exactly the keys of the contract. Reasons of flags are left out: flags name themselves."""
    return {
        "kinds": [str(kind) for kind in verdict.kinds],
        "scores": {str(kind): verdict.scores[kind] for kind in Kind},
        "needs_person": verdict.needs_person,
        "request_score": verdict.request_score,
        "reasons": [
            {"kind": str(r.kind), r.witness: r.source, "start": r.start, "end": r.end, "text": r.text}
            for r in verdict.reasons
            if isinstance(r.kind, Kind)
        ],
        "other_rights": [str(right) for right in verdict.other_rights],
        "flags": [str(flag) for flag in verdict.flags],
        "language": verdict.language,
    }
