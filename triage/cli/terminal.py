"""Strangers' words on a terminal, see domain/plain_text.py; and spelt out in JSON."""

from triage.domain.plain_text import ACTS, harmless, harmless_line

__all__ = ["escaped", "harmless", "harmless_line"]


def escaped(text: str) -> str:
    r"""The same spelt out as \u001b: JSON reads it alike, and a person sees what is there."""
    return ACTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
