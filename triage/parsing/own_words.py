"""Who speaks where in a text: own words, quotes, forwards, signatures, footers, our own letters.

One pass over the lines, each looked at a bounded number of times, so 200 kB take milliseconds. When in doubt a line
stays the sender's own: a request taken for a signature is lost, a signature taken for a request is only read.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import groupby

from triage.domain.enquiry import Passage
from triage.domain.own_letter import holds_own_letter
from triage.domain.vocabulary import Role
from triage.parsing import marks

# A phrase every letter of ours contains (rules/gate.toml, own_marker).
OWN_MARKER = "We never give out information just because"

_HEADER_BLOCK_LINES = 8
_ATTRIBUTION_LINES = 3
_SIGNATURE_LINES = 8


def split_passages(
    text: str,
    *,
    subject: str = "",
    own_marker: str = OWN_MARKER,
    desk_domains: Collection[str] = (),
) -> tuple[Passage, ...]:
    """Split a text into passages: gapless, in order, neighbours never of the same role.

    `subject` tells a forward from a reply where the mail program marks both alike. `own_marker` is a phrase of
    every letter of ours; a quote that holds it, or that says it was written from `desk_domains`, is OUR_LETTER.
    """
    lines = text.split("\n")
    roles = _Reader(lines, is_forward=marks.is_forward_subject(subject)).read()
    return tuple(_ours(text, passage, own_marker, desk_domains) for passage in _join(lines, roles, len(text)))


def _join(lines: list[str], roles: list[Role], length: int) -> Iterator[Passage]:
    end = 0
    for role, group in groupby(zip(roles, lines, strict=True), key=lambda pair: pair[0]):
        start = end
        end += sum(len(line) + 1 for _, line in group)
        if start < length:
            yield Passage(role=role, start=start, end=min(end, length))


def _ours(text: str, passage: Passage, own_marker: str, desk_domains: Collection[str]) -> Passage:
    if passage.role is not Role.QUOTED:
        return passage
    quoted = text[passage.start : passage.end]
    if holds_own_letter(quoted, own_marker) or marks.written_from(quoted, desk_domains):
        return replace(passage, role=Role.OUR_LETTER)
    return passage


class _Reader:
    """Walks down the lines of one text and gives each its role."""

    def __init__(self, lines: list[str], *, is_forward: bool) -> None:
        self.lines = lines
        self.roles: list[Role] = []
        self.endless: set[re.Pattern[str]] = set()
        self.answered = Role.FORWARDED if is_forward else Role.QUOTED

    def read(self) -> list[Role]:
        """The role of every line, in order."""
        while len(self.roles) < len(self.lines):
            position = len(self.roles)
            if not self.lines[position].strip():
                self._add(self.roles[-1] if self.roles else Role.OWN, 1)
            elif not (self._quote(position) or self._block(position) or self._ending(position)):
                self._add(Role.OWN, 1)
        return self.roles

    def _add(self, role: Role, count: int) -> None:
        self.roles.extend([role] * min(count, len(self.lines) - len(self.roles)))

    def _next_worded(self, position: int) -> int:
        while position < len(self.lines) and not self.lines[position].strip():
            position += 1
        return position

    def _quote(self, position: int) -> bool:
        """Lines marked with ">"."""
        if not marks.is_quote_line(self.lines[position]):
            return False
        self._add(Role.QUOTED, 1)
        return True

    def _block(self, position: int) -> bool:
        """What begins with a header of its own: "... wrote:", "-----Original Message-----", "From: Sent: To:"."""
        head, role = self._header(position)
        if not head:
            return False
        below = self._next_worded(position + head)
        self._add(role, below - position)
        if below < len(self.lines) and marks.is_quote_line(self.lines[below]):
            # Marked lines end by themselves: an answer may stand below them.
            while below < len(self.lines) and (
                marks.is_quote_line(self.lines[below]) or self._blank_before_quote(below)
            ):
                self._add(role, 1)
                below += 1
            return True
        self._add(role, len(self.lines))
        return True

    def _blank_before_quote(self, position: int) -> bool:
        return not self.lines[position].strip() and (
            position + 1 >= len(self.lines) or marks.is_quote_line(self.lines[position + 1])
        )

    def _header(self, position: int) -> tuple[int, Role]:
        """How many lines the header of a quoted or forwarded mail takes (0: there is none), and its role."""
        start = self._next_worded(position + 1) if marks.is_rule(self.lines[position]) else position
        line = self.lines[start] if start < len(self.lines) else ""
        count = start - position + 1
        if marks.is_forward_line(line):
            return count, Role.FORWARDED
        if marks.is_original_line(line):
            return count, self.answered
        if self._is_header_block(start):
            return count, self.answered
        return self._attribution(position), Role.QUOTED

    def _is_header_block(self, start: int) -> bool:
        """Whether the header of somebody else's mail begins here."""
        lines = self.lines[start : start + _HEADER_BLOCK_LINES]
        return bool(lines) and marks.is_from_line(lines[0]) and marks.is_header_block(lines)

    def _attribution(self, position: int) -> int:
        """How many lines "On ... wrote:" takes: mail programs wrap it. None where a person cites in quotation marks."""
        if marks.may_begin_attribution(self.lines[position]):
            for count in range(1, _ATTRIBUTION_LINES + 1):
                joined = " ".join(line.strip() for line in self.lines[position : position + count])
                if marks.is_attribution(joined):
                    below = self._next_worded(position + count)
                    return 0 if below < len(self.lines) and marks.is_cited(self.lines[below]) else count
        return 0

    def _ending(self, position: int) -> bool:
        """Signatures and footers."""
        line = self.lines[position]
        if self._machine_block(position):
            return True
        if self._footer(position):
            self._add(Role.FOOTER, 1)
            while len(self.roles) < len(self.lines) and self._continues_footer(len(self.roles)):
                self._add(Role.FOOTER, 1)
            return True
        if marks.is_device_line(line):
            self._add(Role.SIGNATURE, 1)
            return True
        if marks.is_signature_mark(line) or marks.is_closing(line):
            self._add(Role.SIGNATURE, 1)
            self._signature(strict=not marks.is_signature_mark(line))
            return True
        return False

    def _machine_block(self, position: int) -> bool:
        last = marks.machine_block_end(self.lines[position])
        if last is None or last in self.endless:
            return False
        end = next((i for i in range(position + 1, len(self.lines)) if last.match(self.lines[i])), None)
        if end is None:
            # Looked for once, down to the end of the text: never again, or many such lines would take for ever.
            self.endless.add(last)
            return False
        self._add(Role.FOOTER, end + 1 - position)
        return True

    def _footer(self, position: int) -> bool:
        return marks.is_footer_line(self.lines[position], "".join(self.lines[position + 1 : position + 2]))

    def _continues_footer(self, position: int) -> bool:
        line = self.lines[position]
        return marks.continues_footer(line) and not self._header(position)[0]

    def _signature(self, *, strict: bool) -> None:
        """Names, titles, telephone numbers below a closing; below "-- " anything that asks for nothing."""
        left = _SIGNATURE_LINES if strict else 2 * _SIGNATURE_LINES
        while len(self.roles) < len(self.lines) and left:
            position = len(self.roles)
            line = self.lines[position]
            if line.strip():
                left -= 1
                if self._ends_signature(position, strict=strict):
                    return
            self._add(Role.SIGNATURE, 1)

    def _ends_signature(self, position: int, *, strict: bool) -> bool:
        line = self.lines[position]
        return (
            marks.is_quote_line(line)
            or self._footer(position)
            or bool(self._header(position)[0])
            or not marks.is_signature_line(line, strict=strict)
        )
