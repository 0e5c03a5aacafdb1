"""What an access answer owes beside the data: the points of Art 15, the search, the redactions, the handing over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import not_open
from triage.domain.vocabulary import Kind

NOT_APPLICABLE = "not applicable"

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Supplement(StrEnum):
    """What a person is told beside the copy of their data (UK GDPR Art 15(1)(a)-(h), 15(2)), in the law's order."""

    PURPOSES = "purposes"
    CATEGORIES = "categories"
    RECIPIENTS = "recipients"
    RETENTION = "retention"
    RIGHTS = "rights"
    COMPLAINT = "complaint"
    SOURCE = "source"
    DECISIONS = "decisions"
    TRANSFERS = "transfers"


SUPPLEMENTS: Mapping[Supplement, str] = MappingProxyType(
    {
        Supplement.PURPOSES: "What we use the information for",
        Supplement.CATEGORIES: "What sorts of information it is",
        Supplement.RECIPIENTS: "Who has had it or will have it",
        Supplement.RETENTION: "How long we keep it, or how we decide that",
        Supplement.RIGHTS: "Your rights to have it corrected, deleted or used less, and to object",
        Supplement.COMPLAINT: "Your right to complain to us and to the regulator",
        Supplement.SOURCE: "Where we had it from, if not from you",
        Supplement.DECISIONS: "Whether a machine alone decides anything about you, how, and what that means for you",
        Supplement.TRANSFERS: "Whether it goes abroad, and what protects it there",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """How an answer was handed over. `address`: where to, by mail, post or otherwise; `checked`: how we knew that it is
    the person's, never just because a message said so. `at` is aware; `sha256` of every file, as hex.
    """

    how: str
    address: str
    checked: str
    at: datetime
    sha256: tuple[str, ...]


def record_supplements(
    case: CaseFile, points: Mapping[Supplement, str], searched: Mapping[str, str], redactions_by: str
) -> CaseChange | Refused:
    """Lay down what goes with the data. `points`: an answer for each, or `NOT_APPLICABLE`.

    `searched`: for each system, what was looked for and found; every system of the checklist is named, for the search
    must be shown to have been reasonable (Art 15(1A)). `redactions_by`: who checked what was blacked out, and that
    nobody else's data goes along.
    """
    reasons = not_open(case) + _only_access(case, (Kind.ACCESS,))
    reasons += [
        f"{words}: answer it, or mark it {NOT_APPLICABLE}"
        for point, words in SUPPLEMENTS.items()
        if not points.get(point, "").strip()
    ]
    if not searched:
        reasons.append("say which systems were searched, what for, and what was found")
    named = {task.system for task in case.tasks} | set(searched)
    reasons += [
        f"{system}: say what was searched for there and found"
        for system in sorted(named)
        if searched and not searched.get(system, "").strip()
    ]
    if not redactions_by.strip():
        reasons.append("say who checked the redactions")
    if reasons:
        return Refused(reasons=tuple(reasons))
    answers = {point.value: points[point].strip() for point in Supplement}
    void = [point for point, answer in answers.items() if answer == NOT_APPLICABLE]
    return CaseChange(
        event="supplements_recorded",
        facts={"not_applicable": void, "systems": len(searched)},
        supplements={
            "points": answers,
            "searched": {system: found.strip() for system, found in searched.items()},
            "redactions_by": redactions_by.strip(),
        },
    )


def record_delivery(case: CaseFile, delivery: Delivery, now: datetime) -> CaseChange | Refused:
    """Lay down how the answer was handed over: how, to which checked address, when, and the hash of each file."""
    reasons = not_open(case) + _only_access(case, _HANDED_OVER)
    if not delivery.how.strip():
        reasons.append("say how it was handed over")
    if not delivery.address.strip():
        reasons.append("say to which address it went")
    if not delivery.checked.strip():
        reasons.append("say how the address was checked: a message naming it proves nothing")
    reasons += _time_faults(case, delivery.at, now)
    if not delivery.sha256:
        reasons.append("give the SHA-256 of each file handed over")
    reasons += [f"{one!r} is no SHA-256 of 64 hex digits" for one in delivery.sha256 if not _is_hash(one)]
    if reasons:
        return Refused(reasons=tuple(reasons))
    hashes = [one.lower() for one in delivery.sha256]
    return CaseChange(
        event="delivery_recorded",
        facts={"at": delivery.at.isoformat(), "sha256": hashes},
        delivery={
            "how": delivery.how.strip(),
            "address": delivery.address.strip(),
            "checked": delivery.checked.strip(),
            "at": delivery.at.isoformat(),
            "sha256": hashes,
        },
    )


def record_delivery_outside(case: CaseFile, outside: str, now: datetime) -> CaseChange | Refused:
    """The answer was delivered outside the desk: `outside` says how, and where the proof lies."""
    reasons = not_open(case) + _only_access(case, _HANDED_OVER)
    if not outside.strip():
        reasons.append("say how it was delivered outside the desk, and where the proof lies")
    if reasons:
        return Refused(reasons=tuple(reasons))
    recorded = now.isoformat()
    return CaseChange(
        event="delivery_recorded",
        facts={"outside": True},
        delivery={"outside": outside.strip(), "recorded_at": recorded},
    )


# A copy to take elsewhere is handed over like an access answer (Art 20).
_HANDED_OVER = (Kind.ACCESS, Kind.OTHER_RIGHT)


def _only_access(case: CaseFile, kinds: tuple[Kind, ...]) -> list[str]:
    return [] if case.kind in kinds else [f"a case of {case.kind.value} hands nothing over"]


def _is_hash(text: str) -> bool:
    return _SHA256.fullmatch(text.lower()) is not None


def _time_faults(case: CaseFile, at: datetime, now: datetime) -> list[str]:
    if at.tzinfo is None:
        return ["the time of delivery has no time zone: give an offset"]
    if at > now:
        return ["the time of delivery lies in the future"]
    return ["the time of delivery lies before receipt"] if at < case.received_at else []
