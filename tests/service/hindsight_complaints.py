"""What should have been found out about complaints, worked out afterwards from the rows (see hindsight.py).

Only what is beyond doubt is demanded: a desk that tells more, or sooner, is not at fault here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.service.hindsight import Life
from tests.service.rows import forward
from triage.domain.vocabulary import CaseState, Channel, Flag, Kind, Regime

# DPA 2018 s.164A(3), by the ICO's count: day 1 is the day after receipt.
_ACKNOWLEDGE_WITHIN = timedelta(days=30)
# By the statute's literal count the day of receipt is day 1, and the 30th may be too late.
_LAST_SAFE_DAY = 29
_ACKNOWLEDGES = (
    "acknowledgement",
    "neutral",
    "complaint_acknowledgement",
    "complaint_progress",
    "complaint_outcome",
    "escalation",
)


@dataclass
class Complaint:
    """A complaint's life, with those it may be linked to by reference. `life` is of a complaint."""

    life: Life
    lives: Mapping[str, Life]

    def owed(self, looks: list[datetime]) -> Iterator[tuple[datetime, str]]:
        """As Life.owed: of a complaint only its acknowledgement can be overdue."""
        case, life = self.life.case, self.life
        if life.controller.regime is Regime.EU:
            return
        law = forward(case.dates.received_on + _ACKNOWLEDGE_WITHIN, life.controller.nation)
        for look, _ in life.open_looks(looks):
            if life.day_of(look) > law and self._is_unacknowledged(look) and not life.answered(look):
                yield look, f"overdue:{case.reference}:{law}"

    def unresolved(self, looks: list[datetime]) -> Iterator[tuple[datetime, datetime, str]]:
        """Every trigger that had to stand at a look: since when the complaint was open, the look, the code."""
        for look, since in self.life.open_looks(looks):
            # Nothing fires for who left no way to answer.
            if not self._cannot_be_reached(look):
                yield from ((since, look, code) for code in self._codes(look))

    def fired(self, since: datetime, look: datetime, code: str) -> bool:
        """Whether the desk found the trigger, in the time the complaint was open."""
        return any(
            one["event"] == "complaint_unresolved" and since <= one["at"] <= look and code in one["facts"]["triggers"]
            for one in self._journal
        )

    def _codes(self, look: datetime) -> Iterator[str]:
        life, targets = self.life, self.life.policy.targets
        today, received_on = life.day_of(look), life.case.dates.received_on
        reopened = [at for at in life.reopened if at <= look]
        began = life.day_of(max(reopened)) if reopened else received_on
        if self._is_unacknowledged(look):
            if today >= _day(received_on, targets.unacknowledged_alarm_day):
                yield "not_acknowledged"
            if today >= _day(received_on, _LAST_SAFE_DAY) and life.controller.regime is Regime.UK:
                yield "acknowledge_now"
        if today >= _day(began, targets.unresolved_day):
            yield "no_outcome"
        if Flag.ABOUT_THE_DPO in life.case.flags:
            yield "about_the_dpo"
        if self._unhappy(look):
            yield "still_unhappy"
        if not reopened and self._is_second(look):
            yield "second_complaint"
        if not reopened and self._is_about_overdue(look):
            yield "about_overdue_request"
        news = timedelta(days=targets.complaint_news_days)
        if today > max(began, *self._contacts(look)) + news and not self._was_told_or_asked(look):
            yield "silence"

    @property
    def _journal(self) -> list[dict[str, Any]]:
        return self.life.rows.journal[self.life.case.reference]

    @property
    def _letters(self) -> list[dict[str, Any]]:
        return self.life.rows.letters[self.life.case.thread]

    def _is_unacknowledged(self, look: datetime) -> bool:
        """No letter since it came has arrived that says so, the form did not, and nobody said that they did."""
        case = self.life.case
        if case.channel is Channel.FORM or self._cannot_be_reached(look):
            return False
        by_hand = any(one["event"] == "acknowledged_by_hand" and one["at"] <= look for one in self.life.of_thread)
        return not by_hand and not any(
            one["purpose"] in _ACKNOWLEDGES
            and one["number"] in (None, case.number)
            and one["sent_at"] is not None
            and one["sent_at"] <= look
            and (one["undelivered_at"] is None or one["undelivered_at"] > look)
            for one in self._letters
        )

    @cached_property
    def _earlier(self) -> list[Life]:
        """Other complaints of the thread that came on a day before. One set aside was never made."""
        case = self.life.case
        return [
            other
            for other in self.lives.values()
            if other.case.thread == case.thread
            and other.case.kind is Kind.COMPLAINT
            and other.case.state is not CaseState.SET_ASIDE
            and other.case.dates.received_on < case.dates.received_on
        ]

    def _is_second(self, look: datetime) -> bool:
        """Another complaint of the thread was answered and closed before this one came."""
        return any(
            other.is_closed(look) and other.day_of(other.spans[-1][1]) <= self.life.case.dates.received_on
            for other in self._earlier
        )

    def _is_about_overdue(self, look: datetime) -> bool:
        """The request it is about is open, unanswered, and past its day."""
        other = self.lives.get(self.life.rows.about.get(self.life.case.reference, ""))
        if other is None or other.case.kind is Kind.COMPLAINT or other.is_closed(look) or other.answered(look):
            return False
        due = other.dates_at(look).statutory_due
        return due is not None and due < other.day_of(look)

    def _cannot_be_reached(self, look: datetime) -> bool:
        """Nobody left a way to answer, and nobody has come back since."""
        states = [
            one["event"]
            for one in self._journal
            if one["event"] in ("case_cannot_reach", "case_reopened", "reopened") and one["at"] <= look
        ]
        return states[-1:] == ["case_cannot_reach"]

    def _unhappy(self, look: datetime) -> bool:
        told = [
            one["sent_at"]
            for one in self._letters
            if one["purpose"] == "complaint_outcome"
            and one["number"] == self.life.case.number
            and one["sent_at"] is not None
            and one["sent_at"] <= look
        ]
        return bool(told) and any(
            one.still_unhappy and max(told) <= one.received_at and self._filed_at[one.enquiry_id] <= look
            for one in self.life.case.messages
        )

    @cached_property
    def _filed_at(self) -> dict[int, datetime]:
        """When each message was filed: what only lies in the mailbox at a look is not known at it."""
        filed = ("enquiry_received", "follow_up_joined")
        return {one["facts"]["enquiry"]: one["at"] for one in self.life.of_thread if one["event"] in filed}

    def _contacts(self, look: datetime) -> Iterator[date]:
        yield date.min
        for one in self._letters:
            if one["sent_at"] is not None and one["sent_at"] <= look:
                yield self.life.day_of(one["sent_at"])
        for one in self._journal:
            if one["event"] == "contacted" and one["at"] <= look:
                yield date.fromisoformat(one["facts"]["on"])

    def _was_told_or_asked(self, look: datetime) -> bool:
        """Whether any letter promised a day that is ahead, or anything was ever asked."""
        case = self.life.case
        promised = [one["promised_on"] for one in self._letters if one["created_at"] <= look]
        asked = any(one.name.value.endswith("_asked") for one in case.events if one.recorded_at <= look)
        # A question about a complaint moves no clock, and only its letter tells of it.
        asked = asked or any(
            one["purpose"].endswith("_ask") and one["sent_at"] is not None and one["sent_at"] <= look
            for one in self._letters
        )
        return asked or any(day is not None and date.fromisoformat(day) >= self.life.day_of(look) for day in promised)


def _day(first: date, number: int) -> date:
    """The day of that number, the first being day 1."""
    return first + timedelta(days=number - 1)
