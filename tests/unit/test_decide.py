"""The one decision, as sentences: what becomes of an enquiry, who gets which letter, and why none."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.factories import NOW, SECRET, make_analysis, make_classification, make_enquiry, make_facts
from triage.domain.decide import controller_for, decide
from triage.domain.enquiry import Attachment, Correspondent
from triage.domain.gate import Desk
from triage.domain.mail_facts import MailPart
from triage.domain.plan import Analysis, History, Plan, SentCounts, Thread
from triage.domain.policy import Policy
from triage.domain.reference import make_message_id
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane, LetterPurpose, OtherRight
from triage.parsing.gate_table import read_gate_table
from triage.parsing.rules import load_policy

RULES = Path(__file__).parents[2] / "rules"
POLICY = load_policy(RULES)
TABLE = read_gate_table((RULES / "gate.toml").read_text(encoding="utf-8"))
OUR_ADDRESS = "dataprotection@larkfield.example"
DESK = Desk(mailbox_address=OUR_ADDRESS, aliases=(), own_domains=POLICY.own_domains, secret=SECRET)
THREAD = Thread(
    reference="DP-2026-00042-K7",
    tie="our_message_id",
    sender_is_participant=True,
    open_kinds=(Kind.ACCESS,),
    case_count=1,
)


def person_writes(*kinds: Kind, headers: tuple[tuple[str, str], ...] = (), **reading: object) -> Analysis:
    """A mail from a person to us, with nothing in its headers but `headers`."""
    facts = make_facts(
        headers=headers,
        from_addresses=("ana@customer.example",),
        from_header_count=1,
        return_path="ana@customer.example",
        recipients=(OUR_ADDRESS,),
        recipient_count=1,
    )
    return make_analysis(facts=facts, classification=make_classification(kinds=kinds, **reading))


def decided(analysis: Analysis, history: History | None = None, policy: Policy = POLICY) -> Plan:
    return decide(analysis, history or History(), policy, DESK, TABLE, NOW)


def letter_of(plan: Plan) -> LetterPurpose | None:
    return plan.letter.facts.purpose if plan.letter else None


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


def test_several_kinds_open_several_cases_and_get_one_letter() -> None:
    plan = decided(person_writes(Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT))
    assert [case.kind for case in plan.cases] == [Kind.ACCESS, Kind.DELETION, Kind.OPT_OUT]
    assert plan.letter is not None
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


def bearing_our_message_id() -> Analysis:
    message_id = make_message_id(SECRET, "DP-2026-00042-K7", "acknowledgement", 1, "larkfield.example")
    analysis = person_writes(Kind.ACCESS)
    return replace(analysis, enquiry=replace(analysis.enquiry, message_id=message_id))


def test_mail_from_before_the_desk_started_opens_no_case_and_gets_no_letter() -> None:
    plan = decided(person_writes(Kind.ACCESS), History(before_start=True))
    assert (plan.lane, plan.cases, plan.letter) == (Lane.NOT_REQUESTS, (), None)


def reply(*kinds: Kind, **reading: object) -> Analysis:
    own_id = make_message_id(SECRET, THREAD.reference, "acknowledgement", 1, "larkfield.example")
    analysis = person_writes(*kinds, **reading)
    return replace(analysis, facts=replace(analysis.facts, thread_ids=(own_id,)))


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


def test_an_absence_note_without_a_machines_mark_is_an_event_unless_it_asks_for_something() -> None:
    def away(*kinds: Kind) -> Analysis:
        analysis = reply(*kinds, needs_person=True)
        return replace(analysis, facts=replace(analysis.facts, subject="Out of office: your letter"))

    assert decided(away(), History(thread=THREAD)).outcome == "returned_letter"
    assert decided(away(Kind.DELETION), History(thread=THREAD)).outcome == "follow_up"


def test_a_doubt_about_an_absence_note_is_nobodys_work_but_a_kind_in_it_is() -> None:
    def away(*kinds: Kind) -> Analysis:
        analysis = person_writes(*kinds, needs_person=True)
        return replace(analysis, facts=replace(analysis.facts, subject="Out of office: hall booking"))

    assert decided(away()).lane is Lane.AUTOMATIC_MAIL
    assert decided(away(Kind.ACCESS)).lane is Lane.NEEDS_PERSON


def test_a_bounce_that_only_names_a_reference_is_no_event_of_ours() -> None:
    plan = decided(
        bounced(("failed", "5.1.1"), "evil@stranger.example"), History(thread=replace(THREAD, tie="reference"))
    )
    assert plan.outcome != "returned_letter"


def bounced(status: tuple[str, str] | None, sender: str) -> Analysis:
    analysis = replace(person_writes(), classification=None)
    report = MailPart(type="multipart/report", depth=0, inside_attached_mail=False)
    facts = replace(
        analysis.facts,
        parts=(report,),
        from_addresses=(sender,),
        subject="Undeliverable: hello",
        delivery_status=status,
    )
    return replace(analysis, facts=facts)


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
