"""Addresses and numbers as the do-not-contact list tells them apart: one plain form for each way of writing one."""

import re
from dataclasses import dataclass

# What is not wanted: marketing to an address, marketing calls and texts to a number.
MARKETING, CALLS = "marketing", "calls"

_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,190}\.[^\s<>()\[\]\\,;:\"@.]{2,63}")
_NAMED = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
_NUMBER = re.compile(r"\+?[\d\s().\-/\u00a0]{7,30}")
# Spreadsheets put an apostrophe before what is to stay text; copied cells bring blanks that nobody sees.
_AROUND = " \t\r\n\u00a0\u200b\ufeff'\"\u2018\u2019"
_UK = "44"
_UK_NATIONAL_DIGITS = 10
_FEWEST_DIGITS, _MOST_DIGITS = 9, 15  # E.164 allows fifteen


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPoint:
    """Where something is sent: an address (`scope` "marketing") or a number ("calls"), in its plain form."""

    scope: str
    value: str


def contact_point(text: str) -> ContactPoint | None:
    """The one address or number a text consists of, also as `Name <address>` or `mailto:`; None for anything else."""
    bare = text.strip(_AROUND)
    named = _NAMED.fullmatch(bare)
    address = (named[1] if named else bare).lower().removeprefix("mailto:")
    if _ADDRESS.fullmatch(address):
        return ContactPoint(scope=MARKETING, value=address)
    number = plain_number(bare)
    return ContactPoint(scope=CALLS, value=number) if number else None


def plain_number(text: str) -> str:
    """A telephone number as +44…, "" for what is none. Without a country's code it is taken for a UK one.

    A spreadsheet that took the number for a figure has dropped its leading 0: ten digits are a UK number too.
    """
    if not _NUMBER.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text)
    if text.startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
    elif digits.startswith("0"):
        digits = _UK + digits[1:]
    elif len(digits) == _UK_NATIONAL_DIGITS:
        digits = _UK + digits
    elif not (digits.startswith(_UK) and len(digits) == len(_UK) + _UK_NATIONAL_DIGITS):
        return ""
    if digits.startswith(_UK + "0"):  # +44 (0)20 …
        digits = _UK + digits[len(_UK) + 1 :]
    return f"+{digits}" if _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS else ""
