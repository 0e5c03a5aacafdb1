"""Where two laws may count, the earlier dates and both regulators stand until a person says which law it is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.case_files import done, refusals
from tests.unit.case_lives import BULGARIAN, POLICY, after, noon, opened, told
from tests.unit.complaining import a_complaint
from tests.unit.deciding import POLICY as SHIPPED
from tests.unit.deciding import person_writes
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.case_plan import plan_case
from triage.domain.plan import Thread, ThreadCase
from triage.domain.policy import Controller
from triage.domain.recompute import moves
from triage.domain.relabelling import Labelled, relabel
from triage.domain.routing import route_reply
from triage.domain.settling_rules import laws_in_doubt, settle_rules
from triage.domain.staff_notice import staff_escalation
from triage.domain.stage_letters import drafted
from triage.domain.unresolved import Trigger, TriggerCode
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, LetterPurpose, Regime

MAIN = POLICY.main_controller
# Good Friday in England is 26 March 2027 and Easter Monday 29 March; in Bulgaria that is a month later.
RECEIVED = date(2027, 2, 26)
MOMENTS = st.datetimes(datetime(2026, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001


def in_doubt(
    received: date | datetime = RECEIVED,
    kind: Kind = Kind.ACCESS,
    own: Controller = MAIN,
    other: Controller = BULGARIAN,
) -> CaseFile:
    """A case against one company, as the desk opens it where another's law may count."""
    case = opened(received, kind, own, rules_in_doubt=other.name)
    planned = plan_case(kind, case.received_at, case.opened_at, own, POLICY, unanswered=False, in_doubt=other)
    return replace(case, dates=planned.dates)


def settled(case: CaseFile, regime: Regime, why: str = "They are a customer in Leeds.") -> CaseChange | Refused:
    return settle_rules(case, regime, why, POLICY, noon(date(2027, 3, 1)))


@pytest.mark.parametrize(("own", "other"), [(MAIN, BULGARIAN), (BULGARIAN, MAIN)])
@settings(deadline=None)
@given(received=MOMENTS, kind=st.sampled_from(Kind))
def test_what_was_opened_in_doubt_stays_so_when_it_is_worked_out_anew(
    own: Controller, other: Controller, received: datetime, kind: Kind
) -> None:
    case = in_doubt(received, kind, own, other)
    assert moves([case], POLICY) == ()


def test_a_later_event_still_gives_the_earlier_date_of_the_two_laws() -> None:
    case = in_doubt()
    assert (case.dates.statutory_due, opened(RECEIVED).dates.statutory_due) == (date(2027, 3, 26), date(2027, 3, 30))
    waiting = after(case, CaseEventName.IDENTITY_ASKED, date(2027, 3, 1))
    assert waiting.dates.statutory_due == date(2027, 3, 26)
    assert waiting.next_step.startswith("go on, time runs; chase proof of identity")
    assert any("regime=EU?" in line for line in waiting.dates.trace)
    assert isinstance(told(case, CaseEventName.IDENTITY_ASKED, date(2027, 3, 29)), Refused)


def test_what_came_before_midnight_here_counts_from_that_day_by_the_other_law_too() -> None:
    case = in_doubt(datetime(2026, 12, 1, 23, 0, tzinfo=UTC))
    asked = after(case, CaseEventName.IDENTITY_ASKED, date(2026, 12, 1), now=datetime(2026, 12, 1, 23, 30, tzinfo=UTC))
    assert asked.dates.statutory_due == date(2027, 1, 4)


def test_later_letters_name_both_regulators_and_promise_the_earlier_date() -> None:
    letter = drafted(in_doubt(), LetterPurpose.PROGRESS, POLICY, why="they wait")
    assert (letter.facts.both_regulators, letter.facts.due_on) == (True, date(2027, 3, 26))
    ask = propose(in_doubt(), LetterPurpose.CLARIFICATION_ASK, "What?", POLICY, noon(date(2027, 3, 1)))
    assert done(ask).letters[0].facts.due_on == date(2027, 3, 26)
    assert not drafted(opened(RECEIVED), LetterPurpose.PROGRESS, POLICY, why="they wait").facts.both_regulators
    gone = replace(in_doubt(), rules_in_doubt="Gone Ltd")
    assert not drafted(gone, LetterPurpose.PROGRESS, POLICY, why="they wait").facts.both_regulators
    assert dates_of(gone, POLICY).statutory_due == date(2027, 3, 30)


def test_the_mail_to_staff_points_to_both() -> None:
    policy = replace(SHIPPED, controllers=(SHIPPED.main_controller, BULGARIAN))
    trigger = Trigger(code=TriggerCode.SILENCE, why="silence", since_on=RECEIVED)
    case = replace(a_complaint(), rules_in_doubt=BULGARIAN.name)
    notice = staff_escalation(case, (trigger,), policy, RECEIVED)[0]
    assert "- ICO by phone" in notice.body
    assert "- CPDP: " in notice.body


@pytest.mark.parametrize(
    ("regime", "company", "due"), [(Regime.UK, MAIN, date(2027, 3, 30)), (Regime.EU, BULGARIAN, date(2027, 3, 26))]
)
def test_a_person_says_which_law_counts_and_the_case_goes_by_it_alone(
    regime: Regime, company: Controller, due: date
) -> None:
    change = done(settled(in_doubt(), regime))
    assert (change.event, change.note) == ("rules_settled", "They are a customer in Leeds.")
    assert change.facts == {"regime": regime.value, "controller": company.name, "controller_before": MAIN.name}
    assert (change.controller, change.settles_rules, change.next_step) == (company.name, True, None)
    assert change.dates is not None
    assert change.dates.statutory_due == due
    assert not any("regime=EU?" in line for line in change.dates.trace)


def test_what_each_law_would_make_of_the_dates_is_known_before_one_is_settled() -> None:
    case = in_doubt()
    laws = laws_in_doubt(case, POLICY)
    assert [(law.regime, law.controller) for law in laws] == [(Regime.UK, MAIN), (Regime.EU, BULGARIAN)]
    for law in laws:
        assert law.dates == done(settled(case, law.regime)).dates
    assert laws_in_doubt(opened(RECEIVED), POLICY) == ()
    assert laws_in_doubt(replace(case, state=CaseState.CLOSED, closed_at=noon(RECEIVED)), POLICY) == ()


def test_there_is_nothing_to_settle_where_nothing_is_in_doubt_without_a_reason_or_once_it_is_closed() -> None:
    closed = replace(opened(RECEIVED), state=CaseState.CLOSED, closed_at=noon(RECEIVED))
    assert refusals(settled(closed, Regime.UK, " ")).splitlines() == [
        "the case is closed: reopen it first, with a reason",
        f"nothing is in doubt: the case is against {MAIN.name}, under the law of the UK",
        "say how you know which law counts",
    ]
    assert refusals(settled(in_doubt(), Regime.UK, " ")) == "say how you know which law counts"


def test_what_a_reply_or_a_person_adds_to_a_thread_in_doubt_is_in_doubt_too() -> None:
    standing = ThreadCase(
        number=1,
        kind=Kind.ACCESS,
        state=CaseState.OPEN,
        received_on=RECEIVED,
        controller=MAIN.name,
        rules_in_doubt=BULGARIAN.name,
    )
    thread = Thread(reference="R", tie="reference", sender_is_participant=True, cases=(standing,))
    routing = route_reply(person_writes(Kind.DELETION), thread, POLICY)
    assert (routing.controllers, routing.in_doubt) == ((MAIN,), BULGARIAN)
    known = Labelled(
        reference="R",
        version=1,
        received_at=noon(RECEIVED),
        filed_at=noon(RECEIVED),
        controller=MAIN.name,
        channel=Channel.EMAIL,
        lane=None,
        not_acknowledged=False,
        rules_in_doubt=BULGARIAN.name,
    )
    change = relabel(known, (Kind.ACCESS,), (), POLICY, noon(date(2027, 3, 1)))
    assert change is not None
    assert change.opens[0].rules_in_doubt == BULGARIAN.name
    assert change.opens[0].dates.statutory_due == date(2027, 3, 26)
