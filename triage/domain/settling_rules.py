"""A person says which company's law counts, where the message itself left that open (routing.py)."""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.case_life import awake, not_open, today_for
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Controller, Policy
from triage.domain.stage_letters import controller_of, in_doubt_with
from triage.domain.vocabulary import Regime


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """A law that may count: of which company, and the dates the case would have by it alone."""

    controller: Controller
    dates: ClockDates

    @property
    def regime(self) -> Regime:
        """What it is called."""
        return self.controller.regime


def laws_in_doubt(case: CaseFile, policy: Policy) -> tuple[Law, ...]:
    """The laws that may count, that of the company the case is against first; () where there is nothing to settle."""
    own, other = controller_of(case, policy), in_doubt_with(case, policy)
    if other is None or not_open(case):
        return ()
    return tuple(Law(controller=one, dates=dates_of(_against(case, one), policy)) for one in (own, other))


def settle_rules(case: CaseFile, regime: Regime, why: str, policy: Policy, now: datetime) -> CaseChange | Refused:
    """The law of `regime` counts, `why` in the person's words: dates by it alone, letters with its regulator alone, and
    the case against the company under it (EU GDPR Art 3(1)).

    Refused where nothing is in doubt. The next step keeps its day: a letter may have promised it.
    """
    own, other = controller_of(case, policy), in_doubt_with(case, policy)
    reasons = not_open(case)
    if other is None:
        reasons.append(
            f"nothing is in doubt: the case is against {own.name}, under the law of the {own.regime.upper()}"
        )
    if not why.strip():
        reasons.append("say how you know which law counts")
    if other is None or reasons:
        return Refused(reasons=tuple(reasons))
    chosen = own if own.regime is regime else other
    return CaseChange(
        event="rules_settled",
        facts={"regime": regime.value, "controller": chosen.name, "controller_before": own.name},
        note=why.strip(),
        dates=dates_of(_against(case, chosen), policy),
        controller=chosen.name,
        settles_rules=True,
        snoozed_until=awake(case, today_for(case, policy, now)),
    )


def _against(case: CaseFile, company: Controller) -> CaseFile:
    """The case without a doubt."""
    return replace(case, controller=company.name, rules_in_doubt="")
