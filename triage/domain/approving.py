"""A person's word that a drafted letter goes, and what follows from it for the case's clock, promises and next step."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from triage.domain.asking import EVENT_OF, clock_event
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_life import step_by, today_for
from triage.domain.closing_checks import unfinished
from triage.domain.contact_points import mail_addresses
from triage.domain.lost_letters import is_lost, without
from triage.domain.may_act import NO_ANSWER, may_send
from triage.domain.outcomes import CLOSING_LETTERS
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.vocabulary import LetterPurpose

# A message that comes while these wait in the outbox cannot make them wrong: they say what arrived, or ask.
GOES_ALL_THE_SAME = NO_ANSWER | EVENT_OF.keys()
# A draft promises days that were worked out when it was written; after a week a person writes anew.
DRAFT_HOLDS_FOR = timedelta(days=7)
# What nobody drafts but the desk itself; it words anew what waited too long (renewing.py).
LAID_BY_THE_DESK = (LetterPurpose.ESCALATION, LetterPurpose.COMPLAINT_PROGRESS, LetterPurpose.OPT_OUT_DONE)


def approve(
    case: CaseFile, letter_id: int, policy: Policy, now: datetime, *, to: str = "", note: str = ""
) -> CaseChange | Refused:
    """Send a draft of the case. `to`: the checked address it goes to, "" for the one it is addressed to.

    Refused while a message of the thread is unread, for a draft that is too old or names a day that is past, for an
    outcome that is not so any more, and where what the letter brings about is refused; `note` overrides what only came
    too late.
    """
    letter = _draft(case, letter_id)
    if letter is None:
        return Refused(reasons=(f"letter {letter_id} is no draft of {case.reference}",))
    reasons = _hindrances(case, letter, policy, now)
    reasons += _nowhere_to_go(letter, to)
    if reasons:
        return Refused(reasons=tuple(reasons))
    change = _what_follows(case, letter, policy, now, note)
    return change if isinstance(change, Refused) else replace(change, approves=letter.id, to=to)


def _nowhere_to_go(letter: CaseLetter, to: str) -> list[str]:
    if letter.in_chat:
        return ["the letter goes into the chat, and to no address"] if to else []
    if to and mail_addresses(to) != (to.lower(),):
        return [f"{to!r} is no mail address"]
    if to or letter.recipient:
        return []
    return [
        "there is no address the person wrote from: choose a checked one with --to, or print the letter and say so "
        f"(triage letter handed-over {letter.id})"
    ]


def hand_over(
    case: CaseFile, letter_id: int, how: str, policy: Policy, now: datetime, *, note: str = ""
) -> CaseChange | Refused:
    """A draft, or a letter that did not arrive, was printed and posted, or read out: it counts as sent today, and what
    it brings about counts from today. `how` says which way, for the journal; `note` as in `approve`."""
    letter = _draft(case, letter_id) or _lost(case, letter_id)
    if letter is None:
        return Refused(reasons=(f"letter {letter_id} is no draft of {case.reference}",))
    reasons = _hindrances(case, letter, policy, now)
    if not how.strip():
        reasons.append("say how it was handed over")
    if reasons:
        return Refused(reasons=tuple(reasons))
    before = without(case, letter)
    change = _what_follows(before, letter, policy, now, note)
    if isinstance(change, Refused):
        return change
    told = "\n".join(part for part in (how.strip(), note.strip()) if part)
    return replace(
        change,
        hands_over=letter.id,
        note=told,
        undoes=(letter.id,) if before is not case else (),
        # What goes by the outbox promises its news once it has left; this one has.
        next_news_on=None if letter.purpose in EVENT_OF else letter.promised_on,
    )


def _draft(case: CaseFile, letter_id: int) -> CaseLetter | None:
    return next((one for one in case.letters if one.id == letter_id and one.state == "draft"), None)


def _lost(case: CaseFile, letter_id: int) -> CaseLetter | None:
    """A letter that was on its way and did not arrive. One thrown away is never handed over: it was not to go."""
    return next(
        (one for one in case.letters if one.id == letter_id and one.state != "discarded" and is_lost(one)), None
    )


def past_day(letter: CaseLetter, today: date) -> date | None:
    """A day the letter names that was over before `today`; None where what it says still holds."""
    day = letter.first_named_on or letter.promised_on
    return day if day is not None and day < today else None


def _hindrances(case: CaseFile, letter: CaseLetter, policy: Policy, now: datetime) -> list[str]:
    refused = may_send(case, letter.purpose)
    reasons = [] if refused is None else list(refused.reasons)
    reasons += _not_true_any_more(case, letter, policy, now)
    past = past_day(letter, today_for(case, policy, now))
    if past is not None:
        reasons.append(f"letter {letter.id} names {plain_date(past)}, which is past: {_instead(case, letter)}")
    elif now - letter.created_at > DRAFT_HOLDS_FOR:
        reasons.append(
            f"letter {letter.id} was drafted over {DRAFT_HOLDS_FOR.days} days ago, and the days it promises may be "
            f"past: {_instead(case, letter)}"
        )
    return reasons


def _not_true_any_more(case: CaseFile, letter: CaseLetter, policy: Policy, now: datetime) -> list[str]:
    """What the letter says is done and is not, as things stand now: an access request may have come since it was
    drafted, which stops a deletion (DPA 2018 s.173), or a line of the checklist was taken back."""
    if not case.is_open or letter.outcome is None or letter.number != case.number:
        return []
    return unfinished(case, letter.outcome, policy, now)


def _instead(case: CaseFile, letter: CaseLetter) -> str:
    """What to do about a draft that may not go any more."""
    if letter.purpose in LAID_BY_THE_DESK:
        return "discard it, or leave it: the desk lays it ready anew where it is still owed"
    if letter.purpose in NO_ANSWER:
        return f"discard it, write by hand, then say so (triage case acknowledged {case.thread})"
    return "discard it and draft it anew" if letter.state == "draft" else "draft it anew"


def _what_follows(case: CaseFile, letter: CaseLetter, policy: Policy, now: datetime, note: str) -> CaseChange | Refused:
    name = clock_event(case, letter.purpose)
    if name is not None:
        return record(
            case, name, today_for(case, policy, now), policy, now, note=note, overridden=bool(note), letter_id=letter.id
        )
    closing = letter.purpose in CLOSING_LETTERS
    step = ("close the case with its outcome", step_by(case, policy, now)) if closing else None
    return CaseChange(
        event="letter_sent_off",
        facts={"letter": letter.id, "purpose": letter.purpose.value},
        note=note.strip(),
        next_step=step,
    )
