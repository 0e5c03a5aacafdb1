"""What was typed into a form of the case page: read field by field, every fault kept beside its field."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from multidict import MultiDict

MOST_WORDS = 20_000
MOST_LINE = 300
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONDON = ZoneInfo("Europe/London")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(slots=True)
class Typed:
    """A form that was sent: which `act`, what stood in it, and what is wrong with it by field."""

    act: str = ""
    fields: MultiDict[str] = field(default_factory=MultiDict)
    faults: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """What stood there, for showing it again."""
        return self.fields.get(name, default)

    def words(self, name: str, needed: str = "") -> str:
        """A text of several lines. `needed`: what to say where there is none."""
        return self._text(name, MOST_WORDS, needed)

    def line(self, name: str, needed: str = "") -> str:
        """A text of one line."""
        return " ".join(self._text(name, MOST_LINE, needed).split())

    def day(self, name: str, default: date | None = None) -> date:
        """A day; `default` where none was typed."""
        text = self.value(name).strip()
        if not text and default is not None:
            return default
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self.faults[name] = "Give a day, like 2026-12-21" if text else "Give the day"
            return default or date.min

    def moment(self, name: str, default: datetime) -> datetime:
        """A day and time of London's clock, as a browser's field gives it."""
        text = self.value(name).strip()
        if not text:
            return default
        try:
            local = datetime.fromisoformat(text)
            return (local if local.tzinfo else local.replace(tzinfo=_LONDON)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.faults[name] = "Give day and time, like 2026-12-21T14:30"
            return default

    def choice(self, name: str, among: type[_Word]) -> _Word:
        """One of a list of words."""
        try:
            return among(self.value(name))
        except ValueError:
            self.faults[name] = "Choose one"
            return next(iter(among))

    def version(self) -> int | None:
        """The version the person saw; None where the form has none."""
        text = self.value("version")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def _text(self, name: str, most: int, needed: str) -> str:
        text = self.value(name).replace("\r\n", "\n").strip()
        if len(text) > most:
            self.faults[name] = f"This is {len(text):,} characters long: {most:,} are the most. Shorten it"
        elif needed and not text:
            self.faults[name] = needed
        return text
