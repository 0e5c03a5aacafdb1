"""Whether a case was answered, or a complaint acknowledged, in time: read off its letters and dates."""

from datetime import date

from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import Channel, Kind, LetterPurpose

# What tells a person that we have their message.
ACKNOWLEDGING = (
    LetterPurpose.ACKNOWLEDGEMENT,
    LetterPurpose.NEUTRAL,
    LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
    LetterPurpose.COMPLAINT_OUTCOME,  # within the 30 days it acknowledges too (ICO, complaints)
)


def acknowledged_on(case: CaseFile, policy: Policy) -> date | None:
    """The day a letter acknowledged it, or the page that the form answers with at once; None where none is known.

    What was acknowledged by hand left no letter: there `CaseFile.not_acknowledged` alone tells.
    """
    if case.channel is Channel.FORM:
        return case.dates.received_on
    sent = [
        letter.sent_at
        for letter in case.letters
        if letter.number in (None, case.number)
        and letter.purpose in ACKNOWLEDGING
        and letter.sent_at is not None
        and letter.sent_at >= case.received_at
        and not letter.returned
    ]
    return local_date(min(sent), controller_of(case, policy).nation) if sent else None


def in_time(case: CaseFile, answered_on: date, policy: Policy) -> dict[str, object]:
    """Facts for the journal: the day that was owed, the day it came, and whether that was in time.

    For a complaint that is its acknowledgement (DPA 2018 s.164A(3)); where it has no statutory date, as under EU GDPR,
    there is no telling. A request whose time never started, or stands, is answered in time (docs/clock.md).
    """
    if case.kind is Kind.COMPLAINT:
        due_on, answered_on = case.dates.acknowledge_by, acknowledged_on(case, policy) or answered_on
        met = None if due_on is None else answered_on <= due_on
    else:
        due_on = case.dates.statutory_due
        met = due_on is None or answered_on <= due_on
    return {
        "answered_on": answered_on.isoformat(),
        "due_on": due_on.isoformat() if due_on is not None else None,
        "in_time": met,
    }
