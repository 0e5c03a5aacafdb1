"""Raw bytes -> a tree of MIME parts, by the standard library's parser (compat32) with caps it does not have.

`message_from_bytes` itself hardly ever fails on real mail; what kills it is nesting (it recurses) and sheer size.
The subclass below is told of every part and header as it is read, so it can stop in time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import compat32
from itertools import islice
from typing import Any, cast

from triage.domain.mail_facts import MailPart
from triage.errors import AnalysisFailed
from triage.parsing.decoding import recover
from triage.parsing.limits import ParsingLimits
from triage.parsing.parameters import read_parameters

_LINE_END = re.compile(rb"\r\n|\r|\n")
# The standard library's names for what it found, in our own short codes.
_DEFECTS = {
    "CloseBoundaryNotFoundDefect": "final_boundary_missing",
    "FirstHeaderLineIsContinuationDefect": "header_broken",
    "MisplacedEnvelopeHeaderDefect": "header_broken",
    "MissingHeaderBodySeparatorDefect": "header_broken",
    "NoBoundaryInMultipartDefect": "multipart_without_parts",
    "StartBoundaryNotFoundDefect": "multipart_without_parts",
}
# What the standard library takes for a header line: any other ends the header for it, and hides what stands below.
_HEADER_LINE = re.compile(rb"[!-9;-~]*:|[ \t]|From ")
# A field that could not as well be a line of text ("Reason: ...").
_KNOWN_FIELD = re.compile(
    rb"(auto-submitted|(?:x|list|resent|content|arc|dkim|feedback|disposition)-[!-9;-~]{1,70}|precedence|from|to|cc"
    rb"|subject|date|sender|reply-to|return-path|received|message-id|in-reply-to|references|mime-version"
    rb"|delivered-to|authentication-results|mailing-list)[ \t]*:",
    re.IGNORECASE,
)
_LONG_PARAMETERS = frozenset({"content-type", "content-disposition"})


class _TooDeep(Exception):
    """The mail nests deeper than the limit."""


class _EnoughParts(Exception):
    """The limit of parts is reached; what has been read so far is kept."""


@dataclass(slots=True)
class _Tally:
    """What has been seen of one mail while it is being read."""

    limits: ParsingLimits
    parts: int = 1
    cut: bool = False


class Part(Message):
    """A MIME part that counts itself, refuses to nest too deep and keeps only so much of its headers."""

    def __init__(self, tally: _Tally) -> None:
        super().__init__(compat32)
        self.tally = tally
        self.depth = 0
        self.header_bytes = 0
        self.fields: list[tuple[str, str]] = []

    def attach(self, payload: Any) -> None:
        """Take in a sub-part. Raises _TooDeep or _EnoughParts, which end the reading."""
        payload.depth = self.depth + 1
        self.tally.parts += 1
        if payload.depth > self.tally.limits.depth:
            raise _TooDeep
        if self.tally.parts > self.tally.limits.parts:
            raise _EnoughParts
        super().attach(payload)

    def set_raw(self, name: str, value: Any) -> None:
        """Keep a header as it came, cut to the limits. Called by the parser for every header."""
        limits = self.tally.limits
        if self.header_bytes > limits.header_bytes or len(name) > limits.parameter_chars:
            self.tally.cut = True
            return
        key = name.lower()
        most = limits.parameter_chars if key in _LONG_PARAMETERS else limits.header_value_chars
        if len(value) > most:
            self.tally.cut = True
            value = value[:most]
        self.header_bytes += len(name) + len(value)
        self.fields.append((key, recover(value)))
        super().set_raw(name, value)

    def get_boundary(self, failobj: Any = None) -> Any:
        """The boundary parameter, read by our own bounded parser."""
        return self.parameters.get("boundary", "").rstrip() or failobj

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type."""
        return read_parameters(self.field("content-type"))

    def field(self, name: str) -> str:
        """The topmost value of a header (lower case name) as it came, "" without one."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def source(self) -> bytes:
        """A leaf's content as it came, still in its transfer encoding."""
        payload = cast(Any, self)._payload
        # The parser reads bytes as ASCII with surrogates for the rest. get_payload() would guess a charset first.
        return payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""

    @property
    def parts(self) -> "list[Part]":
        """The sub-parts, empty for a leaf."""
        return cast("list[Part]", self.get_payload()) if self.is_multipart() else []

    @property
    def type(self) -> str:
        """The content type, lower case; a multipart without sub-parts counts as plain text."""
        kind = self.get_content_type()
        if kind.startswith("multipart/") and not self.parts:
            return "text/plain"
        return kind


def read_structure(raw: bytes, limits: ParsingLimits) -> tuple[Part, list[str]]:
    """Parse a mail into its parts; returns the root and short defect codes.

    Raises AnalysisFailed("too_deep") for a mail nested deeper than `limits.depth`.
    """
    defects: list[str] = []
    raw, cut = _cut_lines(raw, limits.raw_lines)
    if cut:
        defects.append("too_many_lines")
    raw, mended = _mend_header(raw, limits.header_bytes)
    if mended:
        defects.append("header_broken")
    tally = _Tally(limits=limits)
    made: list[Part] = []

    def new_part(**_policy: object) -> Part:
        made.append(Part(tally))
        return made[-1]

    parser = BytesFeedParser(new_part, policy=compat32)
    made.clear()  # The parser makes one on trial.
    try:
        parser.feed(raw)
        parser.close()
    except (_TooDeep, RecursionError):
        raise AnalysisFailed("too_deep", f"The mail nests deeper than {limits.depth} levels.") from None
    except _EnoughParts:
        defects.append("too_many_parts")
    if tally.cut:
        defects.append("headers_cut")
    names = (type(defect).__name__ for part, _ in walk(made[0]) for defect in part.defects)
    return made[0], list(dict.fromkeys([*defects, *(_DEFECTS[name] for name in names if name in _DEFECTS)]))


def _cut_lines(raw: bytes, most: int) -> tuple[bytes, bool]:
    if raw.count(b"\n") + raw.count(b"\r") <= most:
        return raw, False
    last = next(islice(_LINE_END.finditer(raw), most, None), None)
    return (raw, False) if last is None else (raw[: last.end()], True)


# A body in such a coding, or of several parts, would be spoilt by text on top of it.
_CODED = re.compile(rb"(?im)^content-(?:transfer-encoding: *base64|type: *multipart/)")


def _mend_header(raw: bytes, most_bytes: int) -> tuple[bytes, bool]:
    """The mail without broken lines between its first `most_bytes` of headers, and whether there were any.

    Broken lines are left out only where a known field follows them: else they are text that no empty line parts. Those
    without a colon may be text all the same ("Please delete it", then "Date: ..."): they go on top of a plain body.
    """
    kept: list[bytes] = []
    held: list[bytes] = []
    spoken: list[bytes] = []
    start, mended = 0, False
    for end in (match.end() for match in _LINE_END.finditer(raw)):
        line, is_field = raw[start:end], _KNOWN_FIELD.match(raw, start, end)
        if not line.strip(b"\r\n") or start > most_bytes:
            break
        start = end
        if is_field:
            kept.append(is_field[1] + raw[is_field.end() - 1 : end])
            mended |= bool(held)
            spoken += [broken for broken in held if b":" not in broken]
            held.clear()
        elif held or not _HEADER_LINE.match(line):
            held.append(line)
        else:
            kept.append(line)
    header, rest = b"".join(kept), b"".join(held) + raw[start:]
    if spoken and not _CODED.search(header):
        rest = b"\r\n" + b"".join(spoken) + rest
    return (header + rest, mended)


def walk(part: Part, *, inside: bool = False) -> Iterator[tuple[Part, bool]]:
    """Every part from the root down, each with whether it lies inside an attached mail."""
    yield part, inside
    below = inside or is_attached_mail(part)
    for child in part.parts:
        yield from walk(child, inside=below)


def is_attached_mail(part: Part) -> bool:
    """Whether the part is a mail attached to the mail, not a report about one."""
    return part.type in ("message/rfc822", "message/global") and bool(part.parts)


def describe(root: Part) -> tuple[MailPart, ...]:
    """The MIME skeleton for the gate."""
    return tuple(
        MailPart(
            type=part.type, depth=part.depth, inside_attached_mail=inside, parameters=tuple(part.parameters.items())
        )
        for part, inside in walk(root)
    )
