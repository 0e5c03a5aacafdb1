"""One case on a terminal: its next step, what stands on it, its dates with their reasons, its checklist."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from triage.cli.terminal import harmless_line
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import CaseState

_DATES = {
    "statutory_due": "law: answer by the end of",
    "safe_due": "safe: work to",
    "shadow_due": "if nothing had stopped the clock",
    "internal_target": "our own target",
    "acknowledge_by": "law: acknowledge by",
    "acknowledge_target": "acknowledge (ours)",
    "extension_notice_by": "say by then if more time is needed",
}


def case_lines(
    case: Mapping[str, Any], letters: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """A case as `Store.show_case` found it, beside the letters and clock events of its thread."""
    yield ""
    yield f"-- case {case['reference']}, {case['kind']}, {case['state']}"
    if case["outcome"]:
        yield f"   outcome  {case['outcome']}"
    if case["state"] in (CaseState.OPEN, CaseState.CANNOT_REACH):
        yield f"   next     {case['next_step']}, by {_day(case['next_step_on'])}"
    yield from _standing(case)
    yield from _proposed(case, letters)
    owed = sorted(((case[name], label) for name, label in _DATES.items() if case[name]), key=itemgetter(0))
    yield from (f"   {_day(day)}  {label}" for day, label in owed)
    yield from (f"   - {line}" for line in case["trace"])
    for event in events:
        if event["case"] == case["reference"]:
            undone = " (its letter did not arrive: does not count)" if event["undone"] else ""
            yield f"   event    {event['event_on']}  {event['event'].replace('_', ' ')}{undone}"
    for task in case["tasks"]:
        yield f"   {_task(task)}"


def _standing(case: Mapping[str, Any]) -> Iterator[str]:
    """What a person must know before they act."""
    if case["about"]:
        yield f"   about    {case['about']}"
    if case["unresolved"]:
        yield f"   UNRESOLVED  {', '.join(code.replace('_', ' ') for code in case['unresolved'])}"
    if case["rules_in_doubt"]:
        other, settle = harmless_line(case["rules_in_doubt"]), f"triage case regime {case['reference']}"
        yield f"   IN DOUBT the law of {other} may count: the earlier dates stand ({settle})"
    if case["erasure_blocked"]:
        yield "   BLOCKED  the wish to delete was taken back, or waits: nothing is erased (withdrawn, or stands)"
    if case["legal_hold"]:
        yield "   hold     under legal hold: nothing of it is removed"
    if case["snoozed_until"]:
        yield f"   snoozed  no reminders until {_day(case['snoozed_until'])}"
    if case["next_news_on"]:
        yield f"   news     promised by {_day(case['next_news_on'])}"
    if case["contacts"]:
        yield f"   in touch {', '.join(case['contacts'])}, otherwise than by letter"
    done = {"supplied": "Art 15 points and search are recorded", "delivered": "delivery is recorded"}
    if any(case[name] for name in done):
        yield f"   answer   {'; '.join(words for name, words in done.items() if case[name])}"


def _proposed(case: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Drafts of this case, or of the whole message; a letter names the outcome it would tell."""
    for letter in letters:
        if letter["state"] == "draft" and letter["number"] in (None, case["number"]):
            number, outcome = letter["id"], f" ({letter['outcome']})" if letter["outcome"] else ""
            yield f"   waits    letter {number}, {letter['purpose']}{outcome}: triage letter approve {number}"


def _task(task: Mapping[str, Any]) -> str:
    name, note = f"{harmless_line(task['system'])} ({harmless_line(task['owner'])})", harmless_line(task["note"])
    if task["done_on"]:
        told = f"[x] {name}, done on {task['done_on']} by {harmless_line(task['done_by'])}"
    else:
        by = f", by {_day(task['due_on'])}" if task["due_on"] else ""
        told = f"[ ] {name}{by}: {harmless_line(task['what'])}"
    return told + (f" (note: {note})" if note else "")


def _day(text: str) -> str:
    return f"{text} {plain_date(date.fromisoformat(text))[:3]}"
