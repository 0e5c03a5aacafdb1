"""Whose law counts, where the message left it open: what is in doubt, the dates by each law, and a person's word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from triage.domain.case_file import CaseFile
from triage.domain.policy import Policy
from triage.domain.settling_rules import Law, laws_in_doubt, settle_rules
from triage.domain.vocabulary import Regime
from triage.web.console.case_doing import Decide, Doing
from triage.web.console.case_line import NAMES, REPEATS


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A date of the case: as it stands, and by each law."""

    name: str
    now: date | None
    then: tuple[date | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """The laws that may count, that of the company the case is against first, and the dates that are not the same by
    both, the day by law always among them; what only repeats that day is left out."""

    laws: tuple[Law, ...]
    rows: tuple[Row, ...]

    @property
    def moves(self) -> bool:
        """Whether it makes a difference to any date."""
        return any(len(set(row.then)) > 1 for row in self.rows)


def doubt_of(case: CaseFile | None, policy: Policy) -> Doubt | None:
    """What is in doubt; None where nothing is."""
    laws = laws_in_doubt(case, policy) if case is not None else ()
    return Doubt(laws=laws, rows=tuple(_rows(case, laws))) if case is not None and laws else None


def settle(doing: Doing) -> Decide:
    """As `triage case regime`."""
    typed = doing.typed
    regime, why = typed.choice("regime", Regime), typed.line("why", "Say how you know")
    return lambda case: settle_rules(case, regime, why, doing.policy, doing.now)


def _rows(case: CaseFile, laws: tuple[Law, ...]) -> Iterator[Row]:
    by_law = tuple(law.dates.statutory_due for law in laws)
    for code, name in NAMES.items():
        now, then = getattr(case.dates, code), tuple(getattr(law.dates, code) for law in laws)
        if code in REPEATS and then == by_law:
            continue
        if len(set(then)) > 1 or (code == "statutory_due" and now is not None):
            yield Row(name=name, now=now, then=then)
