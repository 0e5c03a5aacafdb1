"""Codes, times and dates of an evidence pack in plain words: whoever reads it (the ICO, a court) knows none of ours."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from triage.domain.clock import local_date, zone_of
from triage.domain.evidence_values import PackCase, PackEntry, PackEvent, PackLetter, PackMessage
from triage.domain.notices import in_words
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import Channel, Kind, Nation

DATES: Mapping[str, str] = {
    "received_on": "Received",
    "starts_on": "Time runs from",
    "statutory_due": "Answer owed by law by the end of",
    "safe_due": "The same by the shorter count of a pause",
    "shadow_due": "It would be, had nothing stopped the clock",
    "internal_target": "Our own target",
    "acknowledge_by": "Acknowledgement owed by law by",
    "acknowledge_target": "Acknowledgement, our own target",
    "extension_notice_by": "Last day to say that more time is needed",
}
# What a colleague typed in: a day of receipt is all that is known of it.
_TYPED = (Channel.POST, Channel.PHONE, Channel.IN_PERSON, Channel.SOCIAL)
_OUTSIDE = "outside"
_NOT_GONE = {
    "draft": "not sent: a draft",
    "queued": "not sent yet: waits to leave",
    "sending": "not known yet: on its way",
    "discarded": "not sent: discarded",
}
_WHY_NOT = {
    "relay_refused": "the mail server refused it",
    "chat_refused": "the chat refused it",
    "gave_up": "given up after many tries",
    "too_late": "the time to answer in the chat was over",
    "line_broke": "the line broke while it was handed over",
    "stranded": "the desk stopped while it was handed over",
}
# How a clock's trace begins (clock.py). A journal text is the note of the act, then the whole trace where dates moved.
_TRACE = re.compile(r"^Received \w+ \d{1,2} \w+ \d{4} \(", re.M)


def when(at: datetime, nation: Nation) -> str:
    """An aware moment by the wall clock of the controller: "Monday 23 November 2026, 09:00:05 GMT"."""
    local = at.astimezone(zone_of(nation))
    return f"{plain_date(local.date())}, {local:%H:%M:%S} {local.tzname()}"


def when_or_blank(at: datetime | None, nation: Nation) -> str:
    """The same, "" where it never came."""
    return "" if at is None else when(at, nation)


def day_or_blank(day: date | None) -> str:
    """A day in words, "" where there is none."""
    return "" if day is None else plain_date(day)


def received(message: PackMessage, nation: Nation) -> str:
    """When a message came: what was typed in has a day, and who noted it; an hour nobody recorded is not made up."""
    if message.channel not in _TYPED:
        return when(message.received_at, nation)
    by = f", noted by {message.noted_by}" if message.noted_by else ", noted by a colleague"
    return plain_date(local_date(message.received_at, nation)) + by


def event_line(event: PackEvent, nation: Nation) -> str:
    """Something that moved a case's dates, in one short line."""
    return (
        f"{plain_date(event.event_on)}: {in_words(event.event)}"
        f"{' (recorded against the rules)' if event.overridden else ''}"
        f"{' (its letter did not arrive: does not count)' if event.undone else ''}, "
        f"recorded {when(event.recorded_at, nation)}"
    )


def delivery_of(letter: PackLetter, entries: Iterable[PackEntry], nation: Nation) -> str:
    """All that is known of a letter's delivery. That a relay took it, or a chat, is no proof that somebody read it."""
    if letter.sent_at is None:
        if letter.state in _NOT_GONE:
            return _NOT_GONE[letter.state]
        why = _WHY_NOT.get(letter.code, in_words(letter.code))
        return f"{'not known' if letter.state == 'unclear' else 'not delivered'}: {why or in_words(letter.state)}"
    at = when(letter.sent_at, nation)
    if letter.code == _OUTSIDE:
        return f"handed over by a person, outside the desk, noted {at}{_how(letter, entries)}"
    taken = f"posted into the chat on {at}" if letter.channel == Channel.CHAT else f"taken by our mail server on {at}"
    if letter.undelivered_at is not None:
        return f"{taken}; came back undelivered on {when(letter.undelivered_at, nation)}"
    return f"{taken}; nothing came back"


def timing_of(case: PackCase, entries: Iterable[PackEntry]) -> tuple[str, str, str]:
    """The day an answer was owed by, the day it came, and whether that was in time; as the case's last closing found.

    For a complaint that is its acknowledgement (DPA 2018 s.164A). Nothing is said of an open case but what is owed.
    """
    is_complaint = case.kind == Kind.COMPLAINT
    owed = case.dates.get("acknowledge_by" if is_complaint else "statutory_due")
    closings = [one for one in facts_of_events(entries, case.reference, "closed") if "answered_on" in one]
    if case.closed_at is None or not closings:
        return day_or_blank(owed) or "no date stands", "", ""
    found = closings[-1]
    told = {True: "yes", False: "no", None: "no date is set by law"}
    what = "acknowledged: " if is_complaint else ""
    due = plain(found["due_on"], Nation.ENGLAND) if found["due_on"] else "no date stands"
    return due, what + plain(found["answered_on"], Nation.ENGLAND), told[bool_or_none(found["in_time"])]


def bool_or_none(value: object) -> bool | None:
    """A verdict of a journal's facts."""
    return value if isinstance(value, bool) else None


def facts_of_events(entries: Iterable[PackEntry], chain: str, event: str) -> list[Mapping[str, object]]:
    """The facts of every `event` of a chain, in order."""
    sealed = [one.sealed.entry for one in entries]
    return [json.loads(one.facts) for one in sealed if (one.chain, one.event) == (chain, event)]


def note_of(entry: PackEntry) -> str:
    """What a person wrote with an act, without the trace that follows it in the journal (clock.txt has it once)."""
    text = "" if entry.text is None else entry.text.text
    trace = _TRACE.search(text) if "statutory_due" in json.loads(entry.sealed.entry.facts) else None
    return " ".join(text[: trace.start() if trace else None].split())


def act_line(entry: PackEntry, nation: Nation) -> str:
    """An act of a person or of the desk: when, on what, who, what, and the note."""
    told = entry.sealed.entry
    facts = {name: value for name, value in json.loads(told.facts).items() if name != "by" and value not in (None, [])}
    by = json.loads(told.facts)["by"]
    what = ", ".join(f"{in_words(name)}: {plain(value, nation)}" for name, value in facts.items())
    line = f"{when(told.at, nation)}, {told.chain}, {'the desk itself' if by == 'desk' else by}: {in_words(told.event)}"
    return line + (f" ({what})" if what else "") + (f' "{note}"' if (note := note_of(entry)) else "")


def plain(value: object, nation: Nation) -> str:
    """A recorded value in words: days and moments as people say them, codes without their underscores."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{in_words(str(name))}: {plain(one, nation)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(one, nation) for one in value)
    text = str(value)
    try:
        return plain_date(date.fromisoformat(text)) if len(text) == len("2026-12-21") else _moment(text, nation)
    except ValueError:
        return in_words(text) if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+( \S+)?", text) else text


def _moment(text: str, nation: Nation) -> str:
    at = datetime.fromisoformat(text)
    return text if at.tzinfo is None else when(at, nation)


def _how(letter: PackLetter, entries: Iterable[PackEntry]) -> str:
    """In which way, in the words of who did it: they stand with the act on the case, written at the same moment."""
    kept = list(entries)
    moments = {
        one.sealed.entry.at
        for one in kept
        if one.sealed.entry.event == "letter_handed_over" and json.loads(one.sealed.entry.facts)["letter"] == letter.id
    }
    told = [note_of(one) for one in kept if one.sealed.entry.at in moments and "/" in one.sealed.entry.chain]
    how = next((one for one in told if one), "")
    return f": {how}" if how else " (how: decisions.txt)"
