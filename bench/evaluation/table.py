"""The one table of the comparison, for a terminal and for README and model card."""

from collections.abc import Mapping, Sequence

from triage.language.evaluation.left_out import LeftOut
from triage.language.evaluation.measures import FIVE_KINDS, Measures, Summary
from triage.language.evaluation.report import percent, ratio

COLUMNS = (
    "",
    *(f"F1 {kind.replace('_', ' ')}" for kind in FIVE_KINDS),
    "macro F1",
    "exact",
    "missed",
    "to a person",
    "decided: right",
    "negatives given a kind",
    "ECE",
)
WRITER_COLUMNS = ("writer left out", "messages", *COLUMNS[1:7], "exact")


def rows(sides: Mapping[str, Measures]) -> list[tuple[str, ...]]:
    """A row per side."""
    return [(name, *_figures(measures)) for name, measures in sides.items()]


def writer_rows(left_out: LeftOut) -> list[tuple[str, ...]]:
    """A row per writer, and one of all together."""
    named = [*left_out.writers.items(), ("all", left_out.together)]
    return [(name, str(one.messages), *_f1s(one), percent(one.exact.value)) for name, one in named]


def markdown(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """The same as a Markdown table, figures to the right."""
    lines = [columns, ["---", *("---:" for _ in columns[1:])], *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _f1s(summary: Summary) -> tuple[str, ...]:
    return (*(ratio(found.f1) for found in summary.kinds), ratio(summary.macro_f1))


def _figures(measures: Measures) -> tuple[str, ...]:
    summary = measures.summary
    return (
        *_f1s(summary),
        percent(summary.exact.value),
        str(len(summary.missed)),
        percent(summary.to_person.value),
        percent(summary.decided_right.value),
        percent(summary.negatives_given_kind.value),
        ratio(measures.calibration.error),
    )
