"""How the reading changes from month to month: doubts, scores, kinds and what people corrected. Figures only.

Nothing here knows a message. What is judged is the change: half as much again as in the three months before is worth
a person's question why.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.domain.records import CorrectionCount, ReadingRow

BINS = 10
MONTHS_BEFORE = 3
MORE_BY = 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDrift:
    """A calendar month, as 2026-11. `unsure` of `messages` needed a person; `scores` counts request scores in ten bins
    from 0 to 1, `kinds` each kind read, "none" where nothing was. `corrections` are those made in the month."""

    month: str
    messages: int
    unsure: int
    scores: tuple[int, ...]
    kinds: tuple[tuple[str, int], ...]
    corrections: tuple[CorrectionCount, ...]

    @property
    def corrected(self) -> int:
        """How many kinds people corrected."""
        return sum(one.count for one in self.corrections)

    @property
    def unsure_share(self) -> float | None:
        """Share of messages, None where there were none."""
        return self.unsure / self.messages if self.messages else None

    @property
    def corrected_share(self) -> float | None:
        """Corrections per message read, None where there was none."""
        return self.corrected / self.messages if self.messages else None


def drift(readings: Iterable[ReadingRow], corrections: Iterable[CorrectionCount]) -> tuple[MonthDrift, ...]:
    """Every month from the first with a reading or a correction to the last, also those with none.

    Where somebody ticked what is asked, the scores are not the reader's: such a message is left out.
    """
    by_month: dict[str, list[ReadingRow]] = {}
    for row in readings:
        if not row.declared:
            by_month.setdefault(row.month, []).append(row)
    corrected: dict[str, list[CorrectionCount]] = {}
    for one in corrections:
        corrected.setdefault(one.month, []).append(one)
    return tuple(
        _month(month, by_month.get(month, []), corrected.get(month, []))
        for month in _months(sorted({*by_month, *corrected}))
    )


def _months(known: Sequence[str]) -> list[str]:
    if not known:
        return []
    (first_year, first), (last_year, last) = (map(int, month.split("-")) for month in (known[0], known[-1]))
    numbers = range(12 * first_year + first - 1, 12 * last_year + last)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def _month(month: str, rows: Sequence[ReadingRow], corrections: Sequence[CorrectionCount]) -> MonthDrift:
    bins = Counter(min(int(row.request_score * BINS), BINS - 1) for row in rows)
    kinds = Counter(kind for row in rows for kind in row.kinds or ("none",))
    return MonthDrift(
        month=month,
        messages=len(rows),
        unsure=sum(row.needs_person for row in rows),
        scores=tuple(bins[number] for number in range(BINS)),
        kinds=tuple(sorted(kinds.items())),
        corrections=tuple(sorted(corrections, key=lambda one: (one.kind_read, one.kind_meant, one.witness))),
    )


def warnings(months: Sequence[MonthDrift]) -> list[str]:
    """A line in plain words for every month that was unsure, or corrected, half as often again as the mean of the three
    before it. A month without a message says nothing, nor do those after which one is among the three."""
    lines = []
    for at in range(MONTHS_BEFORE, len(months)):
        now, before = months[at], months[at - MONTHS_BEFORE : at]
        doubts = _rise([one.unsure_share for one in before], now.unsure_share)
        if doubts is not None:
            lines.append(
                f"{now.month}: the reader was unsure of {now.unsure} of {now.messages} messages "
                f"({now.unsure_share:.0%}), against {doubts:.0%} in the three months before: "
                "look at what people write now"
            )
        faults = _rise([one.corrected_share for one in before], now.corrected_share)
        if faults is not None:
            lines.append(
                f"{now.month}: people corrected {now.corrected} kinds in {now.messages} messages "
                f"({now.corrected_share:.0%}), against {faults:.0%} in the three months before{_worst(now)}"
            )
    return lines


def _rise(before: Sequence[float | None], now: float | None) -> float | None:
    """The mean of `before` where `now` is over it by more than half, else None."""
    known = [share for share in before if share is not None]
    if now is None or len(known) < len(before):
        return None
    mean = sum(known) / len(known)
    return mean if now > MORE_BY * mean else None


def _worst(month: MonthDrift) -> str:
    worst = max(month.corrections, key=lambda one: one.count)
    return f"; most often {worst.kind_read} was read where {worst.kind_meant} was meant ({worst.witness})"
