"""Header values: unfolded, decoded, and read as subject, addresses, dates and Message-IDs. Nothing here raises.

The standard library's own accessors do raise on real mail (unknown charsets, broken base64, odd dates, 5,000 open
brackets), and some take seconds on hostile input; hence these, each with a cap on what it looks at.
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from inspect import signature
from itertools import groupby, islice
from quopri import decodestring

from triage.domain.enquiry import Correspondent
from triage.parsing.decoding import decode_bytes, fit
from triage.parsing.limits import LIMITS, ParsingLimits

# Newer Pythons, and older ones as some systems patch them, read strictly unless told otherwise; ours is the strict one.
_lenient_addresses = (
    partial(getaddresses, strict=False) if "strict" in signature(getaddresses).parameters else getaddresses
)
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,400}@[^<>\s,;]{1,400}")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,128}@(?:[^\s<>()\[\]\\,;:\"@]{1,255}|\[[0-9A-Fa-f.:]{2,45}\])")
_PADDING = re.compile(rb"=+")
_PIECE = re.compile(rb"[A-Za-z0-9+/\r\n]*")
# A mail of ordinary lines, each coded by itself, has fewer.
_MOST_PIECES = 100_000
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def decode_value(value: str, limits: ParsingLimits = LIMITS) -> str:
    """A header value as a person would read it: unfolded, RFC 2047 words decoded, raw 8-bit bytes guessed."""
    text = unfold(value)
    if "=?" not in text:
        return text
    runs = groupby(_words(text, limits.encoded_words), key=lambda word: word[0])
    return fit("".join(_decode_run(charset, [coded for _, coded in words]) for charset, words in runs))


def _words(text: str, most: int) -> Iterator[tuple[str, bytes]]:
    """The text's pieces with their charsets, "" for plain ones; white space between two encoded words is left out."""
    end = 0
    for match in islice(_ENCODED_WORD.finditer(text), most):
        gap = text[end : match.start()]
        if gap.strip() or not end:
            yield "", gap.encode()
        end = match.end()
        source = match[3].encode()
        coded = decodestring(source, header=True) if match[2] in "qQ" else decode_base64(source)[0]
        yield match[1].partition("*")[0].lower(), coded
    yield "", text[end:].encode()


def _decode_run(charset: str, pieces: list[bytes]) -> str:
    # Some programs cut a character in two between words (against RFC 2047 section 5): join before decoding.
    text, held = decode_bytes(b"".join(pieces), charset)
    if not held:
        text = "".join(decode_bytes(piece, charset)[0] for piece in pieces)
    return _FOLD.sub(" ", text)


def unfold(value: str) -> str:
    """A header value in one line."""
    return _FOLD.sub(" ", value).strip()


def decode_base64(source: bytes) -> tuple[bytes, bool]:
    """Base64 as far as it goes, and whether it was whole: foreign characters are skipped, missing padding is added.

    Text coded in several pieces, each padded, is read to its end; what stands below the padding and is no base64
    (a list server's footer) is left out.
    """
    first, *others = _PADDING.split(source, maxsplit=_MOST_PIECES)
    pieces = [piece.translate(None, b"\r\n") for piece in others if piece.strip()]
    coded = [piece for piece in pieces if _PIECE.fullmatch(piece) and len(piece) % 4 != 1]
    payload, was_whole = _decode_piece(first + source[len(first) : len(first) + 2])
    decoded = (_decode_piece(piece + b"=" * (-len(piece) % 4))[0] for piece in coded)
    return payload + b"".join(decoded), was_whole and len(coded) == len(pieces)


def _decode_piece(source: bytes) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(source), True
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", source)
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), False


def read_addresses(values: Iterable[str], limits: ParsingLimits = LIMITS) -> tuple[str, ...]:
    """The addresses of one or several address headers, lower case, each once, in order."""
    found: dict[str, None] = {}
    for value in values:
        for address in _scan(value):
            found.setdefault(address, None)
            if len(found) >= limits.addresses:
                return tuple(found)
    return tuple(found)


def _scan(value: str) -> list[str]:
    """Addresses by our own scanner: quoted names and comments are taken out, then what is in <> or bare."""
    text = unfold(value)
    # A quotation mark that is never closed hides the rest of the line, often the address: then it means nothing.
    return _scan_plain(_QUOTED.sub(" ", text)) or _scan_plain(text.replace('"', ""))


def without_comments(value: str) -> str:
    """A value in one line without its comments (RFC 5322 section 3.2.2), nested up to five deep."""
    text = unfold(value)
    for _ in range(5):
        text, count = _COMMENT.subn(" ", text)
        if not count:
            break
    return text


def _scan_plain(text: str) -> list[str]:
    text = without_comments(text)
    found = []
    for piece in text.split(","):
        angle = piece.rpartition("<")[2].partition(">")[0] if "<" in piece else piece
        match = _ADDRESS.search(angle) if "@" in angle else None
        if match:
            found.append(match.group(0).lower().rstrip("."))
    return found


def count_addresses(values: Iterable[str]) -> int:
    """How many addresses stand in the headers; repeats count."""
    return sum(len(_scan(value)) for value in values)


def read_sender(value: str, limits: ParsingLimits = LIMITS) -> tuple[Correspondent | None, tuple[str, ...], bool]:
    """From: the first correspondent, every address, and whether two parsers agree on the addresses.

    Two parsers that disagree are how one mail shows one sender to us and another to the relay.
    """
    value = unfold(value[: limits.from_chars])
    ours = tuple(dict.fromkeys(_scan(value)))
    try:
        pairs = _lenient_addresses([value])
    except (RecursionError, ValueError, IndexError):
        pairs = []
    theirs = {address.strip().lower().rstrip(".") for _, address in pairs if "@" in address}
    alike = theirs == set(ours) and not _CONTROL.search(value)
    if not ours:
        return None, (), alike
    name = next((name for name, address in pairs if address.strip().lower().rstrip(".") == ours[0]), "")
    return Correspondent(name=_CONTROL.sub(" ", decode_value(name, limits))[:200], address=ours[0]), ours, alike


def read_date(value: str) -> datetime | None:
    """A date-time of RFC 5322 as aware UTC; None where there is none to be read."""
    try:
        moment = parsedate_to_datetime(_FOLD.sub(" ", value[:200]).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def read_received_date(value: str) -> datetime | None:
    """The date behind the last semicolon of a Received header (RFC 5321 4.4)."""
    _, semicolon, date = value[-500:].rpartition(";")
    return read_date(date) if semicolon else None


def read_message_ids(values: Iterable[str], most: int = LIMITS.thread_ids) -> tuple[str, ...]:
    """The Message-IDs in a header such as References, with their <>, each once, in order."""
    found: dict[str, None] = {}
    for value in values:
        # No encoded word belongs here, but mail programs encode what is too long for a line.
        value = decode_value(value) if "=?" in value else value  # noqa: PLW2901
        ids = [f"<{inner}>" for inner in _MESSAGE_ID.findall(value)]
        ids = ids or [f"<{bare}>" for bare in _BARE_ID.findall(value)]
        found.update(dict.fromkeys(ids))
    # The newest ids stand last and matter most.
    return tuple(found)[-most:]
