"""A worker that dies in the middle of its look leaves nobody untold."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

import pytest

from tests.service.conftest import RULES
from tests.service.fakes import Clock
from tests.unit.complaining import a_complaint, at
from triage.domain.case_change import CaseChange
from triage.domain.case_file import CaseFile
from triage.domain.notices import Notice
from triage.domain.records import Alarm
from triage.parsing.letterbook import LetterBook
from triage.parsing.rules import load_letter_sources, load_policy
from triage.ports_cases import CaseStore
from triage.service.case_watch import CaseWatch
from triage.service.casework import Casework


class Killed(BaseException):
    """The worker is killed."""


@dataclass
class Shelf:
    """A store with one case, and a death that waits behind so many of its transactions."""

    case: CaseFile
    dies_after: int
    kept: dict[str, Notice] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)

    async def open_cases(self) -> tuple[CaseFile, ...]:
        return (self.case,)

    async def case_of(self, reference: str) -> CaseFile | None:
        return self.case

    async def change_case(self, case: CaseFile, change: CaseChange, *more: object, by: str, now: datetime) -> bool:
        self._live()
        self.acts.append(change.event)
        self.case = replace(case, version=case.version + 1, unresolved=change.unresolved or case.unresolved)
        return True

    async def put_notices(self, notices: Sequence[Notice], now: datetime) -> int:
        self._live()
        self.kept |= {one.key: one for one in notices}
        return len(notices)

    async def alarms(self) -> tuple[Alarm, ...]:
        return ()

    def _live(self) -> None:
        if self.dies_after == 0:
            self.dies_after = -1
            raise Killed
        self.dies_after -= 1


@pytest.mark.parametrize("dies_after", [0, 1])
async def test_a_trigger_is_told_to_the_staff_whenever_the_worker_dies(dies_after: int) -> None:
    shelf = Shelf(case=a_complaint(), dies_after=dies_after)
    watch = _watch(shelf)
    with pytest.raises(Killed):
        await watch.look()
    await _watch(shelf).look()
    assert shelf.acts.count("complaint_unresolved") == 1
    assert {one.to for one in shelf.kept.values()} == {"dpo@larkfield.example", "deputy@larkfield.example"}


def _watch(shelf: Shelf) -> CaseWatch:
    store, policy, clock = cast(CaseStore, shelf), load_policy(RULES), Clock(now=at(30))
    book = LetterBook(load_letter_sources(RULES))
    work = Casework(store=store, book=book, policy=policy, mail_domain="larkfield.example", clock=clock)
    return CaseWatch(store=store, work=work, policy=policy, clock=clock)
