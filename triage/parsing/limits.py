"""How much of a mail is looked at. Beyond these caps a mail is cut or refused, never allowed to stop the desk."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsingLimits:
    """Caps on one mail. Lengths are in bytes or characters as the names say; the rest are counts.

    `depth` counts nested multiparts and attached mails. `html_chars` measures all HTML of a mail together;
    `attached_chars` is what is shown of an attached mail below a mail's own words. `raw_lines` bounds what the
    standard library's parser, which keeps every line as an object, may use of memory.
    """

    header_bytes: int = 256 * 1024
    header_value_chars: int = 32 * 1024
    parameter_chars: int = 4 * 1024
    parts: int = 200
    depth: int = 30
    raw_lines: int = 500_000
    text_chars: int = 200_000
    attached_chars: int = 20_000
    decoded_bytes: int = 8_000_000
    html_chars: int = 300_000
    tag_chars: int = 10_000
    html_depth: int = 400
    html_lists: int = 40
    subject_chars: int = 1_000
    from_chars: int = 2_000
    addresses: int = 500
    encoded_words: int = 100
    thread_ids: int = 100
    attachments: int = 200


LIMITS = ParsingLimits()
