"""The readable text of a mail, its attachments, and whether a person could read it at all."""

import re
from dataclasses import dataclass, field, replace
from quopri import decodestring

from triage.domain.enquiry import Attachment
from triage.parsing.decoding import decode_bytes, fit
from triage.parsing.headers import decode_base64, decode_value
from triage.parsing.html import html_to_text, without_pictures
from triage.parsing.limits import ParsingLimits
from triage.parsing.parameters import read_parameters
from triage.parsing.structure import Part, is_attached_mail

_WORD = re.compile(r"\w")
_PGP = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_UUENCODE = re.compile(r"^begin [0-7]{3,4} \S", re.MULTILINE)
_HTML_STUB = re.compile(
    r"\bhtml\b|view (?:this|the) (?:e-?mail|message)"
    r"|\b(?:contains|enable|display|download) (?:the |any )?(?:images|pictures)",
    re.IGNORECASE,
)
_STUB_CHARS = 300
_WORDS = re.compile(r"\w+")
# A version is richer, not just laid out otherwise, with over twice as many words and this many more.
_MORE_WORDS = 8
_SEALED = frozenset({"multipart/encrypted", "application/pgp-encrypted"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
UNREADABLE = ("encrypted", "unreadable_attachment_format", "only_attachments")
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(slots=True)
class Body:
    """What was found while reading the parts of one mail."""

    limits: ParsingLimits
    attachments: list[Attachment] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    attached_mails: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    is_sealed: bool = False
    has_tnef: bool = False
    text: str = ""
    html_chars: int = 0

    def note(self, defect: str) -> None:
        """Remember a defect, once."""
        if defect not in self.defects:
            self.defects.append(defect)

    @property
    def readable(self) -> bool:
        """False where the message is locked, or lies in something other than text."""
        return not any(code in self.defects for code in UNREADABLE)


def read_body(root: Part, limits: ParsingLimits) -> Body:
    """Read text and attachments of a mail, its own words before any attached mail's."""
    body = Body(limits=limits)
    text = fit(_text_of(root, body))
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
    elif any(not attachment.type.startswith("message/") for attachment in body.attachments):
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
    """Of a multipart/alternative: the plain text, unless it has no words or says far less than the rich version."""
    worded = [(kind, text) for kind, text in versions if _WORD.search(text)]
    plain = next((text for kind, text in worded if kind == "text/plain"), "")
    rich = next((text for kind, text in worded if kind != "text/plain"), "")
    is_stub = len(plain) < _STUB_CHARS and bool(_HTML_STUB.search(plain)) and len(rich) > len(plain)
    return rich if is_stub or _says_more(rich, plain) else plain


def _says_more(rich: str, plain: str) -> bool:
    many, few = len(_WORDS.findall(rich)), len(_WORDS.findall(plain))
    return not plain or (many > 2 * few and many >= few + _MORE_WORDS)


def _leaf_text(part: Part, kind: str, body: Body) -> str:
    text = _decoded(part, body)
    if kind == "text/plain":
        return text
    text = without_pictures(text, body.limits)
    limits = replace(body.limits, html_chars=max(0, body.limits.html_chars - body.html_chars))
    body.html_chars += len(text)
    text, defects = html_to_text(text, limits)
    for defect in defects:
        body.note(defect)
    return text


def _decoded(part: Part, body: Body) -> str:
    payload = payload_of(part, body)[: body.limits.decoded_bytes]
    text, was_declared = decode_bytes(payload, part.parameters.get("charset"))
    if not was_declared:
        body.note("charset_wrong")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def payload_of(part: Part, body: Body) -> bytes:
    """A leaf's content, out of its transfer encoding."""
    encoding = part.field("content-transfer-encoding").partition(";")[0].strip().lower()
    if encoding == "base64":
        payload, was_whole = decode_base64(part.source)
        if not was_whole:
            body.note("base64_broken")
        return payload
    return decodestring(part.source) if encoding == "quoted-printable" else part.source


def _is_attachment(part: Part) -> bool:
    disposition = part.field("content-disposition").strip().lower()
    if disposition.startswith(("attachment", "inline")):
        # Exchange and Apple Mail give names to inline pieces of the text itself (ATT00001.txt).
        return disposition.startswith("attachment") and part.depth > 0
    return part.depth > 0 and bool(_name(part))


def _name(part: Part) -> str:
    disposition = read_parameters(part.field("content-disposition"))
    return decode_value(disposition.get("filename") or part.parameters.get("name", ""))[:255]


def _attach(part: Part, body: Body) -> None:
    kind, name = part.type, _name(part)
    if kind in _SMIME and part.parameters.get("smime-type", "enveloped-data") != "certs-only":
        body.is_sealed = True
    if kind in _TNEF or name.lower() == "winmail.dat":
        body.has_tnef = True
    if len(body.attachments) < body.limits.attachments:
        size = 0 if part.parts else len(payload_of(part, body))
        body.attachments.append(Attachment(name=name, type=kind, size_bytes=size))
        body.attached.append(part)
