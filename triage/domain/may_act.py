"""Whether a letter may go, or data may be erased, as the case stands: asked at each letter, and at each tick."""

from triage.domain.case_change import Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open, unread
from triage.domain.closing_checks import access_first, taken_back
from triage.domain.vocabulary import CaseState, LetterPurpose

# They say that something arrived, which is true whatever came after; a late one would break the law (s.164A).
NO_ANSWER = frozenset(
    {
        LetterPurpose.ACKNOWLEDGEMENT,
        LetterPurpose.NEUTRAL,
        LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT,
        LetterPurpose.OPT_OUT_RECORDED,
    }
)


def may_send(case: CaseFile, purpose: LetterPurpose) -> Refused | None:
    """None where the letter may go; else why not, for a person to see. An acknowledgement may always go.

    Ask at approval and again at sending: meanwhile the person may have written what makes the letter wrong, and
    nothing answers them unread.
    """
    if purpose in NO_ANSWER:
        return None
    # A case set aside is what "we first understood you differently" is about.
    meant = case.state is CaseState.SET_ASIDE and purpose is LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY
    reasons = ([] if meant else not_open(case)) + unread(case)
    return Refused(reasons=tuple(reasons)) if reasons else None


def may_erase(case: CaseFile) -> Refused | None:
    """None where a line of a deletion's checklist may be carried out and ticked; else why not.

    What is erased is gone, so nothing is while a message is unread, the wish was taken back, or the same person waits
    for a copy.
    """
    reasons = not_open(case) + unread(case) + taken_back(case) + access_first(case)
    return Refused(reasons=tuple(reasons)) if reasons else None
