"""What becomes of a participant's reply: it joins its thread, is never answered by a machine, and a person reads it."""

from dataclasses import replace
from datetime import datetime

from triage.domain.case_plan import receipt
from triage.domain.gate import GateVerdict
from triage.domain.lanes import is_urgent, lane_of_reply
from triage.domain.plan import Analysis, Plan, PlannedCase, PlannedLetter, Thread
from triage.domain.planning import date_lines, gate_lines, letter_facts, plan_routed, reading_lines, routing_lines
from triage.domain.policy import Controller, Policy
from triage.domain.reply import read_reply
from triage.domain.routing import Routing, route_reply
from triage.domain.vocabulary import Kind, LetterPurpose

# In an answer to us a complaint's acknowledgement is drafted; every other kind is acknowledged by hand.
BUT_COMPLAINTS = frozenset(Kind) - {Kind.COMPLAINT}


def decide_reply(analysis: Analysis, thread: Thread, gate: GateVerdict, policy: Policy, now: datetime) -> Plan:
    """Decide about a mail that joins `thread`. `now` is aware UTC; dates count from this mail's receipt.

    Only a right not yet open on the thread opens a case, and a complaint one of its own, about the case it is about:
    it is owed its own acknowledgement and clock (DPA 2018 s.164A), while the old clock goes on.
    """
    routing = route_reply(analysis, thread, policy)
    received_at = receipt(analysis.enquiry.received_at, now)
    said = read_reply(analysis.enquiry, analysis.classification, thread, routing.controller, policy, now)
    analysis = replace(analysis, classification=said.reading)
    cases = about_case(plan_routed(said.opens, received_at, now, routing, policy, BUT_COMPLAINTS), said.about)
    why = f"it joins {thread.reference}: replies are never answered by a machine"
    letter = complaint_draft(analysis, cases, routing.controller, policy, received_at)
    if letter is not None:
        letter, why = replace(letter, facts=replace(letter.facts, reference=thread.reference)), letter.why
    return Plan(
        outcome="follow_up",
        lane=lane_of_reply(said.reading),
        gate=gate,
        classification=said.reading,
        cases=cases,
        letter=letter,
        no_letter_because="" if letter else why,
        joins=thread.reference,
        not_acknowledged=bool(cases) or is_urgent(said.reading),
        trace=_trace(gate, routing, said.story, cases, analysis, policy, why),
        decided_at=now,
        reopens_closed=said.reopens,
        next_step=said.next_step,
        still_unhappy=said.still_unhappy,
        takes_back=said.takes_back,
    )


def about_case(cases: tuple[PlannedCase, ...], number: int | None) -> tuple[PlannedCase, ...]:
    """The cases, the complaints among them about the thread's case of that number."""
    return tuple(replace(case, about=number) if case.kind is Kind.COMPLAINT else case for case in cases)


def complaint_draft(
    analysis: Analysis,
    cases: tuple[PlannedCase, ...],
    controller: Controller,
    policy: Policy,
    received_at: datetime,
) -> PlannedLetter | None:
    """A complaint in an answer to us is owed its acknowledgement (DPA 2018 s.164A), but no machine may send it."""
    complaint = tuple(case for case in cases if case.kind is Kind.COMPLAINT)
    if not complaint or analysis.enquiry.sender is None:
        return None
    purpose = LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT
    channel, reading = analysis.enquiry.channel, analysis.classification
    facts = letter_facts(channel, reading, purpose, complaint, controller, policy, received_at)
    facts = replace(facts, by_person=True)
    why = "a complaint in a reply is owed an acknowledgement; a person approves it"
    return PlannedLetter(facts=facts, needs_approval=True, why=why)


def _trace(
    gate: GateVerdict,
    routing: Routing,
    story: tuple[str, ...],
    cases: tuple[PlannedCase, ...],
    analysis: Analysis,
    policy: Policy,
    why: str,
) -> tuple[str, ...]:
    head = (*gate_lines(gate), *reading_lines(analysis.classification), *routing_lines(routing, policy))
    return (*head, *story, *date_lines(cases), f"letter: {why}")
