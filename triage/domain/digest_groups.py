"""The groups of the digest, in the order to take them up. A case stands once, under the first that fits it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.domain import case_standing as standing
from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.next_step import has_extension_idea, next_step
from triage.domain.notices import in_words, short_date
from triage.domain.policy import Policy
from triage.domain.reminders import EARLY_WORKING_DAYS
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseEventName, Kind
from triage.domain.workdays import WorkCalendar

# Escalation of a request (the rights' common table): taken on by day 14, under way by day 21.
_TAKEN_ON_DAYS, _UNDER_WAY_DAYS = 14, 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A case as the digest of one day looks at it: `today` and `calendar` are those of its controller."""

    case: CaseFile
    today: date
    calendar: WorkCalendar
    policy: Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A heading, its words in the subject, and what is to be said of a case that belongs there (None: it does not)."""

    title: str
    short: str
    remark_on: Callable[[Row], str | None]


def row_of(case: CaseFile, policy: Policy, now: datetime) -> Row:
    """The case as it is looked at now."""
    calendar = standing.calendar_of(controller_of(case, policy), policy)
    return Row(case=case, today=local_date(now, calendar.nation), calendar=calendar, policy=policy)


def place(row: Row) -> tuple[int, str] | None:
    """The number of the group a case stands in, and what to say of it there.

    None where nothing is due today, or where the case is snoozed; an overdue one never rests.
    """
    rests = standing.is_snoozed(row.case, row.today)
    for number, group in enumerate(GROUPS[:1] if rests else GROUPS):
        remark = group.remark_on(row)
        if remark is not None:
            return number, remark
    return None


def nobody_opened(row: Row) -> bool:
    """Whether the policy's working days are over since the case came, and no person has opened it."""
    opened_on = local_date(row.case.opened_at, row.calendar.nation)
    limit = row.policy.targets.unopened_working_days
    late = row.case.looked_at is None and standing.have_passed(limit, opened_on, row.today, row.calendar)
    return late and not standing.is_snoozed(row.case, row.today)


def _overdue(row: Row) -> str | None:
    missed = standing.overdue_since(row.case, row.today)
    return None if missed is None else f"overdue since {short_date(missed)}"


def _due_soon(row: Row) -> str | None:
    due_on = row.case.dates.safe_due
    if due_on is None or standing.has_approved_answer(row.case):
        return None
    left = standing.working_days_left(row.today, due_on, row.calendar, EARLY_WORKING_DAYS + 1)
    return f"due {short_date(due_on)}" if left <= EARLY_WORKING_DAYS else None


def _unresolved(row: Row) -> str | None:
    return ", ".join(in_words(code) for code in row.case.unresolved) or None


def _to_approve(row: Row) -> str | None:
    return ", ".join(in_words(letter.purpose) for letter in standing.drafts(row.case)) or None


def _to_look_at(row: Row) -> str | None:
    if row.case.looked_at is not None:
        return "unread message" if row.case.unread else None
    age_days = (row.today - row.case.dates.received_on).days
    return f"day {age_days}, and nobody has taken it on" if age_days >= _TAKEN_ON_DAYS else "not opened yet"


def _waiting_long(row: Row) -> str | None:
    waiting = standing.waits_for(row.case)
    if waiting is None:
        return None
    chase_on = waiting.asked_on + timedelta(days=row.policy.targets.chase_after_days)
    return f"{waiting.what}, asked on {short_date(waiting.asked_on)}" if row.today >= chase_on else None


def _opt_out_open(row: Row) -> str | None:
    is_open = row.case.kind is Kind.OPT_OUT and not standing.is_opt_out_done(row.case)
    return f"asked on {short_date(row.case.dates.received_on)}" if is_open else None


def _snooze_over(row: Row) -> str | None:
    """Ended today, or on a day without a digest since the last one."""
    until = row.case.snoozed_until
    before = row.calendar.back(row.today - timedelta(days=1))
    return "it rested until today" if until is not None and before < until <= row.today else None


def _standing_still(row: Row) -> str | None:
    if has_extension_idea(row.case, row.today) and row.case.dates.extension_notice_by is not None:
        return f"an extension could be announced until {short_date(row.case.dates.extension_notice_by)}"
    still = (row.today - row.case.dates.received_on).days >= _UNDER_WAY_DAYS and not _has_moved(row.case)
    return f"day {(row.today - row.case.dates.received_on).days}, and nothing has been done" if still else None


def _has_moved(case: CaseFile) -> bool:
    """Whether anything was done beyond acknowledging it."""
    events = any(event.name is not CaseEventName.RECEIVED for event in case.events)
    letters = any(letter.purpose not in standing.ACKNOWLEDGEMENTS for letter in case.letters)
    return events or letters or any(task.done_on is not None for task in case.tasks) or case.delivered


def _step_due(row: Row) -> str | None:
    return "" if next_step(row.case, row.policy, row.today)[1] <= row.today else None


GROUPS = (
    Group(title="Overdue", short="overdue", remark_on=_overdue),
    Group(title="Due within 5 working days", short="due soon", remark_on=_due_soon),
    Group(title="Unresolved complaints", short="unresolved", remark_on=_unresolved),
    Group(title="Waiting for your approval", short="to approve", remark_on=_to_approve),
    Group(title="Waiting to be read or looked at", short="to look at", remark_on=_to_look_at),
    Group(title="Waiting for the person for long", short="waiting for long", remark_on=_waiting_long),
    Group(title="Opt-outs open", short="opt-outs open", remark_on=_opt_out_open),
    Group(title="Snooze over", short="back from snooze", remark_on=_snooze_over),
    Group(title="Standing still", short="standing still", remark_on=_standing_still),
    Group(title="Step due today", short="steps due", remark_on=_step_due),
)
