"""Cases that live: opened as the desk opens them, with things happening to them one after the other."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from tests.factories import CONTROLLER
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseEvent, CaseFile
from triage.domain.case_plan import plan_case
from triage.domain.policy import Controller, Limits, Policy, Targets, Thresholds
from triage.domain.vocabulary import CaseEventName, CaseState, Channel, Kind, Lane, Nation, Regime

TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
BULGARIAN = replace(CONTROLLER, name="Larkfield Bulgaria EOOD", nation=Nation.BULGARIA, regime=Regime.EU)
SCOTTISH = replace(CONTROLLER, name="Larkfield Scotland Ltd", nation=Nation.SCOTLAND)
POLICY = Policy(
    controllers=(CONTROLLER, BULGARIAN, SCOTTISH),
    own_domains=("larkfield.example",),
    thresholds=Thresholds(upper=0.8, lower=0.35),
    limits=Limits(
        sender_per_hour=1,
        sender_per_day=3,
        sender_per_30_days=10,
        domain_per_day=20,
        global_per_10_minutes=30,
        free_mail_domains=(),
    ),
    targets=TARGETS,
    links={},
    ico_phone="0303 123 1113",
)


def noon(day: date) -> datetime:
    """Noon of a day: the same day in London and Sofia."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def opened(
    received: date | datetime,
    kind: Kind = Kind.ACCESS,
    controller: Controller = CONTROLLER,
    policy: Policy = POLICY,
    **changes: object,
) -> CaseFile:
    """A case received at a moment (or at noon of a day) and filed a minute later."""
    received_at = received if isinstance(received, datetime) else noon(received)
    now = received_at + timedelta(minutes=1)
    planned = plan_case(kind, received_at, now, controller, policy, unanswered=False)
    event = CaseEvent(name=CaseEventName.RECEIVED, on=planned.dates.received_on, recorded_at=now)
    values: dict[str, object] = {
        "reference": "DP-2026-00042-K7/1",
        "thread": "DP-2026-00042-K7",
        "number": 1,
        "kind": kind,
        "state": CaseState.OPEN,
        "lane": Lane.NEW,
        "version": 1,
        "controller": controller.name,
        "channel": Channel.EMAIL,
        "received_at": received_at,
        "opened_at": now,
        "dates": planned.dates,
        "next_step": planned.next_step,
        "next_step_on": planned.next_step_on,
        "events": (event,),
    }
    return CaseFile(**(values | changes))  # type: ignore[arg-type]


def told(case: CaseFile, name: CaseEventName, on: date, policy: Policy = POLICY, **more) -> CaseChange | Refused:
    """What is answered when it is told in the afternoon of that very day, or at `now`."""
    now = more.pop("now", None) or noon(on) + timedelta(hours=2)
    return record(case, name, on, policy, now, **more)


def after(case: CaseFile, name: CaseEventName, on: date, policy: Policy = POLICY, **more) -> CaseFile:
    """The case with it having happened, as the store would give it back."""
    change = told(case, name, on, policy, **more)
    assert isinstance(change, CaseChange), change
    assert change.dates is not None
    step, step_on = change.next_step or (case.next_step, case.next_step_on)
    return replace(
        case,
        events=(*case.events, *change.events),
        dates=change.dates,
        state=change.state or case.state,
        closed_at=None if change.state else case.closed_at,
        next_step=step,
        next_step_on=step_on,
        version=case.version + 1,
    )
