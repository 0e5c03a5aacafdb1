"""The readable text of a mail, its attachments, and whether a person could read it at all."""

import re
from dataclasses import dataclass, field

from triage.domain.enquiry import Attachment
from triage.parsing.headers import decode_bytes, decode_value
from triage.parsing.html import html_to_text
from triage.parsing.limits import ParsingLimits
from triage.parsing.structure import Part, is_attached_mail, parameters

_WORD = re.compile(r"\w")
_PGP = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_UUENCODE = re.compile(r"^begin [0-7]{3,4} \S", re.MULTILINE)
_HTML_STUB = re.compile(r"\bhtml\b|view (?:this|the) (?:e-?mail|message)", re.IGNORECASE)
_STUB_CHARS = 300
_SEALED = frozenset({"multipart/encrypted", "application/pgp-encrypted"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(slots=True)
class Body:
    """What was found while reading the parts of one mail."""

    limits: ParsingLimits
    attachments: list[Attachment] = field(default_factory=list)
    attached_mails: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    is_sealed: bool = False
    has_tnef: bool = False
    text: str = ""

    def note(self, defect: str) -> None:
        """Remember a defect, once."""
        if defect not in self.defects:
            self.defects.append(defect)

    @property
    def readable(self) -> bool:
        """False where the message is locked, or lies in something other than text."""
        return not any(code in self.defects for code in UNREADABLE)


UNREADABLE = ("encrypted", "unreadable_attachment_format", "only_attachments")


def read_body(root: Part, limits: ParsingLimits) -> Body:
    """Read text and attachments of a mail, its own words before any attached mail's."""
    body = Body(limits=limits)
    text = _text_of(root, body)
    if len(text) > limits.text_chars:
        text = text[: limits.text_chars]
        body.note("text_cut")
    body.text = text
    _judge_readable(body)
    return body


def _judge_readable(body: Body) -> None:
    if _UUENCODE.search(body.text):
        body.note("inline_uuencode")
    if "-----BEGIN PGP MESSAGE-----" in body.text and not _WORD.search(_PGP.sub("", body.text)):
        body.is_sealed = True
    if _WORD.search(body.text) and not body.is_sealed:
        return
    if body.is_sealed:
        body.note("encrypted")
    elif body.has_tnef:
        body.note("unreadable_attachment_format")
    elif body.attachments and not body.attached_mails:
        body.note("only_attachments")


def _text_of(part: Part, body: Body) -> str:
    kind = part.type
    if kind in _SEALED:
        body.is_sealed = True
    if is_attached_mail(part):
        body.attached_mails.append(part.parts[0])
        _attach(part, body)
        return ""
    if kind.startswith("multipart/"):
        return _text_of_parts(part, kind, body)
    if kind in ("text/plain", "text/html") and not _is_attachment(part):
        return _leaf_text(part, kind, body)
    if kind == "text/calendar" and part.depth == 0:
        return _decoded(part, body)
    _attach(part, body)
    return ""


def _text_of_parts(part: Part, kind: str, body: Body) -> str:
    if kind == "multipart/alternative":
        return _best_of([(child.type, _text_of(child, body)) for child in part.parts])
    return "\n\n".join(filter(None, (_text_of(child, body) for child in part.parts)))


def _best_of(versions: list[tuple[str, str]]) -> str:
    """Of a multipart/alternative: the plain text when it has words, else the richest version that has."""
    worded = [(kind, text) for kind, text in versions if _WORD.search(text)]
    plain = next((text for kind, text in worded if kind == "text/plain"), "")
    rich = next((text for kind, text in worded if kind != "text/plain"), "")
    is_stub = len(plain) < _STUB_CHARS and bool(_HTML_STUB.search(plain)) and len(rich) > len(plain)
    return rich if is_stub or not plain else plain


def _leaf_text(part: Part, kind: str, body: Body) -> str:
    text = _decoded(part, body)
    if kind == "text/plain":
        return text
    text, defects = html_to_text(text, body.limits)
    for defect in defects:
        body.note(defect)
    return text


def _decoded(part: Part, body: Body) -> str:
    payload = _payload(part, body)
    charset = dict(parameters(part)).get("charset")
    # Four bytes are the most a character takes: no need to decode what will be cut.
    text, was_declared = decode_bytes(payload[: 4 * max(body.limits.text_chars, body.limits.html_chars)], charset)
    if not was_declared:
        body.note("charset_wrong")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\ufeff")


def _payload(part: Part, body: Body) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    body.note("part_undecodable")
    return str(part.get_payload()).encode("utf-8", "surrogateescape") if not part.parts else b""


def _is_attachment(part: Part) -> bool:
    disposition = _field(part, "content-disposition").lower()
    return disposition.startswith("attachment") or bool(_name(part) and part.depth > 0)


def _field(part: Part, name: str) -> str:
    return next((value for key, value in part.fields if key == name), "").strip()


def _name(part: Part) -> str:
    try:
        return decode_value(part.get_filename("") or "", LIMIT_NAME)[:255]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


LIMIT_NAME = ParsingLimits(encoded_words=20)


def _attach(part: Part, body: Body) -> None:
    kind, name = part.type, _name(part)
    if kind in _SMIME and dict(parameters(part)).get("smime-type", "enveloped-data") != "certs-only":
        body.is_sealed = True
    if kind in _TNEF or name.lower() == "winmail.dat":
        body.has_tnef = True
    if len(body.attachments) < body.limits.attachments:
        size = 0 if part.parts else len(_payload(part, body))
        body.attachments.append(Attachment(name=name, type=kind, size_bytes=size))
