"""What becomes of a post of the form and of a case typed in by hand; and what mail learned from them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, make_analysis, make_classification, make_enquiry, make_facts
from tests.unit.deciding import decided, person_writes
from triage.domain.plan import Analysis, History, Thread
from triage.domain.reference import make_reference
from triage.domain.told import EntryFacts, FormFacts
from triage.domain.vocabulary import Channel, Flag, GateAnswer, Kind, Lane

REFERENCE = make_reference(2026, 500_001)
ELSEWHERE = "DP-2026-00042-K7"
EARLIER = Thread(reference=ELSEWHERE, tie="reference", sender_is_participant=False)
BY_HAND = (Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL)


def form(*ticked: Kind, found: tuple[Kind, ...] = (), text: str = "Please help me.", **changes: object) -> Analysis:
    """A post of the form: what was ticked, and what the reader found in its text."""
    values: dict[str, object] = {
        "reference": REFERENCE,
        "declared": ticked,
        "held_because": "",
        "earlier_reference": "",
        "way_to_answer": True,
    }
    facts = FormFacts(**(values | changes))  # type: ignore[arg-type]
    enquiry = make_enquiry(channel=Channel.FORM, subject="", message_id=None, full_text=text)
    reading = make_classification(kinds=found)
    return make_analysis(enquiry=enquiry, facts=make_facts(), classification=reading, form=facts)


def entry(*declared: Kind, channel: Channel = Channel.POST, **changes: object) -> Analysis:
    """A letter that came by post two days ago, written down by a colleague."""
    values: dict[str, object] = {
        "declared": declared,
        "received_on": date(2026, 11, 20),
        "by": "dana",
        "way_to_answer": True,
        "earlier_reference": "",
    }
    facts = EntryFacts(**(values | changes))  # type: ignore[arg-type]
    enquiry = make_enquiry(channel=channel, subject="A letter", message_id=None, received_at=NOW)
    reading = make_classification(kinds=())
    return make_analysis(enquiry=enquiry, facts=make_facts(), classification=reading, entry=facts)


# ---- the form ------------------------------------------------------------------------------------------------------


def test_a_ticked_kind_opens_its_case_under_the_reference_of_the_page() -> None:
    plan = decided(form(Kind.ACCESS))
    assert (plan.outcome, plan.lane, plan.adopts) == ("enquiry", Lane.NEW, REFERENCE)
    assert [(case.kind, case.dates.statutory_due) for case in plan.cases] == [(Kind.ACCESS, date(2026, 12, 23))]
    assert plan.cases[0].next_step != "acknowledge by hand"
    assert plan.classification is not None
    assert (plan.classification.sure_kinds, plan.classification.scores[Kind.ACCESS]) == ((Kind.ACCESS,), 1.0)
    assert plan.classification.reasons[0].source == "form.choice"


def test_the_confirmation_page_is_the_acknowledgement_so_nothing_is_sent() -> None:
    plan = decided(form(Kind.COMPLAINT))
    assert (plan.letter, plan.notes, plan.not_acknowledged, plan.lane) == (None, (), False, Lane.COMPLAINTS)
    assert "confirmation page" in plan.no_letter_because
    assert "confirmation page" in plan.trace[-1]


@pytest.mark.parametrize("why", ["no proof of work", "proof of work used before", "honeypot"])
def test_a_held_post_keeps_its_kinds_and_waits_for_a_person(why: str) -> None:
    plan = decided(form(Kind.COMPLAINT, Kind.ACCESS, held_because=why))
    assert ([hit.row for hit in plan.gate.hits], plan.gate.answer) == ([111], GateAnswer.HOLD)
    assert plan.gate.hits[0].why == why
    assert (plan.lane, [case.kind for case in plan.cases]) == (Lane.NEEDS_PERSON, [Kind.ACCESS, Kind.COMPLAINT])
    assert plan.adopts == REFERENCE


def test_a_post_that_asks_for_nothing_is_still_looked_at() -> None:
    for plan in (decided(form()), decided(form(text=""))):
        assert (plan.lane, plan.cases, plan.adopts) == (Lane.NEEDS_PERSON, (), REFERENCE)


def test_what_looks_like_spam_in_the_privacy_form_is_looked_at() -> None:
    for ticked in ((), (Kind.ACCESS,)):
        analysis = form(*ticked)
        reading = make_classification(kinds=(), flags=(Flag.SPAM,))
        assert decided(replace(analysis, classification=reading)).lane is Lane.NEEDS_PERSON


def test_a_tick_without_a_word_is_clear_enough() -> None:
    analysis = form(Kind.DELETION, text="")
    analysis = replace(
        analysis,
        enquiry=replace(analysis.enquiry, readable=False),
        classification=make_classification(kinds=(), needs_person=True),
    )
    assert decided(analysis).lane is Lane.NEW
    assert decided(replace(analysis, classification=None)).lane is Lane.NEW


def test_a_breach_told_by_the_form_is_urgent() -> None:
    reading = make_classification(kinds=(), flags=(Flag.BREACH_REPORT,), needs_person=True)
    assert decided(replace(form(Kind.COMPLAINT), classification=reading)).lane is Lane.URGENT


def test_what_the_text_asks_beside_the_ticks_has_a_case_too() -> None:
    plan = decided(form(Kind.COMPLAINT, found=(Kind.ACCESS,)))
    assert [case.kind for case in plan.cases] == [Kind.ACCESS, Kind.COMPLAINT]


def test_a_reference_that_is_taken_is_not_adopted_and_the_trace_says_why() -> None:
    plan = decided(form(Kind.ACCESS), History(reference_taken=True))
    assert plan.adopts is None
    assert "a new reference is drawn" in "\n".join(plan.trace)
    assert REFERENCE in "\n".join(plan.trace)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x/1",
        "DP-2026-500001-A1",
        make_reference(2026, 1),
        make_reference(2026, 500_000),
        make_reference(2024, 500_001),
        make_reference(2028, 500_001),
        f"{REFERENCE}/1",
        f"{REFERENCE}\n",
        REFERENCE.lower(),
    ],
)
def test_a_reference_no_form_can_have_shown_is_not_adopted_nor_quoted(forged: str) -> None:
    plan = decided(form(Kind.ACCESS, reference=forged))
    assert plan.adopts is None
    assert "the reference that came with the form is none a form gives: a new one is drawn" in plan.trace
    assert not forged or all(forged not in line for line in plan.trace)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_a_form_posted_about_new_year_keeps_its_reference(year: int) -> None:
    reference = make_reference(year, 500_002)
    assert decided(form(Kind.ACCESS, reference=reference)).adopts == reference


def test_an_earlier_reference_suggests_and_joins_nothing() -> None:
    plan = decided(form(Kind.ACCESS, earlier_reference=ELSEWHERE), History(thread=EARLIER))
    assert (plan.outcome, plan.joins, plan.suggests, plan.reopens) == ("enquiry", None, ELSEWHERE, False)
    assert f"perhaps about {ELSEWHERE}" in "\n".join(plan.trace)
    unknown = decided(form(Kind.ACCESS, earlier_reference="DP-1"))
    assert unknown.suggests is None
    assert "none of ours" in "\n".join(unknown.trace)


def test_who_leaves_no_way_to_answer_is_told_of() -> None:
    assert "no way to answer" in "\n".join(decided(form(Kind.ACCESS, way_to_answer=False)).trace)
    assert "no way to answer" in "\n".join(decided(entry(Kind.ACCESS, way_to_answer=False)).trace)
    assert "no way to answer" not in "\n".join(decided(form(Kind.ACCESS)).trace)


# ---- by hand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", BY_HAND)
def test_what_came_by_hand_counts_from_its_day_and_is_acknowledged_by_hand(channel: Channel) -> None:
    plan = decided(entry(Kind.ACCESS, channel=channel))
    assert ([hit.row for hit in plan.gate.hits], plan.gate.answer) == ([121], GateAnswer.HOLD)
    case = plan.cases[0]
    assert (case.dates.received_on, case.dates.statutory_due) == (date(2026, 11, 20), date(2026, 12, 21))
    assert (case.next_step, case.next_step_on) == ("acknowledge by hand", date(2026, 11, 24))
    assert (plan.letter, plan.not_acknowledged, plan.adopts, plan.lane) == (None, True, None, Lane.NEEDS_PERSON)
    assert "by hand" in plan.no_letter_because
    assert plan.classification is not None
    assert plan.classification.reasons[0].source == "entry.choice"


def test_a_time_of_that_very_day_is_kept() -> None:
    assert decided(entry(Kind.ACCESS, received_on=date(2026, 11, 23))).cases[0].dates.received_on == date(2026, 11, 23)


def test_a_day_that_cannot_be_true_counts_as_today() -> None:
    assert decided(entry(Kind.ACCESS, received_on=date(2062, 11, 20))).cases[0].dates.received_on == date(2026, 11, 23)


def test_a_right_only_the_colleague_named_still_has_its_case() -> None:
    plan = decided(entry(Kind.OTHER_RIGHT))
    assert [case.kind for case in plan.cases] == [Kind.OTHER_RIGHT]
    assert plan.classification is not None
    assert plan.classification.kinds == ()


def test_what_a_colleague_wrote_down_without_a_kind_is_never_not_a_request() -> None:
    plan = decided(entry())
    assert (plan.lane, plan.cases, plan.not_acknowledged) == (Lane.NEEDS_PERSON, (), True)


@given(
    ticked=st.lists(st.sampled_from(Kind), unique=True).map(tuple),
    found=st.sets(st.sampled_from(sorted(set(Kind) - {Kind.OTHER_RIGHT}))),
    held=st.sampled_from(("", "honeypot")),
    by_hand=st.booleans(),
    taken=st.booleans(),
    same=st.sampled_from((None, ELSEWHERE)),
)
def test_nothing_is_ever_sent_or_merged_or_lost(
    ticked: tuple[Kind, ...], found: set[Kind], held: str, by_hand: bool, taken: bool, same: str | None
) -> None:
    kinds = tuple(kind for kind in Kind if kind in found)
    analysis = entry(*ticked) if by_hand else form(*ticked, held_because=held)
    analysis = replace(analysis, classification=make_classification(kinds=kinds))
    history = History(same_person=same, reference_taken=taken, before_start=True, duplicate_of=ELSEWHERE)
    plan = decided(analysis, history)
    assert (plan.outcome, plan.letter, plan.notes, plan.joins, plan.suggests) == ("enquiry", None, (), None, same)
    assert plan.no_letter_because
    assert plan.lane not in {None, Lane.NOT_REQUESTS, Lane.AUTOMATIC_MAIL}
    opened = {case.kind for case in plan.cases}
    assert (set(ticked) - {Kind.OTHER_RIGHT}) | found <= opened
    assert plan.not_acknowledged is by_hand


# ---- and a later mail ----------------------------------------------------------------------------------------------


def test_a_mail_from_an_address_given_elsewhere_is_suggested_and_never_merged() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(same_person=ELSEWHERE))
    assert (plan.outcome, plan.joins, plan.suggests) == ("enquiry", None, ELSEWHERE)
    twice = History(same_person="DP-2026-00007-A1", same_id_other_content=ELSEWHERE)
    assert decided(person_writes(Kind.ACCESS), twice).suggests == ELSEWHERE


def test_a_mail_that_is_old_is_still_old() -> None:
    old = person_writes(Kind.ACCESS)
    old = replace(old, enquiry=replace(old.enquiry, received_at=NOW - timedelta(days=30)))
    assert decided(old, History(before_start=True, same_person=ELSEWHERE)).lane is Lane.NOT_REQUESTS
