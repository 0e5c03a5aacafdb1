"""What should have been told, worked out afterwards from the rows of the store alone: journal, clock events, letters,
notices, read by sqlite3. It shares no line with the code that reminds, but for the clock engine and the keys' words."""

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from triage.domain.case_events import dates_of
from triage.domain.case_file import CaseFile
from triage.domain.clock_values import ClockDates
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName, Flag, Kind

_LONDON = ZoneInfo("Europe/London")
_CLOSED_BY = ("closed", "withdrawal_confirmed")
_WAKES = ("reopened", "withdrawal_proposed")
_ANSWERS = ("outcome", "refusal", "forwarded", "complaint_outcome", "opt_out_done")


@dataclass
class Rows:
    """The store's rows, each a plain dict, by what they are about."""

    journal: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)
    of_case: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_rows(file: Path) -> Rows:
    """Everything the oracle needs, of a store that is closed."""
    rows = Rows()
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT chain, at, event, facts FROM journal ORDER BY chain, sequence"):
            one = {"at": _instant(row["at"]), "event": row["event"], "facts": json.loads(row["facts"])}
            rows.journal[row["chain"]].append(one)
        columns = "id, enquiry_id, reference, number, purpose, state, created_at, sent_at, undelivered_at, promised_on"
        for row in connection.execute(f"SELECT {columns} FROM letter ORDER BY id"):
            one = dict(row)
            for name in ("created_at", "sent_at", "undelivered_at"):
                one[name] = _instant(one[name]) if one[name] is not None else None
            rows.letters[row["reference"]].append(one)
        for row in connection.execute("SELECT key, reference, created_at, message_id FROM notice"):
            rows.notices[row["key"]] = {**dict(row), "created_at": _instant(row["created_at"])}
            rows.of_case[row["reference"]].append(row["key"])
    return rows


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def day_of(at: datetime) -> date:
    """The day it was in London."""
    return at.astimezone(_LONDON).date()


@cache
def _is_working(day: date, closures: tuple[date, ...]) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays(day.year) and day not in closures


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass
class Life:
    """One case as the rows tell it. `case` is how it stands at the end."""

    case: CaseFile
    rows: Rows
    policy: Policy

    @cached_property
    def _spans(self) -> list[tuple[datetime, datetime]]:
        """When it was open, from until."""
        spans: list[tuple[datetime, datetime]] = []
        for one in self.rows.journal[self.case.reference]:
            if one["event"] in ("case_opened", "reopened"):
                spans.append((one["at"], datetime.max.replace(tzinfo=one["at"].tzinfo)))
            elif one["event"] in _CLOSED_BY:
                spans[-1] = (spans[-1][0], one["at"])
        return spans

    @cached_property
    def _reopened(self) -> list[datetime]:
        return [one.recorded_at for one in self.case.events if one.name is CaseEventName.REOPENED]

    def owed(self, looks: list[datetime]) -> Iterator[tuple[datetime, str]]:
        """The start of every key that had to be told at a look, where it had not been told before."""
        for look, _ in self._open_looks(looks):
            today, dates = day_of(look), self._dates_at(look)
            due = dates.statutory_due
            if self.case.kind is Kind.COMPLAINT:
                continue
            if due is not None and due < today and not self._answered(look):
                yield look, f"overdue:{self.case.reference}:{due}"
                continue
            if self._rests(look) or self._approved(look):
                continue
            if dates.safe_due is not None and (left := self._left(today, dates.safe_due)) <= 5:
                yield look, f"due_in_{5 if left > 1 else 1}:{self.case.reference}:{dates.safe_due}"
            if self.case.kind is Kind.OPT_OUT and not self._all_ticked(look) and not self._is_overdue_by_shadow(look):
                limit = self.policy.targets.opt_out_alarm_working_days
                if self._left(self.case.dates.received_on, today) >= limit:
                    yield look, f"opt_out_open:{self.case.reference}:"

    def unresolved(self, looks: list[datetime]) -> Iterator[tuple[datetime, datetime, str]]:
        """Every trigger that had to stand at a look: since when the complaint was open, the look, the code."""
        case = self.case
        if case.kind is not Kind.COMPLAINT:
            return
        news = timedelta(days=self.policy.targets.complaint_news_days)
        for look, since in self._open_looks(looks):
            # Nothing fires for who left no way to answer.
            if self._cannot_be_reached(look):
                continue
            today = day_of(look)
            reopened = [at for at in self._reopened if at <= look]
            began = day_of(max(reopened)) if reopened else case.dates.received_on
            if today >= began + timedelta(days=self.policy.targets.unresolved_day - 1):
                yield since, look, "no_outcome"
            if Flag.ABOUT_THE_DPO in case.flags:
                yield since, look, "about_the_dpo"
            if self._unhappy(look):
                yield since, look, "still_unhappy"
            if today > max(began, *self._contacts(look)) + news and not self._was_told_or_asked(look):
                yield since, look, "silence"

    def fired(self, since: datetime, look: datetime, code: str) -> bool:
        """Whether the desk found the trigger, in the time the complaint was open."""
        rows = self.rows.journal[self.case.reference]
        return any(
            one["event"] == "complaint_unresolved" and since <= one["at"] <= look and code in one["facts"]["triggers"]
            for one in rows
        )

    def _open_looks(self, looks: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
        for since, until in self._spans:
            for at in range(bisect_right(looks, since), bisect_left(looks, until)):
                yield looks[at], since

    def _cannot_be_reached(self, look: datetime) -> bool:
        rows = self.rows.journal[self.case.reference]
        return any(one["event"] == "case_cannot_reach" and one["at"] <= look for one in rows)

    @property
    def _of_thread(self) -> list[dict[str, Any]]:
        return self.rows.journal[self.case.thread]

    def _dates_at(self, look: datetime) -> ClockDates:
        known = tuple(one for one in self.case.events if one.recorded_at <= look)
        if len(known) not in self._dates:
            self._dates[len(known)] = dates_of(replace(self.case, events=known), self.policy)
        return self._dates[len(known)]

    @cached_property
    def _dates(self) -> dict[int, ClockDates]:
        return {}

    def _left(self, today: date, until: date) -> int:
        ahead = (today + timedelta(days=n) for n in range(1, (until - today).days + 1))
        return sum(_is_working(day, self.policy.office_closures) for day in ahead)

    def _rests(self, look: datetime) -> bool:
        until = None
        for one in self.rows.journal[self.case.reference]:
            if one["at"] > look:
                break
            if one["event"] == "snoozed":
                until = date.fromisoformat(one["facts"]["until"])
            elif one["event"] in _WAKES:
                until = None
        return until is not None and day_of(look) < until

    def _happened(self, letter: int, events: tuple[str, ...], look: datetime) -> bool:
        return any(
            one["event"] in events and one["facts"].get("letter") == letter and one["at"] <= look
            for one in self._of_thread
        )

    def _answers(self, look: datetime) -> Iterator[dict[str, Any]]:
        for one in self.rows.letters[self.case.thread]:
            lost = one["undelivered_at"] is not None and one["undelivered_at"] <= look
            lost = lost or self._happened(one["id"], ("letter_refused", "letter_unclear"), look)
            stale = any(one["created_at"] < at <= look for at in self._reopened)
            if one["purpose"] in _ANSWERS and one["number"] == self.case.number and not lost and not stale:
                yield one

    def _approved(self, look: datetime) -> bool:
        approved = ("letter_approved", "letter_handed_over")
        return self._answered(look) or any(self._happened(one["id"], approved, look) for one in self._answers(look))

    def _answered(self, look: datetime) -> bool:
        reopened = [at for at in self._reopened if at <= look]
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

    def _is_overdue_by_shadow(self, look: datetime) -> bool:
        return self._dates_at(look).statutory_due is None

    def _all_ticked(self, look: datetime) -> bool:
        ticked: set[int] = set()
        for one in self.rows.journal[self.case.reference]:
            if one["at"] <= look and one["event"] == "task_done":
                ticked.add(one["facts"]["task"])
            elif one["at"] <= look and one["event"] == "task_reopened":
                ticked.discard(one["facts"]["task"])
        return len(ticked) == len(self.case.tasks)

    def _unhappy(self, look: datetime) -> bool:
        told = [
            one["sent_at"]
            for one in self.rows.letters[self.case.thread]
            if one["purpose"] == "complaint_outcome"
            and one["number"] == self.case.number
            and one["sent_at"] is not None
            and one["sent_at"] <= look
        ]
        return bool(told) and any(
            one.still_unhappy and max(told) <= one.received_at < look for one in self.case.messages
        )

    def _contacts(self, look: datetime) -> Iterator[date]:
        yield date.min
        for one in self.rows.letters[self.case.thread]:
            if one["sent_at"] is not None and one["sent_at"] <= look:
                yield day_of(one["sent_at"])
        for one in self.rows.journal[self.case.reference]:
            if one["event"] == "contacted" and one["at"] <= look:
                yield date.fromisoformat(one["facts"]["on"])

    def _was_told_or_asked(self, look: datetime) -> bool:
        """Whether any letter promised a day that is ahead, or anything was ever asked."""
        promised = [one["promised_on"] for one in self.rows.letters[self.case.thread] if one["created_at"] <= look]
        asked = any(one.name.value.endswith("_asked") for one in self.case.events if one.recorded_at <= look)
        return asked or any(day is not None and date.fromisoformat(day) >= day_of(look) for day in promised)
