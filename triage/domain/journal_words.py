"""The journal's entries in words: who did what, and what changed from what to what. Codes of ours name nothing here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from triage.domain.evidence_words import plain
from triage.domain.notices import in_words
from triage.domain.plain_dates import plain_date
from triage.domain.vocabulary import Nation

# What each entry says. In braces: facts of it, told in place; facts that are not named are listed behind.
_SAID: Mapping[str, str] = {
    "enquiry_received": "The message came in by {channel}",
    "follow_up_joined": "A further message joined, by {channel}",
    "letter_returned": "A letter of ours came back",
    "duplicate_linked": "The same message came once more",
    "case_opened": "The case was opened: {kind}, received {received_on}",
    "case_set_aside": "The case was set aside: nobody asked for it",
    "case_cannot_reach": "The case waits: the person cannot be reached",
    "case_reopened": "The person is back: the case is open again",
    "checklist_laid": "The checklist was laid, {systems} lines",
    "letter_queued": "Letter {letter} ({purpose}) was written, and leaves by itself",
    "letter_drafted": "Letter {letter} ({purpose}) was laid ready as a draft",
    "letter_proposed": "A letter was laid ready ({purpose})",
    "letter_edited": "The text of letter {letter} was changed",
    "letter_approved": "Letter {letter} was approved",
    "letter_called_back": "Letter {letter} was called back before it left",
    "letter_discarded": "Letter {letter} was discarded",
    "letter_held_back": "Letter {letter} is a draft again: a message came in meanwhile",
    "letter_handed_over": "Letter {letter} was handed over outside the desk",
    "letter_sent": "Letter {letter} ({purpose}) was sent",
    "letter_not_delivered": "Letter {letter} did not arrive",
    "acknowledged_by_hand": "It was acknowledged by hand, or needs no acknowledgement",
    "messages_read": "Messages were read",
    "assigned": "Given from {from} to {to}",
    "noted": "A note was written",
    "contacted": "We were in touch, on {on}",
    "snoozed": "Reminders rest until {until}",
    "legal_hold_laid": "A legal hold was laid on it",
    "legal_hold_lifted": "The legal hold was lifted",
    "relabelled": "What it asks was put right: from {before} to {kinds}",
    "closed": "The case was closed: {outcome}",
    "reopened": "The case was opened again",
    "merged": "{from} was merged into this",
    "merged_into": "This was merged into {into}",
    "case_moved": "The case {from} goes on as {into}",
    "answered_with": "It is answered with {into}, which asks for the same",
    "answers_as_well": "It answers {from} as well, which asks for the same",
    "split": "A second enquiry was taken out of a message: {into}",
    "split_off": "Taken out of a message of {from}",
    "recomputed": "The dates were worked out anew",
    "task_done": "Done in {system}",
    "task_reopened": "Not done after all in {system}",
    "task_left": "Left open in {system}",
    "do_not_contact_recorded": "The address is on the do-not-contact list",
    "complaint_unresolved": "The complaint counts as unresolved",
    "unsubscribe_asked": "Marketing mail was to be stopped at HubSpot",
    "unsubscribed": "Marketing mail was stopped at HubSpot",
    "unsubscribe_failed": "Marketing mail could not be stopped at HubSpot",
    "contact_looked_up": "The contact was looked up at HubSpot",
    "threads_listed": "The contact's conversations were listed at HubSpot",
    "withdrawal_proposed": "The person seems to take it back",
    "withdrawal_confirmed": "The person confirmed that they take it back",
    "withdrawal_dismissed": "The wish stands after all",
}
# Numbers of rows, and what stands in the words themselves or is told as a change.
_UNTOLD = frozenset({"by", "enquiry", "enquiries", "item", "rows", "gate", "permanent", "statutory_due", "address"})
_WHO = {"desk": "The desk itself", "reply": "A reply", "person": "A person", "": "The desk itself"}
_NOBODY = {"to": "nobody", "from": "nobody", "before": "nothing", "kinds": "nothing"}


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalLine:
    """One entry. `at` is the moment as it is kept; `changes` what else it says, "name: from … to …" where something
    moved; `note` the free text beside it, "" where there is none."""

    chain: str
    at: str
    who: str
    what: str
    changes: tuple[str, ...]
    note: str


def journal_lines(entries: Iterable[Mapping[str, str | None]], nation: Nation) -> tuple[JournalLine, ...]:
    """Entries (chain, at, event, facts, text) in the order they were written, by the wall clock of `nation`."""
    due: dict[str, object] = {}
    return tuple(_line(entry, nation, due) for entry in entries)


def _line(entry: Mapping[str, str | None], nation: Nation, due: dict[str, object]) -> JournalLine:
    facts: dict[str, object] = json.loads(entry["facts"] or "{}")
    chain, event, by = entry["chain"] or "", entry["event"] or "", str(facts.get("by") or "")
    words = {name: _plain(name, value, nation) for name, value in facts.items()}
    plainly = in_words(event).capitalize()
    template = _SAID.get(event, plainly)
    told = {name for name in facts if f"{{{name}}}" in template}
    what = template.format_map({name: words[name] for name in told}) if _is_whole(template, told) else plainly
    rest = [name for name in facts if name not in told | _UNTOLD and facts[name] not in (None, [], "")]
    changes = [f"{in_words(name)}: {_from_to(facts[name], nation) or words[name]}" for name in rest]
    if "statutory_due" in facts:
        changes += _moved(due.get(chain, facts["statutory_due"]), facts["statutory_due"], first=chain not in due)
        due[chain] = facts["statutory_due"]
    who = _WHO.get(by, by)
    return JournalLine(
        chain=chain, at=entry["at"] or "", who=who, what=what, changes=tuple(changes), note=entry["text"] or ""
    )


def _is_whole(template: str, told: set[str]) -> bool:
    """Whether every fact the words name is there: an entry of long ago may lack one."""
    return template.count("{") == len(told)


def _plain(name: str, value: object, nation: Nation) -> str:
    return plain(value, nation) if value not in (None, [], "") else _NOBODY.get(name, "none")


def _from_to(value: object, nation: Nation) -> str:
    """A day that moved is kept as a pair, before and after."""
    if not isinstance(value, list) or len(value) != 2 or not all(one is None or _is_day(one) for one in value):
        return ""
    before, after = (plain(one, nation) if one else "none" for one in value)
    return f"from {before} to {after}"


def _moved(before: object, after: object, *, first: bool) -> list[str]:
    told = [plain_date(date.fromisoformat(str(day))) if day else "none" for day in (before, after)]
    if first:
        return [f"answer owed by law: {told[1]}"] if after else []
    return [f"answer owed by law: from {told[0]} to {told[1]}"] if before != after else []


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
