"""A chart as values: what is drawn, to which scale, and what it says to who does not see it. The page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """COLUMNS stand side by side in time, one part on the other; BARS lie below one another; SPANS lie too, each with
    the median as a bar and a line to where nine in ten are."""

    COLUMNS = "columns"
    BARS = "bars"
    SPANS = "spans"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One place of a chart: a value a part, the same in words, and the few figures that stand at it."""

    label: str
    values: tuple[float, ...]
    told: str
    mark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """`top` is the end of its scale, > 0, `top_told` in words. `parts` name the values of a point where it has several;
    `spoken` is all of it in one sentence."""

    shape: Shape
    title: str
    points: tuple[Point, ...]
    top: float
    top_told: str
    parts: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The chart for who does not see it; what is nothing is left out, but no span: of 0 days it is one."""
        told = [point for point in self.points if any(point.values) or self.shape is Shape.SPANS]
        said = ", ".join(f"{point.label} {point.told}" for point in told)
        return f"{self.title}: {said or 'nothing'}"


def scale_top(most: float) -> float:
    """The next round number for the end of a scale: 1, 2, 4, 5 or 10 times a power of ten, so that its half is told
    simply too. At least 2."""
    size = 1.0
    while size * 10 < most:
        size *= 10
    return max(2.0, next(size * step for step in (1, 2, 4, 5, 10) if size * step >= most))


def columns(
    title: str, points: Sequence[Point], *, parts: tuple[str, ...] = (), top: float | None = None, unit: str = ""
) -> Chart:
    """Columns in time. `top`: a scale that several charts share."""
    end = scale_top(max((sum(point.values) for point in points), default=0)) if top is None else top
    told = f"{end:g}{unit}"
    return Chart(shape=Shape.COLUMNS, title=title, points=tuple(points), top=end, top_told=told, parts=parts)


def lying(title: str, points: Sequence[Point], *, parts: tuple[str, ...] = ()) -> Chart:
    """Bars below one another, or spans where each has a median and a second end."""
    end = scale_top(max((max(point.values) for point in points), default=0))
    shape = Shape.SPANS if parts else Shape.BARS
    return Chart(shape=shape, title=title, points=tuple(points), top=end, top_told=f"{end:g}", parts=parts)
