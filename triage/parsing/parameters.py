"""Parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231). Never raises, bounded by its input."""

import re
from itertools import islice
from urllib.parse import unquote_to_bytes

from triage.parsing.decoding import decode_bytes

_MOST = 100
_PARAMETER = re.compile(r';\s*([^\s=;*"]{1,60})(?:\*(\d{1,3}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def read_parameters(value: str) -> dict[str, str]:
    """The parameters behind a header's first semicolon, names lower case; continued ones joined, coded ones decoded."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in islice(_PARAMETER.finditer(value), _MOST):
        name, index, is_coded, text = match.groups()
        pieces.setdefault(name.lower(), []).append((int(index or 0), bool(is_coded), _unquote(text)))
    return {name: _join(found) for name, found in pieces.items()}


def _unquote(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _ESCAPE.sub(r"\1", text[1:-1])
    return text


def _join(found: list[tuple[int, bool, str]]) -> str:
    ordered = sorted(found, key=lambda piece: piece[0])
    if not any(is_coded for _, is_coded, _ in ordered):
        # The same name twice without numbers is a fault of the sender's program: the first counts.
        numbers = [number for number, _, _ in ordered]
        return "".join(text for _, _, text in ordered) if len(set(numbers)) == len(numbers) else ordered[0][2]
    first = ordered[0][2]
    charset, mark, rest = first.partition("'")
    if ordered[0][1] and mark and "'" in rest:
        ordered[0] = (0, True, rest.partition("'")[2])
    else:
        charset = "utf-8"
    coded = b""
    for _, is_coded, text in ordered:
        source = text.encode("utf-8", "surrogateescape")
        coded += unquote_to_bytes(source) if is_coded else source
    return decode_bytes(coded, charset)[0]
