"""What our own mail server found out about where a mail came from: SPF, DKIM and DMARC, for a person to see.

Only the headers of servers that the policy trusts count: anybody can write one (RFC 8601 section 5).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from triage.parsing.limits import LIMITS
from triage.parsing.structure import read_structure

METHODS = ("spf", "dkim", "dmarc")
# Enough for every header; the body is not looked at.
HEAD_BYTES = 64 * 1024

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_BODY_START = re.compile(rb"\r\n\r\n|\n\n|\r\r")


@dataclass(frozen=True, kw_only=True, slots=True)
class Authenticity:
    """`results` by method; `known` False: no server of ours said anything."""

    results: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether a server of ours said anything."""
        return bool(self.results)


def authenticity_of(head: bytes, trusted: Collection[str]) -> Authenticity:
    """Read the first bytes of a mail. The worst word of several about one method counts."""
    ends = _BODY_START.search(head)
    root, _ = read_structure(head[: ends.start()] + b"\r\n\r\n" if ends else head, LIMITS)
    ours = {one.lower() for one in trusted}
    found: dict[str, str] = {}
    for name, value in root.fields:
        plain = _COMMENT.sub("", value)
        if name != "authentication-results" or plain.partition(";")[0].strip().lower().partition(" ")[0] not in ours:
            continue
        for match in _RESULT.finditer(plain):
            method, result = match[1].lower(), match[2].lower()
            if found.get(method, "pass") == "pass":
                found[method] = result
    return Authenticity(results=tuple((method, found[method]) for method in METHODS if method in found))
