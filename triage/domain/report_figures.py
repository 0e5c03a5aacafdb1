"""The figures of a report: each a sentence, a table, and charts of the same numbers."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage.domain.notices import in_words
from triage.domain.register import Period, register
from triage.domain.report import (
    Lengths,
    OnTime,
    ReportAsked,
    ReportCounts,
    lengths,
    on_time,
    per_cent,
    share,
)
from triage.domain.report_chart import Chart, Point, columns, lying, scale_top
from triage.domain.vocabulary import Channel, Kind

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """`name` stands in addresses. `said` is what it comes to; `note` how it is counted. Without `rows` there was
    nothing to count, which `said` tells then. The first cell of a row is what it is about."""

    name: str
    title: str
    said: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    charts: tuple[Chart, ...] = ()
    note: str = ""


def figures(counts: ReportCounts, asked: ReportAsked) -> tuple[Figure, ...]:
    """Every figure, in the order of the page."""
    return tuple(make(counts, asked) for make in FIGURES.values())


def _by_kind(counts: ReportCounts, asked: ReportAsked) -> Figure:
    pairs = Counter[tuple[str, str]]()
    for one in counts.received:
        pairs[one.month, one.kind] += one.count
    return _volumes("kinds", "Cases received, by kind", pairs, [kind.value for kind in Kind], asked)


def _by_channel(counts: ReportCounts, asked: ReportAsked) -> Figure:
    pairs = Counter[tuple[str, str]]()
    for one in counts.received:
        pairs[one.month, one.channel] += one.count
    return _volumes("channels", "Cases received, by channel", pairs, [channel.value for channel in Channel], asked)


def _volumes(
    name: str, title: str, pairs: Mapping[tuple[str, str], int], words: Sequence[str], asked: ReportAsked
) -> Figure:
    """Months by word; a word that never came up has no column and no chart."""
    months = asked.period.months
    there = [word for word in words if any(pairs.get((month, word)) for month in months)]
    rows: list[tuple[Cell, ...]] = []
    for month in months:
        cells = [pairs.get((month, word), 0) for word in there]
        rows.append((month, *cells, sum(cells)))
    top = scale_top(max(pairs.values(), default=0))
    charts = tuple(
        columns(_title(word), [_point(month, pairs.get((month, word), 0)) for month in months], top=top)
        for word in there
    )
    total = sum(pairs.values())
    return Figure(
        name=name,
        title=title,
        said=f"{_cases(total)} received." if total else "No case was received in this period.",
        columns=("month", *map(in_words, there), "all"),
        rows=tuple(rows) if total else (),
        charts=charts,
        note="An enquiry may hold several cases. What was set aside was never asked for, and is not counted.",
    )


def _in_time(counts: ReportCounts, asked: ReportAsked) -> Figure:
    months = asked.period.months
    by_month = [(month, on_time(one for one in counts.due if one.month == month)) for month in months]
    by_kind = [(kind.value, on_time(one for one in counts.due if one.kind == kind.value)) for kind in Kind]
    all_of_it = on_time(counts.due)
    decided = all_of_it.met + all_of_it.late
    points = [
        Point(
            label=month,
            values=(one.met, one.late),
            told=f"{one.met} in time, {one.late} late",
            mark=per_cent(one.rate),
        )
        for month, one in by_month
    ]
    said = f"{per_cent(all_of_it.rate)} in time: {all_of_it.met} of {decided} that were due."
    owed = f" {all_of_it.owed} more {'is' if all_of_it.owed == 1 else 'are'} due by the end of the period."
    return Figure(
        name="on-time",
        title="Answered on time",
        said=((said if decided else "") + (owed if all_of_it.owed else "")).strip()
        or "Nothing was due in this period.",
        columns=("month or kind", "in time", "late", "not due yet", "in time, %"),
        rows=tuple(_rates(by_month, by_kind, all_of_it)) if counts.due else (),
        charts=(columns("Due by month, and the share in time", points, parts=("in time", "late")),) if decided else (),
        note="By the last day the law allows: of a request its answer, of a complaint its acknowledgement. What is "
        "open and overdue counts as late. A request whose time has not started, or stands, is due on no day.",
    )


def _rates(
    by_month: Iterable[tuple[str, OnTime]], by_kind: Iterable[tuple[str, OnTime]], all_of_it: OnTime
) -> Iterable[tuple[Cell, ...]]:
    kinds = [(in_words(kind), one) for kind, one in by_kind if one != on_time(())]
    for label, one in (*by_month, *kinds, ("all", all_of_it)):
        yield label, one.met, one.late, one.owed, _hundredths(one.rate)


def _acknowledged(counts: ReportCounts, asked: ReportAsked) -> Figure:  # noqa: ARG001
    by_kind = {
        kind.value: lengths((one.acknowledged_after, one.count) for one in counts.received if one.kind == kind.value)
        for kind in Kind
    }
    everything = lengths((one.acknowledged_after, one.count) for one in counts.received)
    without = f" {_cases(everything.unknown)} had no letter that acknowledged it." if everything.unknown else ""
    return _lengths(
        "acknowledged",
        "Time to acknowledge",
        by_kind,
        everything,
        f"{_told(everything)}{without}".strip() if counts.received else "No case was received in this period.",
        "Calendar days from receipt to the first letter that acknowledged it; 0 is the same day. The form "
        "acknowledges at once. What was acknowledged by hand left no letter.",
        ("kind", "acknowledged", "median days", "nine in ten within", "without a letter"),
    )


def _closed(counts: ReportCounts, asked: ReportAsked) -> Figure:  # noqa: ARG001
    by_kind = {
        kind.value: lengths((one.days, one.count) for one in counts.closed if one.kind == kind.value) for kind in Kind
    }
    everything = lengths((one.days, one.count) for one in counts.closed)
    return _lengths(
        "closed",
        "Time to close",
        by_kind,
        everything,
        _told(everything) if counts.closed else "No case was closed in this period.",
        "Calendar days from receipt to closing, of the cases closed in the period.",
        ("kind", "closed", "median days", "nine in ten within"),
    )


def _lengths(
    name: str,
    title: str,
    by_kind: Mapping[str, Lengths],
    everything: Lengths,
    said: str,
    note: str,
    named: tuple[str, ...],
) -> Figure:
    there = {in_words(kind): one for kind, one in by_kind.items() if one.count or one.unknown}
    rows: list[tuple[Cell, ...]] = [
        (label, one.count, one.median, one.ninety, one.unknown)[: len(named)]
        for label, one in (*there.items(), ("all", everything))
    ]
    points = [
        Point(
            label=_title(label),
            values=(one.median, one.ninety),
            told=f"median {_days(one.median)}, nine in ten within {_days(one.ninety)}",
            mark=f"{one.median:g} / {one.ninety}",
        )
        for label, one in there.items()
        if one.median is not None and one.ninety is not None
    ]
    charts = (lying("Days, by kind", points, parts=("median", "nine in ten within")),) if points else ()
    return Figure(
        name=name, title=title, said=said, columns=named, rows=tuple(rows) if there else (), charts=charts, note=note
    )


def _told(one: Lengths) -> str:
    if one.median is None:
        return ""
    return f"Half within {_days(one.median)}, nine in ten within {_days(one.ninety or 0)}."


def _unsure(counts: ReportCounts, asked: ReportAsked) -> Figure:
    months = {one.month: one for one in counts.read}
    rows: list[tuple[Cell, ...]] = []
    points: list[Point] = []
    for month in asked.period.months:
        one = months.get(month)
        count, unsure = (one.count, one.unsure) if one else (0, 0)
        part = share(unsure, count)
        rows.append((month, count, unsure, _hundredths(part)))
        points.append(Point(label=month, values=((part or 0) * 100,), told=per_cent(part), mark=per_cent(part)))
    count, unsure = sum(one.count for one in counts.read), sum(one.unsure for one in counts.read)
    part = share(unsure, count)
    said = f"{per_cent(part)} needed a person to say what was asked: {unsure} of {count} messages."
    return Figure(
        name="unsure",
        title="Read, and unsure",
        said=said if count else "No message was read in this period.",
        columns=("month", "messages read", "unsure", "unsure, %"),
        rows=(*rows, ("all", count, unsure, _hundredths(part))) if count else (),
        charts=(columns("Unsure, share of the messages read", points, top=100, unit="%"),) if count else (),
        note="Messages by the month they were filed in. Where somebody ticked what they ask, the reader was not asked.",
    )


def _corrected(counts: ReportCounts, asked: ReportAsked) -> Figure:  # noqa: ARG001
    pairs = Counter[tuple[str, str]]()
    for one in counts.corrections:
        pairs[one.kind_read, one.kind_meant] += one.count
    total = sum(pairs.values())
    points = [_point(f"{_title(read)} → {in_words(meant)}", count) for (read, meant), count in pairs.most_common(10)]
    times = "kind was" if total == 1 else "kinds were"
    return Figure(
        name="corrections",
        title="Corrections",
        said=f"{total} {times} put right by a person." if total else "No kind was put right in this period.",
        columns=("month", "read as", "meant", "at fault", "times"),
        rows=tuple(
            (one.month, in_words(one.kind_read), in_words(one.kind_meant), in_words(one.witness), one.count)
            for one in counts.corrections
        ),
        charts=(lying("What was read, and what was meant", points),) if points else (),
        note="Counted by whole calendar months: the first and the last of the period count in full.",
    )


def _complained(counts: ReportCounts, asked: ReportAsked) -> Figure:
    lines = register(counts.complaints, Period.MONTH, asked.today)
    points = []
    for month in asked.period.months:
        here = [line for line in lines if line.period == month]
        in_time, late = sum(line.in_time for line in here), sum(line.late for line in here)
        rest = sum(line.received for line in here) - in_time - late
        told = f"{in_time} acknowledged in time, {late} late, {rest} neither"
        values = (in_time, late, rest)
        points.append(Point(label=month, values=values, told=told, mark=str(sum(values))))
    total = len(counts.complaints)
    late = sum(line.late for line in lines)
    said = f"{total} complaint{'' if total == 1 else 's'} received, {late} acknowledged late or not."
    parts = ("acknowledged in time", "late", "not due, or no law asks")
    return Figure(
        name="complaints",
        title="Complaints",
        said=said if total else "No complaint was received in this period.",
        columns=("month", "company", "received", "in time", "late", "owed", "open", "median days"),
        rows=tuple(
            (
                *(line.period, line.controller, line.received, line.in_time, line.late, line.owed, line.open),
                line.days_to_outcome,
            )
            for line in lines
        ),
        charts=(columns("Complaints received, by month", points, parts=parts),) if total else (),
        note="As the register of complaints counts them, by the day of receipt; the days are to the outcome. "
        "Outcomes and what went unresolved stand there.",
    )


def _letters(counts: ReportCounts, asked: ReportAsked) -> Figure:  # noqa: ARG001
    return _listed("letters", "Letters sent", "purpose", counts.letters, "letter", "sent", "")


def _quarantined(counts: ReportCounts, asked: ReportAsked) -> Figure:  # noqa: ARG001
    note = "Arrived in the period and still there: what was read on a second try has left it."
    return _listed("quarantine", "In quarantine", "cause", counts.quarantined, "item", "waiting in quarantine", note)


def _listed(name: str, title: str, by: str, pairs: Sequence[tuple[str, int]], one: str, done: str, note: str) -> Figure:
    most_first = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    total = sum(count for _, count in pairs)
    points = [_point(_title(word), count) for word, count in most_first]
    none = f"No {one} was {'sent' if done == 'sent' else 'left in quarantine'} in this period."
    return Figure(
        name=name,
        title=title,
        said=f"{total} {one}{'' if total == 1 else 's'} {done}." if total else none,
        columns=(by, one + "s"),
        rows=(*((in_words(word), count) for word, count in most_first), ("all", total)) if total else (),
        charts=(lying(title, points),) if points else (),
        note=note,
    )


def _point(label: str, count: int) -> Point:
    return Point(label=label, values=(count,), told=str(count), mark=str(count))


def _title(word: str) -> str:
    return in_words(word).capitalize()


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _days(count: float) -> str:
    return "1 day" if count == 1 else f"{count:g} days"


def _hundredths(value: float | None) -> float | None:
    """A share for a table: in per cent with one decimal."""
    return None if value is None else round(value * 100, 1)


FIGURES: Mapping[str, Callable[[ReportCounts, ReportAsked], Figure]] = {
    "kinds": _by_kind,
    "channels": _by_channel,
    "on-time": _in_time,
    "acknowledged": _acknowledged,
    "closed": _closed,
    "unsure": _unsure,
    "corrections": _corrected,
    "complaints": _complained,
    "letters": _letters,
    "quarantine": _quarantined,
}
