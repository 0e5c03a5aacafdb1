"""The one decision: what becomes of an enquiry. Pure: all it knows is an argument, all it says has a reason.

A mail (chat: decide_chat.py; form and hand-typed: decide_told.py):

    analysis + history ─> gate ─> duplicate?        ─> linked, nothing else
                               ─> our own letter?   ─> automatic mail
                               ─> returned letter?  ─> event on the thread it answers
                               ─> reply?            ─> joins the thread; a new kind opens a further case
                               ─> else              ─> new enquiry: lane, cases with dates, letter or why none;
                                                       what it says of the person's earlier cases (fresh_mail.py)

It refuses, releases, extends, erases and closes nothing: there is no code path for that.
"""

from dataclasses import replace
from datetime import date, datetime

from triage.domain.case_plan import receipt
from triage.domain.classification import Classification
from triage.domain.clock import local_date
from triage.domain.decide_chat import decide_chat
from triage.domain.decide_reply import BUT_COMPLAINTS, complaint_draft, decide_reply
from triage.domain.decide_told import decide_entry, decide_form
from triage.domain.fresh_mail import FreshReading, read_fresh
from triage.domain.gate import Desk, GateTable, GateVerdict, StoreFacts, is_machine_report, judge
from triage.domain.hidden_complaint import with_repeated_opt_out
from triage.domain.lanes import (
    concerns_a_person,
    is_absence_note,
    lane_of_new,
    only_answers_us,
)
from triage.domain.letter_choice import choose_letter
from triage.domain.mail_facts import MailFacts
from triage.domain.plan import Analysis, History, Plan, PlannedCase, PlannedLetter, ThreadCase
from triage.domain.planning import (
    controller_for,
    date_lines,
    gate_lines,
    letter_facts,
    plan_routed,
    reading_lines,
    routing_lines,
    suggestion,
)
from triage.domain.policy import Policy
from triage.domain.reference import reference_of_own
from triage.domain.routing import route
from triage.domain.sending_limits import limit_reached
from triage.domain.vocabulary import GateAnswer, Kind, Lane, Role

__all__ = ["controller_for", "decide"]

# A form's typed address, a Reply-To elsewhere, a failed DMARC check: such a sender joins no thread by itself.
_DOUBTFUL_SENDER_ROWS = frozenset({18, 19})

# A colleague's mail.
_COLLEAGUE_ROW = 2

_MAIL_SYSTEM = frozenset({"mailer-daemon", "postmaster"})


def decide(
    analysis: Analysis,
    history: History,
    policy: Policy,
    desk: Desk,
    table: GateTable,
    now: datetime,
    *,
    store_read: bool = True,
) -> Plan:
    """Decide about one item. `now` is aware UTC.

    With `store_read=False` (triage inspect) rows 14, 16 and 21 of the gate are not evaluated.
    The letter's `reference` is empty for a new enquiry: it is drawn when the plan is filed.
    """
    reading = with_repeated_opt_out(analysis.classification, history, policy)
    analysis = replace(analysis, classification=reading)
    if analysis.chat is not None:
        return decide_chat(analysis, analysis.chat, history, policy, now)
    if analysis.form is not None:
        return decide_form(analysis, analysis.form, history, policy, now)
    if analysis.entry is not None:
        return decide_entry(analysis, analysis.entry, history, policy, now)
    store = _store_facts(analysis, history, policy) if store_read else None
    gate = judge(analysis.facts, table, desk, policy, store)
    return _decide_mail(analysis, history, gate, policy, desk, now)


def _decide_mail(
    analysis: Analysis, history: History, gate: GateVerdict, policy: Policy, desk: Desk, now: datetime
) -> Plan:
    facts = analysis.facts
    rows = {hit.row for hit in gate.hits}
    if history.duplicate_of is not None:
        return _plain(gate, "duplicate", None, history.duplicate_of, "the same mail came in before", now)
    own_id = analysis.enquiry.message_id
    # Whoever has a letter of ours knows its Message-ID: only from our own address does it prove anything.
    if own_id is not None and reference_of_own(desk.secret, own_id) and desk.addresses & set(facts.from_addresses):
        return _plain(gate, "enquiry", Lane.AUTOMATIC_MAIL, None, "our own letter, come back to us", now)
    thread = history.thread
    # A reference can be guessed, a Message-ID with its keyed hash cannot: only that proves which letter came back.
    if thread is not None and thread.tie == "our_message_id" and _comes_back(gate, analysis):
        plan = _plain(gate, "returned_letter", None, thread.reference, "a machine's report about our letter", now)
        return replace(plan, bounce_is_permanent=_has_failed(facts), address_is_dead=_is_dead(facts))
    if history.before_start:
        return _plain(gate, "enquiry", Lane.NOT_REQUESTS, None, "older than the day the desk started", now)
    if thread is not None and thread.sender_is_participant and not _DOUBTFUL_SENDER_ROWS & rows:
        return decide_reply(analysis, thread, gate, policy, now)
    plan = _new_enquiry(analysis, history, gate, policy, now)
    # A mail to staff that came back is in no thread: its report proves itself by the Message-ID it returns.
    return replace(plan, bounce_is_permanent=is_machine_report(gate, facts) and _has_failed(facts))


def _store_facts(analysis: Analysis, history: History, policy: Policy) -> StoreFacts:
    sender = analysis.enquiry.sender
    domain = sender.domain if sender is not None else ""
    return StoreFacts(
        hard_bounced=history.hard_bounced,
        backlog=history.backlog,
        limit_reached=limit_reached(history.sent, policy.limits, domain),
    )


def _comes_back(gate: GateVerdict, analysis: Analysis) -> bool:
    """A bounce, or an absence note: by its marks, or by a subject that nothing in the text speaks against."""
    if is_machine_report(gate, analysis.facts):
        return True
    reading = analysis.classification
    return is_absence_note(analysis.enquiry, gate) and (reading is None or not (reading.kinds or reading.flags))


def _has_failed(facts: MailFacts) -> bool:
    """The letter did not arrive and will not: the report says failed, or the mail system itself wrote back in words."""
    if facts.delivery_status is not None:
        return facts.delivery_status[0] == "failed"
    return any(address.partition("@")[0] in _MAIL_SYSTEM for address in facts.from_addresses)


def _is_dead(facts: MailFacts) -> bool:
    """Nor would another letter arrive (RFC 3463: class 5 is permanent; "failed" alone may mean a long outage)."""
    status = facts.delivery_status
    return status is not None and status[0] == "failed" and status[1].startswith("5")


def _plain(gate: GateVerdict, outcome: str, lane: Lane | None, joins: str | None, why: str, now: datetime) -> Plan:
    return Plan(
        outcome=outcome,
        lane=lane,
        gate=gate,
        classification=None,
        no_letter_because=why,
        joins=joins,
        trace=(why,),
        decided_at=now,
    )


def _new_enquiry(analysis: Analysis, history: History, gate: GateVerdict, policy: Policy, now: datetime) -> Plan:
    routing = route(analysis, policy)
    controller = routing.controller
    said = _said_of_earlier(analysis, history, gate, policy, local_date(now, controller.nation))
    analysis = replace(analysis, classification=said.reading)
    enquiry, reading = analysis.enquiry, analysis.classification
    received_at = receipt(enquiry.received_at, now)
    purpose, why = choose_letter(enquiry, gate, reading)
    concerns = concerns_a_person(enquiry, gate, reading)
    unanswered = concerns and purpose is None
    by_hand = BUT_COMPLAINTS if only_answers_us(gate) else frozenset(Kind) if unanswered else frozenset()
    cases = _about(plan_routed(_kinds(reading), received_at, now, routing, policy, by_hand), said.about)
    letter = None
    if purpose is not None:
        facts = letter_facts(enquiry.channel, reading, purpose, cases, controller, policy, received_at)
        letter = PlannedLetter(facts=facts, needs_approval=False, why=why)
    elif only_answers_us(gate):
        letter = complaint_draft(analysis, cases, controller, policy, received_at)
    return Plan(
        outcome="enquiry",
        lane=_lane(analysis, gate, said),
        gate=gate,
        classification=reading,
        cases=cases,
        letter=letter,
        no_letter_because="" if letter else why,
        suggests=suggestion(history) or said.thread,
        not_acknowledged=unanswered,
        takes_back_elsewhere=said.takes_back,
        trace=(
            *gate_lines(gate),
            *reading_lines(reading),
            *routing_lines(routing, policy),
            *said.story,
            *date_lines(cases),
            f"letter: {why}",
        ),
        decided_at=now,
    )


def _said_of_earlier(
    analysis: Analysis, history: History, gate: GateVerdict, policy: Policy, today: date
) -> FreshReading:
    """What a mail that joins no thread says of earlier cases of whoever wrote it. A sender nobody vouches for says
    nothing of anybody's cases, nor does a machine; a colleague passes on somebody else's words."""
    enquiry, reading = analysis.enquiry, analysis.classification
    rows = {hit.row for hit in gate.hits}
    unheard = gate.answer is GateAnswer.NEVER and not concerns_a_person(enquiry, gate, reading)
    if _DOUBTFUL_SENDER_ROWS & rows or unheard:
        return FreshReading(reading=reading)
    passed_on = _COLLEAGUE_ROW in rows and enquiry.forward_of is not None
    cases, role = (history.passed_on_cases, Role.FORWARDED) if passed_on else (history.own_cases, Role.OWN)
    return read_fresh(enquiry, reading, cases, role, policy, today)


def _about(cases: tuple[PlannedCase, ...], about: ThreadCase | None) -> tuple[PlannedCase, ...]:
    """The cases, the complaints among them about that earlier one."""
    if about is None:
        return cases
    return tuple(
        replace(case, about_elsewhere=about.reference) if case.kind is Kind.COMPLAINT else case for case in cases
    )


def _lane(analysis: Analysis, gate: GateVerdict, said: FreshReading) -> Lane:
    """A wish taken back is for a person, also where nothing else in the mail is."""
    lane = lane_of_new(analysis.enquiry, gate, said.reading)
    quiet = lane in (Lane.AUTOMATIC_MAIL, Lane.NOT_REQUESTS)
    return Lane.NEEDS_PERSON if said.takes_back and quiet else lane


def _kinds(reading: Classification | None) -> tuple[Kind, ...]:
    return reading.kinds if reading is not None else ()
