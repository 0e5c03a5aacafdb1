"""The one mail of the morning."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    bulgarian,
    dates_of,
    happened,
    make_case,
    make_letter,
    make_message,
    make_task,
    open_cases,
)
from triage.domain.case_file import CaseFile
from triage.domain.digest import DatedHead, combined_hash, digest, is_digest_time
from triage.domain.notices import Notice
from triage.domain.policy import Policy
from triage.domain.records import Alarm
from triage.domain.vocabulary import CaseEventName, CaseState, Flag, Kind, LetterPurpose

REF = f"{THREAD}/1"
MORNING = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)  # a Wednesday
ALARM = Alarm(code="look_overdue", reference=None, raised_at=RECEIVED)


def sent(
    *cases: CaseFile,
    now: datetime = MORNING,
    alarms: Sequence[Alarm] = (),
    heads: Sequence[DatedHead] = (),
    stale: Sequence[str] = (),
    policy: Policy = POLICY,
    about_the_dpo: Sequence[str] = (),
) -> tuple[Notice, ...]:
    return digest(cases, alarms, heads, stale, policy, now, about_the_dpo)


def head(chain: str, changed_at: datetime = MORNING, sequence: int = 3) -> DatedHead:
    return DatedHead(
        chain=chain, sequence=sequence, hash=hashlib.sha256(chain.encode()).hexdigest(), changed_at=changed_at
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:29", False),
        ("2026-11-23T08:30", True),
        ("2026-11-23T17:00", True),  # the worker was down in the morning
        ("2026-11-23T23:59", True),
        ("2026-11-22T09:00", False),  # a Sunday
        ("2026-12-25T09:00", False),
        ("2026-12-28T09:00", False),  # the substitute for Boxing Day
        ("2026-07-06T07:29", False),  # summer: London is an hour ahead
        ("2026-07-06T07:30", True),
    ],
)
def test_the_digest_comes_from_half_past_eight_on_working_days(moment: str, expected: bool) -> None:
    assert is_digest_time(datetime.fromisoformat(f"{moment}+00:00"), None, POLICY) is expected


def test_the_digest_comes_once_a_day() -> None:
    assert not is_digest_time(MORNING, MORNING.date(), POLICY)
    assert is_digest_time(MORNING, MORNING.date() - timedelta(days=1), POLICY)


def test_a_closed_office_has_no_digest() -> None:
    assert not is_digest_time(MORNING, None, replace(POLICY, office_closures=(MORNING.date(),)))


def test_in_sofia_the_clock_and_the_holidays_are_bulgarian() -> None:
    assert is_digest_time(datetime(2026, 12, 2, 6, 30, tzinfo=UTC), None, bulgarian())
    assert not is_digest_time(datetime(2027, 3, 3, 9, 0, tzinfo=UTC), None, bulgarian())


def test_nothing_to_do_makes_no_mail_whatever_the_journal_and_the_links_say() -> None:
    assert sent(make_case(), heads=[head(THREAD)], stale=["access"]) == ()


def test_nobody_named_in_the_policy_gets_no_mail() -> None:
    assert sent(make_case(), now=at(date(2027, 1, 4)), policy=replace(POLICY, staff=None)) == ()


def test_the_first_line_says_with_what_to_start_and_the_subject_counts() -> None:
    overdue = make_case(received=RECEIVED - timedelta(days=31))
    draft = make_letter(LetterPurpose.OUTCOME, state="draft", created_at=MORNING)
    waiting = make_case(letters=(draft,), reference=f"{THREAD}/2", number=2)
    waiting = replace(waiting, letters=(replace(draft, number=2),))
    (mail,) = sent(waiting, overdue)
    assert mail.key == "digest:2026-12-02:dpo"
    assert mail.to == DPO
    assert mail.subject == "Privacy desk, Wed 2 Dec: 1 overdue, 1 to approve"
    assert mail.body.startswith(f"Start with {REF}: answer the person (overdue since Mon 23 Nov).")
    assert mail.body.index("Overdue (1)") < mail.body.index("Waiting for your approval (1)")


@pytest.mark.parametrize(
    ("case", "title", "remark"),
    [
        (make_case(received=at(date(2026, 10, 30))), "Overdue (1)", "overdue since"),
        (make_case(received=at(date(2026, 11, 5))), "Due within 5 working days (1)", "due Mon 7 Dec"),
        (make_case(Kind.COMPLAINT, unresolved=("no_outcome",)), "Unresolved complaints (1)", "no outcome"),
        (
            make_case(letters=(make_letter(LetterPurpose.PROGRESS, state="draft"),)),
            "Waiting for your approval (1)",
            "progress",
        ),
        (make_case(looked_at=None), "Waiting to be read or looked at (1)", "not opened yet"),
        (
            make_case(messages=(make_message(received_at=MORNING),)),
            "Waiting to be read or looked at (1)",
            "unread message",
        ),
        (
            make_case(
                events=(happened(CaseEventName.IDENTITY_ASKED, date(2026, 11, 1)),),
                dates=replace(dates_of(Kind.ACCESS), starts_on=None, statutory_due=None, safe_due=None),
            ),
            "Waiting for the person for long (1)",
            "proof of identity, asked on Sun 1 Nov",
        ),
        (make_case(Kind.OPT_OUT, tasks=(make_task(),)), "Opt-outs open (1)", "asked on Mon 23 Nov"),
        (make_case(snoozed_until=date(2026, 12, 2)), "Snooze over (1)", "it rested until today"),
        (
            make_case(received=at(date(2026, 11, 12))),
            "Standing still (1)",
            "an extension could be announced until Fri 11 Dec",
        ),
        (
            make_case(Kind.COMPLAINT, received=at(date(2026, 11, 9)), next_news_on=date(2026, 12, 9)),
            "Standing still (1)",
            "day 23, and nothing has been done",
        ),
        (make_case(Kind.COMPLAINT, next_news_on=date(2026, 12, 2)), "Step due today (1)", "by Wed 2 Dec"),
    ],
)
def test_each_case_stands_where_it_belongs(case: CaseFile, title: str, remark: str) -> None:
    (mail,) = [mail for mail in sent(case) if mail.to == DPO]
    assert title in mail.body
    assert remark in mail.body
    assert mail.body.count(f"  {case.reference} (") == 1


def test_a_snooze_that_ended_at_the_weekend_is_told_on_monday() -> None:
    monday = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    assert "Snooze over" in sent(make_case(snoozed_until=date(2026, 11, 28)), now=monday)[0].body


def test_what_is_snoozed_is_left_out_unless_it_is_overdue() -> None:
    resting = make_case(looked_at=None, snoozed_until=date(2026, 12, 9))
    assert sent(resting) == ()
    late = make_case(received=at(date(2026, 10, 30)), snoozed_until=date(2026, 12, 9))
    assert "Overdue (1)" in sent(late)[0].body


def test_an_answered_case_is_not_due_soon() -> None:
    done = make_case(received=at(date(2026, 11, 5)), letters=(make_letter(LetterPurpose.OUTCOME, sent_at=MORNING),))
    assert sent(done) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"events": (happened(CaseEventName.IDENTITY_ASKED, date(2026, 11, 10)),)},
        {"letters": (make_letter(LetterPurpose.COMPLAINT_PROGRESS),)},
        {"tasks": (make_task(done_on=date(2026, 11, 12)),)},
    ],
)
def test_a_case_on_which_something_was_done_does_not_stand_still(changes: dict[str, object]) -> None:
    promised = date(2026, 12, 9)
    case = make_case(Kind.COMPLAINT, received=at(date(2026, 11, 9)), next_news_on=promised, **changes)
    assert sent(case) == ()


def test_day_fourteen_without_anyone_on_the_case_is_said() -> None:
    mail = sent(make_case(looked_at=None), now=datetime(2026, 12, 7, 8, 30, tzinfo=UTC))[0]
    assert "day 14, and nobody has taken it on" in mail.body


def test_the_deputy_hears_of_what_nobody_opened_for_two_working_days() -> None:
    new = make_case(looked_at=None)
    assert [mail.to for mail in sent(new, now=datetime(2026, 11, 25, 9, tzinfo=UTC))] == [DPO]
    to_dpo, to_deputy = sent(new, now=datetime(2026, 11, 26, 9, tzinfo=UTC))
    assert (to_dpo.to, to_deputy.to) == (DPO, DEPUTY)
    assert to_deputy.key == "digest:2026-11-26:deputy"
    assert to_deputy.body.startswith(f"Open {REF} today, or see that somebody does.")
    assert to_deputy.subject.endswith("1 opened by nobody")


def test_who_stands_in_gets_one_mail_with_each_case_once() -> None:
    policy = away("dpo", date(2026, 11, 23), date(2026, 12, 31))
    (mail,) = sent(make_case(looked_at=None), policy=policy)
    assert mail.to == DEPUTY
    assert "because the DPO is away" in mail.body
    assert "Opened by nobody" not in mail.body


def test_with_the_deputy_away_and_no_director_the_dpos_own_digest_says_it_all() -> None:
    policy = away("deputy", date(2026, 11, 23), date(2026, 12, 31))
    assert policy.staff is not None
    policy = replace(policy, staff=replace(policy.staff, director=None))
    (mail,) = sent(make_case(looked_at=None), policy=policy)
    assert mail.to == DPO


def test_a_complaint_about_the_dpo_is_in_the_directors_digest_alone() -> None:
    secret = make_case(
        Kind.COMPLAINT,
        thread="DP-2026-00043-M2",
        reference="DP-2026-00043-M2/1",
        flags=(Flag.ABOUT_THE_DPO,),
        unresolved=("no_outcome",),
    )
    alarm = Alarm(code="ack_not_delivered", reference="DP-2026-00043-M2", raised_at=RECEIVED)
    heads = [head("DP-2026-00043-M2/1"), head(THREAD)]
    to_dpo, to_director = sent(secret, make_case(looked_at=None, opened_at=MORNING), alarms=[alarm], heads=heads)
    assert (to_dpo.to, to_director.to) == (DPO, DIRECTOR)
    assert "00043" not in to_dpo.body
    assert "DP-2026-00043-M2/1" in to_director.body
    assert "ack not delivered DP-2026-00043-M2" in to_director.body


def test_of_a_closed_complaint_about_the_dpo_the_dpos_digest_shows_nothing() -> None:
    alarm = Alarm(code="letter_refused", reference="DP-2026-00043-M2", raised_at=RECEIVED)
    heads = [head("DP-2026-00043-M2/1"), head(THREAD)]
    mails = sent(make_case(looked_at=None), alarms=[alarm], heads=heads, about_the_dpo=["DP-2026-00043-M2"])
    assert ["00043" in mail.body for mail in mails if mail.to == DPO] == [False]
    assert ["00043" in mail.body for mail in mails if mail.to == DIRECTOR] == [True]


def test_a_request_beside_a_complaint_about_the_dpo_is_in_the_directors_digest_too() -> None:
    complaint = make_case(Kind.COMPLAINT, flags=(Flag.ABOUT_THE_DPO,), reference=f"{THREAD}/2", unresolved=("silence",))
    mails = sent(complaint, make_case(looked_at=None, opened_at=MORNING))
    assert [mail.to for mail in mails] == [DIRECTOR]


def test_alarms_alone_make_a_digest() -> None:
    (mail,) = sent(alarms=[ALARM])
    assert mail.body.startswith("No case waits for you today")
    assert mail.subject.endswith("1 alarm")
    assert sent(alarms=[ALARM, ALARM])[0].subject.endswith("2 alarms")


def test_the_journals_ends_are_listed_where_they_changed_and_all_are_in_one_hash() -> None:
    heads = [head("DP-1", MORNING - timedelta(days=1, hours=1)), head("DP-2", MORNING - timedelta(hours=5))]
    body = sent(make_case(looked_at=None), heads=heads)[0].body
    assert f"  DP-2 row 3 {heads[1].hash}" in body
    assert "DP-1 row" not in body
    assert combined_hash(heads) in body
    assert "All 2 together" in body


def test_on_monday_the_chains_of_the_weekend_are_listed() -> None:
    monday = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    friday = head("DP-1", datetime(2026, 11, 27, 8, 31, tzinfo=UTC))
    assert "DP-1 row 3" in sent(make_case(looked_at=None), now=monday, heads=[friday])[0].body


def test_a_long_list_of_chains_is_cut_and_says_so() -> None:
    body = sent(make_case(looked_at=None), heads=[head(f"DP-{number:03}") for number in range(50)])[0].body
    assert "Chains changed since the last working day (50)" in body
    assert "and 25 more" in body


def test_stale_links_ride_along() -> None:
    assert (
        "Links nobody has checked for long (policy.toml): access"
        in sent(make_case(looked_at=None), stale=["access"])[0].body
    )


HEADS = st.builds(head, st.from_regex(r"\ADP-[0-9]{1,3}\Z"), sequence=st.integers(1, 99))


@given(st.lists(HEADS, min_size=1, unique_by=lambda one: one.chain), st.randoms())
def test_the_combined_hash_is_the_same_in_any_order_and_another_for_any_other_end(
    heads: list[DatedHead], order: Random
) -> None:
    before = combined_hash(heads)
    shuffled = list(heads)
    order.shuffle(shuffled)
    assert combined_hash(shuffled) == before
    moved = [replace(heads[0], sequence=heads[0].sequence + 1), *heads[1:]]
    assert combined_hash(moved) != before


@given(st.lists(open_cases(), max_size=3), MOMENTS)
def test_whatever_happened_nobody_gets_two_digests_a_day(cases: list[CaseFile], now: datetime) -> None:
    named = [replace(case, reference=f"{THREAD}/{number}", number=number) for number, case in enumerate(cases, 1)]
    mails = sent(*named, now=now)
    assert len({mail.to for mail in mails}) == len(mails)
    assert len({mail.key for mail in mails}) == len(mails)


def test_who_cannot_be_reached_is_in_the_digest_only_when_the_step_is_due() -> None:
    assert sent(make_case(state=CaseState.CANNOT_REACH)) == ()
