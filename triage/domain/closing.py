"""The end of a case, by a person: its outcome proposed in a letter, and closed once the person was told."""

from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import CaseAct, after, not_open, step_by, today_for, unread
from triage.domain.clock import local_date
from triage.domain.closing_checks import all_of, closing_letter, letters_waiting, of_its_kind, unfinished, untold
from triage.domain.in_time import in_time
from triage.domain.outcomes import CLOSING_LETTERS, LETTER_OF, NEEDS_REASONS, OUTCOMES
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of, drafted
from triage.domain.vocabulary import Kind, Outcome


def propose_close(case: CaseFile, outcome: Outcome, words: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """Draft the letter that tells `outcome`; the case stays open until a person approved it and it was sent.

    `words`: the answer, the reasons, or what was found on each point, in a person's words; needed where the person gets
    less than they asked for, and for every complaint (UK GDPR Art 12(4); ICO, complaints).
    """
    reasons = _hindrances(case, outcome, policy, now)
    if outcome in NEEDS_REASONS and not words.strip():
        reasons.append(f"write the reasons: the person is told why it ends as {outcome.value}")
    if reasons:
        return Refused(reasons=tuple(reasons))
    return _proposed(case, outcome, words, policy, now, event="close_proposed", step="read and approve the letter")


def forward_to_controller(case: CaseFile, words: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """What we hold only for a client goes to that client, who answers (UK GDPR Art 28(3)(e)): lay the letter ready.

    The letter never names the client: that would tell who holds something about the person. `words` may be empty.
    """
    if Outcome.FORWARDED not in OUTCOMES[case.kind]:
        instead = (
            "close it as referred" if case.kind is Kind.COMPLAINT else "stop our own marketing, and close it as that"
        )
        return Refused(reasons=(f"a case of {case.kind.value} is not forwarded: {instead}",))
    reasons = _hindrances(case, Outcome.FORWARDED, policy, now)
    if reasons:
        return Refused(reasons=tuple(reasons))
    step = "pass it on to the client, then approve the letter"
    return _proposed(case, Outcome.FORWARDED, words, policy, now, event="forward_proposed", step=step)


def close(
    case: CaseFile, outcome: Outcome, policy: Policy, now: datetime, *, without_letter: str = ""
) -> CaseChange | Refused:
    """End the case. `without_letter`: why the person gets no letter about it, where none was sent.

    Refused, with every reason, while a message is unread, a letter waits, or something that `outcome` claims is not
    done. The journal learns whether the answer came in time.
    """
    letter = closing_letter(case, outcome)
    reasons = not_open(case) or all_of(case, outcome, policy, now)
    if not without_letter.strip():
        reasons = reasons + untold(case, outcome)
    if reasons:
        return Refused(reasons=tuple(reasons))
    told_on = None
    if letter is not None and letter.sent_at is not None:
        told_on = local_date(letter.sent_at, controller_of(case, policy).nation)
    return CaseChange(
        event="closed",
        facts={
            "outcome": outcome.value,
            "letter": letter.id if letter is not None else None,
            **in_time(case, told_on or today_for(case, policy, now), policy),
        },
        note=without_letter.strip(),
        state=after(case.state, CaseAct.CLOSE),
        outcome=outcome,
        unresolved=() if case.unresolved else None,
    )


def _hindrances(case: CaseFile, outcome: Outcome, policy: Policy, now: datetime) -> list[str]:
    closed = not_open(case)
    wrong = of_its_kind(case, outcome)
    if closed or wrong:
        return closed + wrong
    return unread(case) + letters_waiting(case, CLOSING_LETTERS) + unfinished(case, outcome, policy, now)


def _proposed(
    case: CaseFile, outcome: Outcome, words: str, policy: Policy, now: datetime, *, event: str, step: str
) -> CaseChange:
    letter = drafted(
        case,
        LETTER_OF[case.kind, outcome],
        policy,
        why=f"outcome proposed: {outcome.value}",
        words=words.strip(),
        outcome=outcome,
    )
    return CaseChange(
        event=event,
        facts={"proposed": outcome.value},
        letters=(letter,),
        next_step=(step, step_by(case, policy, now)),
    )
