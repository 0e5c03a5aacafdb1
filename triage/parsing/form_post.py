"""What a browser sends from the enquiry form -> the form as filled in, and what has to be put right.

Little is refused: a text that is too long, no message, no way to answer, an address nobody could write to.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

from triage.domain.reference import find_references
from triage.domain.vocabulary import Kind

MOST_MESSAGE_CHARS = 10_000
MOST_NAME_CHARS = 200
MOST_EMAIL_CHARS = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
MOST_PHONE_CHARS = 100
MOST_POST_CHARS = 1_000
# The boxes a person may tick; "other" is no kind: the words say what it is.
BOXES = (*(kind.value for kind in Kind if kind is not Kind.OTHER_RIGHT), "other")
_MOST_FIELDS = 100
_FEWEST_DIGITS = 3  # 999 and an extension within a company both can be rung
_FORM_ID = re.compile(r"[0-9a-f]{32}")
# Lenient on purpose: an address in another script is an address, and nothing is sent there by itself.
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;.]+(?:\.[^\s@<>,;.]+)+")
# Neither line break nor tab: they mean nothing in a text and break what shows it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class FormNotReadable(ValueError):
    """What came is no form's post, or it brought a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledForm:
    """The form as filled in, tidied. `about`: the boxes ticked, of BOXES. `trap`: what only programs fill in."""

    about: tuple[str, ...] = ()
    message: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    post: str = ""
    earlier: str = ""
    trap: str = ""
    proof: str = ""
    form_id: str = ""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds ticked."""
        return tuple(Kind(box) for box in self.about if box != "other")

    @property
    def earlier_reference(self) -> str:
        """The earlier reference as we write it, "" if there is none."""
        return next(iter(find_references(self.earlier)), "")

    @property
    def item_key(self) -> str:
        """The same for the same form sent twice: a double click or a reload makes no second enquiry."""
        told = (self.about, self.message, self.name, self.email, self.phone, self.post, self.earlier, self.trap)
        return f"form:{self.form_id}:{hashlib.sha256(json.dumps(told).encode()).hexdigest()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFault:
    """What has to be put right: the field's name, and the text of form.toml that says how (`section.key`)."""

    name: str
    text: str
    facts: Mapping[str, object] = field(default_factory=dict)


def read_pairs(content_type: str, body: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of a post in their order; what is not UTF-8 shows as U+FFFD.

    `content_type`: the header whole. Raises FormNotReadable for any other sort of body, a broken one, or a file.
    """
    sort, boundary = _sort_and_boundary(content_type)
    match sort:
        case "application/x-www-form-urlencoded":
            return _urlencoded(body)
        case "multipart/form-data":
            return _multipart(body, boundary)
    raise FormNotReadable("neither sort of form")


def _sort_and_boundary(content_type: str) -> tuple[str, bytes]:
    header = Message()
    try:
        header["Content-Type"] = content_type
        return header.get_content_type(), header.get_boundary("").encode("utf-8", "replace")
    except (ValueError, LookupError, TypeError):  # RFC 2231 lets a sender name any encoding, and Python tries it
        raise FormNotReadable("a header nobody can read") from None


def read_filled(pairs: Sequence[tuple[str, str]], new_form_id: str) -> FilledForm:
    """The form as filled in. Unknown fields are passed over; of a field sent twice the first counts.

    `new_form_id`: 32 hexadecimal digits, for a post that brings none of ours.
    """
    sent: dict[str, str] = {}
    for name, value in pairs:
        sent.setdefault(name, value)
    ticked = {value for name, value in pairs if name == "about"}
    form_id = sent.get("form_id", "")
    return FilledForm(
        about=tuple(box for box in BOXES if box in ticked),
        message=_tidy(sent.get("message", "")),
        name=_one_line(sent.get("name", "")),
        email=_one_line(sent.get("email", "")),
        phone=_one_line(sent.get("phone", "")),
        post=_tidy(sent.get("post", "")),
        earlier=_one_line(sent.get("earlier", "")),
        trap=_one_line(sent.get("website", "")),
        proof=sent.get("proof", "").strip(),
        form_id=form_id if _FORM_ID.fullmatch(form_id) else new_form_id,
    )


def faults_of(filled: FilledForm) -> tuple[FieldFault, ...]:
    """Everything that has to be put right, in the order of the page."""
    faults = []
    if not filled.message:
        faults.append(FieldFault(name="message", text="message.missing"))
    faults += _too_long("message", filled.message, MOST_MESSAGE_CHARS)
    faults += _too_long("name", filled.name, MOST_NAME_CHARS)
    if not (filled.email or filled.phone or filled.post):
        faults.append(FieldFault(name="email", text="answer.missing"))
    if len(filled.email) > MOST_EMAIL_CHARS:
        faults.append(FieldFault(name="email", text="email.too_long"))
    elif filled.email and not _EMAIL.fullmatch(filled.email):
        faults.append(FieldFault(name="email", text="email.wrong"))
    too_long = _too_long("phone", filled.phone, MOST_PHONE_CHARS)
    if filled.phone and not too_long and _digits(filled.phone) < _FEWEST_DIGITS:
        faults.append(FieldFault(name="phone", text="phone.wrong"))
    faults += too_long
    faults += _too_long("post", filled.post, MOST_POST_CHARS)
    if filled.earlier and not filled.earlier_reference:
        faults.append(FieldFault(name="earlier", text="earlier.wrong"))
    return tuple(faults)


def _too_long(name: str, value: str, most: int) -> list[FieldFault]:
    if len(value) <= most:
        return []
    facts = {"typed": f"{len(value):,}", "most": f"{most:,}"}
    return [FieldFault(name=name, text=f"{name}.too_long", facts=facts)]


def _digits(text: str) -> int:
    return sum(unicodedata.category(sign) == "Nd" for sign in text)


def _urlencoded(body: bytes) -> tuple[tuple[str, str], ...]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise FormNotReadable("too many fields") from None
    return tuple(pairs)


def _multipart(body: bytes, boundary: bytes) -> tuple[tuple[str, str], ...]:
    """RFC 7578. By hand: linear in the body's length, whatever a stranger puts into it."""
    if not boundary:
        raise FormNotReadable("no boundary")
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, _MOST_FIELDS + 1)
    pairs: list[tuple[str, str]] = []
    for part in parts:
        if part.startswith(b"--"):
            return tuple(pairs)
        head, gap, value = part.partition(b"\r\n\r\n")
        name, is_file = _disposition(head)
        if not gap or not name or is_file:
            raise FormNotReadable("a file, or a broken part")
        pairs.append((name, value.decode("utf-8", "replace")))
    raise FormNotReadable("cut short, or too many fields")


def _disposition(head: bytes) -> tuple[str, bool]:
    """The field's name, and whether the part is a file."""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            return _name_and_file(value.strip())
    return "", False


def _name_and_file(disposition: str) -> tuple[str, bool]:
    header = Message()
    try:
        header["Content-Disposition"] = disposition
        name = header.get_param("name", "", header="Content-Disposition")
        return str(name), header.get_filename() is not None
    except (ValueError, LookupError, TypeError):
        raise FormNotReadable("a header nobody can read") from None


def _tidy(text: str) -> str:
    """Line breaks as one sign, so that a browser's two do not count twice; no invisible controls."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _one_line(text: str) -> str:
    return " ".join(_tidy(text).split())
