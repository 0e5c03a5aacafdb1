"""An acknowledgement that was held back, sent after all on a person's word: the letter the same rules choose.

A hold says only that no machine may answer (docs/gate.md). What it would have said is chosen as for any other mail
(letter_choice.py). A `never` row proves a machine, or who bounced: no word of a person sends a letter there from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.case_change import Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_plan import BY_HAND, plan_case
from triage.domain.classification import Classification
from triage.domain.clock import local_date
from triage.domain.contact_points import mail_addresses
from triage.domain.enquiry import Enquiry
from triage.domain.gate_values import GateVerdict
from triage.domain.letter import LetterFacts
from triage.domain.letter_choice import choose_letter
from triage.domain.plan import PlannedCase
from triage.domain.planning import letter_facts
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import Channel, GateAnswer, Kind, OtherRight

# Rows 16 and 21: it came late, or too many letters went out. Neither speaks against the person who wrote.
_AGE_OR_VOLUME = frozenset({16, 21})
_UNREAD = Classification(kinds=(), scores={}, needs_person=True, request_score=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBack:
    """An enquiry as the choice of its acknowledgement looks at it. `kinds_said`, `rights_said`: what a person says it
    asks, None where nobody has spoken; `recipient` whom a letter may go to without anybody choosing; `letters` number,
    purpose and state of what was written to it already; `cases` numbers of those it opened.
    """

    reference: str
    enquiry_id: int
    enquiry: Enquiry
    gate: GateVerdict
    reading: Classification | None
    controller: str
    not_acknowledged: bool
    no_letter_because: str
    recipient: str
    kinds_said: tuple[Kind, ...] | None = None
    rights_said: tuple[OtherRight, ...] = ()
    letters: tuple[tuple[int, str, str], ...] = ()
    cases: tuple[int, ...] = ()

    @property
    def only_age_or_volume(self) -> bool:
        """Whether nothing but the day it came, or how much was sent, holds it: then many may be sent at once."""
        held = {hit.row for hit in self.gate.hits if hit.act is GateAnswer.HOLD}
        return self.gate.answer is GateAnswer.HOLD and held <= _AGE_OR_VOLUME and bool(self.recipient)

    @property
    def why_held(self) -> tuple[str, ...]:
        """The gate's reasons, else what was noted when no letter was sent."""
        held = tuple(hit.why for hit in self.gate.hits if hit.act is self.gate.answer)
        return held or (self.no_letter_because,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """The letter to lay ready, to whom, and the next step of each case, by number, that waited for it."""

    facts: LetterFacts
    why: str
    recipient: str
    steps: tuple[tuple[int, PlannedCase], ...] = ()


def release(
    held: HeldBack, cases: Sequence[CaseFile], policy: Policy, now: datetime, *, to: str = ""
) -> Released | Refused:
    """The acknowledgement of `held`, with every reason where there is none to send.

    `cases` are its thread's, `to` an address a person has checked, needed where nobody vouches for the sender.
    """
    purpose, why = choose_letter(held.enquiry, GateVerdict(answer=GateAnswer.ACK, hits=()), _as_said(held))
    reasons = [*_standing_against(held), *_nowhere(held, to)]
    if purpose is None:
        reasons.append(why)
    if purpose is None or reasons:
        return Refused(reasons=tuple(reasons))
    controller = next((one for one in policy.controllers if one.name == held.controller), policy.main_controller)
    received_at = held.enquiry.received_at or now
    mine = [case for case in cases if case.number in held.cases and case.is_open]
    planned = [_planned(case, received_at, controller, policy, now) for case in mine]
    facts = letter_facts(Channel.EMAIL, _as_said(held), purpose, tuple(planned), controller, policy, received_at)
    if facts.due_on is not None and facts.due_on < local_date(now, controller.nation):
        facts = replace(facts, due_on=None)
    return Released(
        facts=replace(facts, reference=held.reference, by_person=True),
        why=f"held back, and sent on a person's word: {why}",
        recipient=to.strip().lower() or held.recipient,
        steps=tuple((case.number, plan) for case, plan in zip(mine, planned, strict=True) if case.next_step == BY_HAND),
    )


def _standing_against(held: HeldBack) -> list[str]:
    if held.enquiry.channel is not Channel.EMAIL:
        return [f"{held.reference} came by {held.enquiry.channel.value.replace('_', ' ')}: acknowledge it by hand"]
    if not held.not_acknowledged:
        return [f"{held.reference} is acknowledged already, or needs no acknowledgement"]
    reasons = []
    if held.gate.answer is GateAnswer.NEVER:
        whys = " ".join(held.why_held)
        reasons.append(f"a machine's mail is never answered from here: {whys}")
    reasons += [f"a letter is there already: {purpose} {number} is {state}" for number, purpose, state in held.letters]
    return reasons


def _nowhere(held: HeldBack, to: str) -> list[str]:
    wanted = to.strip().lower()
    if wanted and mail_addresses(wanted) != (wanted,):
        return [f"{to.strip()!r} is no mail address"]
    if wanted or held.recipient or held.enquiry.channel is not Channel.EMAIL:
        return []
    return ["nobody vouches for the sender's address: give one that you have checked"]


def _as_said(held: HeldBack) -> Classification | None:
    """The reading, or what a person said in its place; the flags stay."""
    if held.kinds_said is None:
        return held.reading
    rights = held.rights_said if Kind.OTHER_RIGHT in held.kinds_said else ()
    sure = replace(held.reading or _UNREAD, kinds=held.kinds_said, sure_kinds=held.kinds_said, other_rights=rights)
    return replace(sure, needs_person=False)


def _planned(
    case: CaseFile, received_at: datetime, controller: Controller, policy: Policy, now: datetime
) -> PlannedCase:
    """The case as it would have been planned with a letter: what the letter promises becomes its next step."""
    planned = plan_case(case.kind, received_at, now, controller, policy, unanswered=False)
    return replace(planned, dates=case.dates, controller=case.controller)
