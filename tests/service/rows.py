"""What a desk left behind: the rows of its store, read by sqlite3 alone, and days counted without the desk's code."""

import calendar
import json
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from triage.domain.vocabulary import Nation

_ZONES = {Nation.BULGARIA: ZoneInfo("Europe/Sofia")}
_LONDON = ZoneInfo("Europe/London")
# In a chat the team is told beside the visitor; that tells the person nothing.
_NOTES = ("team_note", "hand_over")


@dataclass
class Rows:
    """The store's rows, each a plain dict, by what they are about."""

    journal: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)
    of_case: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    about: dict[str, str] = field(default_factory=dict)


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
            if one["purpose"] not in _NOTES:
                rows.letters[row["reference"]].append(one)
        for row in connection.execute("SELECT key, reference, created_at, message_id FROM notice"):
            rows.notices[row["key"]] = {**dict(row), "created_at": _instant(row["created_at"])}
            rows.of_case[row["reference"]].append(row["key"])
        for row in connection.execute("SELECT thread, number, about FROM case_file WHERE about IS NOT NULL"):
            rows.about[f"{row['thread']}/{row['number']}"] = row["about"]
    return rows


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def day_of(at: datetime, nation: Nation = Nation.ENGLAND) -> date:
    """The day it was on that nation's clocks."""
    return at.astimezone(_ZONES.get(nation, _LONDON)).date()


@cache
def is_working(day: date, nation: Nation, closures: tuple[date, ...] = ()) -> bool:
    """Whether it is neither weekend nor a public holiday there, nor one of `closures`."""
    return day.weekday() < 5 and day not in _public_holidays(day.year, nation) and day not in closures


@cache
def _public_holidays(year: int, nation: Nation) -> frozenset[date]:
    if nation is Nation.BULGARIA:
        return frozenset(holidays.country_holidays("BG", years=year))
    return frozenset(holidays.country_holidays("GB", subdiv=nation.value, years=year))


def forward(day: date, nation: Nation) -> date:
    """The day itself, or the next one that is open by law."""
    while not is_working(day, nation):
        day += timedelta(days=1)
    return day


def months_later(day: date, count: int) -> date:
    """The same date `count` months on; where there is none, the last day of that month."""
    year, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
