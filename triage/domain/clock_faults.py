"""Facts of a case that cannot be true, each as one line a person can act on."""

from datetime import date

from triage.domain.clock_values import ClockFacts
from triage.domain.vocabulary import Kind

NOT_EXTENDABLE = (Kind.COMPLAINT, Kind.OPT_OUT)

# Where bank holidays can be worked out at all. Wide, because a stray Date header must not stop a mail being read.
_FIRST_YEAR, _LAST_YEAR = 1970, 2098

# What a person types lies closer: UK GDPR began with 2021, and no one has fixed bank holidays beyond 2039. A year
# outside these is a slip of the pen.
_TYPED_YEARS = range(2021, 2040)


def requirements(facts: ClockFacts) -> tuple[tuple[str, date | None, str, date | None], ...]:
    """What may hold the start back: its name, the day it was asked for, the word for its coming, the day it came."""
    return (
        ("identity", facts.identity_asked_on, "received", facts.identity_received_on),
        ("authority", facts.authority_asked_on, "received", facts.authority_received_on),
        ("fee", facts.fee_asked_on, "paid", facts.fee_paid_on),
    )


def year_fault(day: date) -> str:
    """Why a day that a person typed cannot be meant; "" where its year is one of ours."""
    if day.year in _TYPED_YEARS:
        return ""
    return f"{day} lies outside {_TYPED_YEARS[0]} to {_TYPED_YEARS[-1]}"


def kind_faults(kind: Kind, *, paused: bool, extended: bool) -> list[str]:
    """Pause and extension of a kind that has none."""
    faults = []
    if paused and kind is not Kind.ACCESS:
        faults.append(f"pause: {kind} has none; only an access clarification stops the clock (Art 12A(5))")
    if extended and kind in NOT_EXTENDABLE:
        faults.append(f"extended: {kind} has no extension")
    return faults


def faults_of(facts: ClockFacts, received_on: date) -> list[str]:
    """Every fault of the facts, at once: impossible order, dates without a calendar, events the kind does not have."""
    if not _FIRST_YEAR <= received_on.year <= _LAST_YEAR:
        return [f"received: {received_on} lies outside {_FIRST_YEAR} to {_LAST_YEAR}, for which there is a calendar"]
    faults = []
    for name, asked_on, met_word, met_on in requirements(facts):
        faults += _order_faults(f"{name} asked", asked_on, f"{name} {met_word}", met_on, received_on)
    for pause in facts.pauses:
        faults += _order_faults(
            "clarification asked", pause.asked_on, "clarification answered", pause.answered_on, received_on
        )
    return [*faults, *kind_faults(facts.kind, paused=bool(facts.pauses), extended=facts.extended)]


def _order_faults(asked: str, asked_on: date | None, met: str, met_on: date | None, received_on: date) -> list[str]:
    if asked_on is None:
        return [] if met_on is None else [f"{met}: {met_on}, but no day it was asked for"]
    faults = []
    if asked_on < received_on:
        faults.append(f"{asked}: {asked_on} lies before receipt on {received_on}")
    if met_on is not None and met_on < asked_on:
        faults.append(f"{met}: {met_on} lies before it was asked for on {asked_on}")
    last = met_on or asked_on
    if last.year > _LAST_YEAR:
        faults.append(f"{asked}: {last} lies after {_LAST_YEAR}, for which there is no calendar")
    return faults
