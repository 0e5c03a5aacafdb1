"""A wish taken back stops deleting at once; only a person ends the case by it, or lets it go on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.case_files import NOW, POLICY, TODAY, UNREAD, done, make_case_file, make_draft, make_task, refusals
from triage.domain.case_events import record
from triage.domain.case_file import CaseEvent
from triage.domain.case_standing import is_withdrawn
from triage.domain.case_steps import TAKEN_BACK
from triage.domain.closing import close, propose_close
from triage.domain.closing_checks import taken_back as taken_back_faults
from triage.domain.next_step import next_step
from triage.domain.taking_back import TakenBack, taken_back
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Lane, LetterPurpose, Outcome
from triage.domain.withdrawing import CONFIRM_STEP, WAIT_STEP, confirm_withdrawal, dismiss_withdrawal, withdraw_proposed

DELETION = make_case_file(Kind.DELETION)
BLOCKED = replace(DELETION, erasure_blocked=True)


def found(words: str, kind: Kind = Kind.DELETION) -> TakenBack:
    seen = taken_back(words, kind)
    assert seen is not None
    return seen


def test_actually_dont_delete_blocks_the_erasure_at_once_and_closes_nothing() -> None:
    change = done(withdraw_proposed(DELETION, found("Actually, don't delete it."), 8, POLICY, NOW))
    assert change.erasure_blocked is True
    assert (change.state, change.outcome, change.letters, change.discards) == (None, None, (), ())
    assert change.next_step == (CONFIRM_STEP, date(2026, 12, 15))
    assert change.lane is Lane.NEW_MESSAGE
    assert change.facts == {
        "enquiry": 8,
        "rests_on": "do-not-act.deletion",
        "start": 10,
        "end": 22,
        "only_until": False,
    }


def test_a_condition_blocks_it_too_and_says_that_the_wish_stands() -> None:
    seen = found("Don't delete anything until I have my copy.")
    change = done(withdraw_proposed(DELETION, seen, 8, POLICY, NOW))
    assert change.erasure_blocked is True
    assert change.next_step is not None
    assert change.next_step[0] == WAIT_STEP


def test_what_is_gone_already_is_to_be_said() -> None:
    case = replace(DELETION, tasks=(make_task(done_on=TODAY), make_task(id=2, system="Backups")))
    change = done(withdraw_proposed(case, found("I've changed my mind."), 8, POLICY, NOW))
    assert change.next_step is not None
    assert change.next_step[0].endswith("(1 of 2 systems are done already: say so)")


def test_on_another_kind_nothing_is_blocked() -> None:
    seen = found("No need to send it yet.", Kind.ACCESS)
    change = done(withdraw_proposed(make_case_file(), seen, 8, POLICY, NOW))
    assert change.erasure_blocked is None
    assert change.next_step is not None
    assert change.next_step[0] == CONFIRM_STEP


def test_it_ends_a_rest_from_reminders() -> None:
    resting = replace(DELETION, snoozed_until=TODAY + timedelta(days=3))
    assert done(withdraw_proposed(resting, found("Never mind."), 8, POLICY, NOW)).snoozed_until == TODAY


def test_nothing_is_proposed_on_a_closed_case() -> None:
    closed = replace(DELETION, state=CaseState.CLOSED)
    assert "reopen it first" in refusals(withdraw_proposed(closed, found("Never mind."), 8, POLICY, NOW))


def test_a_person_confirms_and_the_case_ends_as_withdrawn_without_its_drafts() -> None:
    letters = (make_draft(LetterPurpose.PROGRESS, id=40), make_draft(LetterPurpose.PROGRESS, id=41, number=2))
    change = done(confirm_withdrawal(replace(BLOCKED, letters=letters), "She said so by phone.", POLICY, NOW))
    assert (change.event, change.state, change.outcome) == (
        "withdrawal_confirmed",
        CaseState.CLOSED,
        Outcome.WITHDRAWN,
    )
    assert change.note == "She said so by phone."
    assert change.discards == (40,)
    assert [event.name for event in change.events] == [CaseEventName.WITHDRAWN]
    assert change.erasure_blocked is None


def test_a_withdrawal_is_not_confirmed_unread_or_without_saying_how() -> None:
    unread = replace(BLOCKED, messages=(UNREAD,))
    assert "unread" in refusals(confirm_withdrawal(unread, "By phone.", POLICY, NOW))
    assert refusals(confirm_withdrawal(unread, " ", POLICY, NOW)).splitlines() == [
        "a message on the case is unread: read it first",
        "say how the person confirmed that they take the wish back",
    ]


def test_an_approved_letter_must_leave_or_be_stopped_before_the_case_ends() -> None:
    queued = replace(BLOCKED, letters=(make_draft(state="queued"),))
    assert "waits as queued" in refusals(confirm_withdrawal(queued, "By phone.", POLICY, NOW))


def test_a_person_dismisses_it_and_deleting_may_go_on() -> None:
    change = done(dismiss_withdrawal(BLOCKED, "She has her copy now.", POLICY, NOW))
    assert change.erasure_blocked is False
    assert change.note == "She has her copy now."
    assert change.next_step == ("go on with what was asked", date(2026, 12, 15))


def test_on_another_kind_dismissing_it_changes_the_step_alone() -> None:
    change = done(dismiss_withdrawal(make_case_file(next_step=CONFIRM_STEP), "She wants it.", POLICY, NOW))
    assert change.erasure_blocked is None
    assert change.state is None


@pytest.mark.parametrize(
    ("case", "why", "reason"),
    [
        (DELETION, "why", "no withdrawal waits on this case"),
        (replace(BLOCKED, state=CaseState.CLOSED), "why", "the case is closed"),
        (replace(BLOCKED, messages=(UNREAD,)), "why", "unread"),
        (BLOCKED, " ", "say why the wish stands"),
    ],
)
def test_dismissing_needs_a_withdrawal_a_read_thread_and_a_reason(case, why, reason) -> None:
    assert reason in refusals(dismiss_withdrawal(case, why, POLICY, NOW))


def test_from_the_persons_words_to_the_end_nothing_is_erased_in_between() -> None:
    proposed = done(withdraw_proposed(DELETION, found("Please keep my account."), 8, POLICY, NOW))
    blocked = replace(DELETION, erasure_blocked=bool(proposed.erasure_blocked))
    assert "taken back" in refusals(close(blocked, Outcome.ERASED, POLICY, NOW, without_letter="a reason"))
    assert done(confirm_withdrawal(blocked, "She confirmed by mail.", POLICY, NOW)).outcome is Outcome.WITHDRAWN


def test_a_withdrawal_somebody_recorded_ends_when_the_wish_stands_after_all() -> None:
    event = CaseEvent(name=CaseEventName.WITHDRAWN, on=TODAY, recorded_at=NOW - timedelta(hours=1))
    case = make_case_file(Kind.DELETION, events=(event,), erasure_blocked=True)
    change = done(dismiss_withdrawal(case, "They rang: delete it.", POLICY, NOW))
    assert [one.name for one in change.events] == [CaseEventName.REOPENED]
    assert not is_withdrawn(replace(case, events=(*case.events, *change.events)))


def test_what_was_taken_back_ends_as_that_or_stands_again_whatever_was_asked() -> None:
    """`triage case event REF withdrawn`, told by phone: the same for a deletion and for every other kind."""
    ends = {Kind.ACCESS: Outcome.NOTHING_HELD, Kind.OPT_OUT: Outcome.NOT_ON_LIST, Kind.DELETION: Outcome.ERASED}
    for kind, otherwise in ends.items():
        asked = make_case_file(kind)
        told = done(record(asked, CaseEventName.WITHDRAWN, TODAY, POLICY, NOW))
        assert told.state is None
        assert told.next_step is not None
        assert told.next_step[0] == TAKEN_BACK
        case = replace(asked, events=told.events, erasure_blocked=bool(told.erasure_blocked))
        assert next_step(case, POLICY, TODAY)[0] == TAKEN_BACK
        assert "took it back" in refusals(propose_close(case, otherwise, "", POLICY, NOW)).replace(
            "the wish to delete was taken back", "took it back"
        )
        confirmed = done(confirm_withdrawal(case, "They said so again by mail.", POLICY, NOW))
        assert (confirmed.outcome, confirmed.events) == (Outcome.WITHDRAWN, ())  # it is recorded already
        stands = done(dismiss_withdrawal(case, "They rang: go on.", POLICY, NOW + timedelta(minutes=1)))
        again = replace(case, events=(*case.events, *stands.events), erasure_blocked=bool(stands.erasure_blocked))
        assert not is_withdrawn(again)
        assert not taken_back_faults(again)
