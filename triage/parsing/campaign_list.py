"""A campaign's list as somebody exported it: CSV with commas, semicolons or tabs, with or without names of columns.

The lines are kept as they stand, so that the list without some of them is the same file otherwise.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from triage.domain.do_not_contact import MARKETING, ContactPoint, contact_point

_DELIMITERS = (",", ";", "\t")
# Enough lines to tell delimiter and column by; the whole list only where these hold no address.
_SAMPLE = 2000
# A quotation mark that opens and never closes would swallow the lines after it, and whoever stands there.
_LONGEST_RECORD_LINES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ListLine:
    """A line of the list: its number in the file (from 1), its text with the line end, and whom it would reach.

    `cell` is what stands in the column read; `point` None where that is no address or number.
    """

    number: int
    text: str
    cell: str
    point: ContactPoint | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignList:
    """A list as it was read. `column` names the column; `also` other columns that hold addresses too.

    `header`: the names of the columns, "" where there are none.
    """

    lines: tuple[ListLine, ...]
    header: str
    column: str
    also: tuple[str, ...]
    encoding: str

    def without(self, numbers: frozenset[int]) -> bytes:
        """The same file without the lines of these numbers."""
        kept = "".join(line.text for line in self.lines if line.number not in numbers)
        return (self.header + kept).encode(self.encoding)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Record:
    number: int
    text: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """One way to read the list. `found`: columns that hold addresses or numbers, and how many different ones.

    Different ones, for the colleague who looks after a customer stands in every line too.
    """

    delimiter: str
    found: Counter[int]
    even_lines: int


def read_campaign_list(content: bytes, column: str | None = None) -> CampaignList:
    """Read a list; without `column` (a name in the first line, or a number from 1) the column is told by its content.

    Raises ValueError, in one line, for what is no text, has no such column or nothing to compare in it.
    """
    text, encoding = _decoded(content)
    lines = list(io.StringIO(text, newline=""))
    reading = _best(lines[:_SAMPLE], column) or _best(lines, column)
    if reading is None:
        raise ValueError(_nothing_found(lines, column))
    place = reading.found.most_common(1)[0][0]
    records = _records(lines, reading.delimiter)
    read = [_line(record, place) for record in records]
    named = read[0].point is None and not any("@" in cell for cell in records[0].cells)
    header = records[0] if named else None
    return CampaignList(
        lines=tuple(read[1:] if header else read),
        header=header.text if header else "",
        column=_name(header, place),
        also=tuple(_name(header, other) for other in sorted(reading.found) if other != place),
        encoding=encoding,
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and how it was written: UTF-8, what spreadsheets call Unicode, or Windows' Western letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = []
    else:
        encodings = ["utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ValueError("is not text: save the list as CSV")


def _best(lines: Sequence[str], column: str | None) -> _Reading | None:
    readings = [one for delimiter in _DELIMITERS if (one := _reading(lines, delimiter, column)) is not None]
    return max(readings, key=lambda one: (max(one.found.values()), one.even_lines), default=None)


def _reading(lines: Sequence[str], delimiter: str, column: str | None) -> _Reading | None:
    try:
        records = _records(lines, delimiter)
    except ValueError:
        return None  # the whole list says so again, with the delimiter that was chosen
    found: set[tuple[int, str]] = set()
    wanted = None if column is None or not records else _place(records[0], column)
    for record in records:
        for place, cell in enumerate(record.cells):
            point = contact_point(cell) if place == wanted or (column is None and "@" in cell) else None
            if point is not None and (column is not None or point.scope == MARKETING):
                found.add((place, point.value))
    if not found:
        return None
    widths = Counter(len(record.cells) for record in records)
    return _Reading(
        delimiter=delimiter,
        found=Counter(place for place, _ in found),
        even_lines=sum(count for width, count in widths.items() if width > 1),
    )


def _records(lines: Sequence[str], delimiter: str) -> list[_Record]:
    """The records with their own lines. Raises ValueError naming the line that cannot be told from the next ones."""
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    records, start = [], 0
    try:
        for cells in reader:
            if reader.line_num - start > _LONGEST_RECORD_LINES:
                raise csv.Error("too long")
            if cells:
                text = "".join(lines[start : reader.line_num])
                records.append(_Record(number=start + 1, text=text, cells=tuple(cells)))
            start = reader.line_num
    except csv.Error:
        raise ValueError(f"line {start + 1}: a quotation mark there does not close as it should") from None
    return records


def _place(first: _Record, column: str) -> int | None:
    """Where the column is: by its name in the first line, else by its number."""
    asked = column.strip().casefold()
    names = [cell.strip().casefold() for cell in first.cells]
    if asked in names:
        return names.index(asked)
    return int(asked) - 1 if asked.isdecimal() else None


def _line(record: _Record, place: int) -> ListLine:
    cell = record.cells[place] if place < len(record.cells) else ""
    return ListLine(number=record.number, text=record.text, cell=cell, point=contact_point(cell))


def _name(header: _Record | None, place: int) -> str:
    named = header is not None and place < len(header.cells) and header.cells[place].strip()
    return named or str(place + 1)


def _nothing_found(lines: Sequence[str], column: str | None) -> str:
    if column is not None:
        return f"has no column {column!r} with addresses or numbers in it"
    for delimiter in _DELIMITERS:
        try:
            _records(lines, delimiter)
        except ValueError as fault:
            return str(fault)
    return "has no column with mail addresses; for numbers, say which column: --column NAME"
