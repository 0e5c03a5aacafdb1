"""A mail to the company's own staff: what to do and by when, and never a customer's name or word.

Its key names the occasion, and is unique for all time: a restart proposes the same mail under the same key, so that it
goes once, and a date that has moved makes another occasion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from triage.domain.case_file import CaseFile
from triage.domain.on_duty import OnDuty
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import Flag, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One mail to one member of staff. `reference` is the case's or thread's, "" where it is about the desk.

    `purpose` is the sort of occasion, `to` an address, `why` the rule that asked for it.
    """

    key: str
    purpose: str
    reference: str
    to: str
    subject: str
    body: str
    why: str


def notice(
    key: str, reference: str, duty: OnDuty, subject: str, lines: Sequence[str], why: str, *, to: str = ""
) -> Notice:
    """A notice to who is on duty, or `to` a further address. The first line says what to do and by when."""
    remark = [duty.remark] if duty.remark and not to else []
    body = "\n\n".join([*lines, *remark, f"Why this mail: {why}."])
    purpose = key.partition(":")[0]
    return Notice(
        key=key, purpose=purpose, reference=reference, to=to or duty.member.address, subject=subject, body=body, why=why
    )


def short_date(day: date) -> str:
    """A day in a subject: "Wed 23 Dec". The body says the year."""
    weekday, number, month, _ = plain_date(day).split()
    return f"{weekday[:3]} {number} {month[:3]}"


def in_words(code: str) -> str:
    """A code of ours as words: "opt out" for opt_out."""
    return code.replace("_", " ")


def days(count: int) -> str:
    """Working days in words, as in "Due in 1 working day"."""
    return f"{count} working day" if count == 1 else f"{count} working days"


def see_it(reference: str) -> str:
    """Where to read on."""
    return f"See it: `triage case show {reference}`"


def threads_about_the_dpo(cases: Iterable[CaseFile]) -> frozenset[str]:
    """Threads with a complaint about the DPO: told to the director, else to the deputy, never to the DPO.

    All of such a thread goes past the DPO, a request beside the complaint too: whoever opens it reads the complaint.
    """
    return frozenset(
        case.thread
        for case in cases
        if case.kind is Kind.COMPLAINT
        and Flag.ABOUT_THE_DPO in (*case.flags, *(flag for message in case.messages for flag in message.flags))
    )
