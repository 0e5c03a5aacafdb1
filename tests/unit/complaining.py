"""What the tests of complaints share: a complaint of Thursday 26 November 2026, and what may be said about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.unit.deciding import POLICY
from triage.domain.case_file import CaseFile, CaseLetter, CaseMessage, LinkedCase
from triage.domain.clock import ClockFacts, compute
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane, LetterPurpose

RECEIVED_AT = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
RECEIVED_ON = RECEIVED_AT.date()


def day(number: int) -> date:
    """The complaint's day of that number; that of receipt is day 1."""
    return RECEIVED_ON + timedelta(days=number - 1)


def at(number: int, hour: int = 12) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), UTC).replace(hour=hour)


def a_complaint(**changes: object) -> CaseFile:
    """Open, acknowledged the day it came, with nothing else yet."""
    received_on = changes.pop("received_on", RECEIVED_ON)
    assert isinstance(received_on, date)
    dates = compute(ClockFacts(kind=Kind.COMPLAINT, received=received_on), POLICY.targets, (), ())
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/2",
        "thread": "DP-2026-00042-K7",
        "number": 2,
        "kind": Kind.COMPLAINT,
        "state": CaseState.OPEN,
        "lane": Lane.COMPLAINTS,
        "version": 1,
        "controller": POLICY.main_controller.name,
        "channel": Channel.EMAIL,
        "received_at": RECEIVED_AT,
        "opened_at": RECEIVED_AT,
        "dates": dates,
        "next_step": "answer, or tell how far we have got",
        "next_step_on": date(2026, 12, 10),
        "letters": (a_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, sent_at=at(1)),),
        "recipient": "ana@customer.example",
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def a_letter(purpose: LetterPurpose, **changes: object) -> CaseLetter:
    """One about the complaint; sent where `sent_at` is given, else a draft."""
    values: dict[str, object] = {
        "id": 7,
        "number": 2,
        "purpose": purpose,
        "state": "sent" if changes.get("sent_at") else "draft",
        "created_at": RECEIVED_AT,
        "sent_at": None,
    }
    return CaseLetter(**(values | changes))  # type: ignore[arg-type]


def a_message(received_at: datetime, *, still_unhappy: bool = False, read: bool = True) -> CaseMessage:
    return CaseMessage(
        enquiry_id=9,
        received_at=received_at,
        channel=Channel.EMAIL,
        kinds=(),
        flags=(),
        read_at=received_at if read else None,
        still_unhappy=still_unhappy,
    )


def a_link(kind: Kind = Kind.ACCESS, **changes: object) -> LinkedCase:
    """The access request in the same thread, received in October, open and not due yet."""
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/1",
        "kind": kind,
        "state": CaseState.OPEN,
        "received_on": date(2026, 10, 1),
        "statutory_due": date(2027, 1, 4),
        "closed_on": None,
        "same_thread": True,
    }
    return LinkedCase(**(values | changes))  # type: ignore[arg-type]


def with_targets(**targets: int) -> Policy:
    return replace(POLICY, targets=replace(POLICY.targets, **targets))
