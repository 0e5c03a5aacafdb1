"""A message's text in pieces: who speaks where, and the words that decided, each with the numbers of its reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """Some words. `reasons`: numbers of the reasons that rest on them."""

    text: str
    reasons: tuple[int, ...] = ()


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
        pieces = tuple(_pieces(text, *_without_blank_ends(text, start, end), spans))
        if pieces:
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


def _without_blank_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """Blank lines between speakers are the page's business."""
    said = text[start:end]
    kept = said.strip("\n") if said.strip() else ""
    first = start + (len(said) - len(said.lstrip("\n")) if kept else 0)
    return first, first + len(kept)


def _span(text: str, reason: Mapping[str, Any]) -> tuple[int, int] | None:
    """Where the words stand; looked for where the offsets are of another copy of the text."""
    start, end, words = int(reason["start"]), int(reason["end"]), str(reason["text"])
    if 0 <= start < end <= len(text) and (not words or text[start:end] == words):
        return start, end
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None


def _pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int, int]]) -> Iterator[Piece]:
    """Words that reasons share or that touch are one piece: a text cut small cannot be read."""
    at = start
    for first, last, numbers in _joined(text, sorted((max(a, start), min(b, end), n) for n, a, b in spans)):
        if first > at:
            yield Piece(text=text[at:first])
        yield Piece(text=text[first:last], reasons=numbers)
        at = last
    if at < end:
        yield Piece(text=text[at:end])


def _joined(text: str, spans: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    joined: list[tuple[int, int, tuple[int, ...]]] = []
    for first, last, number in spans:
        if first >= last:
            continue
        if joined and not text[joined[-1][1] : first].strip(" "):
            before, until, numbers = joined.pop()
            joined.append((before, max(until, last), tuple(sorted({*numbers, number}))))
        else:
            joined.append((first, last, (number,)))
    return joined
