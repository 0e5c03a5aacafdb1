"""Strangers' words where a person reads them. A mail may hold control sequences, which a terminal or page obeys.

C0 and C1 controls (ECMA-48), Unicode's bidirectional overrides and isolates (UAX #9, which make a text read otherwise
than it stands), its own line ends, and halves of surrogate pairs, which cannot be written at all.
"""

import re

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SHOWN_AS = "\N{REPLACEMENT CHARACTER}"


def harmless(text: str) -> str:
    """`text` with everything but line ends and tabs that acts on a terminal replaced by a visible sign."""
    return ACTS.sub(_SHOWN_AS, text.replace("\r\n", "\n"))


def harmless_line(text: str) -> str:
    """The same on one line, for what stands beside our own words."""
    return harmless(text).replace("\n", " ").replace("\t", " ")
