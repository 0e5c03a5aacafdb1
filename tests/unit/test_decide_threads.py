"""The one decision where something is known already: duplicates, our own letters, replies, what comes back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import NOW, make_enquiry
from tests.unit.deciding import (
    DESK,
    OUR_ADDRESS,
    POLICY,
    TABLE,
    THREAD,
    bearing_our_message_id,
    bounced,
    decided,
    letter_of,
    person_writes,
    reply,
)
from triage.domain.decide import controller_for, decide
from triage.domain.enquiry import Attachment
from triage.domain.plan import Analysis, History
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane, LetterPurpose


def test_the_same_mail_twice_is_linked_and_answered_once() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(duplicate_of="DP-2026-00007-A1"))
    assert (plan.outcome, plan.joins, plan.letter, plan.cases) == ("duplicate", "DP-2026-00007-A1", None, ())


def test_the_same_message_id_on_another_text_is_an_enquiry_of_its_own_with_a_suggestion() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(same_id_other_content="DP-2026-00007-A1"))
    assert (plan.outcome, plan.suggests) == ("enquiry", "DP-2026-00007-A1")


def test_our_own_letter_come_back_is_automatic_mail_and_opens_nothing() -> None:
    analysis = bearing_our_message_id()
    analysis = replace(analysis, facts=replace(analysis.facts, from_addresses=(OUR_ADDRESS,)))
    plan = decided(analysis)
    assert (plan.lane, plan.cases, plan.letter) == (Lane.AUTOMATIC_MAIL, (), None)


def test_our_message_id_on_somebody_elses_mail_does_not_hide_what_it_asks() -> None:
    plan = decided(bearing_our_message_id())
    assert [case.kind for case in plan.cases] == [Kind.ACCESS]


def test_mail_from_before_the_desk_started_opens_no_case_and_gets_no_letter() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(before_start=True))
    assert (plan.lane, plan.cases, plan.letter) == (Lane.NOT_REQUESTS, (), None)


def test_a_participants_reply_joins_its_thread_and_is_not_answered() -> None:
    plan = decided(reply(Kind.ACCESS), History(thread=THREAD))
    assert (plan.outcome, plan.joins, plan.lane) == ("follow_up", THREAD.reference, Lane.NEW_MESSAGE)
    assert (plan.letter, plan.cases) == (None, ())


def test_a_new_right_in_a_reply_opens_a_further_case() -> None:
    plan = decided(reply(Kind.ACCESS, Kind.DELETION), History(thread=THREAD))
    assert [(case.kind, case.next_step) for case in plan.cases] == [(Kind.DELETION, "acknowledge by hand")]
    assert plan.not_acknowledged


def test_a_complaint_in_a_reply_is_on_top_with_its_acknowledgement_drafted_for_approval() -> None:
    plan = decided(reply(Kind.COMPLAINT), History(thread=THREAD))
    assert plan.lane is Lane.COMPLAINTS
    assert plan.letter is not None
    assert plan.letter.needs_approval
    assert plan.letter.facts.by_person
    assert plan.letter.facts.reference == THREAD.reference
    assert plan.letter.facts.news_by == plan.cases[0].next_step_on == date(2026, 12, 7)
    assert plan.not_acknowledged


def test_a_complaint_that_answers_us_from_another_address_is_drafted_too() -> None:
    plan = decided(reply(Kind.ACCESS, Kind.COMPLAINT), History(thread=replace(THREAD, sender_is_participant=False)))
    assert plan.letter is not None
    assert (plan.outcome, plan.letter.needs_approval, plan.not_acknowledged) == ("enquiry", True, True)
    assert [case.next_step for case in plan.cases] == ["acknowledge by hand", "answer, or tell how far we have got"]


def test_no_letter_is_drafted_to_nobody() -> None:
    analysis = reply(Kind.COMPLAINT)
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, sender=None))
    assert decided(analysis, History(thread=THREAD)).letter is None


@pytest.mark.parametrize("row", [18, 19])
def test_a_participant_whose_sender_is_doubtful_joins_nothing_by_himself(row: int) -> None:
    analysis = reply(Kind.ACCESS)
    facts = replace(analysis.facts, reply_to=("someone@elsewhere.example",))
    if row == 19:
        facts = replace(analysis.facts, headers=(("x-spam-flag", "YES"),))
    plan = decided(replace(analysis, facts=facts), History(thread=THREAD))
    assert row in {hit.row for hit in plan.gate.hits}
    assert (plan.outcome, plan.suggests) == ("enquiry", THREAD.reference)


def test_a_danger_in_a_reply_is_urgent() -> None:
    plan = decided(reply(flags=(Flag.THREAT_TO_SAFETY,)), History(thread=THREAD))
    assert plan.lane is Lane.URGENT


def test_an_unread_reply_joins_all_the_same() -> None:
    plan = decided(replace(reply(), classification=None), History(thread=THREAD))
    assert (plan.outcome, plan.lane, plan.cases) == ("follow_up", Lane.NEW_MESSAGE, ())


def test_a_strangers_reply_is_a_new_enquiry_with_a_suggestion() -> None:
    stranger = replace(THREAD, sender_is_participant=False)
    plan = decided(reply(Kind.ACCESS), History(thread=stranger))
    assert (plan.outcome, plan.suggests) == ("enquiry", THREAD.reference)
    assert plan.letter is None


@pytest.mark.parametrize(
    ("status", "sender", "failed", "dead"),
    [
        (("failed", "5.1.1"), "mailer-daemon@mx.example", True, True),
        (("failed", "4.4.7"), "mailer-daemon@mx.example", True, False),
        (("delayed", "4.4.1"), "mailer-daemon@mx.example", False, False),
        (None, "mailer-daemon@mx.example", True, False),
        (None, "ana@customer.example", False, False),
    ],
)
def test_a_bounce_is_an_event_on_the_thread_it_answers(
    status: tuple[str, str] | None, sender: str, failed: bool, dead: bool
) -> None:
    plan = decided(bounced(status, sender), History(thread=THREAD))
    assert (plan.outcome, plan.joins, plan.lane) == ("returned_letter", THREAD.reference, None)
    assert (plan.bounce_is_permanent, plan.address_is_dead) == (failed, dead)


def absence(analysis: Analysis, text: str = "I am away and back on the 30th.") -> Analysis:
    facts = replace(analysis.facts, subject="Out of office: your letter")
    return replace(analysis, enquiry=make_enquiry(full_text=text), facts=facts)


def test_an_absence_note_without_a_machines_mark_is_an_event_unless_it_asks_for_something() -> None:
    assert decided(absence(reply(needs_person=True)), History(thread=THREAD)).outcome == "returned_letter"
    assert decided(absence(reply(Kind.DELETION)), History(thread=THREAD)).outcome == "follow_up"


def test_a_doubt_about_an_absence_note_is_nobodys_work_but_a_kind_in_it_is() -> None:
    assert decided(absence(person_writes(needs_person=True))).lane is Lane.AUTOMATIC_MAIL
    assert decided(absence(person_writes(Kind.ACCESS))).lane is Lane.NEEDS_PERSON


def test_a_subject_like_an_absence_over_a_persons_words_keeps_their_doubt() -> None:
    words = "Before I go: have you still got my details on file? I would rather you had not."
    assert decided(absence(person_writes(needs_person=True), words)).lane is Lane.NEEDS_PERSON
    assert decided(absence(reply(needs_person=True), words), History(thread=THREAD)).outcome == "follow_up"


@pytest.mark.parametrize("header", [("x-auto-response-suppress", "All"), ("x-other", "1")])
def test_a_persons_answer_or_attachment_is_seen_also_where_a_mail_server_stamped_it(header: tuple[str, str]) -> None:
    stamped = replace(reply(), facts=replace(reply().facts, headers=(header,)))
    assert decided(stamped).lane is Lane.NEEDS_PERSON
    attachment = Attachment(name="letter.pdf", type="application/pdf", size_bytes=9)
    enquiry = make_enquiry(full_text="Please see attached.", attachments=(attachment,))
    assert decided(replace(person_writes(headers=(header,)), enquiry=enquiry)).lane is Lane.NEEDS_PERSON


def test_a_bounce_that_only_names_a_reference_is_no_event_of_ours() -> None:
    plan = decided(
        bounced(("failed", "5.1.1"), "evil@stranger.example"), History(thread=replace(THREAD, tie="reference"))
    )
    assert plan.outcome != "returned_letter"


def test_few_words_beside_an_attachment_are_never_taken_for_nothing() -> None:
    attachment = Attachment(name="letter.pdf", type="application/pdf", size_bytes=9)
    analysis = person_writes()
    analysis = replace(
        analysis, enquiry=make_enquiry(full_text="Please find attached my letter.", attachments=(attachment,))
    )
    plan = decided(analysis)
    assert (letter_of(plan), plan.lane) == (LetterPurpose.NEUTRAL, Lane.NEEDS_PERSON)


def test_somebody_elses_mail_passed_on_is_for_a_person() -> None:
    analysis = person_writes()
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, forward_of="bob@customer.example"))
    plan = decided(analysis)
    assert (letter_of(plan), plan.lane) == (LetterPurpose.NEUTRAL, Lane.NEEDS_PERSON)
    assert "passed on" in plan.letter.why if plan.letter else ""


def test_no_letter_promises_a_day_that_is_past() -> None:
    analysis = person_writes(Kind.OPT_OUT)
    analysis = replace(analysis, enquiry=replace(analysis.enquiry, received_at=NOW - timedelta(hours=71)))
    plan = decided(analysis)
    assert plan.letter is not None
    assert plan.letter.facts.opt_out_by == plan.cases[0].next_step_on == date(2026, 11, 24)


def test_without_a_store_only_what_the_mail_itself_says_counts() -> None:
    plan = decide(person_writes(Kind.ACCESS), History(backlog=True), POLICY, DESK, TABLE, NOW, store_read=False)
    assert plan.gate.answer is GateAnswer.ACK


def test_the_clock_starts_with_receipt_or_where_unknown_now() -> None:
    analysis = person_writes(Kind.ACCESS)
    earlier = replace(analysis, enquiry=replace(analysis.enquiry, received_at=NOW - timedelta(days=2)))
    unknown = replace(analysis, enquiry=replace(analysis.enquiry, received_at=None))
    assert decided(earlier).cases[0].dates.received_on == date(2026, 11, 21)
    assert decided(unknown).cases[0].dates.received_on == date(2026, 11, 23)


def test_a_receipt_in_an_impossible_year_counts_as_now() -> None:
    analysis = person_writes(Kind.ACCESS)
    ancient = replace(analysis, enquiry=replace(analysis.enquiry, received_at=NOW.replace(year=1902)))
    assert decided(ancient).cases[0].dates.received_on == date(2026, 11, 23)


def test_a_mail_without_sender_is_decided_too() -> None:
    analysis = person_writes(Kind.ACCESS)
    analysis = replace(analysis, enquiry=make_enquiry(sender=None))
    assert decided(analysis).lane in {Lane.NEW, Lane.NEEDS_PERSON}


def test_the_controller_is_the_one_whose_address_was_written_to() -> None:
    second = replace(POLICY.main_controller, name="Wrenfield Ltd", addresses=("Privacy@wrenfield.example",))
    policy = replace(POLICY, controllers=(POLICY.main_controller, second))
    analysis = person_writes(Kind.ACCESS)
    to_second = replace(analysis, facts=replace(analysis.facts, recipients=("privacy@wrenfield.example",)))
    to_nobody = replace(analysis, facts=replace(analysis.facts, recipients=()))
    assert controller_for(to_second, policy).name == "Wrenfield Ltd"
    assert controller_for(to_nobody, policy) is POLICY.main_controller


def test_the_trace_tells_gate_kinds_flags_dates_and_letter() -> None:
    plan = decided(person_writes(Kind.ACCESS, flags=(Flag.SOLICITOR,)))
    told = "\n".join(plan.trace)
    for word in ("gate ack", "access 0.97", "flags: solicitor", "Due by the end of", "letter: neutral letter"):
        assert word in told


def test_a_report_on_a_mail_to_staff_is_in_no_thread_and_says_that_it_failed() -> None:
    plan = decided(bounced(("failed", "5.1.1"), "mailer-daemon@relay.example"), History())
    assert (plan.outcome, plan.bounce_is_permanent) == ("enquiry", True)
    assert not decided(bounced(("delayed", "4.4.1"), "mailer-daemon@relay.example"), History()).bounce_is_permanent
