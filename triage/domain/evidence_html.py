"""The page an evidence pack begins with, and its tables: HTML without scripts, strangers' words only ever as text."""

from collections.abc import Iterable, Sequence
from html import escape

from triage.domain.evidence_pages import sent_as, way_of
from triage.domain.evidence_values import (
    REMOVED,
    Evidence,
    PackEntry,
    PackLetter,
    PackMessage,
    letter_name,
    message_stem,
    raw_suffix,
)
from triage.domain.evidence_words import delivery_of, received, timing_of, when, when_or_blank
from triage.domain.notices import in_words
from triage.domain.plain_text import harmless_line
from triage.domain.vocabulary import Nation

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
            in_words(one.kind),
            in_words(one.state),
            in_words(one.outcome),
            *timing_of(one, evidence.entries),
            when_or_blank(one.closed_at, evidence.nation),
        )
        for one in evidence.cases
    ]
    columns = ("case", "kind", "state", "outcome", "answer owed by", "answered on", "in time?", "closed")
    ends = [(head.chain, str(head.sequence), head.hash) for head in evidence.heads]
    others = ("clock.txt", "decisions.txt", "journal.jsonl", "heads.json", "manifest.json", "README.txt", "verify.py")
    return page(
        f"Evidence pack {evidence.reference}",
        table("Cases", columns, cases),
        messages_table(evidence.messages, evidence.nation),
        letters_table(evidence.letters, evidence.entries, evidence.nation),
        table("Journal", ("chain", "rows", "hash of the last"), ends),
        table("More", ("file",), [([name],) for name in others]),
    )


def messages_table(messages: Sequence[PackMessage], nation: Nation = Nation.ENGLAND) -> str:
    """Every message, with links to its files."""
    rows = []
    for number, one in enumerate(messages, start=1):
        files = [f"{message_stem(number)}.txt", *([message_stem(number) + raw_suffix(one)] if one.raw else [])]
        sender = REMOVED if one.removed_at else one.sender_address or one.sender_name
        rows.append((received(one, nation), in_words(one.channel), sender, one.subject, one.reference, files))
    return table("Messages", ("received", "by", "from", "subject", "under", "files"), rows)


def letters_table(
    letters: Sequence[PackLetter], entries: Sequence[PackEntry] = (), nation: Nation = Nation.ENGLAND
) -> str:
    """Every letter of ours, with a link to its file."""
    rows = [
        (
            when(one.created_at, nation),
            in_words(one.purpose),
            way_of(one),
            delivery_of(one, entries, nation),
            sent_as(one),
            [letter_name(number)],
        )
        for number, one in enumerate(letters, start=1)
    ]
    return table("Letters", ("written", "purpose", "by", "delivery", "Message-ID", "file"), rows)


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
