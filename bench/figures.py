"""What a part of the bench reports."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured number. `beside` is the yardstick of the same run in the same unit, `goal` what was promised."""

    part: str
    name: str
    value: float
    unit: str
    beside: float | None = None
    beside_name: str = ""
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """The value as a share of its yardstick."""
        return self.value / self.beside if self.beside else None


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which `percent` of a hundred lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def seconds_a_call(calls: Sequence[Callable[[], object]], passes: int = 3) -> float:
    """Mean processor seconds of one call, the median of several passes over all."""
    means = []
    for _ in range(passes):
        begun = time.process_time()
        for call in calls:
            call()
        means.append((time.process_time() - begun) / len(calls))
    return statistics.median(means)
