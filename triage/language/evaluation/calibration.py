"""Whether a score of 0.9 is right nine times in ten. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """The scores in `[low, high)` (the last holds 1.0 too): their mean, and the share of them that was true."""

    low: float
    high: float
    count: int
    mean_score: float
    share_true: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """The expected calibration error (Naeini et al. 2015) and the bins that are not empty; 0.0 of no scores."""

    error: float
    bins: tuple[Bin, ...]


def calibrate(pairs: Iterable[tuple[float, bool]]) -> Calibration:
    """From pairs of a score in 0..1 and whether it was true: how far both lie apart, weighted by how many there are."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for score, true in pairs:
        filled.setdefault(min(BINS - 1, int(score * BINS)), []).append((score, true))
    bins = tuple(_bin(at, filled[at]) for at in sorted(filled))
    whole = sum(one.count for one in bins)
    error = sum(one.count * abs(one.mean_score - one.share_true) for one in bins) / whole if whole else 0.0
    return Calibration(error=error, bins=bins)


def _bin(at: int, held: list[tuple[float, bool]]) -> Bin:
    return Bin(
        low=at / BINS,
        high=(at + 1) / BINS,
        count=len(held),
        mean_score=sum(score for score, _ in held) / len(held),
        share_true=sum(true for _, true in held) / len(held),
    )
