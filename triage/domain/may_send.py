"""Whether a letter may go while the case stands as it does. Asked at approval, and again at sending."""

from triage.domain.case_change import Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open, unread
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

    The person may have written what makes the letter wrong: nothing answers them unread.
    """
    if purpose in NO_ANSWER:
        return None
    # A case set aside is what "we first understood you differently" is about.
    meant = case.state is CaseState.SET_ASIDE and purpose is LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY
    reasons = ([] if meant else not_open(case)) + unread(case)
    return Refused(reasons=tuple(reasons)) if reasons else None
