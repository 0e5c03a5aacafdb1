"""What a person lays on a case between its acts: a legal hold, a rest from reminders, a note."""

from datetime import date, datetime, timedelta

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open, today_for
from triage.domain.in_time import acknowledged_on
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.vocabulary import Channel, Kind


def hold(case: CaseFile, why: str, *, on: bool) -> CaseChange | Refused:
    """Put a legal hold on the case, open or closed, or lift it: while it lies there nothing of the case is removed."""
    reasons = []
    if on == case.legal_hold:
        reasons.append("there is a legal hold on the case already" if on else "there is no legal hold to lift")
    if not why.strip():
        reasons.append("say why the legal hold is laid on" if on else "say why the legal hold is lifted")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(event="legal_hold_laid" if on else "legal_hold_lifted", legal_hold=on, note=why.strip())


def snooze(case: CaseFile, until: date, why: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """Let reminders rest until the day `until`, never past a day on which the case owes something."""
    today, reasons = today_for(case, policy, now), not_open(case)
    if until <= today:
        reasons.append(f"{plain_date(until)} is not ahead: name a later day")
    reasons += [
        f"{plain_date(until)} is after {plain_date(day)}, {what}: name that day or an earlier one"
        for day, what in _owed(case, policy, today)
        if until > day
    ]
    if not why.strip():
        reasons.append("say why the case may rest")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(event="snoozed", facts={"until": until.isoformat()}, note=why.strip(), snoozed_until=until)


def contacted(case: CaseFile, on: date, words: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """We were in touch with the person otherwise than by a letter of the desk: a call, a talk. Silence ends with it."""
    reasons = not_open(case)
    if not case.dates.received_on <= on <= today_for(case, policy, now):
        reasons.append(f"{plain_date(on)} must lie between the receipt of the case and today")
    if not words.strip():
        reasons.append("say how you were in touch and what was said")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return CaseChange(event="contacted", facts={"on": on.isoformat()}, note=words.strip(), contacted_on=on)


def take_note(case: CaseFile, words: str) -> CaseChange | Refused:
    """Keep what a person wants remembered, in any state of the case."""
    if not words.strip():
        return Refused(reasons=("the note is empty: write what is to be remembered",))
    return CaseChange(event="noted", facts={"state": case.state.value}, note=words.strip())


def _owed(case: CaseFile, policy: Policy, today: date) -> list[tuple[date, str]]:
    """Days no rest may pass, soonest first. Without a statutory date, as while time stands, the shadow date holds."""
    dates = case.dates
    days = [
        (dates.safe_due, "the day to answer by"),
        (dates.statutory_due or dates.shadow_due, "the last day for the answer"),
        (dates.acknowledge_by if _unacknowledged(case, policy) else None, "the last day to acknowledge it"),
        (case.next_news_on, "when news was promised"),
    ]
    if case.kind is Kind.COMPLAINT and case.next_news_on is None:
        days.append((today + timedelta(days=policy.targets.complaint_news_days), "when a complaint is due news"))
    return sorted((day, what) for day, what in days if day is not None)


def _unacknowledged(case: CaseFile, policy: Policy) -> bool:
    """Nobody told the person yet that it arrived. By post or phone a colleague does, and leaves no letter."""
    by_letter = case.channel in (Channel.EMAIL, Channel.CHAT)
    return case.not_acknowledged or (by_letter and acknowledged_on(case, policy) is None)
