"""What should have been told of requests, worked out afterwards from the rows of the store alone: journal, clock
events, letters, notices. It shares no line with the code that reminds, but for the clock engine and the keys' words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.service.rows import Rows, day_of, forward, is_working, months_later
from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Controller, Policy
from triage.domain.vocabulary import CaseEventName, Kind

_CLOSED_BY = ("closed", "withdrawal_confirmed", "case_set_aside")
_WAKES = ("reopened", "withdrawal_proposed")
_ANSWERS = ("outcome", "refusal", "forwarded", "complaint_outcome", "opt_out_done")


@dataclass
class Life:
    """One case as the rows tell it. `case` is how it stands at the end."""

    case: CaseFile
    rows: Rows
    policy: Policy

    @cached_property
    def controller(self) -> Controller:
        """The company it is against."""
        return next(one for one in self.policy.controllers if one.name == self.case.controller)

    def day_of(self, at: datetime) -> date:
        """The day it was where that company is established."""
        return day_of(at, self.controller.nation)

    @cached_property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """When it was open, from until."""
        spans: list[tuple[datetime, datetime]] = []
        for one in self.rows.journal[self.case.reference]:
            if one["event"] in ("case_opened", "reopened"):
                spans.append((one["at"], datetime.max.replace(tzinfo=one["at"].tzinfo)))
            elif one["event"] in _CLOSED_BY:
                spans[-1] = (spans[-1][0], one["at"])
        return spans

    @cached_property
    def reopened(self) -> list[datetime]:
        """When it was opened again."""
        return [one.recorded_at for one in self.case.events if one.name is CaseEventName.REOPENED]

    def owed(self, looks: list[datetime]) -> Iterator[tuple[datetime, str]]:
        """The start of every key that had to be told at a look, where it had not been told before."""
        if self.case.kind is Kind.COMPLAINT:
            return
        for look, _ in self.open_looks(looks):
            today, dates = self.day_of(look), self.dates_at(look)
            missed = dates.statutory_due or self._shadow_that_stands(look)
            if missed is not None and missed < today and not self.answered(look):
                yield look, f"overdue:{self.case.reference}:{missed}"
                continue
            if self._rests(look) or self._approved(look):
                continue
            if dates.safe_due is not None and (left := self._left(today, dates.safe_due)) <= 5:
                yield look, f"due_in_{5 if left > 1 else 1}:{self.case.reference}:{dates.safe_due}"
            if self.case.kind is Kind.OPT_OUT and not self._all_ticked(look):
                limit = self.policy.targets.opt_out_alarm_working_days
                if self._left(self.case.dates.received_on, today) >= limit:
                    yield look, f"opt_out_open:{self.case.reference}:"

    def open_looks(self, looks: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
        """The looks it was open at, each with the moment since when."""
        for since, until in self.spans:
            for at in range(bisect_right(looks, since), bisect_left(looks, until)):
                yield looks[at], since

    @property
    def of_thread(self) -> list[dict[str, Any]]:
        """What the journal says of the whole thread."""
        return self.rows.journal[self.case.thread]

    def is_closed(self, look: datetime) -> bool:
        """Whether it was closed, and closed for good."""
        return bool(self.spans) and self.spans[-1][1] <= look

    def dates_at(self, look: datetime) -> ClockDates:
        """Its dates by what was known then."""
        known = tuple(one for one in self.case.events if one.recorded_at <= look)
        if len(known) not in self._dates:
            self._dates[len(known)] = dates_of(replace(self.case, events=known), self.policy)
        return self._dates[len(known)]

    @cached_property
    def _dates(self) -> dict[int, ClockDates]:
        return {}

    def _left(self, today: date, until: date) -> int:
        ahead = (today + timedelta(days=n) for n in range(1, (until - today).days + 1))
        return sum(is_working(day, self.controller.nation, self.policy.office_closures) for day in ahead)

    def _rests(self, look: datetime) -> bool:
        until = None
        for one in self.rows.journal[self.case.reference]:
            if one["at"] > look:
                break
            if one["event"] == "snoozed":
                until = date.fromisoformat(one["facts"]["until"])
            elif one["event"] in _WAKES:
                until = None
        return until is not None and self.day_of(look) < until

    def happened(self, letter: int, events: tuple[str, ...], look: datetime) -> bool:
        """Whether one of these had happened to the letter by then."""
        return any(
            one["event"] in events and one["facts"].get("letter") == letter and one["at"] <= look
            for one in self.of_thread
        )

    def _answers(self, look: datetime) -> Iterator[dict[str, Any]]:
        for one in self.rows.letters[self.case.thread]:
            lost = one["undelivered_at"] is not None and one["undelivered_at"] <= look
            lost = lost or self.happened(one["id"], ("letter_refused", "letter_unclear"), look)
            stale = any(one["created_at"] < at <= look for at in self.reopened)
            if one["purpose"] in _ANSWERS and one["number"] == self.case.number and not lost and not stale:
                yield one

    def _approved(self, look: datetime) -> bool:
        approved = ("letter_approved", "letter_handed_over")
        return self.answered(look) or any(self.happened(one["id"], approved, look) for one in self._answers(look))

    def answered(self, look: datetime) -> bool:
        """Whether nothing more was owed by then: answered, delivered or taken back."""
        reopened = [at for at in self.reopened if at <= look]
        delivered = not reopened and any(
            one["event"] == "delivery_recorded" and one["at"] <= look for one in self.rows.journal[self.case.reference]
        )
        withdrawn = any(
            one.name is CaseEventName.WITHDRAWN
            and all(at <= one.recorded_at <= look for at in [*reopened, one.recorded_at])
            for one in self.case.events
        )
        sent = any(one["sent_at"] is not None and one["sent_at"] <= look for one in self._answers(look))
        return delivered or withdrawn or sent

    def _shadow_that_stands(self, look: datetime) -> date | None:
        """The time from first receipt, where what time waits for was asked for only when that was over."""
        known = [one for one in self.case.events if one.recorded_at <= look]
        months = 3 if any(one.name is CaseEventName.EXTENDED for one in known) else 1
        shadow = forward(months_later(self.case.dates.received_on, months), self.controller.nation)
        open_asks: dict[str, date] = {}
        for one in sorted(known, key=lambda one: (one.on, one.recorded_at)):
            what, _, done = one.name.value.partition("_")
            if done == "asked":
                open_asks.setdefault(what, one.on)
            elif done in ("received", "paid"):
                open_asks.pop(what, None)
        return shadow if open_asks and min(open_asks.values()) > shadow else None

    def _all_ticked(self, look: datetime) -> bool:
        ticked: set[int] = set()
        for one in self.rows.journal[self.case.reference]:
            if one["at"] <= look and one["event"] == "task_done":
                ticked.add(one["facts"]["task"])
            elif one["at"] <= look and one["event"] == "task_reopened":
                ticked.discard(one["facts"]["task"])
        return len(ticked) == len(self.case.tasks)
