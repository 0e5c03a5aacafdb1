"""An acknowledgement that was held back goes on a person's word, by the same rules; a machine never gets one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import NOW, make_classification, make_dates, make_enquiry, make_gate
from tests.unit.case_files import POLICY, make_case_file
from triage.domain.case_change import Refused
from triage.domain.case_plan import BY_HAND
from triage.domain.draft_facts import facts_of_draft
from triage.domain.letter_desk import DeskLetter
from triage.domain.releasing import HeldBack, Released, release
from triage.domain.vocabulary import CaseState, Channel, Flag, GateAnswer, Kind, LetterPurpose, OtherRight

ANA = "ana@customer.example"


def held_back(*rows: int, **changes: object) -> HeldBack:
    """A sure access request that was held, by default for its age."""
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7",
        "enquiry_id": 7,
        "enquiry": make_enquiry(),
        "gate": make_gate(GateAnswer.HOLD, *(rows or (16,))),
        "reading": make_classification(),
        "controller": "Larkfield Systems Ltd",
        "not_acknowledged": True,
        "no_letter_because": "held for a person: gate row 16",
        "recipient": ANA,
        "cases": (1,),
    }
    return HeldBack(**(values | changes))  # type: ignore[arg-type]


def released(held: HeldBack, *cases: object, **more: object) -> Released:
    done = release(held, cases or (make_case_file(next_step=BY_HAND),), POLICY, NOW, **more)  # type: ignore[arg-type]
    assert isinstance(done, Released), done
    return done


def refused(held: HeldBack, **more: str) -> str:
    done = release(held, (make_case_file(),), POLICY, NOW, **more)
    assert isinstance(done, Refused), done
    return "\n".join(done.reasons)


def test_the_letter_is_the_one_the_rules_choose_and_a_persons() -> None:
    done = released(held_back())
    assert done.facts.purpose is LetterPurpose.ACKNOWLEDGEMENT
    assert (done.facts.kinds, done.facts.by_person, done.recipient) == ((Kind.ACCESS,), True, ANA)
    assert done.facts.due_on == make_dates().statutory_due
    ((number, planned),) = done.steps
    assert (number, planned.next_step) == (1, "check kind and identity, then start the search")


def test_a_case_somebody_works_on_already_keeps_its_next_step() -> None:
    assert released(held_back(), make_case_file(next_step="search")).steps == ()


def test_a_date_that_is_past_is_not_promised_and_a_closed_case_not_spoken_of() -> None:
    late = make_case_file(dates=make_dates(statutory_due=(NOW - timedelta(days=3)).date()))
    assert released(held_back(), late).facts.due_on is None
    assert released(held_back(), make_case_file(state=CaseState.CLOSED)).facts.kinds == ()


def test_what_a_person_said_counts_for_more_than_what_was_read() -> None:
    unsure = make_classification(kinds=(), sure_kinds=(), needs_person=True)
    assert released(held_back(reading=unsure)).facts.purpose is LetterPurpose.NEUTRAL
    said = held_back(reading=unsure, kinds_said=(Kind.ACCESS,))
    assert released(said).facts.purpose is LetterPurpose.ACKNOWLEDGEMENT
    right = (Kind.OTHER_RIGHT,)
    more = held_back(reading=None, kinds_said=right, rights_said=(OtherRight.PORTABILITY,))
    assert released(more, make_case_file(Kind.OTHER_RIGHT)).facts.other_rights == (OtherRight.PORTABILITY,)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"gate": make_gate(GateAnswer.NEVER, 10)}, "never answered"),
        ({"not_acknowledged": False}, "acknowledged already"),
        ({"letters": ((4, "acknowledgement", "unclear"),)}, "acknowledgement 4 is unclear"),
        ({"recipient": ""}, "give one that you have checked"),
        ({"enquiry": make_enquiry(channel=Channel.IN_PERSON), "recipient": ""}, "came by in person"),
        ({"reading": make_classification(flags=(Flag.REGULATOR_OR_COURT,))}, "a person decides"),
        ({"reading": None}, "not read"),
    ],
)
def test_what_speaks_against_it_is_told(changes: dict[str, object], why: str) -> None:
    assert why in refused(held_back(**changes))


def test_a_checked_address_stands_in_for_one_nobody_vouches_for() -> None:
    doubtful = held_back(18, recipient="")
    assert released(doubtful, to=" Ana@Checked.example ").recipient == "ana@checked.example"
    assert "is no mail address" in refused(doubtful, to="somewhere")


def test_many_go_at_once_only_where_age_or_volume_alone_held_them() -> None:
    assert held_back(16, 21).only_age_or_volume
    assert not held_back(16, 18).only_age_or_volume
    assert not held_back(16, recipient="").only_age_or_volume
    assert not held_back(gate=make_gate(GateAnswer.NEVER, 16)).only_age_or_volume
    assert not held_back(gate=make_gate()).only_age_or_volume


def test_why_it_was_held_is_the_gates_reason_or_what_was_noted() -> None:
    assert held_back(16).why_held == tuple(hit.why for hit in make_gate(GateAnswer.HOLD, 16).hits)
    assert held_back(gate=make_gate()).why_held == ("held for a person: gate row 16",)


def desk_letter(purpose: LetterPurpose = LetterPurpose.PROGRESS, **changes: object) -> DeskLetter:
    """A draft as the console sees it."""
    values: dict[str, object] = {
        "id": 31,
        "enquiry_id": 7,
        "reference": "DP-2026-00042-K7",
        "number": 1,
        "kind": "access",
        "purpose": purpose.value,
        "state": "draft",
        "code": "",
        "recipient": ANA,
        "in_chat": False,
        "internal": False,
        "subject": "News about your message - reference DP-2026-00042-K7",
        "body": "Hello.\n",
        "why": "proposed by a person",
        "created_at": NOW,
        "sent_at": None,
        "undelivered_at": None,
        "promised_on": date(2026, 12, 7),
        "outcome": "",
        "controller": "Larkfield Systems Ltd",
        "received_at": NOW,
        "sender": "Ana Example",
        "about": "My personal information",
    }
    return DeskLetter(**(values | changes))  # type: ignore[arg-type]


def test_a_draft_goes_by_mail_by_chat_or_on_paper() -> None:
    assert desk_letter().goes == "mail"
    assert desk_letter(in_chat=True).goes == "chat"
    assert desk_letter(recipient="").goes == "print"
    assert desk_letter().case_reference == "DP-2026-00042-K7/1"
    assert desk_letter(number=None).case_reference == "DP-2026-00042-K7"
    assert not desk_letter(state="sent").is_draft
    assert desk_letter().is_draft
    assert desk_letter().mark != desk_letter(body="Hello!\n").mark


def test_a_draft_may_say_the_days_of_its_case_and_the_one_it_was_laid_ready_with() -> None:
    case = make_case_file()
    facts = facts_of_draft(desk_letter(), (case,), case.dates, POLICY)
    assert (facts.due_on, facts.news_by, facts.kinds) == (case.dates.statutory_due, date(2026, 12, 7), (Kind.ACCESS,))
    neutral = facts_of_draft(desk_letter(LetterPurpose.NEUTRAL, number=None), (), None, POLICY)
    assert (neutral.due_on, neutral.kinds, neutral.channel) == (date(2026, 12, 7), (), Channel.EMAIL)


def test_a_first_letter_about_several_kinds_names_the_next_day_of_each() -> None:
    stops, answer = date(2026, 11, 24), date(2026, 12, 4)
    cases = (
        make_case_file(),
        make_case_file(Kind.OPT_OUT, number=2, next_step_on=stops),
        make_case_file(Kind.COMPLAINT, number=3, next_step_on=answer),
    )
    letter = desk_letter(LetterPurpose.ACKNOWLEDGEMENT, number=None)
    facts = facts_of_draft(letter, cases, None, POLICY)
    assert (facts.opt_out_by, facts.news_by, facts.due_on) == (stops, answer, make_dates().statutory_due)
    alone = facts_of_draft(replace(letter, purpose="opt_out_recorded"), cases[1:2], None, POLICY)
    assert (alone.opt_out_by, alone.news_by, alone.due_on) == (date(2026, 12, 7), None, None)
