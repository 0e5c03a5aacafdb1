"""What must never be true of a desk, whatever happened to it: each fault a line."""

from collections import Counter
from dataclasses import replace

from tests.service.office import Office
from tests.service.rows import Rows
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.next_step import next_step
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseState


def without_a_next_step(cases: list[CaseFile], office: Office) -> list[str]:
    """No step is older than what it is about: the case, or a message of its thread that nobody has read."""
    found = []
    for case in cases:
        if case.is_open:
            step, by = next_step(case, office.policy, office.clock().date())
            since = min([case.dates.received_on, *(one.received_at.date() for one in case.unread)])
            if not (step and case.next_step and by >= since):
                found.append(f"{case.reference}: {step!r} by {by}, {case.next_step!r} in the store")
    return found


def dates_of_no_event(cases: list[CaseFile], policy: Policy) -> list[str]:
    """The dates of a case are those which its events give."""

    def moved(case: CaseFile) -> bool:
        return replace(dates_of(case, policy), trace=()) != replace(case.dates, trace=())

    return [f"{case.reference}: other dates than its events give" for case in cases if moved(case)]


def closed_without_an_outcome(cases: list[CaseFile]) -> list[str]:
    """Whatever is closed says how it ended."""
    ended = [case for case in cases if case.state is CaseState.CLOSED and case.outcome is None]
    return [f"{case.reference}: closed without an outcome" for case in ended]


def gone_twice(office: Office, rows: Rows) -> list[str]:
    """No letter and no notice left twice, and no message was acknowledged twice."""
    found = []
    for relay in (office.letters, office.staff_mail):
        sent = Counter(letter.message_id for letter in relay.gone) + Counter(f"{letter.id}" for letter in relay.gone)
        found += [f"{one}: sent {count} times" for one, count in sent.items() if count > 1]
    # A message is acknowledged by the machine once, in whatever words.
    by_itself = Counter(
        one["enquiry_id"]
        for letters in rows.letters.values()
        for one in letters
        if one["purpose"] in ("neutral", "opt_out_recorded", "acknowledgement") and one["state"] == "sent"
    )
    return found + [f"enquiry {one}: acknowledged {count} times" for one, count in by_itself.items() if count > 1]
