"""A case's clock as a drawn line: its days in order with what each one means, and where the marks stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from triage.domain.case_file import CaseFile
from triage.domain.clock_refusals import in_order
from triage.domain.clock_values import ClockDates
from triage.domain.notices import in_words
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import CaseEventName

WIDTH, HEIGHT, BASE = 420, 124, 86
_MARGIN = 20
_ROOM = 25
_LEVELS = 3

NAMES: Mapping[str, str] = {
    "received_on": "Received",
    "starts_on": "Time starts",
    "acknowledge_target": "Acknowledge (our own rule)",
    "acknowledge_by": "Acknowledge by law",
    "internal_target": "Target: our own",
    "extension_notice_by": "Last day to announce an extension",
    "safe_due": "Work to this day: the shorter count",
    "statutory_due": "Due by law",
    "shadow_due": "Due if nothing had stopped the clock",
}
_GRAVE = ("statutory_due", "acknowledge_by", "shadow_due")
REPEATS = ("safe_due", "shadow_due")
_WHY = {
    "received_on": "The day it reached the company, where the company is established.",
    "today": "Today.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A day with all that it is. `look` is a class of the style sheet; `x` and `level` where its circle stands."""

    number: int
    day: date
    names: tuple[str, ...]
    why: tuple[str, ...]
    look: str
    x: int
    level: int

    @property
    def y(self) -> int:
        """The middle of its circle."""
        return BASE - 26 - self.level * 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Days on the line that are alike: `look` running, waiting or paused."""

    x: int
    width: int
    look: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The drawing. `today_x` None where today lies outside."""

    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    today_x: int | None


def line_of(case: CaseFile, today: date) -> Line:
    """The case's clock, from receipt to its last day."""
    named = _by_day(case)
    first, last = min(named), max(*named, today if case.is_open else max(named))
    days = max(1, (last - first).days)

    def x_of(day: date) -> int:
        return _MARGIN + round((WIDTH - 2 * _MARGIN) * max(0, min(days, (day - first).days)) / days)

    marks, taken = [], [-WIDTH] * _LEVELS
    for number, day in enumerate(sorted(named), start=1):
        x = x_of(day)
        level = next((one for one in range(_LEVELS) if x - taken[one] >= _ROOM), _LEVELS - 1)
        taken[level] = x
        names = tuple(name for _, name in named[day])
        codes = [code for code, _ in named[day]]
        marks.append(
            Mark(
                number=number,
                day=day,
                names=names,
                why=tuple(dict.fromkeys(_why(case.dates, codes, day))),
                look=_look(codes),
                x=x,
                level=level,
            )
        )
    return Line(
        marks=tuple(marks),
        stretches=tuple(
            Stretch(x=x_of(a), width=max(2, x_of(b) - x_of(a)), look=look) for a, b, look in _spans(case, last) if b > a
        ),
        today_x=x_of(today) if first <= today <= last else None,
    )


def dates_shown(dates: ClockDates) -> Iterator[tuple[str, date]]:
    """The dates a case has, by code, in the order of NAMES. What only repeats the day the law says is left out."""
    for code in NAMES:
        day = getattr(dates, code)
        if day is not None and not (code in REPEATS and day == dates.statutory_due):
            yield code, day


def _by_day(case: CaseFile) -> dict[date, list[tuple[str, str]]]:
    named: dict[date, list[tuple[str, str]]] = {}
    for code, day in dates_shown(case.dates):
        named.setdefault(day, []).append((code, NAMES[code]))
    for event in in_order(case.events):
        if event.name is not CaseEventName.RECEIVED:
            named.setdefault(event.on, []).append(("event", in_words(event.name).capitalize()))
    for letter in case.letters:
        if letter.sent_at is not None and letter.number in (None, case.number):
            named.setdefault(letter.sent_at.date(), []).append(("letter", f"Letter sent: {in_words(letter.purpose)}"))
    if case.next_news_on is not None:
        named.setdefault(case.next_news_on, []).append(("promise", "News promised by then"))
    if case.snoozed_until is not None:
        named.setdefault(case.snoozed_until, []).append(("rest", "Reminders rest until then"))
    if case.closed_at is not None:
        named.setdefault(case.closed_at.date(), []).append(("closed", "Closed"))
    return named


def _why(dates: ClockDates, codes: list[str], day: date) -> Iterator[str]:
    """The lines of the trace that name the day. One that names others too explains them as well."""
    said = plain_date(day)
    found = [line for line in dates.trace if said in line]
    yield from found or (_WHY[code] for code in codes if code in _WHY)


def _look(codes: list[str]) -> str:
    if any(code in _GRAVE for code in codes):
        return "law"
    if "internal_target" in codes:
        return "target"
    return "plain" if any(code in NAMES for code in codes) else "event"


def _spans(case: CaseFile, last: date) -> Iterator[tuple[date, date, str]]:
    """Waiting before time starts, running, and every pause of it."""
    dates = case.dates
    end = dates.statutory_due or last
    starts_on = dates.starts_on
    if starts_on is None:
        yield dates.received_on, last, "waiting"
        return
    yield dates.received_on, starts_on, "waiting"
    yield starts_on, end, "running"
    asked: date | None = None
    for event in in_order(case.events):
        if event.name is CaseEventName.CLARIFICATION_ASKED and asked is None:
            asked = event.on
        elif event.name is CaseEventName.CLARIFICATION_RECEIVED and asked is not None:
            yield asked, max(event.on, asked + timedelta(days=1)), "paused"
            asked = None
    if asked is not None and dates.statutory_due is None:
        yield asked, last, "paused"
