"""The parts of the case page that decide nothing and lay everything out."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from multidict import MultiDict

from tests.unit.case_files import NOW, POLICY, TODAY, UNREAD, make_case_file, make_case_letter
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseEvent, CaseTask
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, LetterPurpose
from triage.web.console.case_acts import Way
from triage.web.console.case_line import WIDTH, line_of
from triage.web.console.case_offers import GROUPS, LABELS, offers_of
from triage.web.console.case_text import stretches
from triage.web.console.case_typed import Typed


def reason(start: int, end: int, text: str) -> dict[str, object]:
    """A reason that rests on these letters."""
    return {"start": start, "end": end, "text": text}


def test_the_pieces_of_a_text_are_the_text_without_blank_ends() -> None:
    text = "Please delete my data. Thank you.\n> before\nBye"
    told = stretches(
        text, [["own", 0, 34], ["quoted", 34, 43]], [reason(7, 21, "delete my data"), reason(14, 16, "my")]
    )
    assert "\n".join("".join(piece.text for piece in one.pieces) for one in told) == text
    assert [one.role for one in told] == ["own", "quoted", "own"]
    marked = [(piece.text, piece.reasons) for piece in told[0].pieces if piece.reasons]
    assert marked == [("delete my data", (1, 2))]


def test_words_are_found_where_their_place_is_another() -> None:
    (one,) = stretches("so delete it", [], [reason(0, 9, "delete it"), reason(1, 2, "never said"), reason(5, 99, "")])
    assert [(piece.text, piece.reasons) for piece in one.pieces] == [("so ", ()), ("delete it", (1,))]


def test_passages_that_overlap_say_nothing_twice() -> None:
    told = stretches("abcdef", [["own", 0, 4], ["footer", 2, 6]], [])
    assert [(one.role, one.pieces[0].text) for one in told] == [("own", "abcd"), ("footer", "ef")]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_day_of_the_clock_lies_on_the_line(kind: Kind) -> None:
    case = make_case_file(kind)

    case = replace(case, dates=dates_of(case, POLICY))
    line = line_of(case, TODAY)
    days = [mark.day for mark in line.marks]
    assert days == sorted(set(days))
    assert all(0 <= mark.x <= WIDTH for mark in line.marks)
    assert all(mark.names for mark in line.marks)
    assert [mark.number for mark in line.marks] == list(range(1, len(days) + 1))


def test_a_pause_is_drawn_and_a_wait_for_proof_is() -> None:
    asked = CaseEvent(name=CaseEventName.CLARIFICATION_ASKED, on=date(2026, 12, 1), recorded_at=NOW)
    came = CaseEvent(name=CaseEventName.CLARIFICATION_RECEIVED, on=date(2026, 12, 8), recorded_at=NOW)
    case = make_case_file(events=(asked, came))
    assert [one.look for one in line_of(case, TODAY).stretches] == ["running", "paused"]

    open_pause = make_case_file(events=(asked,))
    open_pause = replace(open_pause, dates=dates_of(open_pause, POLICY))
    assert [one.look for one in line_of(open_pause, TODAY).stretches] == ["running", "paused"]
    proof = CaseEvent(name=CaseEventName.IDENTITY_ASKED, on=date(2026, 12, 1), recorded_at=NOW)
    waiting = make_case_file(events=(proof,))
    waiting = replace(waiting, dates=dates_of(waiting, POLICY))
    assert [one.look for one in line_of(waiting, TODAY).stretches] == ["waiting"]


def test_days_close_together_stand_above_one_another() -> None:
    events = tuple(
        CaseEvent(name=CaseEventName.IDENTITY_ASKED, on=date(2026, 12, day), recorded_at=NOW) for day in (1, 2, 3)
    )
    line = line_of(make_case_file(events=events), TODAY)
    for one in line.marks:
        beside = [mark for mark in line.marks if mark is not one and mark.level == one.level]
        assert all(abs(mark.x - one.x) >= 22 for mark in beside)


def test_every_act_that_is_offered_has_a_name() -> None:
    assert {act for _, acts in GROUPS for act in acts} <= set(LABELS)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"looked_at": None}, ("read", "write")),
        ({"looked_at": NOW, "messages": (UNREAD,)}, ("read", "answer", "write")),
        ({"looked_at": NOW, "not_acknowledged": True}, ("acknowledged",)),
        ({"looked_at": NOW, "letters": (make_case_letter(),)}, ("close",)),
        ({"looked_at": NOW, "state": CaseState.CANNOT_REACH}, ("contacted", "close")),
        ({"looked_at": NOW}, ("answer", "write")),
        ({"looked_at": NOW, "kind": Kind.COMPLAINT}, ("answer",)),
        ({"looked_at": NOW, "kind": Kind.DELETION, "erasure_blocked": True}, ("withdrawn", "stands")),
        (
            {
                "looked_at": NOW,
                "tasks": (CaseTask(id=1, system="A", what="x", owner="o", due_on=None, done_on=None),),
            },
            ("tick",),
        ),
    ],
)
def test_the_act_that_the_next_step_asks_for_comes_first(changes: dict[str, object], first: tuple[str, ...]) -> None:
    kind = changes.pop("kind", Kind.ACCESS)
    assert isinstance(kind, Kind)
    offers = offers_of(make_case_file(kind, channel=Channel.EMAIL, **changes), POLICY, TODAY)
    assert offers.first == first
    assert not set(first) & {act for _, acts in offers.rest for act in acts}


def test_a_closed_case_offers_to_be_opened_again_and_no_letter() -> None:
    offers = offers_of(make_case_file(state=CaseState.CLOSED, closed_at=NOW), POLICY, TODAY)
    rest = {act for _, acts in offers.rest for act in acts}
    assert (offers.step, offers.first) == ("", ())
    assert "reopen" in rest
    assert not rest & {"answer", "close", "write"}


def test_what_was_asked_for_is_the_event_to_record() -> None:
    asked = CaseEvent(name=CaseEventName.IDENTITY_ASKED, on=date(2026, 12, 1), recorded_at=NOW)
    letter = make_case_letter(LetterPurpose.IDENTITY_ASK)
    offers = offers_of(make_case_file(events=(asked,), letters=(letter,), looked_at=NOW), POLICY, TODAY)
    assert "event" in offers.first


def typed(**fields: str) -> Typed:
    """A form with these fields."""
    return Typed(fields=MultiDict(fields))


def test_a_moment_is_one_of_londons_clock() -> None:
    assert typed(at="2026-06-01T10:00").moment("at", NOW) == datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    assert typed(at="2026-06-01T10:00+02:00").moment("at", NOW) == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    assert typed().moment("at", NOW) == NOW


def test_every_fault_is_told_at_its_field() -> None:
    form = typed(on="20261221", at="never", way="pigeon", why="x" * 301, version="²")
    form.day("on")
    form.day("until")
    form.moment("at", NOW)
    form.choice("way", Way)
    form.line("why")
    form.words("words", "Write something")
    assert form.version() is None
    assert set(form.faults) == {"on", "until", "at", "way", "why", "words"}
