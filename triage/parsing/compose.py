"""A letter as the bytes of a mail: one recipient, plain text, marked as an automatic answer (RFC 3834 section 3.1.7).

Written by hand and not by `email.message`: five times as fast, and every byte of a header passes one check here.
"""

import quopri
import re
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr

from triage.domain.letter import Outgoing

# Our own mark: a mail that carries it is ours coming back, and the gate never answers it.
OWN_MARK = "X-Privacy-Desk"
# RFC 5322 section 2.1.1: no line over 998; long threads keep their first id and the newest ones.
MOST_REFERENCES = 10
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,255}")
_LONGEST_7BIT_LINE = 998


def compose(letter: Outgoing, *, sender_address: str, sender_name: str, now: datetime) -> bytes:
    """The mail with CRLF line ends. `now` (aware) becomes its Date.

    Raises ValueError for a line break or another control character in the subject or an address or name, for an
    address that is not exactly one address, and for a Message-ID that is none. Foreign ids of the thread that are
    no ids are left out, whatever stands in them: a strange mail still gets its answer.
    """
    for value in (sender_name, letter.text.subject):
        _refuse_control(value)
    if not _MESSAGE_ID.fullmatch(letter.message_id):
        raise ValueError("the letter's Message-ID is not one")
    encoding, body = _encode_body(letter.text.body)
    headers = [
        ("From", formataddr((sender_name, wire_address(sender_address)))),
        ("To", wire_address(letter.recipient)),
        ("Subject", _unstructured(letter.text.subject)),
        ("Date", format_datetime(now.astimezone(UTC))),
        ("Message-ID", letter.message_id),
        *_thread_headers(letter),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        (OWN_MARK, "1"),
        ("MIME-Version", "1.0"),
        ("Content-Language", "en"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", encoding),
    ]
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n" + body


def wire_address(address: str) -> str:
    """The address as the wire takes it, its domain in ASCII (IDNA). Raises ValueError unless it is exactly one."""
    _refuse_control(address)
    if not _ADDRESS.fullmatch(address):
        raise ValueError("not exactly one mail address")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _refuse_control(value: str) -> None:
    if _CONTROL.search(value):
        raise ValueError("a line break or control character in a header")


def _unstructured(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8").encode(linesep="\r\n")


def _thread_headers(letter: Outgoing) -> list[tuple[str, str]]:
    answered = letter.in_reply_to if _is_id(letter.in_reply_to or "") else None
    ids = [i for i in dict.fromkeys((*letter.references, answered or "")) if _is_id(i)]
    if len(ids) > MOST_REFERENCES:
        ids = [ids[0], *ids[1 - MOST_REFERENCES :]]
    headers = [("In-Reply-To", answered)] if answered else []
    # One id a line keeps every line short, however long the thread.
    return [*headers, ("References", "\r\n ".join(ids))] if ids else headers


def _is_id(value: str) -> bool:
    return _MESSAGE_ID.fullmatch(value) is not None


def _encode_body(body: str) -> tuple[str, bytes]:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if body.isascii() and "\0" not in body and max(map(len, lines)) <= _LONGEST_7BIT_LINE:
        return "7bit", "\r\n".join([*lines, ""]).encode("ascii")
    encoded = quopri.encodestring("\n".join([*lines, ""]).encode())
    return "quoted-printable", encoded.replace(b"\n", b"\r\n")
