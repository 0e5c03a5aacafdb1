"""Cases as the store gives them, whole, with sensible defaults; a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from triage.domain.case_file import CaseEvent, CaseFile, CaseLetter, CaseMessage, CaseTask
from triage.domain.clock import ClockFacts, compute
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Absence, Controller, Policy
from triage.domain.vocabulary import (
    CaseEventName,
    CaseState,
    Channel,
    Flag,
    Kind,
    Lane,
    LetterPurpose,
    Nation,
    Regime,
)
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
DPO, DEPUTY, DIRECTOR = "dpo@larkfield.example", "deputy@larkfield.example", "director@larkfield.example"
THREAD = "DP-2026-00042-K7"
# A Monday; an access request of that day is due on Wednesday 23 December 2026.
RECEIVED = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)

LETTER_STATES = ("draft", "queued", "sending", "sent", "refused", "unclear", "stranded", "discarded")


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of a winter day: London's clock shows the same."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def dates_of(kind: Kind, received: datetime = RECEIVED, **facts: object) -> ClockDates:
    """The dates the clock gives."""
    told = ClockFacts(kind=kind, received=received, **facts)  # type: ignore[arg-type]
    return compute(told, POLICY.targets, POLICY.extra_bank_holidays, POLICY.office_closures)


def make_case(kind: Kind = Kind.ACCESS, received: datetime = RECEIVED, **changes: object) -> CaseFile:
    """A case somebody has opened in the desk, with its message read and acknowledged at once."""
    read = make_message(received_at=received, read_at=received + timedelta(hours=1))
    values: dict[str, object] = {
        "reference": f"{THREAD}/1",
        "thread": THREAD,
        "number": 1,
        "kind": kind,
        "state": CaseState.OPEN,
        "lane": Lane.NEW,
        "version": 3,
        "controller": "Larkfield Systems Ltd",
        "channel": Channel.EMAIL,
        "received_at": received,
        "opened_at": received,
        "dates": dates_of(kind, received),
        "next_step": "",
        "next_step_on": date(2026, 11, 25),
        "letters": (make_letter(created_at=received, sent_at=received),),
        "messages": (read,),
        "looked_at": received + timedelta(hours=1),
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def make_letter(purpose: LetterPurpose = LetterPurpose.ACKNOWLEDGEMENT, **changes: object) -> CaseLetter:
    """A letter about the whole message, sent."""
    values: dict[str, object] = {
        "id": 1,
        "number": None if purpose is LetterPurpose.ACKNOWLEDGEMENT else 1,
        "purpose": purpose,
        "state": "sent",
        "created_at": RECEIVED,
        "sent_at": RECEIVED if changes.get("state", "sent") == "sent" else None,
    }
    return CaseLetter(**(values | changes))  # type: ignore[arg-type]


def make_message(**changes: object) -> CaseMessage:
    """A message nobody has read."""
    values: dict[str, object] = {
        "enquiry_id": 7,
        "received_at": RECEIVED,
        "channel": Channel.EMAIL,
        "kinds": (Kind.ACCESS,),
        "flags": (),
        "read_at": None,
    }
    return CaseMessage(**(values | changes))  # type: ignore[arg-type]


def make_task(system: str = "Billing", **changes: object) -> CaseTask:
    """A line of the checklist that is not done."""
    values: dict[str, object] = {"id": 1, "system": system, "what": "Look", "owner": "Finance", "due_on": None}
    return CaseTask(**(values | {"done_on": None} | changes))  # type: ignore[arg-type]


def happened(name: CaseEventName, on: date) -> CaseEvent:
    """An event, written down the day it happened."""
    return CaseEvent(name=name, on=on, recorded_at=at(on, 10))


def away(who: str, first_on: date, last_on: date, policy: Policy = POLICY) -> Policy:
    """The policy with one planned absence more."""
    assert policy.staff is not None
    absence = Absence(who=who, first_on=first_on, last_on=last_on)
    return replace(policy, staff=replace(policy.staff, absences=(*policy.staff.absences, absence)))


def bulgarian() -> Policy:
    """The policy of a group whose main company is Bulgarian."""
    main = replace(POLICY.main_controller, nation=Nation.BULGARIA, regime=Regime.EU)
    return replace(POLICY, controllers=(main,))


def controller(name: str, nation: Nation) -> Controller:
    """Another company of the group."""
    return replace(POLICY.main_controller, name=name, nation=nation)


DAYS = st.dates(date(2026, 6, 1), date(2028, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 6, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def open_cases(draw: st.DrawFn) -> CaseFile:
    """Any open case, also one no desk would ever have: what happened to it need not fit together."""
    kind = draw(st.sampled_from(Kind))
    received = draw(MOMENTS)
    regime = draw(st.sampled_from(Regime))
    dates = dates_of(kind, received, regime=regime, extended=draw(st.booleans()) and kind in _EXTENDABLE)
    if draw(st.booleans()):
        dates = replace(dates, starts_on=None, statutory_due=None, safe_due=None, extension_notice_by=None)
    maybe_day, maybe_moment = st.none() | DAYS, st.none() | MOMENTS
    letters = st.builds(
        CaseLetter,
        id=st.integers(1, 9),
        number=st.sampled_from((None, 1, 2)),
        purpose=st.sampled_from(LetterPurpose),
        state=st.sampled_from(LETTER_STATES),
        created_at=MOMENTS,
        sent_at=maybe_moment,
        promised_on=maybe_day,
        returned=st.booleans(),
    )
    messages = st.builds(
        CaseMessage,
        enquiry_id=st.integers(1, 9),
        received_at=MOMENTS,
        channel=st.sampled_from(Channel),
        kinds=st.just(()),
        flags=st.lists(st.sampled_from(Flag), max_size=2).map(tuple),
        read_at=maybe_moment,
    )
    tasks = st.builds(make_task, st.sampled_from(("Billing", "CRM")), due_on=maybe_day, done_on=maybe_day)
    events = st.builds(CaseEvent, name=st.sampled_from(CaseEventName), on=DAYS, recorded_at=MOMENTS)
    return make_case(
        kind,
        received,
        dates=dates,
        state=draw(st.sampled_from((CaseState.OPEN, CaseState.CANNOT_REACH))),
        letters=tuple(draw(st.lists(letters, max_size=3))),
        messages=tuple(draw(st.lists(messages, max_size=3))),
        tasks=tuple(draw(st.lists(tasks, max_size=2))),
        events=tuple(draw(st.lists(events, max_size=4))),
        not_acknowledged=draw(st.booleans()),
        looked_at=draw(maybe_moment),
        snoozed_until=draw(maybe_day),
        next_news_on=draw(maybe_day),
        delivered=draw(st.booleans()),
        erasure_blocked=draw(st.booleans()),
        unresolved=draw(st.sampled_from(((), ("silence", "no_outcome")))),
        flags=tuple(draw(st.lists(st.sampled_from(Flag), max_size=2))),
    )


_EXTENDABLE = (Kind.ACCESS, Kind.CORRECTION, Kind.DELETION, Kind.OTHER_RIGHT)
