"""The letters of a case's later stages as facts: what each needs, what it promises, which one tells of an outcome."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.factories import make_dates
from triage.domain.case_file import CaseFile
from triage.domain.letter import STAGES, LetterFacts, dates_said, first_named, from_today, stage_of
from triage.domain.outcomes import LETTER_OF
from triage.domain.stage_letters import KINDS_OF, controller_of, drafted, missing
from triage.domain.vocabulary import CaseState, Channel, Kind, Lane, LetterPurpose, Outcome
from triage.parsing.rules import load_policy

POLICY = load_policy(Path(__file__).parents[2] / "rules")
DUE, NEWS = date(2026, 12, 23), date(2026, 12, 7)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def make_file(kind: Kind = Kind.ACCESS, **changes: object) -> CaseFile:
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/1",
        "thread": "DP-2026-00042-K7",
        "number": 1,
        "kind": kind,
        "state": CaseState.OPEN,
        "lane": Lane.NEW,
        "version": 1,
        "controller": POLICY.main_controller.name,
        "channel": Channel.EMAIL,
        "received_at": NOW,
        "opened_at": NOW,
        "dates": make_dates(kind=kind, statutory_due=None if kind is Kind.COMPLAINT else DUE),
        "next_step": "Check who is asking",
        "next_step_on": date(2026, 11, 24),
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def facts_of(purpose: LetterPurpose, kind: Kind = Kind.ACCESS, **changes: object) -> LetterFacts:
    facts = drafted(make_file(kind), purpose, POLICY, why="a person asked for it").facts
    return replace(facts, **changes)  # type: ignore[arg-type]


def test_a_draft_knows_the_case_and_that_a_person_approves_it() -> None:
    draft = drafted(
        make_file(), LetterPurpose.REFUSAL, POLICY, why="refused", words="Because.", outcome=Outcome.REFUSED
    )
    facts = draft.facts
    assert (facts.reference, facts.kinds, facts.received_on) == ("DP-2026-00042-K7", (Kind.ACCESS,), date(2026, 11, 23))
    assert (facts.words, facts.outcome, facts.by_person) == ("Because.", Outcome.REFUSED, True)
    assert (draft.why, draft.sends_itself, draft.promised_on) == ("refused", False, None)


def test_a_day_that_is_past_is_named_in_no_letter_and_today_is() -> None:
    facts = facts_of(LetterPurpose.PROGRESS, news_by=NEWS)
    assert from_today(facts, NEWS) == facts
    assert first_named(facts) == NEWS
    later = from_today(facts, date(2026, 12, 8))
    assert (later.news_by, later.due_on, later.overdue, first_named(later)) == (None, DUE, False, DUE)
    over = from_today(replace(facts, opt_out_by=NEWS), date(2026, 12, 24))
    assert (over.news_by, over.due_on, over.opt_out_by, over.overdue) == (None, None, None, True)
    assert first_named(over) is None


def test_what_sends_itself_was_approved_by_nobody() -> None:
    draft = drafted(make_file(Kind.OPT_OUT), LetterPurpose.OPT_OUT_RECORDED, POLICY, why="", sends_itself=True)
    assert (draft.sends_itself, draft.facts.by_person) == (True, False)


def test_a_case_of_a_company_no_longer_listed_writes_as_the_main_one() -> None:
    assert controller_of(make_file(controller="Gone Ltd"), POLICY) == POLICY.main_controller


def test_every_purpose_has_one_stage_and_kinds() -> None:
    assert {purpose: stage_of(purpose) for stage in STAGES.values() for purpose in stage}.keys() == set(LetterPurpose)
    assert KINDS_OF.keys() == set(LetterPurpose)


@pytest.mark.parametrize(
    ("purpose", "kind", "promised", "kept"),
    [
        (LetterPurpose.PROGRESS, Kind.ACCESS, NEWS, NEWS),
        (LetterPurpose.PROGRESS, Kind.ACCESS, None, DUE),
        (LetterPurpose.EXTENSION_NOTICE, Kind.DELETION, None, DUE),
        (LetterPurpose.COMPLAINT_PROGRESS, Kind.COMPLAINT, NEWS, NEWS),
        (LetterPurpose.ESCALATION, Kind.COMPLAINT, NEWS, NEWS),
        (LetterPurpose.OPT_OUT_RECORDED, Kind.OPT_OUT, NEWS, NEWS),
        (LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY, Kind.CORRECTION, None, DUE),
        (LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY, Kind.COMPLAINT, NEWS, NEWS),
        (LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY, Kind.OPT_OUT, NEWS, NEWS),
        (LetterPurpose.OUTCOME, Kind.ACCESS, None, None),
        (LetterPurpose.REFUSAL, Kind.ACCESS, None, None),
        (LetterPurpose.OPT_OUT_DONE, Kind.OPT_OUT, None, None),
    ],
)
def test_a_day_the_letter_names_is_kept_with_the_draft(
    purpose: LetterPurpose, kind: Kind, promised: date | None, kept: date | None
) -> None:
    draft = drafted(make_file(kind), purpose, POLICY, why="", promised_on=promised)
    assert draft.promised_on == kept
    assert {day for _, day in dates_said(draft.facts)} <= {kept, DUE}


def test_a_complaint_and_an_opt_out_are_never_told_the_months_answer() -> None:
    for kind in (Kind.COMPLAINT, Kind.OPT_OUT):
        facts = facts_of(LetterPurpose.ACKNOWLEDGEMENT, kind, due_on=DUE)
        assert dates_said(facts) == ()


@pytest.mark.parametrize(
    ("purpose", "kind", "changes", "fault"),
    [
        (LetterPurpose.IDENTITY_ASK, Kind.ACCESS, {}, "what is needed to be sure who they are"),
        (LetterPurpose.CLARIFICATION_ASK, Kind.ACCESS, {"words": " \n "}, "what is asked, and why"),
        (LetterPurpose.EXTENSION_NOTICE, Kind.ACCESS, {}, "the reasons for taking longer"),
        (LetterPurpose.EXTENSION_NOTICE, Kind.ACCESS, {"words": "x", "due_on": None}, "needs the new date"),
        (LetterPurpose.REFUSAL, Kind.DELETION, {}, "the refusal letter needs words of yours: the reasons"),
        (LetterPurpose.OUTCOME, Kind.ACCESS, {}, "the outcome letter needs the outcome"),
        (LetterPurpose.OUTCOME, Kind.ACCESS, {"outcome": Outcome.PART_PROVIDED}, "needs words of yours: the reasons"),
        (LetterPurpose.COMPLAINT_OUTCOME, Kind.COMPLAINT, {"outcome": Outcome.UPHELD}, "an answer to each point"),
        (LetterPurpose.OPT_OUT_RECORDED, Kind.OPT_OUT, {}, "needs the day marketing stops"),
        (LetterPurpose.IDENTITY_ASK, Kind.OPT_OUT, {"words": "x"}, "no identity ask letter is written about opt_out"),
        (LetterPurpose.EXTENSION_NOTICE, Kind.COMPLAINT, {"words": "x", "due_on": DUE}, "about complaint"),
    ],
)
def test_what_a_person_must_supply_is_asked_for_before_anything_is_worded(
    purpose: LetterPurpose, kind: Kind, changes: dict[str, object], fault: str
) -> None:
    (line,) = missing(facts_of(purpose, kind, **changes))
    assert fault in line


def test_all_that_is_missing_is_named_at_once() -> None:
    assert len(missing(facts_of(LetterPurpose.EXTENSION_NOTICE, Kind.OPT_OUT, due_on=None))) == 3


@pytest.mark.parametrize(
    ("purpose", "kind", "changes"),
    [
        (LetterPurpose.PROGRESS, Kind.ACCESS, {}),
        (LetterPurpose.AUTHORITY_ASK, Kind.ACCESS, {}),
        (LetterPurpose.ESCALATION, Kind.COMPLAINT, {}),
        (LetterPurpose.OUTCOME, Kind.ACCESS, {"outcome": Outcome.NOTHING_HELD}),
        (LetterPurpose.COMPLAINT_OUTCOME, Kind.COMPLAINT, {"outcome": Outcome.WITHDRAWN}),
        (LetterPurpose.REFUSAL, Kind.ACCESS, {"words": "We cannot tell two people apart here."}),
        (LetterPurpose.OPT_OUT_RECORDED, Kind.OPT_OUT, {"way_known": False}),
    ],
)
def test_a_letter_with_all_it_needs_lacks_nothing(
    purpose: LetterPurpose, kind: Kind, changes: dict[str, object]
) -> None:
    assert missing(facts_of(purpose, kind, **changes)) == ()


def test_the_letter_of_every_outcome_may_be_about_its_kind() -> None:
    assert all(kind in KINDS_OF[purpose] for (kind, _), purpose in LETTER_OF.items())
