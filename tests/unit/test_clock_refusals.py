"""What cannot be recorded of a case: one clear line for each reason, and what the DPO may record all the same."""

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.case_lives import BULGARIAN, after, noon, opened, told
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.vocabulary import CaseEventName, CaseState, Kind

Name = CaseEventName
RECEIVED = date(2026, 12, 7)
NOW = noon(date(2026, 12, 20))


def december(day: int) -> date:
    return date(2026, 12, day)


def reasons(case: CaseFile, name: CaseEventName, on: date, **more: object) -> tuple[str, ...]:
    refused = told(case, name, on, **{"now": NOW, **more})
    assert isinstance(refused, Refused), refused
    return refused.reasons


def having(*events: tuple[CaseEventName, int], kind: Kind = Kind.ACCESS) -> CaseFile:
    case = opened(RECEIVED, kind)
    for name, day in events:
        case = after(case, name, december(day))
    return case


@pytest.mark.parametrize("name", [one for one in Name if one not in (Name.RECEIVED, Name.REOPENED)])
@pytest.mark.parametrize(
    ("on", "fault"),
    [
        (date(2026, 12, 21), "2026-12-21 lies in the future; today is 2026-12-20"),
        (date(2026, 12, 6), "2026-12-06 lies before receipt on 2026-12-07"),
        (date(2019, 12, 7), "2019-12-07 lies outside 2021 to 2039"),
        (date(2040, 1, 1), "2040-01-01 lies outside 2021 to 2039"),
    ],
)
def test_a_day_to_come_before_receipt_or_of_another_age_is_refused(name: CaseEventName, on: date, fault: str) -> None:
    line = f"{name.value.replace('_', ' ')}: {fault}"
    refused = told(opened(RECEIVED), name, on, now=NOW)
    assert isinstance(refused, Refused)
    assert refused.reasons[0] == line
    assert not refused.overridable


def test_the_future_begins_at_the_controllers_midnight() -> None:
    half_past_eleven_in_london = noon(december(19)).replace(hour=23, minute=30)
    assert isinstance(told(opened(RECEIVED), Name.RELABELLED, december(20), now=half_past_eleven_in_london), Refused)
    in_sofia = opened(RECEIVED, controller=BULGARIAN)
    assert isinstance(told(in_sofia, Name.RELABELLED, december(20), now=half_past_eleven_in_london), CaseChange)


@pytest.mark.parametrize(
    ("asked", "received", "asked_word", "received_word"),
    [
        (Name.IDENTITY_ASKED, Name.IDENTITY_RECEIVED, "identity asked", "identity received"),
        (Name.AUTHORITY_ASKED, Name.AUTHORITY_RECEIVED, "authority asked", "authority received"),
        (Name.FEE_ASKED, Name.FEE_PAID, "fee asked", "fee paid"),
        (
            Name.CLARIFICATION_ASKED,
            Name.CLARIFICATION_RECEIVED,
            "clarification asked",
            "clarification received",
        ),
    ],
)
def test_asking_and_answer_take_turns(
    asked: CaseEventName, received: CaseEventName, asked_word: str, received_word: str
) -> None:
    fresh, waiting, here = having(), having((asked, 10)), having((asked, 10), (received, 15))
    assert reasons(fresh, received, december(10)) == (f"{received_word}: 2026-12-10, but no day it was asked for",)
    assert reasons(waiting, received, december(9)) == (
        f"{received_word}: 2026-12-09 lies before it was asked for on 2026-12-10",
    )
    assert reasons(waiting, asked, december(12)) == (
        f"{asked_word}: that was on 2026-12-10 already, and it had not come by 2026-12-12",
    )
    assert reasons(waiting, asked, december(8)) == (
        f"{asked_word}: that was on 2026-12-10 too, with nothing received in between",
    )
    assert reasons(here, received, december(17)) == (
        f"{received_word}: that was on 2026-12-15 already, and nothing was asked for between then and 2026-12-17",
    )
    assert reasons(here, received, december(12)) == (f"{received_word}: that was on 2026-12-15 already",)
    assert isinstance(told(here, asked, december(16), now=NOW), CaseChange)


def test_a_case_is_received_once() -> None:
    assert reasons(having(), Name.RECEIVED, december(8)) == (
        "received: that was on 2026-12-07; a case is received once",
    )


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ACCESS])
@pytest.mark.parametrize("name", [Name.CLARIFICATION_ASKED, Name.CLARIFICATION_RECEIVED])
def test_only_an_access_request_pauses(kind: Kind, name: CaseEventName) -> None:
    assert reasons(having(kind=kind), name, december(8)) == (
        f"pause: {kind} has none; only an access clarification stops the clock (Art 12A(5))",
    )


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.OPT_OUT])
def test_neither_a_complaint_nor_an_opt_out_is_extended(kind: Kind) -> None:
    assert reasons(having(kind=kind), Name.EXTENDED, december(8)) == (f"extended: {kind} has no extension",)


@pytest.mark.parametrize("name", [Name.EXTENDED, Name.WITHDRAWN])
def test_what_stands_is_not_recorded_again(name: CaseEventName) -> None:
    assert reasons(having((name, 8)), name, december(9)) == (f"{name}: that was on 2026-12-08 already",)


def test_a_withdrawal_taken_back_can_be_made_again() -> None:
    case = having((Name.WITHDRAWN, 8), (Name.REOPENED, 9), (Name.WITHDRAWN, 10))
    assert [event.name for event in case.events[1:]] == [Name.WITHDRAWN, Name.REOPENED, Name.WITHDRAWN]


def test_a_case_that_has_not_ended_cannot_be_reopened() -> None:
    assert reasons(having(), Name.REOPENED, december(9)) == ("reopened: the case is open",)
    back = having((Name.WITHDRAWN, 8), (Name.REOPENED, 9))
    assert reasons(back, Name.REOPENED, december(10)) == ("reopened: the case is open",)
    assert reasons(having((Name.WITHDRAWN, 9)), Name.REOPENED, december(8)) == (
        "reopened: 2026-12-08 lies before it was withdrawn on 2026-12-09",
    )


def test_on_a_closed_case_nothing_happens_before_it_is_reopened() -> None:
    closed = replace(having(), state=CaseState.CLOSED, closed_at=noon(december(15)))
    for name in Name:
        if name is not Name.REOPENED:
            assert reasons(closed, name, december(16)) == ("the case was closed on 2026-12-15: reopen it first",)
    assert reasons(closed, Name.REOPENED, december(14)) == (
        "reopened: 2026-12-14 lies before it was closed on 2026-12-15",
    )


def test_on_a_case_set_aside_nothing_happens_at_all() -> None:
    aside = replace(having(), state=CaseState.SET_ASIDE)
    for name in Name:
        assert reasons(aside, name, december(16)) == (
            "the case was set aside, nobody asked for it: nothing can happen to it any more",
        )


def test_all_faults_are_named_at_once() -> None:
    assert reasons(having(kind=Kind.OPT_OUT), Name.CLARIFICATION_ASKED, december(24)) == (
        "clarification asked: 2026-12-24 lies in the future; today is 2026-12-20",
        "pause: opt_out has none; only an access clarification stops the clock (Art 12A(5))",
    )


LATE = "extended: 2027-01-08 lies after 2027-01-07, the last day to announce it (Art 12(3)); the DPO may record it"


def test_an_extension_on_the_last_day_is_in_time_and_one_the_day_after_is_refused() -> None:
    assert isinstance(told(having(), Name.EXTENDED, date(2027, 1, 7)), CaseChange)
    refused = told(having(), Name.EXTENDED, date(2027, 1, 8))
    assert isinstance(refused, Refused)
    assert refused.reasons[0].startswith(LATE)
    assert refused.overridable


def test_the_dpo_may_record_a_late_extension_with_a_note() -> None:
    late = date(2027, 1, 8)
    without = told(having(), Name.EXTENDED, late, overridden=True, note=" ")
    assert isinstance(without, Refused)
    assert without.reasons[-1] == "an override needs a note that says why"
    assert without.overridable
    change = told(having(), Name.EXTENDED, late, overridden=True, note="Told by phone on the 6th.")
    assert isinstance(change, CaseChange)
    assert change.dates is not None
    assert (change.events[0].overridden, change.facts) == (True, {"overridden": True})
    assert change.dates.statutory_due == date(2027, 3, 8)
    assert change.dates.trace[-1] == (
        "Extended on Friday 8 January 2027: the rules refused it, the DPO recorded it; the journal has why."
    )


def test_what_the_rules_allow_is_no_override() -> None:
    change = told(having(), Name.EXTENDED, december(8), overridden=True)
    assert isinstance(change, CaseChange)
    assert not change.events[0].overridden


def test_what_cannot_be_true_cannot_be_overridden() -> None:
    refused = told(having(), Name.EXTENDED, december(24), now=NOW, overridden=True, note="I insist.")
    assert isinstance(refused, Refused)
    assert not refused.overridable


def test_a_pause_moves_the_last_day_for_an_extension() -> None:
    paused = having((Name.CLARIFICATION_ASKED, 10))
    assert isinstance(told(paused, Name.EXTENDED, date(2027, 1, 8)), CaseChange)
    answered = after(paused, Name.CLARIFICATION_RECEIVED, december(17))
    assert isinstance(told(answered, Name.EXTENDED, date(2027, 1, 14)), CaseChange)
    assert isinstance(told(answered, Name.EXTENDED, date(2027, 1, 15)), Refused)


@pytest.mark.parametrize("name", [Name.IDENTITY_ASKED, Name.AUTHORITY_ASKED, Name.FEE_ASKED])
def test_an_ask_after_the_due_date_cannot_undo_a_date_that_was_missed(name: CaseEventName) -> None:
    late = date(2027, 1, 8)
    assert isinstance(told(having(), name, date(2027, 1, 7)), CaseChange)
    refused = told(having(), name, late)
    assert isinstance(refused, Refused)
    assert refused.overridable
    assert "lies after 2027-01-07, when the answer was due" in refused.reasons[0]
    assert isinstance(told(having(), name, late, overridden=True, note="The first ask came back."), CaseChange)
    assert isinstance(told(opened(RECEIVED, controller=BULGARIAN), name, late), CaseChange)


def test_a_clarification_after_the_due_date_is_refused_and_stops_nothing_where_the_dpo_insists() -> None:
    asked, late = Name.CLARIFICATION_ASKED, date(2027, 1, 8)
    assert isinstance(told(having(), asked, date(2027, 1, 7)), CaseChange)
    refused = told(having(), asked, late)
    assert isinstance(refused, Refused)
    assert refused.overridable
    assert refused.reasons == (
        "clarification asked: 2027-01-08 lies after 2027-01-07, when the answer was due; a question that late stops no "
        "clock (Art 12A(5)); the DPO may record it all the same, with a note",
    )
    change = told(having(), asked, late, overridden=True, note="They wrote that they meant something else.")
    assert isinstance(change, CaseChange)
    assert change.dates is not None
    assert change.dates.statutory_due == date(2027, 1, 7)
    assert isinstance(told(opened(RECEIVED, controller=BULGARIAN), asked, late), CaseChange)
