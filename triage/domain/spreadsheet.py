"""Tables as CSV that a spreadsheet may open: no cell of it is ever a formula."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

# What a spreadsheet takes for the beginning of a formula, also behind a cell's border (OWASP, CSV injection).
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(value: object) -> str:
    """A cell as text; one that would be a formula gets an apostrophe before it. Numbers stay numbers, None is ""."""
    if value is None:
        return ""
    text = str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) and not is_number else text


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The rows under a line of names, lines ended by CRLF (RFC 4180), which also puts a lone CR into quotation marks. A
    mapping in a cell is told as "word count, word count"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless_cell(_told(row[name])) for name in columns])
    return text.getvalue()


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Counts by word on one line: "upheld 2, withdrawn 1"."""
    return ", ".join(f"{word} {count}" for word, count in counts.items())


def _told(value: object) -> object:
    return counts_in_words(value) if isinstance(value, Mapping) else value
