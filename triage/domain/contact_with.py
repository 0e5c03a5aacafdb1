"""When a person last heard from us about a case, what they were told to expect, and whether we wait for them."""

from datetime import date

from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.clock import local_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseEventName, LetterPurpose

_FIRST = frozenset({LetterPurpose.ACKNOWLEDGEMENT, LetterPurpose.NEUTRAL, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT})
_ACKNOWLEDGES = _FIRST | {LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.COMPLAINT_OUTCOME, LetterPurpose.ESCALATION}
_ASKS = frozenset({LetterPurpose.IDENTITY_ASK, LetterPurpose.AUTHORITY_ASK, LetterPurpose.CLARIFICATION_ASK})
_ANSWERED_BY = {
    CaseEventName.IDENTITY_ASKED: CaseEventName.IDENTITY_RECEIVED,
    CaseEventName.AUTHORITY_ASKED: CaseEventName.AUTHORITY_RECEIVED,
    CaseEventName.CLARIFICATION_ASKED: CaseEventName.CLARIFICATION_RECEIVED,
}


def is_acknowledged(case: CaseFile) -> bool:
    """Whether the person was told that it arrived: by a letter that went out and did not come back, by the form's page
    or by hand. One that only waits in the outbox tells nobody.
    """
    about = [one for one in case.letters if one.purpose in _ACKNOWLEDGES and one.number in (None, case.number)]
    if any(_arrived(one) and one.sent_at is not None and one.sent_at >= case.received_at for one in about):
        return True
    # A drafted acknowledgement shows that one is owed; drafts of other letters say nothing about it.
    owed = [
        one for one in about if one.state in ("queued", "sending") or (one.state == "draft" and one.purpose in _FIRST)
    ]
    return not case.not_acknowledged and not owed


def last_contact(case: CaseFile, policy: Policy) -> date:
    """The last day on which the person heard from us by any channel; the day it began, where they never did."""
    nation = controller_of(case, policy).nation
    letters = [local_date(one.sent_at, nation) for one in case.letters if _arrived(one) and one.sent_at is not None]
    return max((reopened_on(case) or case.dates.received_on, *letters, *case.contacts))


def reopened_on(case: CaseFile) -> date | None:
    """The day a closed case was opened again, the last time; None where it never was. What lies before was over."""
    return max((event.on for event in case.events if event.name is CaseEventName.REOPENED), default=None)


def promised_until(case: CaseFile) -> date | None:
    """The last day on which the person may expect news, because they were told so; None where they were told none."""
    promised = [one.promised_on for one in case.letters if _arrived(one) and _is_about(one, case)]
    return max((day for day in (case.next_news_on, *promised) if day is not None), default=None)


def waits_for_person(case: CaseFile, policy: Policy) -> bool:
    """Whether we asked them something, by letter or otherwise, and have not had their answer."""
    nation = controller_of(case, policy).nation
    asked = [one.sent_at for one in case.letters if _asks(one, case.number) and one.sent_at is not None]
    by_letter = bool(asked) and not any(one.received_at > max(asked) for one in case.messages)
    heard = [local_date(one.received_at, nation) for one in case.messages]
    return by_letter or any(
        event.name in _ANSWERED_BY
        and not any(one.name is _ANSWERED_BY[event.name] and one.on >= event.on for one in case.events)
        and not any(day > event.on for day in heard)
        and not any(message.received_at > event.recorded_at for message in case.messages)
        for event in case.events
    )


def _arrived(letter: CaseLetter) -> bool:
    return letter.state == "sent" and not letter.returned


def _is_about(letter: CaseLetter, case: CaseFile) -> bool:
    """An acknowledgement of several kinds may promise a right's answer, which is no news of the complaint."""
    return letter.number == case.number or letter.purpose is LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT


def _asks(letter: CaseLetter, number: int) -> bool:
    return letter.purpose in _ASKS and letter.number == number and _arrived(letter)
