"""What stands in the way of a case's end: each fault one line a person can act on."""

from collections.abc import Container
from datetime import date, datetime, timedelta

from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_life import today_for, unread
from triage.domain.case_standing import is_withdrawn
from triage.domain.clock import local_date
from triage.domain.outcomes import LETTER_OF, NOT_CARRIED_OUT, OUTCOMES
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, LetterPurpose, Outcome

_WAITING = ("draft", "queued", "sending")

_ANSWERS = {
    CaseEventName.IDENTITY_ASKED: CaseEventName.IDENTITY_RECEIVED,
    CaseEventName.AUTHORITY_ASKED: CaseEventName.AUTHORITY_RECEIVED,
    CaseEventName.FEE_ASKED: CaseEventName.FEE_PAID,
    CaseEventName.CLARIFICATION_ASKED: CaseEventName.CLARIFICATION_RECEIVED,
}


def of_its_kind(case: CaseFile, outcome: Outcome) -> list[str]:
    """A fault where a case of this kind cannot end like that."""
    if outcome in OUTCOMES[case.kind]:
        return []
    possible = ", ".join(one.value for one in OUTCOMES[case.kind])
    return [f"a case of {case.kind.value} does not end as {outcome.value}; it may end as {possible}"]


def unfinished(case: CaseFile, outcome: Outcome, policy: Policy, now: datetime) -> list[str]:
    """What is not done yet that `outcome` says is done. Nobody may be told of it before, and no case ends on it."""
    reasons = [] if outcome in (Outcome.WITHDRAWN, Outcome.NO_REPLY) else taken_back(case)
    if outcome is Outcome.NO_REPLY:
        reasons += _too_soon(case, policy, now)
    if outcome in NOT_CARRIED_OUT:
        return reasons
    if case.kind is Kind.ACCESS and not case.supplied:
        reasons.append(
            "the search record, the points of Art 15 and who checked the redactions are not recorded: record them"
        )
    reasons += access_first(case)
    return reasons + _undone(case, policy)


def taken_back(case: CaseFile) -> list[str]:
    """A fault where the person takes back what they asked, or seems to and it is a deletion, which cannot be undone."""
    if case.erasure_blocked and case.kind is Kind.DELETION:
        return ["the wish to delete was taken back: ask the person, then confirm or dismiss the withdrawal"]
    if is_withdrawn(case):
        return ["the person took it back: confirm the withdrawal, or say that the wish stands"]
    return []


def access_first(case: CaseFile) -> list[str]:
    """A fault for each open access case of the person whose data is to be deleted (DPA 2018 s.173)."""
    if case.kind is not Kind.DELETION:
        return []
    return [
        f"{link.reference} is an open access case of the same person: answer it before anything is deleted "
        "(DPA 2018 s.173)"
        for link in case.links
        if link.kind is Kind.ACCESS and link.state in (CaseState.OPEN, CaseState.CANNOT_REACH)
    ]


def undelivered(case: CaseFile, outcome: Outcome) -> list[str]:
    """A fault where personal data was promised and nobody recorded how it was handed over."""
    if case.delivered or case.kind is not Kind.ACCESS:
        return []
    if outcome not in (Outcome.PROVIDED, Outcome.PART_PROVIDED):
        return []
    return ["the delivery is not recorded: how, to which checked address, when, or that it was outside the desk"]


def letters_waiting(case: CaseFile, purposes: Container[LetterPurpose] = tuple(LetterPurpose)) -> list[str]:
    """A fault for each letter of the case, of these purposes, that has neither left nor been discarded."""
    return [
        f"letter {letter.id} ({letter.purpose.value}) waits as {letter.state}: approve it, discard it, or let it leave"
        for letter in _own(case)
        if letter.state in _WAITING and letter.purpose in purposes
    ]


def closing_letter(case: CaseFile, outcome: Outcome) -> CaseLetter | None:
    """The letter that told the person of `outcome`: sent, not come back, and since the case was last reopened."""
    purpose, since = LETTER_OF.get((case.kind, outcome)), _reopened_at(case)
    told = [
        letter
        for letter in _own(case)
        if letter.purpose is purpose
        and letter.outcome in (outcome, None)
        and letter.sent_at is not None
        and letter.state == "sent"
        and not letter.returned
    ]
    return next((letter for letter in told if since is None or letter.created_at >= since), None)


def untold(case: CaseFile, outcome: Outcome) -> list[str]:
    """A fault where the letter of `outcome` has not reached the person."""
    purpose = LETTER_OF.get((case.kind, outcome))
    if purpose is None or closing_letter(case, outcome) is not None:
        return []
    back = any(letter.returned and letter.purpose is purpose for letter in _own(case))
    what = "came back" if back else "was not sent"
    return [f"the letter {purpose.value} {what}: send it, or record why there is none"]


def all_of(case: CaseFile, outcome: Outcome, policy: Policy, now: datetime) -> list[str]:
    """Everything that stands in the way of `outcome` but its letter, which a reason may replace."""
    wrong = of_its_kind(case, outcome)
    done = [] if wrong else unfinished(case, outcome, policy, now) + undelivered(case, outcome)
    return wrong + unread(case) + letters_waiting(case) + done


def stops_marketing(case: CaseFile, policy: Policy) -> frozenset[str]:
    """Systems of an opt-out that no note leaves open: marketing would go on (Art 21(3)). None for other kinds."""
    if case.kind is not Kind.OPT_OUT:
        return frozenset()
    companies = ("", controller_of(case, policy).name)
    return frozenset(one.name for one in policy.systems if one.marketing and one.opt_out and one.company in companies)


def _undone(case: CaseFile, policy: Policy) -> list[str]:
    """Lines of the checklist that are open. A note may say why; not where marketing would go on (Art 21(3))."""
    absolute = stops_marketing(case, policy)
    if absolute and not case.tasks:
        return ["the checklist of marketing systems is missing: lay it down, and tick every system"]
    return [
        f"{task.system} is not done: {task.owner} is to tick it"
        + ("" if task.system in absolute else ", or to say why it stays open (triage case leave)")
        for task in case.tasks
        if task.is_owed or (task.system in absolute and task.done_on is None)
    ]


def _too_soon(case: CaseFile, policy: Policy, now: datetime) -> list[str]:
    """Nobody answered: only where something was asked, and a reasonable time is over (the ICO: about a month)."""
    if case.state is CaseState.CANNOT_REACH:
        return []
    asked = _unanswered(case, policy)
    if not asked:
        return ["nothing was asked that could have gone unanswered: ask first, or choose another outcome"]
    enough = max(asked) + timedelta(days=policy.targets.chase_after_days)
    if today_for(case, policy, now) >= enough:
        return []
    return [f"asked on {plain_date(max(asked))}: give the person until {plain_date(enough)}"]


def _unanswered(case: CaseFile, policy: Policy) -> list[date]:
    """Days on which something was asked that has not come. A letter on how it stands may ask too, outside the clock; so
    does a question about anything but an access request, which has no event of its own (asking.clock_event)."""
    asking = {LetterPurpose.PROGRESS} | (set() if case.kind is Kind.ACCESS else {LetterPurpose.CLARIFICATION_ASK})
    nation = controller_of(case, policy).nation
    questions = [
        event.on
        for event in case.events
        if event.name in _ANSWERS
        and not any(other.name is _ANSWERS[event.name] and other.on >= event.on for other in case.events)
    ]
    letters = [
        local_date(letter.sent_at, nation)
        for letter in _own(case)
        if letter.purpose in asking and letter.sent_at is not None
    ]
    return questions + letters


def _own(case: CaseFile) -> tuple[CaseLetter, ...]:
    """Letters about this case, or about the whole message."""
    return tuple(letter for letter in case.letters if letter.number in (None, case.number))


def _reopened_at(case: CaseFile) -> datetime | None:
    return max((one.recorded_at for one in case.events if one.name is CaseEventName.REOPENED), default=None)
