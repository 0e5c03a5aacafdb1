"""What never waits: danger, a breach, a regulator, a court, the police. Told at once, message by message."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from triage.domain.case_file import CaseFile, CaseMessage
from triage.domain.notices import Notice, notice, see_it
from triage.domain.on_duty import DIRECTOR, DPO, on_duty
from triage.domain.policy import Policy, Staff
from triage.domain.vocabulary import Flag

# What may cost a life, a fine or a court's patience, with what it may be and what to do.
URGENT = {
    Flag.THREAT_TO_SAFETY: ("somebody may be in danger", "If so, call those who can help first."),
    Flag.BREACH_REPORT: ("possible breach", "The regulator must hear of a breach within 72 hours (Art 33 UK GDPR)."),
    Flag.REGULATOR_OR_COURT: ("regulator or court", "Such a letter sets its own time to answer."),
    Flag.DISCLOSURE_REQUEST: ("police or another authority asks", "Disclose nothing before its power is checked."),
}
# These also go to `urgent_to`.
_AT_ONCE = frozenset({Flag.THREAT_TO_SAFETY, Flag.BREACH_REPORT})


@dataclass(frozen=True, kw_only=True, slots=True)
class FlaggedMessage:
    """An unread message that bears a flag and has no open case: the regulator asks for nothing of its own."""

    thread: str
    message: CaseMessage


def urgent_notices(
    cases: Iterable[CaseFile],
    flagged: Iterable[FlaggedMessage],
    past_the_dpo: Container[str],
    policy: Policy,
    staff: Staff,
    today: date,
) -> Iterator[Notice]:
    """One notice per message and address, also for a snoozed case. `past_the_dpo`: threads that complain of the DPO."""
    for thread, message, flags in _bearing(cases, flagged):
        secret = Flag.ABOUT_THE_DPO in flags or thread in past_the_dpo
        yield from _told(thread, message, flags, policy, staff, today, secret=secret)


def _bearing(
    cases: Iterable[CaseFile], flagged: Iterable[FlaggedMessage]
) -> Iterator[tuple[str, int | None, Sequence[Flag]]]:
    """Every unread message with its flags; None for flags of a case nobody has opened that no message bears."""
    for case in cases:
        for message in case.unread:
            yield case.thread, message.enquiry_id, message.flags
        if case.looked_at is None:
            of_messages = {flag for message in case.messages for flag in message.flags}
            yield case.thread, None, [flag for flag in case.flags if flag not in of_messages]
    for one in flagged:
        yield one.thread, one.message.enquiry_id, one.message.flags


def _told(
    thread: str, message: int | None, flags: Sequence[Flag], policy: Policy, staff: Staff, today: date, *, secret: bool
) -> Iterator[Notice]:
    urgent = [flag for flag in URGENT if flag in flags]
    if not urgent:
        return
    what = ", ".join(URGENT[flag][0] for flag in urgent)
    duty = on_duty(DIRECTOR if secret else DPO, staff, today)
    key = f"urgent:{thread}:{message or 'case'}"
    subject = f"Now: {what} ({thread})"
    lines = [f"Read {thread} now: {what}.", *(URGENT[flag][1] for flag in urgent), see_it(thread)]
    why = "danger, a breach, a regulator, a court or the police never wait for the digest"
    yield notice(key, thread, duty, subject, lines, why)
    if not _AT_ONCE.intersection(urgent):
        return
    barred = {duty.member.address.casefold(), *([staff.dpo.address.casefold()] if secret else [])}
    for address in dict.fromkeys(address.casefold() for address in policy.urgent_to):
        if address not in barred:
            yield notice(f"{key}:{address}", thread, duty, subject, lines, why, to=address)
