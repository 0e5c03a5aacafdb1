"""What every decision shares, by whichever way an enquiry came: its controller, cases, letter facts and trace."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from triage.domain.case_plan import plan_case
from triage.domain.classification import Classification
from triage.domain.clock import local_date
from triage.domain.gate_values import GateVerdict
from triage.domain.letter import LetterFacts
from triage.domain.plan import Analysis, History, PlannedCase
from triage.domain.policy import Controller, Policy
from triage.domain.routing import Routing, route
from triage.domain.vocabulary import Channel, Flag, Kind, LetterPurpose


def controller_for(analysis: Analysis, policy: Policy) -> Controller:
    """The controller that answers (routing.py): of several that are asked, for all of them."""
    return route(analysis, policy).controller


def plan_routed(
    kinds: Collection[Kind],
    received_at: datetime,
    now: datetime,
    routing: Routing,
    policy: Policy,
    by_hand: Collection[Kind],
) -> tuple[PlannedCase, ...]:
    """A case for every kind, in the order given, against every controller that is asked: the answering one's first.
    Those in `by_hand` have no letter, not even a drafted one."""
    return tuple(
        plan_case(kind, received_at, now, controller, policy, unanswered=kind in by_hand, in_doubt=routing.in_doubt)
        for controller in routing.controllers
        for kind in kinds
    )


def routing_lines(routing: Routing, policy: Policy) -> list[str]:
    """Why these companies, where there is a choice."""
    names = ", ".join(one.name for one in routing.controllers)
    return [f"company: {names}; {routing.why}"] if len(policy.controllers) > 1 else []


def letter_facts(
    channel: Channel,
    reading: Classification | None,
    purpose: LetterPurpose,
    cases: tuple[PlannedCase, ...],
    controller: Controller,
    policy: Policy,
    received_at: datetime,
) -> LetterFacts:
    """What the letter about `cases` may say. Its reference is empty: it is drawn when the plan is filed."""
    sure = set(reading.sure_kinds) if reading else set()
    # A neutral letter names no kind, and a date only where one is sure (docs/letters.md).
    spoken = cases if purpose is not LetterPurpose.NEUTRAL else tuple(c for c in cases if c.kind in sure)
    due = [case.dates.statutory_due for case in spoken if case.dates.statutory_due is not None]
    return LetterFacts(
        purpose=purpose,
        channel=channel,
        reference="",
        received_on=local_date(received_at, controller.nation),
        # Cases against several companies of a group are one request to whoever wrote, and get one answer.
        kinds=() if purpose is LetterPurpose.NEUTRAL else tuple(dict.fromkeys(case.kind for case in cases)),
        other_rights=reading.other_rights if reading and purpose is not LetterPurpose.NEUTRAL else (),
        controller=controller,
        links=policy.links,
        ico_phone=policy.ico_phone,
        due_on=min(due, default=None),
        # What a letter promises is the case's own next date, so that somebody keeps it.
        news_by=_step_on(spoken, Kind.COMPLAINT),
        opt_out_by=_step_on(spoken, Kind.OPT_OUT),
        opt_out_working_days=policy.targets.opt_out_working_days,
        may_be_breach=reading is not None and Flag.BREACH_REPORT in reading.flags,
        both_regulators=_both_regulators(cases, controller, policy),
    )


def only(reading: Classification, kinds: Collection[Kind]) -> Classification:
    """The reading as far as it is about `kinds`: what a letter about a further request in a thread rests on."""
    return replace(
        reading,
        kinds=tuple(kind for kind in reading.kinds if kind in kinds),
        sure_kinds=tuple(kind for kind in reading.sure_kinds if kind in kinds),
        other_rights=reading.other_rights if Kind.OTHER_RIGHT in kinds else (),
    )


def suggestion(history: History) -> str | None:
    """The thread this perhaps belongs to: a reference it bears, else one of another channel by the same address."""
    if history.thread is not None:
        return history.thread.reference
    return history.same_id_other_content or history.same_person


def gate_lines(gate: GateVerdict) -> list[str]:
    """The gate's answer with every row that matched."""
    return [f"gate {gate.answer.value}" + "".join(f"; row {hit.row}: {hit.why}" for hit in gate.hits)]


def reading_lines(reading: Classification | None) -> list[str]:
    """Kinds with their scores, and the flags."""
    if reading is None:
        return ["not classified"]
    scores = ", ".join(f"{kind.value} {reading.scores.get(kind, 0.0):.2f}" for kind in reading.kinds)
    lines = [f"kinds: {scores or 'none'}; request score {reading.request_score:.2f}"]
    if reading.flags:
        lines.append("flags: " + ", ".join(flag.value for flag in reading.flags))
    return lines


def date_lines(cases: tuple[PlannedCase, ...]) -> list[str]:
    """How the first case's dates came about."""
    return [line for case in cases[:1] for line in case.dates.trace]


def _both_regulators(cases: tuple[PlannedCase, ...], controller: Controller, policy: Policy) -> bool:
    """Whether the companies asked have two regulators between them, or nobody knows yet which one it is."""
    asked = {case.controller for case in cases}
    regimes = {controller.regime, *(one.regime for one in policy.controllers if one.name in asked)}
    return len(regimes) > 1 or any(case.rules_in_doubt for case in cases)


def _step_on(cases: tuple[PlannedCase, ...], kind: Kind) -> date | None:
    return min((case.next_step_on for case in cases if case.kind is kind), default=None)
