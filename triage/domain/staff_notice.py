"""The notice to the company's own people that a complaint is unresolved: it goes by itself, and names nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from triage.domain.case_file import CaseFile
from triage.domain.escalation import can_be_written_to
from triage.domain.plain_dates import plain_date
from triage.domain.policy import Link, Policy, Staff, StaffMember
from triage.domain.stage_letters import controller_of, in_doubt_with
from triage.domain.unresolved import Trigger, TriggerCode
from triage.domain.vocabulary import Flag, Regime

# The names under which policy.toml holds what people are given, and what staff read.
_ICO_LINKS = ("complaint", "data_protection_complaints", "before_complaining")
_CPDP_LINKS = ("cpdp",)
_STAFF_LINK = "staff_complaints"


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffNotice:
    """A mail to one colleague. It bears the reference and dates, and nothing else of the person."""

    recipient: StaffMember
    subject: str
    body: str


def staff_escalation(
    case: CaseFile, triggers: tuple[Trigger, ...], policy: Policy, today: date
) -> tuple[StaffNotice, ...]:
    """One notice for each who must know: the DPO and the deputy; of a complaint about the DPO the director alone, who
    is stood in for by the deputy. Nobody where the policy names no staff, or none but the DPO.
    """
    if policy.staff is None or not triggers:
        return ()
    about_dpo = Flag.ABOUT_THE_DPO in case.flags or any(one.code is TriggerCode.ABOUT_THE_DPO for one in triggers)
    to = _instead_of_dpo(policy.staff, today) if about_dpo else (policy.staff.dpo, policy.staff.deputy)
    subject = f"Unresolved complaint {case.reference}"
    body = "\n".join(_lines(case, triggers, policy, about_dpo=about_dpo))
    return tuple(
        StaffNotice(recipient=one, subject=subject, body=body)
        for one in {one.address.lower(): one for one in to}.values()
    )


def _instead_of_dpo(staff: Staff, today: date) -> tuple[StaffMember, ...]:
    """Whoever of director and deputy is there, the director first; the first of them where both are away."""
    able = [
        (who, one)
        for who, one in (("director", staff.director), ("deputy", staff.deputy))
        if one is not None and one.address.lower() != staff.dpo.address.lower()
    ]
    away = {one.who for one in staff.absences if one.first_on <= today <= one.last_on}
    return tuple(one for who, one in able if who not in away)[:1] or tuple(one for _, one in able)[:1]


def _lines(case: CaseFile, triggers: tuple[Trigger, ...], policy: Policy, *, about_dpo: bool) -> Iterable[str]:
    dates, company = case.dates, controller_of(case, policy)
    yield f"Complaint {case.reference} against {company.name} is unresolved:"
    yield from (f"- {one.why} (since {plain_date(one.since_on)})" for one in triggers)
    yield ""
    yield f"Received: {plain_date(dates.received_on)}"
    for word, day in (("Acknowledge by", dates.acknowledge_by), ("Our own target", dates.internal_target)):
        if day is not None:
            yield f"{word}: {plain_date(day)}"
    yield ""
    yield "It is on top of the queue."
    yield from _about_the_letter(case, policy)
    if about_dpo:
        yield "It is about the DPO, who is not told by this mail: please take it over, or say who does."
    yield ""
    yield "What the person is pointed to:"
    other = in_doubt_with(case, policy)
    for regime in dict.fromkeys((company.regime, *([other.regime] if other is not None else []))):
        yield from _regulators(regime, policy)
    yield from (f"For us, how to deal with complaints: {link.url}" for link in _staff_link(policy))


def _staff_link(policy: Policy) -> Iterable[Link]:
    return [policy.links[_STAFF_LINK]] if _STAFF_LINK in policy.links else []


def _about_the_letter(case: CaseFile, policy: Policy) -> Iterable[str]:
    day = policy.targets.status_letter_on_day
    if not can_be_written_to(case):
        yield "No address is known: whoever answers tells the person by hand where it stands, and names the regulator."
        return
    yield "The letter that says where it stands and names the regulator waits for approval."
    if day:
        yield f"As the policy says, it goes by itself on day {day} after receipt, once every message is read."


def _regulators(regime: Regime, policy: Policy) -> Iterable[str]:
    names = _CPDP_LINKS if regime is Regime.EU else _ICO_LINKS
    word = "CPDP" if regime is Regime.EU else "ICO"
    yield from (f"- {word}: {policy.links[name].url}" for name in names if name in policy.links)
    if regime is Regime.UK:
        yield f"- ICO by phone: {policy.ico_phone}"
