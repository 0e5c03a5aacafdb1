"""A message's text in pieces: who speaks where, and the words that decided, each with the numbers of its reasons."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.domain.vocabulary import Role

# What the sender did not write for us now: there to be unfolded.
_FOLDED = {
    Role.QUOTED: "Quoted from an earlier message",
    Role.FORWARDED: "",
    Role.SIGNATURE: "Signature",
    Role.FOOTER: "Footer",
    Role.OUR_LETTER: "Our own letter, quoted",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some words. `reasons`: numbers of the reasons they are part of; `ends`: of those that end with them."""

    text: str
    reasons: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """What one speaker says in one go. `fold` names it where it is folded away, "" where it is read at once."""

    role: str
    fold: str
    pieces: tuple[Piece, ...]


def stretches(text: str, passages: Sequence[Sequence[Any]], reasons: Sequence[Mapping[str, Any]]) -> list[Stretch]:
    """The whole text in order. A reason is numbered by its place in `reasons`, from 1."""
    spans = [(number, *span) for number, one in enumerate(reasons, start=1) if (span := _span(text, one)) is not None]
    told = []
    for role, start, end in _whole(len(text), passages):
        pieces = tuple(_pieces(text, start, end, spans))
        if any(piece.text.strip() for piece in pieces):
            told.append(Stretch(role=role, fold=_FOLDED.get(Role(role), ""), pieces=pieces))
    return told


def _whole(length: int, passages: Sequence[Sequence[Any]]) -> list[tuple[str, int, int]]:
    """The passages, and as own words what lies in none."""
    told, at = [], 0
    for role, start, end in passages:
        if start > at:
            told.append((Role.OWN.value, at, start))
        if end > max(start, at):
            told.append((str(role), max(start, at), end))
        at = max(at, end)
    return [*told, (Role.OWN.value, at, length)] if at < length else told


def _span(text: str, reason: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where the words stand; looked for where the offsets are of another copy of the text."""
    start, end, words = int(reason["start"]), int(reason["end"]), str(reason["text"])
    if 0 <= start < end <= len(text) and (not words or text[start:end] == words):
        return start, end
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None


def _pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int, int]]) -> list[Piece]:
    inside = [(number, max(a, start), min(b, end)) for number, a, b in spans if a < end and b > start]
    cuts = sorted({start, end, *(a for _, a, _ in inside), *(b for _, _, b in inside)})
    return [
        Piece(
            text=text[a:b],
            reasons=tuple(number for number, first, last in inside if first <= a and b <= last),
            ends=tuple(number for number, _, last in inside if last == b),
        )
        for a, b in itertools.pairwise(cuts)
    ]
