"""The one decision, as sentences: what becomes of a new enquiry, who gets which letter, and why none."""

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.deciding import (
    decided,
    letter_of,
    person_writes,
)
from triage.domain.enquiry import Attachment, Correspondent
from triage.domain.plan import History, SentCounts
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane, LetterPurpose, OtherRight


def test_a_sure_request_opens_a_case_and_is_acknowledged_with_its_due_date() -> None:
    plan = decided(person_writes(Kind.ACCESS))
    assert (plan.outcome, plan.lane, [case.kind for case in plan.cases]) == ("enquiry", Lane.NEW, [Kind.ACCESS])
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.ACKNOWLEDGEMENT
    assert plan.letter.facts.due_on == plan.cases[0].dates.statutory_due == date(2026, 12, 23)
    assert not plan.letter.needs_approval
    assert not plan.not_acknowledged


def test_a_complaint_alone_gets_the_complaint_letter_and_a_promised_day_of_news() -> None:
    plan = decided(person_writes(Kind.COMPLAINT))
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT
    assert plan.lane is Lane.COMPLAINTS
    assert plan.letter.facts.news_by == plan.cases[0].next_step_on == date(2026, 12, 7)
    assert plan.letter.facts.due_on is None


def test_an_opt_out_alone_is_told_that_it_is_recorded_and_by_when_marketing_stops() -> None:
    plan = decided(person_writes(Kind.OPT_OUT))
    assert plan.letter is not None
    assert (letter_of(plan), plan.letter.needs_approval) == (LetterPurpose.OPT_OUT_RECORDED, False)
    assert plan.letter.facts.opt_out_by == plan.cases[0].next_step_on == date(2026, 11, 24)


@pytest.mark.parametrize("changes", [{"flags": (Flag.CHILD,)}, {"sure_kinds": ()}])
def test_an_opt_out_that_is_flagged_or_unsure_gets_the_neutral_letter(changes: dict[str, object]) -> None:
    assert letter_of(decided(person_writes(Kind.OPT_OUT, **changes))) is LetterPurpose.NEUTRAL


def test_several_kinds_open_several_cases_and_get_one_letter() -> None:
    plan = decided(person_writes(Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT))
    assert [case.kind for case in plan.cases] == [Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT]
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.ACKNOWLEDGEMENT
    assert plan.letter.facts.kinds == (Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT)
    assert plan.letter.facts.opt_out_by == plan.cases[2].next_step_on == date(2026, 11, 24)


def test_a_kind_between_the_thresholds_gets_the_neutral_letter_without_kind_or_date() -> None:
    plan = decided(person_writes(Kind.DELETION, sure_kinds=(), needs_person=True))
    assert plan.letter is not None
    assert letter_of(plan) is LetterPurpose.NEUTRAL
    assert (plan.letter.facts.kinds, plan.letter.facts.due_on) == ((), None)
    assert plan.lane is Lane.NEEDS_PERSON


def test_the_neutral_letter_gives_a_date_where_one_kind_is_sure() -> None:
    plan = decided(person_writes(Kind.ACCESS, Kind.DELETION, sure_kinds=(Kind.ACCESS,), needs_person=True))
    assert plan.letter is not None
    assert plan.letter.facts.due_on == date(2026, 12, 23)


def test_a_doubt_without_a_kind_gets_the_neutral_letter_and_no_case() -> None:
    plan = decided(person_writes(needs_person=True, request_score=0.5))
    assert (letter_of(plan), plan.cases, plan.lane) == (LetterPurpose.NEUTRAL, (), Lane.NEEDS_PERSON)


def test_what_asks_for_nothing_gets_no_letter_and_waits_for_the_daily_look() -> None:
    plan = decided(person_writes())
    assert (letter_of(plan), plan.lane, plan.not_acknowledged) == (None, Lane.NOT_REQUESTS, False)
    assert "nothing in it asks" in plan.no_letter_because


def test_a_robot_with_nothing_to_ask_is_automatic_mail() -> None:
    plan = decided(person_writes(headers=(("auto-submitted", "auto-generated"),)))
    assert (plan.gate.answer, plan.lane, plan.cases) == (GateAnswer.NEVER, Lane.AUTOMATIC_MAIL, ())


def test_a_request_in_what_looks_automatic_still_opens_its_case_for_a_person() -> None:
    plan = decided(person_writes(Kind.ACCESS, headers=(("auto-submitted", "auto-generated"),)))
    assert (plan.lane, letter_of(plan), plan.not_acknowledged) == (Lane.NEEDS_PERSON, None, True)
    assert (plan.cases[0].next_step, plan.cases[0].next_step_on) == ("acknowledge by hand", date(2026, 11, 24))
    assert "never answered by a machine: gate row 4" in plan.no_letter_because


def test_a_held_mail_waits_for_a_person_and_is_marked_not_acknowledged() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(backlog=True))
    assert plan.gate.answer is GateAnswer.HOLD
    assert (plan.lane, letter_of(plan), plan.not_acknowledged) == (Lane.NEEDS_PERSON, None, True)


@pytest.mark.parametrize(
    "sent",
    [
        SentCounts(sender_hour=1),
        SentCounts(sender_day=3),
        SentCounts(sender_30_days=10),
        SentCounts(domain_day=20),
        SentCounts(global_10_minutes=30),
    ],
)
def test_each_limit_holds_the_letter_when_it_is_reached(sent: SentCounts) -> None:
    plan = decided(person_writes(Kind.ACCESS), History(sent=sent))
    assert [hit.row for hit in plan.gate.hits] == [21]
    assert letter_of(plan) is None


def test_a_free_mail_domain_has_no_limit_of_its_own() -> None:
    sender = Correspondent(name="", address="ana@gmail.com")
    analysis = person_writes(Kind.ACCESS)
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, sender=sender))
    assert letter_of(decided(analysis, History(sent=SentCounts(domain_day=500)))) is LetterPurpose.ACKNOWLEDGEMENT


@pytest.mark.parametrize(
    "flag",
    [
        Flag.REGULATOR_OR_COURT,
        Flag.DISCLOSURE_REQUEST,
        Flag.PRESS,
        Flag.THREAT_TO_SAFETY,
        Flag.BEREAVEMENT,
        Flag.STAFF,
        Flag.CLIENT_INSTRUCTION,
        Flag.SPAM,
    ],
)
def test_no_machine_writes_first_where_a_person_must_decide(flag: Flag) -> None:
    plan = decided(person_writes(Kind.ACCESS, flags=(flag,)))
    assert letter_of(plan) is None
    assert plan.not_acknowledged
    assert flag.value in plan.no_letter_because


@pytest.mark.parametrize(
    "flag",
    [
        Flag.SOLICITOR,
        Flag.REPRESENTATIVE,
        Flag.CHILD,
        Flag.THIRD_PARTY_PORTAL,
        Flag.PROCESSOR_DATA,
        Flag.SPECIAL_CATEGORY,
        Flag.ABOUT_THE_DPO,
        Flag.BREACH_REPORT,
        Flag.NOT_ENGLISH,
        Flag.UNFILLED_TEMPLATE,
    ],
)
def test_these_flags_allow_the_neutral_letter_only(flag: Flag) -> None:
    assert letter_of(decided(person_writes(Kind.ACCESS, flags=(flag,)))) is LetterPurpose.NEUTRAL


def test_a_breach_report_is_urgent_and_its_letter_says_keep_it_closed() -> None:
    plan = decided(person_writes(Kind.COMPLAINT, flags=(Flag.BREACH_REPORT,)))
    assert plan.lane is Lane.URGENT
    assert plan.letter is not None
    assert plan.letter.facts.may_be_breach


def test_spam_alone_waits_for_the_daily_look_and_alarms_nobody() -> None:
    plan = decided(person_writes(flags=(Flag.SPAM,)))
    assert (plan.lane, plan.not_acknowledged) == (Lane.NOT_REQUESTS, False)


def test_a_few_words_beside_an_attachment_get_the_neutral_letter() -> None:
    analysis = person_writes(Kind.ACCESS)
    attachment = Attachment(name="letter.pdf", type="application/pdf", size_bytes=9)
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, attachments=(attachment,)))
    assert letter_of(decided(analysis)) is LetterPurpose.NEUTRAL


def test_an_opt_out_that_may_not_be_about_marketing_gets_the_neutral_letter() -> None:
    analysis = person_writes(Kind.OPT_OUT, Kind.OTHER_RIGHT, other_rights=(OtherRight.CONSENT,))
    assert letter_of(decided(analysis)) is LetterPurpose.NEUTRAL


def test_a_mail_that_cannot_be_read_goes_to_a_person_with_the_neutral_letter() -> None:
    analysis = person_writes(needs_person=True)
    analysis = replace(
        analysis, enquiry=replace(analysis.enquiry, readable=False), facts=replace(analysis.facts, readable=False)
    )
    plan = decided(analysis)
    assert [hit.row for hit in plan.gate.hits] == [22]
    assert (letter_of(plan), plan.lane) == (LetterPurpose.NEUTRAL, Lane.NEEDS_PERSON)


def test_an_unread_and_unreadable_mail_still_goes_to_a_person() -> None:
    analysis = replace(person_writes(), classification=None)
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, readable=False))
    plan = decided(analysis)
    assert (plan.lane, letter_of(plan)) == (Lane.NEEDS_PERSON, None)
    assert plan.no_letter_because == "not read: a person looks first"


def test_an_unread_mail_of_a_machine_is_automatic_mail() -> None:
    analysis = replace(person_writes(headers=(("x-autoreply", "yes"),)), classification=None)
    plan = decided(analysis)
    assert (plan.lane, plan.trace[1]) == (Lane.AUTOMATIC_MAIL, "not classified")
