"""A case as its life's tests need it: an open access request of Monday 23 November 2026, with everything in order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.factories import make_dates
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseEvent, CaseFile, CaseLetter, CaseMessage, CaseTask, LinkedCase
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, Lane, LetterPurpose
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
RECEIVED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 14, 10, 0, tzinfo=UTC)  # a Monday
TODAY = NOW.date()


def make_case_file(kind: Kind = Kind.ACCESS, **changes: object) -> CaseFile:
    """An open case without letters, tasks or links; its one message was read."""
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/1",
        "thread": "DP-2026-00042-K7",
        "number": 1,
        "kind": kind,
        "state": CaseState.OPEN,
        "lane": Lane.NEW,
        "version": 3,
        "controller": "Larkfield Systems Ltd",
        "channel": Channel.EMAIL,
        "received_at": RECEIVED,
        "opened_at": RECEIVED,
        "dates": make_dates(kind=kind),
        "next_step": "search",
        "next_step_on": date(2026, 12, 15),
        "messages": (make_message(),),
        "recipient": "ana@customer.example",
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def make_message(**changes: object) -> CaseMessage:
    """A message of the thread that a person has read."""
    values: dict[str, object] = {
        "enquiry_id": 7,
        "received_at": RECEIVED,
        "channel": Channel.EMAIL,
        "kinds": (Kind.ACCESS,),
        "flags": (),
        "read_at": RECEIVED,
    }
    return CaseMessage(**(values | changes))  # type: ignore[arg-type]


UNREAD = make_message(enquiry_id=8, read_at=None)


def make_case_letter(purpose: LetterPurpose = LetterPurpose.OUTCOME, **changes: object) -> CaseLetter:
    """A letter about the case that was sent on 14 December 2026."""
    values: dict[str, object] = {
        "id": 31,
        "number": 1,
        "purpose": purpose,
        "state": "sent",
        "created_at": NOW - timedelta(hours=2),
        "sent_at": NOW - timedelta(hours=1),
    }
    return CaseLetter(**(values | changes))  # type: ignore[arg-type]


def make_draft(purpose: LetterPurpose = LetterPurpose.OUTCOME, **changes: object) -> CaseLetter:
    """A letter that waits for a person."""
    return replace(make_case_letter(purpose, state="draft", sent_at=None), **changes)  # type: ignore[arg-type]


def make_task(**changes: object) -> CaseTask:
    """A line of the checklist that is not done."""
    values: dict[str, object] = {
        "id": 1,
        "system": "Billing",
        "what": "Search",
        "owner": "Finance",
        "due_on": None,
        "done_on": None,
    }
    return CaseTask(**(values | changes))  # type: ignore[arg-type]


def make_link(kind: Kind = Kind.ACCESS, **changes: object) -> LinkedCase:
    """An open case of the same person."""
    values: dict[str, object] = {
        "reference": "DP-2026-00051-M4/1",
        "kind": kind,
        "state": CaseState.OPEN,
        "received_on": date(2026, 12, 1),
        "statutory_due": date(2027, 1, 4),
        "closed_on": None,
        "same_thread": False,
    }
    return LinkedCase(**(values | changes))  # type: ignore[arg-type]


def make_event(name: CaseEventName, on: date, **changes: object) -> CaseEvent:
    """Something that happened on a day, recorded at its noon."""
    recorded_at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return CaseEvent(**({"name": name, "on": on, "recorded_at": recorded_at} | changes))  # type: ignore[arg-type]


def done(answer: CaseChange | Refused) -> CaseChange:
    """The change of an act that the rules allow."""
    assert isinstance(answer, CaseChange), answer
    return answer


def refusals(answer: CaseChange | Refused | None) -> str:
    """The reasons of an act that the rules refuse, a line each; none is empty."""
    assert isinstance(answer, Refused), answer
    assert all(answer.reasons)
    return "\n".join(answer.reasons)
