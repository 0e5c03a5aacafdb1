"""What becomes of a burst of chat lines. The chat is mostly sales and support: whoever does not ask, hears nothing.

    burst + history ─> in a thread that has a reference? ─> follow-up; a new sure right is acknowledged there
                    ─> asks, perhaps asks, or a flag?    ─> enquiry and a note for the team; sure: a reply in the thread
                    ─> else                              ─> passed over: no reference, and the text is dropped

Who asks for a person gets one: automatic replies in this thread end. Rows 101 to 106 of docs/gate.md say when nothing
may be visible. The day the desk started does not matter here: chat is heard from the day it is connected.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from triage.domain.case_plan import receipt
from triage.domain.classification import Classification
from triage.domain.decide_reply import about_case
from triage.domain.gate_rows_chat import AGENT_ROW, BREAKER_ROW, CAP_ROW, HANDED_OVER_ROW, judge_chat
from triage.domain.gate_values import GateVerdict
from triage.domain.lanes import concerns_a_person, lane_of_new, lane_of_reply
from triage.domain.letter_choice import choose_letter
from triage.domain.plan import Analysis, History, Plan, PlannedCase, PlannedLetter, PlannedNote, Thread
from triage.domain.planning import (
    date_lines,
    gate_lines,
    letter_facts,
    only,
    plan_routed,
    reading_lines,
    routing_lines,
    suggestion,
)
from triage.domain.policy import Policy
from triage.domain.reply import ReplyReading, read_reply
from triage.domain.routing import Routing, route, route_reply
from triage.domain.told import ChatFacts
from triage.domain.vocabulary import Flag, GateAnswer, Kind, Lane, LetterPurpose

# Why the team reads that nothing was said; the reason in full is in the enquiry's trace, for the DPO's eyes.
_LOOKS_FIRST = "a person has to look before anyone answers"

# How the desk is to be set going again is the DPO's business.
_FOR_TEAM = {BREAKER_ROW: "too many automatic replies have gone out lately"}


# As if no row spoke against a reply.
_FREE = GateVerdict(answer=GateAnswer.ACK, hits=())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Burst:
    """A burst before the decision: everything a rule may look at."""

    analysis: Analysis
    chat: ChatFacts
    history: History
    policy: Policy
    gate: GateVerdict
    received_at: datetime
    now: datetime
    said: ReplyReading | None = None

    @property
    def reading(self) -> Classification | None:
        return self.analysis.classification

    @property
    def thread(self) -> Thread | None:
        """The thread it joins: the same one at HubSpot. A reference typed by anybody only suggests."""
        thread = self.history.thread
        return thread if thread is not None and thread.tie == "chat_thread" else None

    @property
    def routing(self) -> Routing:
        """Whom it is against."""
        if self.thread is not None:
            return route_reply(self.analysis, self.thread, self.policy)
        return route(self.analysis, self.policy)

    @property
    def wants_person(self) -> bool:
        """Asks for a human being now; in a thread that has a reference by the one word our letters invite to, too."""
        return self.chat.wants_person or (self.thread is not None and self.chat.says_person)


def decide_chat(analysis: Analysis, chat: ChatFacts, history: History, policy: Policy, now: datetime) -> Plan:
    """Decide about one burst. `now` is aware UTC; dates count from the first line's time."""
    received_at = receipt(analysis.enquiry.received_at, now)
    gate = judge_chat(chat, history, policy, received_at, now)
    burst = _Burst(
        analysis=analysis, chat=chat, history=history, policy=policy, gate=gate, received_at=received_at, now=now
    )
    if burst.thread is None and not _concerns(burst):
        return _passed_over(burst)
    return _planned(_as_reply(burst))


def _as_reply(burst: _Burst) -> _Burst:
    """The burst with what it says to the thread it joins, if any."""
    if burst.thread is None:
        return burst
    controller = burst.routing.controller
    said = read_reply(burst.analysis.enquiry, burst.reading, burst.thread, controller, burst.policy, burst.now)
    return replace(burst, analysis=replace(burst.analysis, classification=said.reading), said=said)


def _concerns(burst: _Burst) -> bool:
    """A kind, a doubt, a flag but spam, something only a person can open, or a reference of ours typed here."""
    unread = burst.reading is None or burst.chat.only_attachments
    named = burst.history.thread is not None
    return unread or named or concerns_a_person(burst.analysis.enquiry, burst.gate, burst.reading)


def _passed_over(burst: _Burst) -> Plan:
    why = "nothing in it asks for a data protection right"
    if burst.wants_person:
        why = "a person is asked for, and nothing about data protection: that is for sales and support"
    return Plan(
        outcome="passed_over",
        lane=None,
        gate=burst.gate,
        classification=burst.reading,
        no_letter_because=why,
        trace=(*_seen(burst), f"passed over: {why}; the text is dropped"),
        decided_at=burst.now,
        hands_over=burst.wants_person,
    )


def _planned(burst: _Burst) -> Plan:
    thread, reading, said = burst.thread, burst.reading, burst.said
    kinds = reading.kinds if reading is not None else ()
    # A right that is open on the thread already opens nothing: it is a chaser for a person to read.
    new = said.opens if said is not None else kinds
    purpose, why = _reply(burst, new, burst.gate)
    line = None if purpose else _hand_over_line(burst, new)
    silent = purpose is None and line is None
    cases = plan_routed(new, burst.received_at, burst.now, burst.routing, burst.policy, new if silent else ())
    cases = about_case(cases, said.about if said is not None else None)
    note = _team_note(burst, cases, purpose, line)
    return Plan(
        outcome="enquiry" if thread is None else "follow_up",
        lane=_lane(burst),
        gate=burst.gate,
        classification=reading,
        cases=cases,
        letter=_letter(burst, purpose, cases, why) if purpose else None,
        no_letter_because="" if purpose else why,
        joins=thread.reference if thread else None,
        suggests=None if thread else suggestion(burst.history),
        not_acknowledged=bool(cases) and silent,
        trace=(*_trace(burst, cases), _outcome_line(purpose, line, why)),
        decided_at=burst.now,
        notes=tuple(note for note in (line, note) if note is not None),
        hands_over=burst.wants_person or line is not None,
        reopens=thread is not None and thread.cannot_reach,
        reopens_closed=said.reopens if said is not None else (),
        next_step=said.next_step if said is not None else None,
        still_unhappy=said is not None and said.still_unhappy,
        takes_back=said.takes_back if said is not None else (),
    )


def _reply(burst: _Burst, new: tuple[Kind, ...], gate: GateVerdict) -> tuple[LetterPurpose | None, str]:
    """The visible reply: only where all is sure, and about what is new. A neutral letter would only puzzle here."""
    reading = burst.reading
    if reading is None:
        return None, "not read: a person looks first"
    if burst.chat.only_attachments:
        return None, "nothing but an attachment, which a person has to open"
    if reading.kinds and not new:
        return None, "what it asks for is open in this thread already: a person reads it"
    purpose, why = choose_letter(burst.analysis.enquiry, gate, only(reading, new))
    sure = set(reading.kinds) == set(reading.sure_kinds) and not reading.needs_person
    if purpose is None or (sure and purpose is not LetterPurpose.NEUTRAL):
        return purpose, why
    doubt = why if purpose is LetterPurpose.NEUTRAL else "not sure enough to answer"
    return None, f"{doubt}; a chat gets no neutral letter, a person looks first"


def _hand_over_line(burst: _Burst, new: tuple[Kind, ...]) -> PlannedNote | None:
    """One visible line for who asks for a person; said once, so the cap does not count, and neither does it that
    automatic replies have ended."""
    passable = {HANDED_OVER_ROW} | ({CAP_ROW} if burst.policy.chat.replies_per_thread_hour else set())
    held = {hit.row for hit in burst.gate.hits} - passable
    if held or burst.history.hand_over_said or not _owes_line(burst, new):
        return None
    return PlannedNote(purpose="hand_over", why="a person was asked for")


def _owes_line(burst: _Burst, new: tuple[Kind, ...]) -> bool:
    """In a thread that has a reference, who asks for a person; else who asked for one before, and now surely asks for
    a right: what would be acknowledged gets this line in its place."""
    if burst.thread is not None:
        return burst.wants_person
    return burst.history.handed_over and _reply(burst, new, _FREE)[0] is not None


def _team_note(
    burst: _Burst, cases: tuple[PlannedCase, ...], purpose: LetterPurpose | None, line: PlannedNote | None
) -> PlannedNote | None:
    """For the team that reads along. A line that only adds to an open thread is in the DPO's queue, and no news."""
    reading, first = burst.reading, burst.thread is None
    if not burst.chat.place.channel_id:  # the conversation is gone, and nobody is there to read a note
        return None
    if not (first or cases or burst.wants_person or burst.chat.only_attachments or _concerns_anew(burst)):
        return None
    said = purpose is not None or line is not None
    where_unknown = not burst.chat.way_to_answer and any(case.kind is Kind.OPT_OUT for case in cases)
    dated = [case for case in cases if not (where_unknown and case.kind is Kind.OPT_OUT)]
    sure = [case for case in dated if reading is not None and case.kind in reading.sure_kinds]
    return PlannedNote(
        purpose="team_note",
        why=_told_to_team(burst, purpose, line),
        kinds=reading.sure_kinds if reading else (),
        unsure_kinds=tuple(kind for kind in reading.kinds if kind not in reading.sure_kinds) if reading else (),
        due_on=min((_answer_by(case) for case in sure), default=None),
        perhaps_due_on=None if sure else min((_answer_by(case) for case in dated), default=None),
        visible_reply=said,
        where_unknown=where_unknown,
        wants_person=burst.wants_person or line is not None,
    )


def _concerns_anew(burst: _Burst) -> bool:
    """In a thread that has a reference: a kind that is sure or not open there, or a flag. A mere doubt is no news: what
    it rests on is mostly the earlier lines, which the team has its note of."""
    reading = burst.reading
    if reading is None:
        return True
    known = burst.thread.open_kinds if burst.thread is not None else ()
    asked = any(kind in reading.sure_kinds or kind not in known for kind in reading.kinds)
    return asked or any(flag is not Flag.SPAM for flag in reading.flags)


def _told_to_team(burst: _Burst, purpose: LetterPurpose | None, line: PlannedNote | None) -> str:
    if line is not None:
        return "the visitor was told that a person has been asked"
    rows = {hit.row for hit in burst.gate.hits}
    # How many replies there were is nobody's business where a person's being there is reason enough.
    needless = {CAP_ROW} if rows & {AGENT_ROW, HANDED_OVER_ROW} else set()
    held = "; ".join(_FOR_TEAM.get(hit.row, hit.why) for hit in burst.gate.hits if hit.row not in needless)
    return "what is asked is clear" if purpose else held or _LOOKS_FIRST


def _answer_by(case: PlannedCase) -> date:
    """A complaint is owed news, marketing a stop: those days come before the law's."""
    due = case.dates.statutory_due or case.dates.acknowledge_by or case.next_step_on
    return min(due, case.next_step_on) if case.kind in {Kind.COMPLAINT, Kind.OPT_OUT} else due


def _lane(burst: _Burst) -> Lane:
    if burst.thread is not None:
        return lane_of_reply(burst.reading)
    lane = lane_of_new(burst.analysis.enquiry, burst.gate, burst.reading)
    return Lane.NEEDS_PERSON if lane is Lane.NOT_REQUESTS or burst.chat.only_attachments else lane


def _letter(burst: _Burst, purpose: LetterPurpose, cases: tuple[PlannedCase, ...], why: str) -> PlannedLetter:
    controller = burst.routing.controller
    reading = only(burst.reading, {case.kind for case in cases}) if burst.reading else None
    facts = letter_facts(
        burst.analysis.enquiry.channel, reading, purpose, cases, controller, burst.policy, burst.received_at
    )
    reference = burst.thread.reference if burst.thread else ""
    reached = burst.chat.way_to_answer
    facts = replace(facts, reference=reference, hands_over=burst.wants_person, way_known=reached)
    return PlannedLetter(facts=facts, needs_approval=False, why=why)


def _seen(burst: _Burst) -> list[str]:
    lines = [*gate_lines(burst.gate), *reading_lines(burst.reading)]
    if burst.wants_person:
        lines.append("a person was asked for: no automatic reply in this conversation from here on")
    elif burst.history.handed_over:
        lines.append("a person was asked for here before: no automatic reply in this conversation any more")
    return lines


def _trace(burst: _Burst, cases: tuple[PlannedCase, ...]) -> list[str]:
    chat, thread = burst.chat, burst.thread
    story = burst.said.story if burst.said is not None else ()
    told = (*routing_lines(burst.routing, burst.policy), *story)
    lines = [*_seen(burst), *_certainty(burst.reading), *told, *date_lines(cases)]
    if thread is not None:
        lines.append(f"same conversation as {thread.reference}")
    if thread is not None and thread.cannot_reach:
        lines.append("nobody could be reached here until now: its cases are open again")
    if not chat.way_to_answer:
        lines.append("no way to answer once the window is closed is known yet")
    return lines


def _certainty(reading: Classification | None) -> list[str]:
    unsure = [kind.value for kind in reading.kinds if kind not in reading.sure_kinds] if reading else []
    return [f"only perhaps: {', '.join(unsure)}"] if unsure else []


def _outcome_line(purpose: LetterPurpose | None, line: PlannedNote | None, why: str) -> str:
    if purpose is not None:
        return f"letter: {why}"
    if line is not None:
        return f"one line says that a person has been asked; no letter: {why}"
    return f"nothing said to the visitor: {why}"
