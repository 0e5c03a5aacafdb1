"""What the gate and the threading need to know of a mail, read off its headers and structure by parsing."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPart:
    """One MIME part: its type, its depth (0 is the message itself), and whether it lies inside an attached mail."""

    type: str
    depth: int
    inside_attached_mail: bool
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFacts:
    """Headers as sent (names lower case, values unfolded and decoded, every occurrence) and the MIME skeleton.

    `from_addresses`, `reply_to`, `recipients`: addresses, lower case; recipients are To, Cc, Resent-To/-Cc,
    Delivered-To, X-Original-To. `recipient_count` counts To and Cc. `return_path` is None when the header is
    missing, "" for the null sender. `sender_parses_alike`: two parsers found the same address in From.
    `thread_ids`: ids of In-Reply-To and References. `returned_ids`: Message-IDs found in what a bounce or an
    automatic reply sends back (its own thread headers and the attached original).
    `headers_whole` is False where headers were too many or too long to keep them all.
    `delivery_status`: action and status code of a DSN, e.g. ("failed", "5.1.1"), else None.
    """

    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[MailPart, ...] = ()
    from_addresses: tuple[str, ...] = ()
    from_header_count: int = 0
    sender_parses_alike: bool = True
    sender_addresses: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    return_path: str | None = None
    recipients: tuple[str, ...] = ()
    recipient_count: int = 0
    subject: str = ""
    body: str = ""
    thread_ids: tuple[str, ...] = ()
    returned_ids: tuple[str, ...] = ()
    delivery_status: tuple[str, str] | None = None
    readable: bool = True
    headers_whole: bool = True

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name` (lower case), in the order of the mail."""
        return tuple(value for key, value in self.headers if key == name)

    def first(self, name: str) -> str | None:
        """The topmost value of the header `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)
