"""Who is on duty: a planned absence hands over to the next in line, and what is about the DPO passes the DPO by."""

from dataclasses import dataclass
from datetime import date

from triage.domain.policy import Staff, StaffMember

DPO, DEPUTY, DIRECTOR = "dpo", "deputy", "director"

_TITLES = {DPO: "DPO", DEPUTY: "deputy", DIRECTOR: "director"}
# A complaint about the DPO is the director's, and never reaches the DPO, whoever is away.
_IN_LINE = {DPO: (DPO, DEPUTY, DIRECTOR), DEPUTY: (DEPUTY, DIRECTOR, DPO), DIRECTOR: (DIRECTOR, DEPUTY)}


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDuty:
    """Who a mail goes to, by role, and a line saying why it goes there ("" where it is theirs anyway)."""

    role: str
    member: StaffMember
    remark: str = ""


def on_duty(role: str, staff: Staff, today: date) -> OnDuty:
    """Who does the work of `role` ("dpo", "deputy", or "director" for what is about the DPO) on `today` (local).

    Where all who could are away, it goes to the first in line all the same and says so: a mail nobody gets is worse.
    """
    line = [(name, member) for name in _IN_LINE[role] if (member := _member(name, staff)) is not None]
    first, whose = line[0]
    for name, member in line:
        if not _is_away(name, staff, today):
            remark = "" if name == first else f"This comes to you because the {_TITLES[first]} is away."
            return OnDuty(role=name, member=member, remark=remark)
    return OnDuty(role=first, member=whose, remark="Everybody who could take over is away as well.")


def _member(name: str, staff: Staff) -> StaffMember | None:
    return {DPO: staff.dpo, DEPUTY: staff.deputy, DIRECTOR: staff.director}[name]


def _is_away(name: str, staff: Staff, today: date) -> bool:
    return any(absence.who == name and absence.first_on <= today <= absence.last_on for absence in staff.absences)
