"""What IMAP puts on the wire, as pure functions: names and dates to send, answer lines to read (RFC 3501).

Nothing here trusts the server: an answer that cannot be read raises UnreadableAnswer, and what a server says without
being asked is passed over.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LARGEST_UID = 2**32 - 1  # RFC 3501 section 2.3.1.1
_LONGEST_NAME = 1000

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UIDVALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)
_CODE = re.compile(rb"\[([A-Z-]{2,30})[\] ]", re.IGNORECASE)
_FETCH = re.compile(rb"\d+ FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,10})(?!\d)", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d{1,12})(?!\d)", re.IGNORECASE)
_INTERNALDATE = re.compile(rb'[( ]INTERNALDATE "([^"]{1,60})"', re.IGNORECASE)
_BODY_LITERAL = re.compile(rb"[( ]BODY\[\](?:<0>)? ~?\{\d+\}$", re.IGNORECASE)
_BODY_EMPTY = re.compile(rb'[( ]BODY\[\](?:<0>)? ""', re.IGNORECASE)
# What may follow a body inside its answer. Anything else is mail text: the literal was not as long as it said.
_AFTER_BODY = re.compile(
    rb"(?: (?:UID|FLAGS|MODSEQ|RFC822\.SIZE|INTERNALDATE|EMAILID|THREADID|X-[A-Z-]+)"
    rb' (?:"[^"]*"|\([^()]*\)|[^\s()]+))*\)',
    re.IGNORECASE,
)
_BODY_QUOTED = re.compile(rb'[( ]BODY\[\](?:<0>)? "', re.IGNORECASE)
_DATE_TIME = re.compile(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")


class UnreadableAnswer(Exception):
    """The server's answer makes no sense. The message says in a few words which, and holds nothing of its text."""


class OddName(Exception):
    """A name that cannot be sent safely. The message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailMark:
    """What FETCH says about a mail without its body. `received_at` is None where INTERNALDATE is broken."""

    uid: int
    size_bytes: int
    received_at: datetime | None


def quoted(text: str) -> str:
    """A quoted string for a command line. Raises OddName for characters that would end or split the line."""
    if _CONTROL.search(text):
        raise OddName("it holds a control character")
    if len(text) > _LONGEST_NAME:
        raise OddName("it is too long")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OddName("it holds half a character") from None
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quoted_folder(name: str) -> str:
    """A folder name in modified UTF-7 (RFC 3501 section 5.1.3), quoted. Raises OddName."""
    if not name.strip():
        raise OddName("it is empty")
    quoted(name)  # only to refuse what must not be sent
    return quoted(re.sub(r"[^\x20-\x7e]+", lambda odd: _shifted(odd[0]), name.replace("&", "&-")))


def _shifted(text: str) -> str:
    packed = base64.b64encode(text.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
    return f"&{packed.decode()}-"


def search_date(day: datetime) -> str:
    """A day as SEARCH SINCE wants it, in English whatever the locale."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}"


def read_internal_date(text: str) -> datetime | None:
    """INTERNALDATE as aware UTC, or None if it is no date at all."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or match[2].title() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    month = _MONTHS.index(match[2].title()) + 1
    try:
        written = (
            f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{match[7]}{match[8]}:{match[9]}"
        )
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def response_code(lines: Sequence[bytes | bytearray]) -> str:
    """The code in square brackets that a refusal carries in its last line (RFC 5530), upper case, or ""."""
    match = _CODE.match(bytes(lines[-1])) if lines else None
    return match[1].decode().upper() if match else ""


def read_uidvalidity(lines: Sequence[bytes | bytearray]) -> int:
    """UIDVALIDITY among the answers to EXAMINE. Raises UnreadableAnswer without one."""
    for line in lines:
        match = _UIDVALIDITY.search(line)
        if match is not None and int(match[1]) > 0:
            return int(match[1])
    raise UnreadableAnswer("gave no UIDVALIDITY")


def read_uids(lines: Sequence[bytes | bytearray]) -> tuple[int, ...]:
    """The UIDs of a SEARCH answer, rising, each once; its last line is the closing OK. Raises UnreadableAnswer."""
    words = [word for line in lines[:-1] for word in bytes(line).split()]
    if not all(word.isdigit() and len(word) <= 10 and 0 < int(word) <= _LARGEST_UID for word in words):
        raise UnreadableAnswer("answered SEARCH with something other than numbers")
    return tuple(sorted({int(word) for word in words}))


def read_marks(lines: Sequence[bytes | bytearray]) -> dict[int, MailMark]:
    """Sizes and dates by UID. Lines without UID or size, such as unsolicited flag changes, are passed over."""
    marks: dict[int, MailMark] = {}
    for answer in _fetch_answers(lines):
        uid, size = _UID.search(answer.text), _SIZE.search(answer.text)
        if uid is None or size is None:
            continue
        date = _INTERNALDATE.search(answer.text)
        received_at = read_internal_date(date[1].decode("ascii", "replace")) if date else None
        marks[int(uid[1])] = MailMark(uid=int(uid[1]), size_bytes=int(size[1]), received_at=received_at)
    return marks


def read_bodies(lines: Sequence[bytes | bytearray]) -> dict[int, bytes]:
    """Raw mails by UID. A UID without a body is left out. Raises UnreadableAnswer for a body that is no literal.

    aioimaplib hands a literal over as a bytearray, everything else as bytes; it damages text outside literals.
    """
    bodies: dict[int, bytes] = {}
    for answer in _fetch_answers(lines):
        uid = _UID.search(answer.text)
        if answer.body is not None and (uid is None or not _AFTER_BODY.fullmatch(answer.after_body)):
            raise UnreadableAnswer("sent a mail that is not as long as announced")
        if uid is None:
            continue
        if answer.body is not None:
            bodies[int(uid[1])] = answer.body
        elif _BODY_EMPTY.search(answer.text):
            bodies[int(uid[1])] = b""
        elif _BODY_QUOTED.search(answer.text):
            raise UnreadableAnswer("sent a mail in a form that no mail can have")
    return bodies


@dataclass(slots=True)
class _FetchAnswer:
    """One FETCH answer while it is put together; its items come in any order the server likes."""

    text: bytes
    body: bytes | None = None
    after_body: bytes = b""


def _fetch_answers(lines: Sequence[bytes | bytearray]) -> list[_FetchAnswer]:
    """The FETCH answers among the lines of a response, whose last line is the closing OK."""
    answers: list[_FetchAnswer] = []
    for line in lines[:-1]:
        if isinstance(line, bytearray):
            if answers and _BODY_LITERAL.search(answers[-1].text):
                answers[-1].body = bytes(line)
        elif _FETCH.match(line):
            answers.append(_FetchAnswer(bytes(line)))
        elif answers:
            answers[-1].text += line
            answers[-1].after_body += line
    return answers


def uid_set(uids: Iterable[int]) -> str:
    """UIDs as a command takes them: neighbours joined to ranges, so that the line stays short."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def portions(sizes: Mapping[int, int], *, most: int, most_bytes: int) -> list[tuple[int, ...]]:
    """UIDs in portions of at most `most` mails and `most_bytes` together; a bigger mail goes alone."""
    found: list[tuple[int, ...]] = []
    current: list[int] = []
    weight = 0
    for uid, size in sizes.items():
        if current and (len(current) >= most or weight + size > most_bytes):
            found.append(tuple(current))
            current, weight = [], 0
        current.append(uid)
        weight += size
    if current:
        found.append(tuple(current))
    return found
