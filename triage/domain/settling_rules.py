"""A person says which company's law counts, where the message itself left that open (routing.py)."""

from dataclasses import replace
from datetime import datetime

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.case_life import awake, not_open, today_for
from triage.domain.policy import Policy
from triage.domain.stage_letters import controller_of, in_doubt_with
from triage.domain.vocabulary import Regime


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
    settled = replace(case, controller=chosen.name, rules_in_doubt="")
    return CaseChange(
        event="rules_settled",
        facts={"regime": regime.value, "controller": chosen.name, "controller_before": own.name},
        note=why.strip(),
        dates=dates_of(settled, policy),
        controller=chosen.name,
        settles_rules=True,
        snoozed_until=awake(case, today_for(case, policy, now)),
    )
