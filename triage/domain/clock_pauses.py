"""Which days of a clarification do not count (Art 12A(5) UK GDPR): joined, cut to the running time, never twice."""

from datetime import date, timedelta

from triage.domain.clock_values import Pause
from triage.domain.workdays import WorkCalendar, add_months


def merged(pauses: tuple[Pause, ...], starts_on: date) -> tuple[Pause, ...]:
    """Pauses in order, those that share a day joined, and cut to the days on or after the start."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.asked_on):
        if (pause.answered_on or date.max) < starts_on:
            continue
        asked_on = max(pause.asked_on, starts_on)
        if joined and asked_on <= (joined[-1].answered_on or date.max):
            earlier = joined.pop()
            ends = (earlier.answered_on, pause.answered_on)
            answered_on = None if None in ends else max(end for end in ends if end is not None)
            joined.append(Pause(asked_on=earlier.asked_on, answered_on=answered_on))
        else:
            joined.append(Pause(asked_on=asked_on, answered_on=pause.answered_on))
    return tuple(joined)


def in_time(pauses: tuple[Pause, ...], starts_on: date, months: int, legal: WorkCalendar) -> tuple[Pause, ...]:
    """Those asked while time still ran: a question put after the due date cannot bring it back."""
    counted: tuple[Pause, ...] = ()
    for pause in pauses:
        end = add_months(starts_on, months) + timedelta(days=days_of(counted, both_ends=True))
        if pause.asked_on > legal.forward(end):
            break
        counted = (*counted, pause)
    return counted


def days_of(pauses: tuple[Pause, ...], *, both_ends: bool) -> int:
    """Days that do not count. The statute's words take both end days, one public reading a day fewer per pause."""
    return sum((pause.answered_on - pause.asked_on).days + both_ends for pause in pauses if pause.answered_on)
