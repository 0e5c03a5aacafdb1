"""What becomes of a post of the enquiry form, and of a case a colleague typed in (post, phone, in person, social).

Neither gets a letter from here: the form's confirmation page is the acknowledgement, and what came by hand is
acknowledged by hand. Nothing is ever mailed by itself to an address that was merely typed in.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from triage.domain.case_plan import receipt
from triage.domain.classification import Classification
from triage.domain.clock import local_date
from triage.domain.declared import with_declared
from triage.domain.gate_values import GateHit, GateVerdict
from triage.domain.hidden_complaint import with_repeated_opt_out
from triage.domain.lanes import lane_of_new
from triage.domain.plan import Analysis, History, Plan
from triage.domain.planning import (
    controller_for,
    date_lines,
    gate_lines,
    plan_routed,
    reading_lines,
    routing_lines,
    suggestion,
)
from triage.domain.policy import Controller, Policy
from triage.domain.reference import is_form_reference
from triage.domain.routing import route
from triage.domain.told import EntryFacts, FormFacts
from triage.domain.vocabulary import Channel, GateAnswer, Kind, Lane

FORM_CHOICE = "form.choice"
ENTRY_CHOICE = "entry.choice"

_WAY = {
    Channel.POST: "post",
    Channel.PHONE: "phone",
    Channel.IN_PERSON: "word of mouth",
    Channel.SOCIAL: "a social network",
}

# Where no text could be read: what was chosen still counts.
_UNREAD = Classification(kinds=(), scores={}, needs_person=True, request_score=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What the two ways in differ by; `story` and `why` are words for the DPO."""

    gate: GateVerdict
    reading: Classification
    kinds: tuple[Kind, ...]
    received_at: datetime
    by_hand: bool
    earlier_reference: str
    story: tuple[str, ...]
    why: str


def decide_form(analysis: Analysis, form: FormFacts, history: History, policy: Policy, now: datetime) -> Plan:
    """Decide about a post of the form.

    Its reference is adopted, unless another enquiry has it already or no form can have given it: an inbox that others
    can write to must not name the worker's next number, which would be refused ever after.
    """
    hits = (GateHit(row=111, act=GateAnswer.HOLD, why=form.held_because),) if form.held_because else ()
    gate = GateVerdict(answer=GateAnswer.HOLD if hits else GateAnswer.ACK, hits=hits)
    reading = _with_declared(analysis, form.declared, FORM_CHOICE, history, policy)
    story = [_chosen(form.declared, "ticked on the form")]
    if not form.way_to_answer:
        story.append("no way to answer was given: the person may come back with the reference")
    received_at = receipt(analysis.enquiry.received_at, now)
    is_ours = is_form_reference(form.reference, received_at.year)
    if not is_ours:
        story.append("the reference that came with the form is none a form gives: a new one is drawn")
    elif history.reference_taken:
        story.append(
            f"the page showed {form.reference}, which already belongs to another enquiry: a new reference is drawn"
        )
    told = _Told(
        gate=gate,
        reading=reading,
        kinds=reading.kinds,
        received_at=received_at,
        by_hand=False,
        earlier_reference=form.earlier_reference,
        story=tuple(story),
        why="the confirmation page with the reference is the acknowledgement",
    )
    adopts = form.reference if is_ours and not history.reference_taken else None
    return replace(_plan(analysis, told, history, policy, now), adopts=adopts)


def decide_entry(analysis: Analysis, entry: EntryFacts, history: History, policy: Policy, now: datetime) -> Plan:
    """Decide about what a colleague typed in. Dates count from the day it was received; a person acknowledges it."""
    hit = GateHit(row=121, act=GateAnswer.HOLD, why="taken down by a colleague: acknowledged by hand")
    gate = GateVerdict(answer=GateAnswer.HOLD, hits=(hit,))
    reading = _with_declared(analysis, entry.declared, ENTRY_CHOICE, history, policy)
    received_at = _on(entry.received_on, analysis.enquiry.received_at, controller_for(analysis, policy))
    story = [_chosen(entry.declared, "written down by a colleague")]
    if not entry.way_to_answer:
        story.append("no way to answer was written down")
    told = _Told(
        gate=gate,
        reading=reading,
        # What a colleague heard is a case also where no text names which right it is.
        kinds=tuple(kind for kind in Kind if kind in {*reading.kinds, *entry.declared}),
        received_at=receipt(received_at, now),
        by_hand=True,
        earlier_reference=entry.earlier_reference,
        story=tuple(story),
        why=f"it came by {_WAY.get(analysis.enquiry.channel, 'hand')}: a person acknowledges it by hand",
    )
    return _plan(analysis, told, history, policy, now)


def _with_declared(
    analysis: Analysis, declared: tuple[Kind, ...], source: str, history: History, policy: Policy
) -> Classification:
    """The reading with what was ticked or written down; an opt-out among it may be a repeated one."""
    reading = with_declared(analysis.classification or _UNREAD, declared, source)
    return with_repeated_opt_out(reading, history, policy) or reading


def _plan(analysis: Analysis, told: _Told, history: History, policy: Policy, now: datetime) -> Plan:
    routing, by_hand = route(analysis, policy), told.kinds if told.by_hand else ()
    cases = plan_routed(told.kinds, told.received_at, now, routing, policy, by_hand)
    story, suggests = list(told.story), suggestion(history)
    if told.earlier_reference and history.thread is None:
        story.append("the earlier reference they gave is none of ours")
    if suggests:
        story.append(f"perhaps about {suggests}: a person says so, nothing is merged by itself")
    head = (*gate_lines(told.gate), *reading_lines(told.reading), *routing_lines(routing, policy))
    return Plan(
        outcome="enquiry",
        lane=_lane(analysis, told),
        gate=told.gate,
        classification=told.reading,
        cases=cases,
        no_letter_because=told.why,
        suggests=suggests,
        not_acknowledged=told.by_hand,
        trace=(*head, *story, *date_lines(cases), f"no letter: {told.why}"),
        decided_at=now,
    )


def _lane(analysis: Analysis, told: _Told) -> Lane:
    """Whoever uses the privacy form, or is written down by a colleague, is looked at by a person whatever they say."""
    # A choice without a word is clear enough: an empty message is not one that could not be read.
    lane = lane_of_new(replace(analysis.enquiry, readable=True), told.gate, told.reading)
    return Lane.NEEDS_PERSON if lane is Lane.NOT_REQUESTS else lane


def _on(day: date, received_at: datetime | None, controller: Controller) -> datetime:
    """The instant received, where it is one of that day; else noon, which is that day wherever we are established."""
    if received_at is not None and local_date(received_at, controller.nation) == day:
        return received_at
    return datetime.combine(day, time(12), UTC)


def _chosen(declared: tuple[Kind, ...], how: str) -> str:
    names = ", ".join(kind.value for kind in declared)
    return f"{how}: {names}" if names else f"nothing {how}: what is asked rests on the text alone"
