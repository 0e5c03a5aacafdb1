"""The page an evidence pack begins with, and its tables: HTML without scripts, strangers' words only ever as text."""

from collections.abc import Iterable, Sequence
from html import escape

from triage.domain.evidence_pages import sent_as, way_of
from triage.domain.evidence_values import (
    REMOVED,
    Evidence,
    PackLetter,
    PackMessage,
    letter_name,
    message_stem,
    moment,
    moment_or_blank,
    raw_suffix,
)
from triage.domain.plain_text import harmless_line

# Nothing is loaded and nothing runs, whatever a stranger wrote.
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }}
table {{ border-collapse: collapse; margin-bottom: 2em }}
th, td {{ border: 1px solid #767676; padding: .3em .6em; text-align: left; vertical-align: top }}
td {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>{title}</h1>
"""


def index_page(evidence: Evidence) -> str:
    """The first page: what is here, with a link to each file."""
    cases = [
        (
            one.reference,
            one.kind,
            one.state,
            one.outcome,
            moment_or_blank(one.closed_at),
            _day(one.dates.get("statutory_due")),
        )
        for one in evidence.cases
    ]
    ends = [(head.chain, str(head.sequence), head.hash) for head in evidence.heads]
    others = ("clock.txt", "decisions.txt", "journal.jsonl", "heads.json", "manifest.json", "README.txt", "verify.py")
    return page(
        f"Evidence pack {evidence.reference}",
        table("Cases", ("case", "kind", "state", "outcome", "closed", "statutory due"), cases),
        messages_table(evidence.messages),
        letters_table(evidence.letters),
        table("Journal", ("chain", "rows", "hash of the last"), ends),
        table("More", ("file",), [([name],) for name in others]),
    )


def messages_table(messages: Sequence[PackMessage]) -> str:
    """Every message, with links to its files."""
    rows = []
    for number, one in enumerate(messages, start=1):
        files = [f"{message_stem(number)}.txt", *([message_stem(number) + raw_suffix(one)] if one.raw else [])]
        sender = REMOVED if one.removed_at else one.sender_address or one.sender_name
        rows.append((moment(one.received_at), one.channel, sender, one.subject, one.reference, files))
    return table("Messages", ("received", "by", "from", "subject", "under", "files"), rows)


def letters_table(letters: Sequence[PackLetter]) -> str:
    """Every letter of ours, with a link to its file."""
    rows = [
        (
            moment(one.created_at),
            one.purpose,
            way_of(one),
            one.state,
            moment_or_blank(one.sent_at),
            sent_as(one),
            [letter_name(number)],
        )
        for number, one in enumerate(letters, start=1)
    ]
    return table("Letters", ("written", "purpose", "by", "state", "handed over", "Message-ID", "file"), rows)


def page(title: str, *parts: str) -> str:
    """A page of its own with these parts, each HTML already."""
    return "".join((_HEAD.format(title=_safe(title)), *parts, "</body>\n</html>\n"))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str | list[str]]]) -> str:
    """A table with its heading; a cell that is a list holds names of our own files."""
    head = "".join(f"<th scope=col>{_safe(column)}</th>" for column in columns)
    lines = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<h2>{_safe(title)}</h2>\n<table>\n<tr>{head}</tr>\n{lines}</table>\n"


def _cell(cell: str | list[str]) -> str:
    if isinstance(cell, list):
        return " ".join(map(_link, cell))
    return f"<bdi>{_safe(cell)}</bdi>"


def _link(name: str) -> str:
    return f'<a href="{escape(name)}">{escape(name)}</a>'


def _safe(text: str) -> str:
    return escape(harmless_line(text))


def _day(day: object) -> str:
    return "" if day is None else str(day)
