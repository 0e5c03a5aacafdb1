"""When the desk interrupts a person. Everything else waits for the digest (triage/domain/digest.py).

A reminder comes from how things stand now, not from what was sent before: whoever asks again, after a restart or a week
of silence, gets the same notices under the same keys, and the store lets each key through once. So what fell due while
the worker was down is told as soon as it is back.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.next_step import next_step, step_in_words
from triage.domain.notices import Notice, days, in_words, notice, see_it, short_date, threads_about_the_dpo
from triage.domain.on_duty import DIRECTOR, DPO, on_duty
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy, Staff
from triage.domain.records import Alarm
from triage.domain.stage_letters import controller_of
from triage.domain.urgent_notices import FlaggedMessage, urgent_notices
from triage.domain.vocabulary import CaseState, Kind

EARLY_WORKING_DAYS, LATE_WORKING_DAYS = 5, 1
_QUARANTINE_WORKING_DAYS = 1

_UNACKNOWLEDGED = {
    "not_acknowledged": "nobody has acknowledged it for a working day",
    "ack_not_delivered": "our acknowledgement came back",
    "letter_refused": "our acknowledgement was refused",
    "letter_unclear": "nobody knows whether our acknowledgement went",
}
_NOT_TOLD = "notice_not_sent"
_STUCK = {
    "inbox_silent": "the inbox is not being read",
    "mailbox_refused": "the mailbox refuses user, password or folder",
    "outbox_stuck": "letters do not leave",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    policy: Policy
    staff: Staff
    now: datetime
    cases: Sequence[CaseFile]
    past_the_dpo: frozenset[str]  # threads

    @property
    def today(self) -> date:
        return local_date(self.now, self.policy.main_controller.nation)

    def tell(self, key: str, reference: str, subject: str, lines: Sequence[str], why: str, role: str = DPO) -> Notice:
        return notice(key, reference, on_duty(role, self.staff, self.today), subject, lines, why)

    def role_for(self, thread: str) -> str:
        return DIRECTOR if thread in self.past_the_dpo else DPO


def interrupts(
    cases: Sequence[CaseFile],
    alarms: Sequence[Alarm],
    quarantine_since: datetime | None,
    policy: Policy,
    now: datetime,
    flagged: Sequence[FlaggedMessage] = (),
    about_the_dpo: Collection[str] = (),
) -> tuple[Notice, ...]:
    """Every mail that must not wait for the morning, each under the key of its occasion, none twice.

    `cases` are the open ones, `flagged` messages without one; `quarantine_since` is when the oldest item that could
    not be read was received, None where there is none; `about_the_dpo` are threads with a complaint about the DPO,
    also where it is closed. Nobody named in the policy: nobody can be told.
    """
    if policy.staff is None:
        return ()
    past_the_dpo = threads_about_the_dpo(cases).union(about_the_dpo)
    desk = _Desk(policy=policy, staff=policy.staff, now=now, cases=cases, past_the_dpo=past_the_dpo)
    found = [
        *urgent(cases, policy, now, flagged, past_the_dpo),
        *(one for case in cases for one in _of_case(case, desk)),
        *(one for alarm in alarms for one in _of_alarm(alarm, desk)),
        *_quarantine(quarantine_since, desk),
    ]
    return tuple({one.key: one for one in found}.values())


def urgent(
    cases: Sequence[CaseFile],
    policy: Policy,
    now: datetime,
    flagged: Sequence[FlaggedMessage] = (),
    about_the_dpo: Collection[str] = (),
) -> tuple[Notice, ...]:
    """The part of `interrupts` that never waits, for the same arguments. `cases`: every open one of the threads that
    bear an urgent flag is enough."""
    if policy.staff is None:
        return ()
    today = local_date(now, policy.main_controller.nation)
    past_the_dpo = threads_about_the_dpo(cases).union(about_the_dpo)
    found = urgent_notices(cases, flagged, past_the_dpo, policy, policy.staff, today)
    return tuple({one.key: one for one in found}.values())


def _of_case(case: CaseFile, desk: _Desk) -> Iterator[Notice]:
    """What the days of a case ask for. Snoozed it is quiet, unless it is overdue."""
    today = standing.today_of(case, desk.policy, desk.now)
    role = desk.role_for(case.thread)
    kind = in_words(case.kind)
    missed = standing.overdue_since(case, today)
    if missed is not None:
        act = "Acknowledge" if case.kind is Kind.COMPLAINT else "Answer"
        yield desk.tell(
            f"overdue:{case.reference}:{missed}",
            case.reference,
            f"Overdue since {short_date(missed)}: {case.reference} ({kind})",
            [f"{act} {case.reference} today: its last day was {plain_date(missed)}.", *_next_lines(case, desk, today)],
            "a statutory day is over, and the case is open",
            role,
        )
    elif not standing.is_snoozed(case, today):
        yield from _due_soon(case, desk, today)
        yield from _opt_out(case, desk, today)


def _next_lines(case: CaseFile, desk: _Desk, today: date) -> tuple[str, str]:
    step = step_in_words(next_step(case, desk.policy, today))
    return f"Next step: {step}.", see_it(case.reference)


def _due_soon(case: CaseFile, desk: _Desk, today: date) -> Iterator[Notice]:
    """5 and 1 working days before the safe day. The second takes the first one's place where that was slept through."""
    due_on = case.dates.safe_due
    if due_on is None or standing.has_approved_answer(case):
        return
    calendar = standing.calendar_of(controller_of(case, desk.policy), desk.policy)
    left = standing.working_days_left(today, due_on, calendar, EARLY_WORKING_DAYS + 1)
    if left > EARLY_WORKING_DAYS:
        return
    stage = EARLY_WORKING_DAYS if left > LATE_WORKING_DAYS else LATE_WORKING_DAYS
    soon = f"Due in {days(left)}" if left else "Due now"
    yield desk.tell(
        f"due_in_{stage}:{case.reference}:{due_on}",
        case.reference,
        f"{soon}: {case.reference} ({in_words(case.kind)}), by {short_date(due_on)}",
        [
            f"Answer {case.reference} by {plain_date(due_on)}: no answer is approved yet.",
            *_next_lines(case, desk, today),
        ],
        f"{days(stage)} or less to the safe day, and no approved answer",
        desk.role_for(case.thread),
    )


def _opt_out(case: CaseFile, desk: _Desk, today: date) -> Iterator[Notice]:
    if case.kind is not Kind.OPT_OUT or standing.is_opt_out_done(case):
        return
    calendar = standing.calendar_of(controller_of(case, desk.policy), desk.policy)
    limit = desk.policy.targets.opt_out_alarm_working_days
    alarm_on = calendar.after(case.dates.received_on, limit)
    if today >= alarm_on:
        yield desk.tell(
            f"opt_out_open:{case.reference}:{alarm_on}",
            case.reference,
            f"Marketing not stopped: {case.reference}, asked on {short_date(case.dates.received_on)}",
            [
                f"Stop the marketing for {case.reference} today, in every system on its list.",
                *_next_lines(case, desk, today),
            ],
            f"an opt-out is still open {days(limit)} after it came (Art 21(3) UK GDPR)",
            desk.role_for(case.thread),
        )


def _of_alarm(alarm: Alarm, desk: _Desk) -> Iterator[Notice]:
    """Acknowledgements nobody got, and a desk that stands still; once a day where it comes and goes."""
    raised_on = local_date(alarm.raised_at, desk.policy.main_controller.nation)
    key = ":".join(part for part in (alarm.code, alarm.reference, raised_on.isoformat()) if part)
    if alarm.code == _NOT_TOLD:
        yield from _not_told(raised_on, desk)
    elif alarm.code in _STUCK:
        what = _STUCK[alarm.code]
        lines = [f"Have the desk looked at now: {what}.", "Run `triage doctor`: it says what is wrong."]
        yield desk.tell(key, "", f"The desk stands still: {what}", lines, "requests may lie unread, and time runs")
    elif alarm.code in _UNACKNOWLEDGED and alarm.reference is not None and _concerns(alarm, desk):
        what, thread = _UNACKNOWLEDGED[alarm.code], alarm.reference
        yield desk.tell(
            key,
            thread,
            f"Acknowledge today: {thread}",
            [f"Acknowledge {thread} by hand today: {what}.", see_it(thread)],
            "an acknowledgement failed, or is unsent after a working day",
            desk.role_for(thread),
        )


def _not_told(raised_on: date, desk: _Desk) -> Iterator[Notice]:
    """To everybody named, for one of the addresses is the one that fails. Not what it was about: that may not be
    theirs to know."""
    people = (desk.staff.dpo, desk.staff.deputy, desk.staff.director)
    for address in dict.fromkeys(one.address for one in people if one is not None):
        told = desk.tell(
            f"{_NOT_TOLD}:{raised_on.isoformat()}:{address.lower()}",
            "",
            "A mail to the staff did not arrive: look today",
            [
                "A mail from the desk to its own staff was refused, came back or was lost: somebody was not told.",
                "Run `triage doctor`: it says whose address fails. `triage alarm list` says what it was about.",
            ],
            "what staff were not told of is not told a second time by itself",
        )
        yield replace(told, to=address)


def _concerns(alarm: Alarm, desk: _Desk) -> bool:
    """Whether the alarm is about an acknowledgement somebody can and should still give."""
    cases = [case for case in desk.cases if case.thread == alarm.reference]
    awake = [
        case
        for case in cases
        if case.state is not CaseState.CANNOT_REACH
        and not standing.is_snoozed(case, standing.today_of(case, desk.policy, desk.now))
    ]
    if alarm.code in ("not_acknowledged", "ack_not_delivered"):
        return bool(awake) or not cases
    return any(standing.lost_acknowledgement(case) is not None for case in awake)


def _quarantine(since: datetime | None, desk: _Desk) -> Iterator[Notice]:
    if since is None:
        return
    controller = desk.policy.main_controller
    since_on = local_date(since, controller.nation)
    calendar = standing.calendar_of(controller, desk.policy)
    if standing.have_passed(_QUARANTINE_WORKING_DAYS, since_on, desk.today, calendar):
        yield desk.tell(
            f"quarantine:{since_on}",
            "",
            f"Could not be read since {short_date(since_on)}: look today",
            [
                "Look today at what the desk could not read: a request may be inside, and its time runs.",
                f"The oldest came on {plain_date(since_on)}. `triage quarantine list` shows it.",
            ],
            "something has been in quarantine for over a working day",
        )
