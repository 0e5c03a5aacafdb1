"""The statutory clock: dates owed for one case, each with its trace in plain words."""

from collections.abc import Container
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.domain.clock_faults import NOT_EXTENDABLE, faults_of, requirements
from triage.domain.clock_pauses import days_of, in_time, merged
from triage.domain.clock_values import ClockDates, ClockFacts, Pause
from triage.domain.plain_dates import in_days, plain_date
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind, Nation, Regime
from triage.domain.workdays import WorkCalendar, add_months

__all__ = ["ClockDates", "ClockFacts", "Pause", "compute", "local_date", "month_of"]

_LONDON = ZoneInfo("Europe/London")
_ZONES = {Nation.BULGARIA: ZoneInfo("Europe/Sofia")}

_EXTENDED_MONTHS = 3  # from the original start, not one month rolled plus two
_COMPLAINT_DAYS = 30  # the ICO's day 1 is the day after receipt
_COMPLAINT_SEND_DAYS = 28  # a day inside the statute's literal count, and one for the post
_ACKNOWLEDGE_WORKING_DAYS = 2

_ART_12A_FROM = date(2026, 2, 5)  # SI 2026/82 reg 2
_S164A_FROM = date(2026, 6, 19)  # SI 2026/82 reg 3


def zone_of(nation: Nation) -> ZoneInfo:
    """The wall clock where a controller of that nation is established."""
    return _ZONES.get(nation, _LONDON)


def local_date(received: datetime | date, nation: Nation) -> date:
    """The day of receipt where the controller is established: a request of 23:30Z in July is London's next day.

    Raises ValueError for a naive date-time: nobody can tell which day it means.
    """
    if not isinstance(received, datetime):
        return received
    if received.tzinfo is None:
        raise ValueError(f"received: {received.isoformat()} has no time zone; give an offset, or the date alone")
    try:
        return received.astimezone(zone_of(nation)).date()
    except OverflowError:
        raise ValueError(f"received: {received.isoformat()} is no day of any calendar here") from None


def month_of(at: datetime | date, nation: Nation) -> str:
    """The month in which something is counted, as 2026-11: where the controller is established, like every other day.

    Raises ValueError for a naive date-time.
    """
    return f"{local_date(at, nation):%Y-%m}"


def compute(
    facts: ClockFacts, targets: Targets, extra_holidays: Container[date], closures: Container[date]
) -> ClockDates:
    """Work out every date a case owes. Pure: the same facts give the same dates on any machine, on any day.

    `extra_holidays` are public holidays the calendar does not list yet and move every date; `closures` are days our
    office is shut and move our own targets only. A period starts on the day of receipt and is rolled forward once,
    at its very end.

    Raises ValueError if the facts cannot be true or the kind has no such event; one clear line per fault.
    Source: Arts 12(3), 12(5), 12(6), 12A UK GDPR; DPA 2018 s.164A; Regulation 1182/71 Art 3; the ICO's guidance on
    time limits (docs/clock.md).
    """
    received_on = local_date(facts.received, facts.nation)
    faults = faults_of(facts, received_on)
    if faults:
        raise ValueError("\n".join(faults))
    legal = WorkCalendar(nation=facts.nation, extra_holidays=extra_holidays)
    office = WorkCalendar(nation=facts.nation, extra_holidays=extra_holidays, closures=closures)
    trace = [_receipt_line(facts, received_on, legal)]
    if facts.kind is Kind.COMPLAINT:
        return _complaint(facts, received_on, targets, legal, office, trace)
    return _request(facts, received_on, targets, legal, office, trace)


def _request(
    facts: ClockFacts, received_on: date, targets: Targets, legal: WorkCalendar, office: WorkCalendar, trace: list[str]
) -> ClockDates:
    if facts.regime is Regime.UK and received_on < _ART_12A_FROM:
        trace.append(
            f"Received before {plain_date(_ART_12A_FROM)}, when Art 12A began: these are today's rules, have the DPO "
            "check (SI 2026/82)."
        )
    months = _months(facts)
    shadow_due = legal.forward(add_months(received_on, months))
    starts_on = _start(facts, received_on, shadow_due, trace)
    statutory_due = safe_due = notice_by = None
    pauses: tuple[Pause, ...] = ()
    if starts_on is not None:
        pauses = _counted_pauses(facts, starts_on, months, legal, trace)
        running = all(pause.answered_on is not None for pause in pauses)
        if running:
            statutory_due, safe_due = _due_dates(facts, starts_on, pauses, legal, trace)
        notice_by = _notice_by(facts, starts_on, legal, trace)
    if shadow_due != statutory_due:
        trace.append(f"Without any waiting or pause it would be due on {plain_date(shadow_due)}: the shadow date.")
    target = _target(
        facts.kind, starts_on or received_on, received_on, days_of(pauses, both_ends=False), targets, office
    )
    internal_target = min(target, safe_due or shadow_due)
    trace.append(f"Our own target is {plain_date(internal_target)}.")
    acknowledge_target = office.after(received_on, _ACKNOWLEDGE_WORKING_DAYS)
    trace.append(f"Acknowledge at once, at the latest on {plain_date(acknowledge_target)} (our own rule, not the law).")
    return ClockDates(
        kind=facts.kind,
        received_on=received_on,
        starts_on=starts_on,
        statutory_due=statutory_due,
        safe_due=safe_due,
        shadow_due=shadow_due,
        internal_target=internal_target,
        acknowledge_by=None,
        acknowledge_target=acknowledge_target,
        extension_notice_by=notice_by,
        trace=tuple(trace),
    )


def _complaint(
    facts: ClockFacts, received_on: date, targets: Targets, legal: WorkCalendar, office: WorkCalendar, trace: list[str]
) -> ClockDates:
    acknowledge_by = None
    if any(asked_on for _, asked_on, _, _ in requirements(facts)):
        trace.append("Whatever was asked for, a complaint's dates count from receipt.")
    if facts.regime is Regime.UK:
        last_day = received_on + timedelta(days=_COMPLAINT_DAYS)
        acknowledge_by = legal.forward(last_day)
        trace.append(
            "A complaint has no one-month limit. Acknowledge it within 30 days, by the ICO counted from the day after "
            f"receipt: {plain_date(last_day)}; s.164A read literally ends a day sooner (DPA 2018 s.164A)."
        )
        _note_roll(facts, last_day, acknowledge_by, legal, trace)
        if received_on < _S164A_FROM:
            trace.append(f"The duty binds for complaints from {plain_date(_S164A_FROM)} on; here it is our own rule.")
    else:
        trace.append("EU GDPR: there is no s.164A duty to acknowledge a complaint, so no statutory date; ours stands.")
    acknowledge_target = office.back(received_on + timedelta(days=_COMPLAINT_SEND_DAYS))
    trace.append(f"Send the acknowledgement at once, at the latest on {plain_date(acknowledge_target)} (our own rule).")
    internal_target = _target(facts.kind, received_on, received_on, 0, targets, office)
    trace.append(f"Tell the outcome without undue delay; our own target is {plain_date(internal_target)}.")
    return ClockDates(
        kind=facts.kind,
        received_on=received_on,
        starts_on=received_on,
        statutory_due=None,
        safe_due=None,
        shadow_due=None,
        internal_target=internal_target,
        acknowledge_by=acknowledge_by,
        acknowledge_target=acknowledge_target,
        extension_notice_by=None,
        trace=tuple(trace),
    )


def _start(facts: ClockFacts, received_on: date, shadow_due: date, trace: list[str]) -> date | None:
    """The latest of receipt and what was asked for before it can start (Art 12A UK GDPR); None while one is open."""
    asked = [(name, word, on) for name, asked_on, word, on in requirements(facts) if asked_on is not None]
    if facts.regime is Regime.EU:
        if asked or facts.pauses:
            trace.append(
                "EU GDPR: time runs from receipt; neither identity, authority, fee nor a clarification gives credit "
                "(Art 12(3); there is no Art 12A, and in doubt the earlier date counts)."
            )
        return received_on
    trace.extend(
        f"{name.capitalize()} was asked for after {plain_date(shadow_due)}, when the time from receipt was over: have "
        "the DPO check (it must be asked for promptly)."
        for name, asked_on, _, _ in requirements(facts)
        if asked_on is not None and asked_on > shadow_due
    )
    open_names = [name for name, _, on in asked if on is None]
    if open_names:
        trace.append(f"Time has not started: {' and '.join(open_names)} asked for and not yet here (Art 12A).")
        return None
    starts_on = received_on
    for name, word, on in asked:
        if on is not None and on > starts_on:
            starts_on = on
            trace.append(f"{name.capitalize()} {word} {plain_date(on)}: time starts that day (Art 12A; ICO).")
    return starts_on


def _counted_pauses(
    facts: ClockFacts, starts_on: date, months: int, legal: WorkCalendar, trace: list[str]
) -> tuple[Pause, ...]:
    """The pauses that stop a running clock, none counted twice (Art 12A(5)); in words in the trace."""
    pauses = () if facts.regime is Regime.EU else merged(facts.pauses, starts_on)
    counted = in_time(pauses, starts_on, months, legal)
    for pause in counted:
        inclusive, exclusive = (days_of((pause,), both_ends=both) for both in (True, False))
        if pause.answered_on is None:
            trace.append(
                f"Clarification asked {plain_date(pause.asked_on)}, not yet answered: time stands (Art 12A(5))."
            )
        else:
            trace.append(
                f"Clarification: time stands from {plain_date(pause.asked_on)} to {plain_date(pause.answered_on)}, "
                f"{in_days(inclusive)} with both end days, {exclusive} by the shorter count (Art 12A(5))."
            )
    trace.extend(
        f"Clarification asked {plain_date(pause.asked_on)}: the time was over by then, it stops nothing."
        for pause in pauses[len(counted) :]
    )
    return counted


def _due_dates(
    facts: ClockFacts, starts_on: date, pauses: tuple[Pause, ...], legal: WorkCalendar, trace: list[str]
) -> tuple[date, date]:
    month_end = add_months(starts_on, _months(facts))
    period = "Extended: three months" if facts.extended else "One month"
    short = "" if month_end.day == starts_on.day else ", as that month has no such day"
    trace.append(
        f"{period} from {plain_date(starts_on)} ends on {plain_date(month_end)}{short} (Art 12(3); {_counting(facts)})."
    )
    end = month_end + timedelta(days=days_of(pauses, both_ends=True))
    if pauses:
        trace.append(f"With the pause days it ends on {plain_date(end)}.")
    statutory_due = legal.forward(end)
    _note_roll(facts, end, statutory_due, legal, trace)
    safe_due = legal.forward(month_end + timedelta(days=days_of(pauses, both_ends=False)))
    trace.append(f"Due by the end of {plain_date(statutory_due)}.")
    if safe_due != statutory_due:
        trace.append(f"By the shorter count of the pause it is {plain_date(safe_due)}: work to that date.")
    return statutory_due, safe_due


def _notice_by(facts: ClockFacts, starts_on: date, legal: WorkCalendar, trace: list[str]) -> date | None:
    """The last working day on which an extension can be announced; None where there is none or a pause is open."""
    if facts.kind in NOT_EXTENDABLE:
        trace.append("This date is the outer limit for telling the person; marketing stops at once (Art 21(3)).")
        return None
    pauses = _counted_pauses(facts, starts_on, 1, legal, [])
    if any(pause.answered_on is None for pause in pauses):
        return None
    notice_by = legal.back(add_months(starts_on, 1) + timedelta(days=days_of(pauses, both_ends=False)))
    trace.append(f"An extension must be announced, with reasons, by {plain_date(notice_by)} (Art 12(3); DPO decides).")
    return notice_by


def _target(
    kind: Kind, starts_on: date, received_on: date, pause_days: int, targets: Targets, office: WorkCalendar
) -> date:
    """Our own promise. An opt-out needs no proof of anything, so its target counts from receipt."""
    match kind:
        case Kind.CORRECTION:
            return office.after(starts_on, targets.correction_working_days)
        case Kind.OPT_OUT:
            return office.after(received_on, targets.opt_out_working_days)
        case Kind.COMPLAINT:
            return office.after(received_on, targets.complaint_outcome_working_days)
        case _:
            return office.back(starts_on + timedelta(days=targets.answer_days + pause_days))


def _receipt_line(facts: ClockFacts, received_on: date, legal: WorkCalendar) -> str:
    place = "Sofia" if facts.nation is Nation.BULGARIA else "London"
    kind_of_date = f"{place} time" if isinstance(facts.received, datetime) else "local date"
    shut = "" if legal.is_working(received_on) else "; a non-working day counts"
    return f"Received {plain_date(received_on)} ({kind_of_date}){shut}."


def _note_roll(facts: ClockFacts, end: date, due: date, legal: WorkCalendar, trace: list[str]) -> None:
    if due != end:
        trace.append(
            f"{plain_date(end)} is {legal.why_shut(end)}: it moves to the next working day, {plain_date(due)} "
            f"({_counting(facts)})."
        )


def _months(facts: ClockFacts) -> int:
    return _EXTENDED_MONTHS if facts.extended else 1


def _counting(facts: ClockFacts) -> str:
    """Whose words the counting rests on."""
    return "Reg 1182/71 Art 3" if facts.regime is Regime.EU else "ICO, time limits"
