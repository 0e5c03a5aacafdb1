"""The one mail of the morning: what waits, in the order to take it up, and the ends of the journal's chains."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.digest_groups import GROUPS, nobody_opened, place, row_of
from triage.domain.next_step import next_step, step_in_words
from triage.domain.notices import Notice, days, in_words, notice, short_date, threads_about_the_dpo
from triage.domain.on_duty import DEPUTY, DIRECTOR, DPO, OnDuty, on_duty
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Controller, Policy, Staff
from triage.domain.records import Alarm
from triage.domain.vocabulary import Nation

_FROM = time(8, 30)
# More than this nobody reads; the console and `triage case list` have all.
_LINES_SHOWN = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedHead:
    """Where a journal chain ends, and when its last row was written."""

    chain: str
    sequence: int
    hash: str
    changed_at: datetime


@dataclass(kw_only=True, slots=True)
class _Mail:
    """What one person gets."""

    duty: OnDuty
    remarks: list[str] = field(default_factory=list)
    cases: list[CaseFile] = field(default_factory=list)
    unopened: list[CaseFile] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


def is_digest_time(now: datetime, last_digest_on: date | None, policy: Policy) -> bool:
    """Whether the digest of today is still to come: from 08:30 on a working day of the main controller, at its place.

    A worker that was down at 08:30 sends it when it is back, the same day; what a day missed, the next one says.
    """
    controller = policy.main_controller
    local = now.astimezone(_zone(controller))
    working = standing.calendar_of(controller, policy).is_working(local.date())
    return working and local.time() >= _FROM and (last_digest_on is None or last_digest_on < local.date())


def digest(
    cases: Sequence[CaseFile],
    alarms: Sequence[Alarm],
    journal_heads: Sequence[DatedHead],
    links_stale: Sequence[str],
    policy: Policy,
    now: datetime,
    about_the_dpo: Collection[str] = (),
) -> tuple[Notice, ...]:
    """One mail for each person who has something to do today: references, kinds, days and steps, no name and no word.

    `cases` are the open ones, `journal_heads` all chains: those changed since the digest before are listed, all of them
    are in the combined hash. Neither they nor `links_stale` (names of links nobody checked for long) make a mail by
    themselves. `about_the_dpo` as in reminders.interrupts.
    """
    if policy.staff is None:
        return ()
    today = local_date(now, policy.main_controller.nation)
    secret = threads_about_the_dpo(cases).union(about_the_dpo)
    mails = _sorted_out(cases, alarms, secret, policy, policy.staff, now)
    main = mails[on_duty(DPO, policy.staff, today).role]
    shown = [head for head in journal_heads if main.duty.role != DPO or _thread_of(head.chain) not in secret]
    main.tail += [*_links(links_stale), *_heads(shown, journal_heads, _digest_before(today, policy))]
    return tuple(one for mail in mails.values() if (one := _worded(mail, policy, now, today)) is not None)


def _sorted_out(
    cases: Sequence[CaseFile],
    alarms: Sequence[Alarm],
    secret: Collection[str],
    policy: Policy,
    staff: Staff,
    now: datetime,
) -> dict[str, _Mail]:
    """Who hears of what. What is about the DPO goes past the DPO; what nobody opened, to the deputy as well."""
    today = local_date(now, policy.main_controller.nation)
    mails: dict[str, _Mail] = {}

    def mail_for(role: str) -> _Mail:
        duty = on_duty(role, staff, today)
        mail = mails.setdefault(duty.role, _Mail(duty=duty))
        if duty.remark and duty.remark not in mail.remarks:
            mail.remarks.append(duty.remark)
        return mail

    mail_for(DPO)
    for case in cases:
        mail_for(DIRECTOR if case.thread in secret else DPO).cases.append(case)
    for alarm in alarms:
        mail_for(DIRECTOR if _thread_of(alarm.reference or "") in secret else DPO).alarms.append(alarm)
    unopened = [case for case in cases if nobody_opened(row_of(case, policy, now))]
    if unopened and on_duty(DEPUTY, staff, today).role != DPO:
        mail = mail_for(DEPUTY)
        shown = {case.reference for case in mail.cases}
        mail.unopened += [case for case in unopened if case.reference not in shown]
    return mails


def _worded(mail: _Mail, policy: Policy, now: datetime, today: date) -> Notice | None:
    """The mail in words; None where it has nothing to say."""
    groups: dict[int, list[tuple[date, str, str]]] = {}
    for case in mail.cases:
        row = row_of(case, policy, now)
        placed = place(row)
        if placed is not None:
            number, remark = placed
            step = next_step(case, policy, row.today)
            shown = f"{_named(case)}: {remark}" if remark else _named(case)
            groups.setdefault(number, []).append((step[1], shown, step_in_words(step)))
    sections, counts, first = [], [], ""
    for number, waiting in sorted(groups.items()):
        waiting.sort()
        first = first or f"Start with {waiting[0][1].partition(' ')[0]}: {waiting[0][2]}."
        sections.append(_section(GROUPS[number].title, [f"{shown}\n    next: {step}" for _, shown, step in waiting]))
        counts.append(f"{len(waiting)} {GROUPS[number].short}")
    if mail.unopened:
        first = first or f"Open {mail.unopened[0].reference} today, or see that somebody does."
        limit = policy.targets.unopened_working_days
        lines = [_named(case) for case in mail.unopened]
        sections.append(_section(f"Opened by nobody for {days(limit)}", lines))
        counts.append(f"{len(lines)} opened by nobody")
    if mail.alarms:
        first = first or "No case waits for you today, but look at the alarms below."
        lines = [f"{in_words(alarm.code)} {alarm.reference or ''}".rstrip() for alarm in mail.alarms]
        sections.append(_section("Alarms (`triage alarm list`)", lines))
        counts.append(f"{len(lines)} alarm{'s' if len(lines) > 1 else ''}")
    if not sections:
        return None
    return notice(
        f"digest:{today}:{mail.duty.role}",
        "",
        OnDuty(role=mail.duty.role, member=mail.duty.member),
        f"Privacy desk, {short_date(today)}: {', '.join(counts)}",
        [first, *mail.remarks, *sections, *mail.tail],
        f"the digest of {plain_date(today)}; it comes on working days, if there is something to do",
    )


def _named(case: CaseFile) -> str:
    return f"{case.reference} ({in_words(case.kind)})"


def _section(title: str, lines: Sequence[str]) -> str:
    """A heading with its count, and as many lines as somebody reads in a mail."""
    shown = [f"  {line}" for line in lines[:_LINES_SHOWN]]
    if len(lines) > len(shown):
        shown.append(f"  and {len(lines) - len(shown)} more")
    return "\n".join([f"{title} ({len(lines)})", *shown])


def _links(stale: Sequence[str]) -> list[str]:
    return [f"Links nobody has checked for long (policy.toml): {', '.join(stale)}"] if stale else []


def _heads(shown: Iterable[DatedHead], every: Sequence[DatedHead], since: datetime) -> list[str]:
    """The ends of the chains, out of reach of whoever might rewrite the database later."""
    if not every:
        return []
    changed = sorted((head for head in shown if head.changed_at >= since), key=lambda head: head.chain)
    lines = [f"{head.chain} row {head.sequence} {head.hash}" for head in changed]
    whole = (
        f"Journal: keep this mail, it proves later what stood there. All {len(every)} together: {combined_hash(every)}"
    )
    return [f"{whole}\n{_section('Chains changed since the last working day', lines)}"]


def combined_hash(heads: Iterable[DatedHead]) -> str:
    """SHA-256 over every chain's "name row hash" line, in the order of the names: one value that stands for all."""
    lines = sorted(f"{head.chain} {head.sequence} {head.hash}\n" for head in heads)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _digest_before(today: date, policy: Policy) -> datetime:
    """08:30 of the working day before."""
    controller = policy.main_controller
    day = standing.calendar_of(controller, policy).back(today - timedelta(days=1))
    return datetime.combine(day, _FROM, _zone(controller))


def _zone(controller: Controller) -> ZoneInfo:
    return ZoneInfo("Europe/Sofia" if controller.nation is Nation.BULGARIA else "Europe/London")


def _thread_of(chain: str) -> str:
    return chain.partition("/")[0]
