"""What interrupts a person, and what does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from tests.unit.open_cases import (
    DEPUTY,
    DIRECTOR,
    DPO,
    MOMENTS,
    POLICY,
    RECEIVED,
    THREAD,
    at,
    away,
    dates_of,
    happened,
    make_case,
    make_letter,
    make_message,
    make_task,
    open_cases,
)
from triage.domain.case_file import CaseFile
from triage.domain.notices import Notice
from triage.domain.policy import Policy
from triage.domain.records import Alarm
from triage.domain.reminders import interrupts, urgent
from triage.domain.urgent_notices import FlaggedMessage
from triage.domain.vocabulary import CaseEventName, CaseState, Flag, Kind, LetterPurpose, Regime

REF = f"{THREAD}/1"
CHRISTMAS = date(2026, 12, 23)
QUIET = at(date(2026, 11, 24))


def told(
    *cases: CaseFile,
    now: datetime = QUIET,
    alarms: tuple[Alarm, ...] = (),
    quarantine: datetime | None = None,
    policy: Policy = POLICY,
    flagged: tuple[FlaggedMessage, ...] = (),
    about_the_dpo: tuple[str, ...] = (),
) -> tuple[Notice, ...]:
    return interrupts(cases, alarms, quarantine, policy, now, flagged, about_the_dpo)


def keys(*cases: CaseFile, day: date = date(2026, 11, 24), alarms: tuple[Alarm, ...] = ()) -> list[str]:
    return [one.key for one in told(*cases, now=at(day), alarms=alarms)]


def test_a_case_on_its_way_interrupts_nobody() -> None:
    assert told(make_case()) == ()


def test_nobody_named_in_the_policy_cannot_be_told() -> None:
    late = make_case()
    assert told(late, now=at(date(2027, 1, 4)), policy=replace(POLICY, staff=None)) == ()


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 12, 15), None),
        (date(2026, 12, 16), f"due_in_5:{REF}:2026-12-23"),
        (date(2026, 12, 21), f"due_in_5:{REF}:2026-12-23"),
        (date(2026, 12, 22), f"due_in_1:{REF}:2026-12-23"),
        (date(2026, 12, 23), f"due_in_1:{REF}:2026-12-23"),
        (date(2026, 12, 24), f"overdue:{REF}:2026-12-23"),
    ],
)
def test_five_days_one_day_and_too_late(day: date, key: str | None) -> None:
    assert keys(make_case(), day=day) == ([key] if key else [])


def test_the_mail_says_what_to_do_and_by_when() -> None:
    (mail,) = told(make_case(), now=at(date(2026, 12, 16)))
    assert mail.to == DPO
    assert mail.subject == f"Due in 5 working days: {REF} (access), by Wed 23 Dec"
    assert mail.body.splitlines()[0] == f"Answer {REF} by Wednesday 23 December 2026: no answer is approved yet."
    assert (mail.purpose, mail.reference) == ("due_in_5", REF)
    assert mail.why in mail.body


def test_the_days_that_are_left_are_said_as_they_are() -> None:
    assert told(make_case(), now=at(date(2026, 12, 18)))[0].subject.startswith("Due in 3 working days")
    assert told(make_case(), now=at(date(2026, 12, 22)))[0].subject.startswith("Due in 1 working day:")
    assert told(make_case(), now=at(CHRISTMAS))[0].subject.startswith("Due now")


def test_closures_bring_the_reminder_forward_and_leave_the_law_alone() -> None:
    shut = replace(POLICY, office_closures=(date(2026, 12, 21), date(2026, 12, 22)))
    (mail,) = told(make_case(), now=at(date(2026, 12, 14)), policy=shut)
    assert mail.key == f"due_in_5:{REF}:2026-12-23"


def test_an_approved_answer_is_not_reminded_of_but_one_not_sent_in_time_is_overdue() -> None:
    queued = make_case(letters=(make_letter(LetterPurpose.OUTCOME, state="queued"),))
    assert keys(queued, day=date(2026, 12, 22)) == []
    assert keys(queued, day=date(2026, 12, 24)) == [f"overdue:{REF}:2026-12-23"]


@pytest.mark.parametrize(
    "case",
    [
        make_case(delivered=True),
        make_case(letters=(make_letter(LetterPurpose.OUTCOME),)),
        make_case(events=(happened(CaseEventName.WITHDRAWN, date(2026, 12, 1)),)),
    ],
    ids=["delivered outside", "sent", "taken back"],
)
def test_an_answered_case_is_not_overdue_while_it_waits_for_its_closing(case: CaseFile) -> None:
    assert keys(case, day=date(2027, 1, 8)) == []


def test_an_answer_that_came_back_is_none() -> None:
    lost = make_case(letters=(make_letter(LetterPurpose.OUTCOME, returned=True),))
    assert keys(lost, day=date(2026, 12, 24)) == [f"overdue:{REF}:2026-12-23"]


def test_an_acknowledgement_is_no_answer() -> None:
    assert keys(make_case(letters=(make_letter(number=1),)), day=date(2026, 12, 24)) != []


def test_a_moved_date_is_another_occasion() -> None:
    extended = make_case(dates=dates_of(Kind.ACCESS, extended=True))
    assert keys(extended, day=date(2027, 2, 23)) == [f"due_in_1:{REF}:2027-02-23"]


def test_time_does_not_run_while_the_person_is_asked() -> None:
    asked = happened(CaseEventName.IDENTITY_ASKED, date(2026, 11, 25))
    waiting = make_case(events=(asked,), dates=dates_of(Kind.ACCESS, identity_asked_on=date(2026, 11, 25)))
    assert keys(waiting, day=date(2027, 1, 8)) == []


def test_asking_when_the_time_is_over_brings_nothing_back() -> None:
    asked_on = date(2026, 12, 28)
    dates = replace(dates_of(Kind.ACCESS), statutory_due=None, safe_due=None)
    late = make_case(events=(happened(CaseEventName.IDENTITY_ASKED, asked_on),), dates=dates)
    assert keys(late, day=date(2026, 12, 29)) == [f"overdue:{REF}:2026-12-23"]


def test_a_complaint_is_overdue_while_nobody_acknowledged_it() -> None:
    silent = make_case(Kind.COMPLAINT, letters=(), not_acknowledged=True)
    assert keys(silent, day=date(2026, 12, 24)) == [f"overdue:{REF}:2026-12-23"]
    assert told(silent, now=at(date(2026, 12, 24)))[0].body.startswith(f"Acknowledge {REF} today")


def test_a_complaints_acknowledgement_that_never_left_is_owed() -> None:
    stuck = make_case(Kind.COMPLAINT, letters=(make_letter(LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, state="queued"),))
    assert keys(stuck, day=date(2026, 12, 24)) == [f"overdue:{REF}:2026-12-23"]


@pytest.mark.parametrize(
    "case",
    [
        make_case(Kind.COMPLAINT),
        make_case(Kind.COMPLAINT, letters=()),  # acknowledged by hand
        make_case(Kind.COMPLAINT, letters=(make_letter(LetterPurpose.COMPLAINT_OUTCOME),), not_acknowledged=True),
        make_case(Kind.COMPLAINT, state=CaseState.CANNOT_REACH, not_acknowledged=True),
        make_case(Kind.COMPLAINT, dates=dates_of(Kind.COMPLAINT, regime=Regime.EU), not_acknowledged=True),
    ],
    ids=["acknowledged", "by hand", "answered within the days", "cannot be reached", "no such duty in the EU"],
)
def test_a_complaint_is_not_overdue_otherwise(case: CaseFile) -> None:
    assert keys(case, day=date(2026, 12, 24)) == []


def test_an_opt_out_alarms_on_its_second_working_day() -> None:
    case = make_case(Kind.OPT_OUT, datetime(2026, 12, 5, 11, tzinfo=UTC), tasks=(make_task("CRM"),))
    assert keys(case, day=date(2026, 12, 7)) == []
    assert keys(case, day=date(2026, 12, 8)) == [f"opt_out_open:{REF}:2026-12-08"]


def test_an_opt_out_carried_out_alarms_nobody() -> None:
    case = make_case(Kind.OPT_OUT, tasks=(make_task("CRM", done_on=date(2026, 11, 24)),))
    assert keys(case, day=date(2026, 12, 1)) == []


def test_a_snoozed_case_is_quiet_until_it_is_overdue() -> None:
    resting = make_case(snoozed_until=date(2027, 1, 8))
    assert keys(resting, day=date(2026, 12, 22)) == []
    assert keys(resting, day=date(2026, 12, 24)) == [f"overdue:{REF}:2026-12-23"]
    opt_out = make_case(Kind.OPT_OUT, snoozed_until=date(2026, 12, 8))
    assert keys(opt_out, day=date(2026, 12, 7)) == []
    assert keys(opt_out, day=date(2026, 12, 8)) != []


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (Flag.BREACH_REPORT, "possible breach"),
        (Flag.THREAT_TO_SAFETY, "somebody may be in danger"),
        (Flag.REGULATOR_OR_COURT, "regulator or court"),
        (Flag.DISCLOSURE_REQUEST, "police"),
    ],
)
def test_what_cannot_wait_is_told_at_night_and_when_snoozed(flag: Flag, words: str) -> None:
    message = make_message(flags=(flag,), enquiry_id=12)
    case = make_case(messages=(message,), snoozed_until=date(2027, 1, 8))
    first, *_ = told(case, now=datetime(2026, 11, 28, 3, tzinfo=UTC))
    assert first.key == f"urgent:{THREAD}:12"
    assert words in first.subject
    assert first.body.startswith(f"Read {THREAD} now")


def test_other_flags_and_messages_somebody_has_read_interrupt_nobody() -> None:
    assert told(make_case(messages=(make_message(flags=(Flag.PRESS,)),))) == ()
    assert told(make_case(messages=(make_message(flags=(Flag.BREACH_REPORT,), read_at=RECEIVED),))) == ()


def test_a_breach_or_danger_is_also_told_to_the_further_addresses_once_each() -> None:
    policy = replace(POLICY, urgent_to=("security@larkfield.example", "Security@Larkfield.example", DPO))
    breach, regulator = (make_message(flags=(flag,)) for flag in (Flag.BREACH_REPORT, Flag.REGULATOR_OR_COURT))
    mails = told(make_case(messages=(breach,)), policy=policy)
    assert [mail.to for mail in mails] == [DPO, "security@larkfield.example"]
    assert len({mail.key for mail in mails}) == 2
    assert [mail.to for mail in told(make_case(messages=(regulator,)), policy=policy)] == [DPO]


def test_two_cases_of_a_thread_tell_of_their_message_once() -> None:
    message = make_message(flags=(Flag.BREACH_REPORT,))
    first = make_case(messages=(message,))
    second = replace(first, reference=f"{THREAD}/2", number=2)
    assert len(told(first, second)) == 1


def test_a_message_without_a_case_is_told_as_well() -> None:
    letter = FlaggedMessage(thread=THREAD, message=make_message(flags=(Flag.REGULATOR_OR_COURT,)))
    assert [mail.key for mail in told(flagged=(letter,))] == [f"urgent:{THREAD}:7"]


def test_a_flag_of_the_case_alone_is_told_until_somebody_opens_it() -> None:
    case = make_case(flags=(Flag.BREACH_REPORT,), looked_at=None)
    assert [mail.key for mail in told(case)] == [f"urgent:{THREAD}:case"]
    assert told(replace(case, looked_at=RECEIVED)) == ()


def test_what_never_waits_can_be_asked_for_alone() -> None:
    case = make_case(messages=(make_message(flags=(Flag.BREACH_REPORT,)),))
    now = at(date(2026, 12, 24))
    assert {mail.purpose for mail in told(case, now=now)} > {"urgent"}
    assert {mail.purpose for mail in urgent((case,), POLICY, now)} == {"urgent"}
    assert urgent((case,), replace(POLICY, staff=None), now) == ()


def test_a_complaint_about_the_dpo_never_reaches_the_dpo() -> None:
    policy = replace(POLICY, urgent_to=(DPO, "security@larkfield.example"))
    message = make_message(flags=(Flag.ABOUT_THE_DPO, Flag.BREACH_REPORT))
    case = make_case(Kind.COMPLAINT, messages=(message,), not_acknowledged=True, letters=(make_letter(returned=True),))
    alarm = Alarm(code="ack_not_delivered", reference=THREAD, raised_at=RECEIVED)
    mails = told(case, now=at(date(2026, 12, 24)), alarms=(alarm,), policy=policy)
    assert {mail.purpose for mail in mails} == {"urgent", "overdue", "ack_not_delivered"}
    assert {mail.to for mail in mails} == {DIRECTOR, "security@larkfield.example"}


def test_a_request_beside_a_complaint_about_the_dpo_goes_past_the_dpo_as_well() -> None:
    complaint = make_case(Kind.COMPLAINT, flags=(Flag.ABOUT_THE_DPO,), reference=f"{THREAD}/2")
    for day in (date(2026, 12, 16), date(2026, 12, 24)):
        mails = told(make_case(), complaint, now=at(day))
        assert {mail.to for mail in mails if mail.reference == REF} == {DIRECTOR}


def test_a_closed_complaint_about_the_dpo_stays_past_the_dpo() -> None:
    court = FlaggedMessage(thread=THREAD, message=make_message(flags=(Flag.REGULATOR_OR_COURT,)))
    alarm = Alarm(code="ack_not_delivered", reference=THREAD, raised_at=RECEIVED)
    mails = told(flagged=(court,), alarms=(alarm,), about_the_dpo=(THREAD,))
    assert [mail.to for mail in mails] == [DIRECTOR, DIRECTOR]


@pytest.mark.parametrize(
    ("gone", "director", "address"),
    [
        (("deputy",), True, DIRECTOR),
        (("director",), True, DEPUTY),
        (("dpo", "deputy", "director"), True, DIRECTOR),
        (("deputy",), False, DEPUTY),
    ],
)
def test_whoever_is_away_a_complaint_about_the_dpo_is_not_the_dpos(
    gone: tuple[str, ...], director: bool, address: str
) -> None:
    policy = POLICY
    for who in gone:
        policy = away(who, date(2026, 11, 1), date(2027, 1, 31), policy)
    assert policy.staff is not None
    if not director:
        policy = replace(policy, staff=replace(policy.staff, director=None))
    message = make_message(flags=(Flag.ABOUT_THE_DPO, Flag.BREACH_REPORT))
    case = make_case(Kind.COMPLAINT, messages=(message,), not_acknowledged=True, letters=())
    mails = told(case, now=at(date(2026, 12, 30)), policy=replace(policy, urgent_to=(DPO,)))
    assert {mail.purpose for mail in mails} == {"urgent", "overdue"}
    assert {mail.to for mail in mails} == {address}


def test_a_planned_absence_hands_over_to_the_deputy_who_is_told_why() -> None:
    policy = away("dpo", date(2026, 12, 14), date(2026, 12, 23))
    (mail,) = told(make_case(), now=at(date(2026, 12, 16)), policy=policy)
    assert mail.to == DEPUTY
    assert "This comes to you because the DPO is away." in mail.body


def test_the_hand_over_makes_no_second_occasion() -> None:
    here = told(make_case(), now=at(date(2026, 12, 16)))
    gone = told(make_case(), now=at(date(2026, 12, 17)), policy=away("dpo", date(2026, 12, 17), date(2026, 12, 18)))
    assert here[0].key == gone[0].key


@pytest.mark.parametrize("code", ["inbox_silent", "mailbox_refused", "outbox_stuck"])
def test_a_desk_that_stands_still_interrupts_once_a_day_however_often_it_flaps(code: str) -> None:
    morning, noon, next_day = at(date(2026, 11, 24)), at(date(2026, 11, 24), 12), at(date(2026, 11, 25))
    found = [keys(alarms=(Alarm(code=code, reference=None, raised_at=raised),)) for raised in (morning, noon, next_day)]
    assert found == [[f"{code}:2026-11-24"], [f"{code}:2026-11-24"], [f"{code}:2026-11-25"]]


def test_other_alarms_wait_for_the_digest() -> None:
    assert keys(alarms=(Alarm(code="look_overdue", reference=None, raised_at=RECEIVED),)) == []


@pytest.mark.parametrize("code", ["not_acknowledged", "ack_not_delivered"])
def test_an_acknowledgement_nobody_got_interrupts_with_a_case_or_without(code: str) -> None:
    alarm = Alarm(code=code, reference=THREAD, raised_at=RECEIVED)
    key = f"{code}:{THREAD}:2026-11-23"
    assert keys(alarms=(alarm,)) == [key]
    assert keys(make_case(not_acknowledged=True), alarms=(alarm,)) == [key]
    assert keys(make_case(not_acknowledged=True, state=CaseState.CANNOT_REACH), alarms=(alarm,)) == []
    assert keys(make_case(not_acknowledged=True, snoozed_until=date(2026, 12, 1)), alarms=(alarm,)) == []


def test_a_refused_letter_interrupts_where_it_was_the_acknowledgement() -> None:
    alarm = Alarm(code="letter_refused", reference=THREAD, raised_at=RECEIVED)
    lost = make_case(letters=(make_letter(state="refused"),), not_acknowledged=True)
    assert keys(lost, alarms=(alarm,)) == [f"letter_refused:{THREAD}:2026-11-23"]
    other = make_case(letters=(make_letter(), make_letter(LetterPurpose.PROGRESS, state="refused")))
    assert keys(other, alarms=(alarm,)) == []


def test_quarantine_interrupts_after_a_working_day() -> None:
    friday = at(date(2026, 11, 27))
    assert told(quarantine=friday, now=at(date(2026, 11, 30))) == ()
    (mail,) = told(quarantine=friday, now=at(date(2026, 12, 1)))
    assert (mail.key, mail.to) == ("quarantine:2026-11-27", DPO)


@given(open_cases(), MOMENTS)
def test_whatever_happened_keys_are_unique_and_mails_have_a_recipient_and_one_line_subjects(
    case: CaseFile, now: datetime
) -> None:
    mails = told(case, now=now)
    assert len({mail.key for mail in mails}) == len(mails)
    for mail in mails:
        assert mail.to
        assert mail.body
        assert "\n" not in mail.subject
        assert mail.key.startswith(mail.purpose)


@given(open_cases(), MOMENTS)
def test_an_overdue_case_is_never_quiet(case: CaseFile, now: datetime) -> None:
    plain = replace(case, snoozed_until=None)
    overdue = [key for key in (mail.key for mail in told(plain, now=now)) if key.startswith("overdue")]
    resting = told(replace(case, snoozed_until=now.date() + timedelta(days=30)), now=now)
    assert [mail.key for mail in resting if mail.purpose == "overdue"] == overdue


def test_that_a_mail_to_staff_did_not_arrive_is_told_to_everybody_once_a_day_without_saying_of_what() -> None:
    lost = tuple(
        Alarm(code="notice_not_sent", reference=reference, raised_at=RECEIVED) for reference in (None, f"{THREAD}/1")
    )
    mails = told(now=at(date(2026, 11, 24)), alarms=lost)
    assert [mail.to for mail in mails] == [DPO, DEPUTY, DIRECTOR]
    assert len({mail.key for mail in mails}) == 3
    assert all(mail.key.startswith("notice_not_sent:2026-11-23:") for mail in mails)
    assert not any(THREAD in mail.subject + mail.body + mail.reference for mail in mails)
