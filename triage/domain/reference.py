"""References such as DP-2026-00042-K7, and the Message-IDs of our own letters.

The check characters catch a typing slip, they sign nothing: a reference proves no identity. What proves that a
message answers one of ours is the keyed hash inside our Message-ID, which a stranger cannot guess.
"""

import hashlib
import hmac
import re
import unicodedata

# No I, O or S: they are misread as 1, 0 and 5.
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# 229 is prime and above any difference one wrong or two swapped digits can make, so both are always caught.
_MODULUS = 229
_MULTIPLIER, _OFFSET = 17, 145

# Far above what the worker's own series of a year reaches, so that it and the form's never meet.
FIRST_FORM_NUMBER = 500_001

_REFERENCE = re.compile(r"(?<![A-Z0-9])DP-([0-9]{4})-([0-9]{5,9})-([A-Z][0-9])(?![A-Z0-9])", re.IGNORECASE | re.ASCII)
# Letters keep a reference in one piece with non-breaking characters, and mail programs replace hyphens by others.
_HYPHENS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-") | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
)
_OWN_MESSAGE_ID = re.compile(r"^<?(?P<stem>dp-\d{4}-\d{5,9}-[a-z]\d\.[a-z_]+\.\d+)\.(?P<tag>[0-9a-f]{24})@[^@<>\s]+>?$")


def check_characters(year: int, number: int) -> str:
    """A letter and a digit over year and running number; any single wrong digit or swap changes them."""
    value = (_MULTIPLIER * int(f"{year:04d}{number:05d}") + _OFFSET) % _MODULUS
    return f"{_LETTERS[value // 10]}{value % 10}"


def make_reference(year: int, number: int) -> str:
    """The reference of the `number`th enquiry of `year` (>= 1)."""
    return f"DP-{year:04d}-{number:05d}-{check_characters(year, number)}"


def is_form_reference(reference: str, received_year: int) -> bool:
    """Whether a form received in that year can have shown this reference.

    It is written as we write it, of the form's own series, and of that year or one beside it (the turn of the year).
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return False
    year, number = int(match.group(1)), int(match.group(2))
    in_series = number >= FIRST_FORM_NUMBER and abs(year - received_year) <= 1
    return in_series and reference == make_reference(year, number)


def plain_hyphens(text: str) -> str:
    """The text with every kind of hyphen and dash made "-", and characters that only join or part taken out."""
    return text.translate(_HYPHENS)


def find_references(text: str) -> tuple[str, ...]:
    """Every well-formed reference in a text, upper case, in order; one with wrong check characters is left out.

    Full-width letters and other hyphens count as the plain ones (Unicode NFKC).
    """
    plain = plain_hyphens(unicodedata.normalize("NFKC", text))
    found = (
        match.group(0).upper()
        for match in _REFERENCE.finditer(plain)
        if match.group(3).upper() == check_characters(int(match.group(1)), int(match.group(2)))
    )
    return tuple(dict.fromkeys(found))


def make_message_id(secret: bytes, reference: str, purpose: str, serial: int, domain: str) -> str:
    """The Message-ID of a letter: always the same for the same letter, unguessable without the secret."""
    stem = f"{reference.lower()}.{purpose}.{serial}"
    return f"<{stem}.{_tag(secret, stem)}@{domain}>"


def reference_of_own(secret: bytes, message_id: str) -> str | None:
    """The reference inside a Message-ID if it is truly one of ours, else None."""
    match = _OWN_MESSAGE_ID.match(message_id.strip().lower())
    if match is None or not hmac.compare_digest(match["tag"], _tag(secret, match["stem"])):
        return None
    return match["stem"].partition(".")[0].upper()


def _tag(secret: bytes, stem: str) -> str:
    return hmac.new(secret, b"message-id\0" + stem.encode(), hashlib.sha256).hexdigest()[:24]
