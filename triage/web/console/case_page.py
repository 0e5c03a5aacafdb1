"""Everything the case page shows, gathered from the store and put in order. Nothing is written here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from triage.domain.case_file import CaseFile, LinkedCase
from triage.domain.case_standing import Waiting, waits_for
from triage.domain.defect_words import defect_in_words
from triage.domain.drafting import draftable
from triage.domain.journal import ChainFault
from triage.domain.sender_words import sender_in_words
from triage.domain.vocabulary import CaseState, Kind, LetterPurpose
from triage.parsing.authenticity import HEAD_BYTES, Authenticity, authenticity_of
from triage.web.console.case_line import Line, line_of
from triage.web.console.case_offers import Offers, offers_of
from triage.web.console.case_text import Stretch, stretches
from triage.web.console.context import Console

_TOLD = ("enquiry", "follow_up")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A message or a letter of the thread, at its place in time. `open`: it is read without unfolding."""

    at: str
    what: str
    row: Mapping[str, Any]
    open: bool = False
    stretches: tuple[Stretch, ...] = ()
    reasons: tuple[Mapping[str, Any], ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    defects: tuple[str, ...] = ()
    sender: str = ""
    leaves_at: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """A case of the same person, with its thread."""

    thread: str
    reference: str
    kind: Kind
    state: CaseState
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePage:
    """`case` and what follows from it is None for a thread without a case, or with several to choose from. `letters`
    can be laid ready now, and no other act brings them."""

    found: Mapping[str, Any]
    thread: str
    reference: str
    case: CaseFile | None
    row: Mapping[str, Any] | None
    entries: tuple[Entry, ...]
    newest: int
    offers: Offers | None
    line: Line | None
    waiting: Waiting | None
    authenticity: Mapping[int, Authenticity]
    faults: tuple[ChainFault, ...]
    cases: tuple[CaseFile, ...] = ()
    people: tuple[str, ...] = ()
    kinds_read: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=())
    letters: tuple[LetterPurpose, ...] = ()

    @property
    def same_again(self) -> tuple[LinkedCase, ...]:
        """Open cases of the same person that ask for the same in another thread: perhaps one matter."""
        if self.case is None or not self.case.is_open:
            return ()
        open_ones = (CaseState.OPEN, CaseState.CANNOT_REACH)
        here, links = self.case.kind, self.case.links
        return tuple(one for one in links if one.kind is here and one.state in open_ones and not one.same_thread)

    @property
    def first(self) -> Mapping[str, Any]:
        """The message that opened the case, else the thread."""
        rows: list[Mapping[str, Any]] = self.found["thread"]
        return next((row for row in rows if row["reference"] == self.thread), rows[0])

    @property
    def unread(self) -> int:
        """How many messages nobody has read."""
        return sum(1 for row in self.found["thread"] if row["read_at"] is None and row["outcome"] in _TOLD)

    @property
    def waits_for_look(self) -> bool:
        """Whether this is a message without a case that nobody has spoken about."""
        return not self.cases and self.first["cleared_at"] is None

    @property
    def split_at(self) -> int | None:
        """The message a second enquiry would most likely be taken out of: the one on top, else the only one."""
        told = [row["id"] for row in self.found["thread"] if row["outcome"] in _TOLD and row["removed_at"] is None]
        opened = [entry.row["id"] for entry in self.entries if entry.open and entry.row["id"] in told]
        return int((opened or told)[-1]) if told else None

    @property
    def can(self) -> tuple[str, ...]:
        """Every act that is offered."""
        if self.offers is None:
            return ()
        return (*self.offers.first, *(act for _, acts in self.offers.rest for act in acts))

    @property
    def copies(self) -> int:
        """How often the same message came once more."""
        return sum(1 for row in self.found["thread"] if row["outcome"] == "duplicate")

    @property
    def standing(self) -> tuple[str, ...]:
        """What the thread is taken to ask for."""
        kinds = {one.kind for one in self.cases if one.is_open}
        return tuple(kind.value for kind in Kind if kind in kinds)

    @property
    def not_acknowledged(self) -> bool:
        """Whether somebody has to be told that their message arrived."""
        return any(row["not_acknowledged"] for row in self.found["thread"])


async def page_of(console: Console, reference: str, today: date) -> CasePage | None:
    """The page of a case (`DP-…/1`), or of an enquiry (`DP-…`). None where there is none."""
    store = console.store
    found: Any = await store.show_case(reference)
    if found is None:
        return None
    reference = str(found["reference"])  # another one, where the one asked for was merged into it
    thread, _, number = reference.partition("/")
    cases = await store.cases_of(thread)
    case = next((one for one in cases if number and one.number == int(number)), None)
    letters = draftable(case, console.policy, console.clock()) if case is not None else ()
    leaving = {one.letter_id: one.due_at.isoformat() for one in await store.approvals()}
    heads = await store.heads_of_originals(thread, HEAD_BYTES)
    entries = _entries(found, leaving, case)
    return CasePage(
        found=found,
        thread=thread,
        reference=reference,
        case=case,
        row=found["cases"][0] if case is not None else None,
        entries=entries,
        newest=max(row["id"] for row in found["thread"]),
        offers=None if case is None else offers_of(case, console.policy, today, ("draft",) if letters else ()),
        line=None if case is None else line_of(case, today),
        waiting=None if case is None or not case.is_open else waits_for(case),
        authenticity={
            enquiry_id: authenticity_of(head, console.policy.authserv_ids) for enquiry_id, head in heads.items()
        },
        faults=await store.chain_faults(reference),
        cases=tuple(one for one in cases if one.state is not CaseState.SET_ASIDE),
        people=tuple(account.name for account, gone_at in await store.accounts() if gone_at is None),
        kinds_read=_kinds_read(found),
        marks=tuple(_marks(found, case)),
        letters=letters,
    )


async def alike(console: Console, thread: str) -> tuple[Alike, ...]:
    """The same person's cases in other threads, each once: what a thread may be merged with."""
    cases = await console.store.cases_of(thread)
    links = {link.reference: link for case in cases for link in case.links if not link.same_thread}
    return tuple(
        Alike(
            thread=reference.partition("/")[0],
            reference=reference,
            kind=link.kind,
            state=link.state,
            received_on=link.received_on,
        )
        for reference, link in links.items()
    )


def _kinds_read(found: Mapping[str, Any]) -> tuple[str, ...]:
    """What the reader saw in any message of the thread."""
    seen = [kind for row in found["thread"] if row["classification"] for kind in row["classification"]["kinds"]]
    return tuple(kind.value for kind in Kind if kind.value in seen)


def _marks(found: Mapping[str, Any], case: CaseFile | None) -> list[str]:
    codes = [alarm["code"] for alarm in found["alarms"]]
    codes += list(case.unresolved) if case is not None else []
    for row in found["thread"]:
        codes += (row["classification"] or {}).get("flags", [])
    if any(row["not_acknowledged"] for row in found["thread"]):
        codes.append("not_acknowledged")
    if case is not None and case.legal_hold:
        codes.append("legal_hold")
    if case is not None and case.erasure_blocked:
        codes.append("erasure_blocked")
    return list(dict.fromkeys(codes))


def _entries(found: Mapping[str, Any], leaving: Mapping[int, str], case: CaseFile | None) -> tuple[Entry, ...]:
    told = [row for row in found["thread"] if row["outcome"] in _TOLD]
    unread = {row["id"] for row in told if row["read_at"] is None}
    shown = unread or {told[-1]["id"] if told else 0}
    if (told and len(told) == len(shown)) or len(told) <= 1:
        shown = {row["id"] for row in told}
    entries = [_message(row, is_open=row["id"] in shown) for row in found["thread"]]
    entries += [
        Entry(at=row["sent_at"] or row["created_at"], what="letter", row=row, leaves_at=leaving.get(row["id"], ""))
        for row in found["letters"]
        if case is None or row["number"] in (None, case.number)
    ]
    return tuple(sorted(entries, key=lambda one: one.at))


def _message(row: Mapping[str, Any], *, is_open: bool) -> Entry:
    read = row["classification"] or {}
    reasons = tuple(read.get("reasons", ()))
    known = row["sender"] or {"name": "", "address": ""}
    address = f"<{known['address']}>" if known["address"] else ""
    full = f"{known['name']} {address}".strip()
    scores = sorted(read.get("scores", {}).items(), key=lambda one: -one[1])
    return Entry(
        at=row["received_at"],
        what="message",
        row=row,
        open=is_open and row["outcome"] in _TOLD,
        stretches=tuple(stretches(row["full_text"], row["passages"], reasons)),
        reasons=reasons,
        scores=tuple((kind, score) for kind, score in scores if score >= 0.1 or kind in read.get("kinds", ())),
        defects=tuple(defect_in_words(code) for code in row["defects"]),
        sender=sender_in_words(row["channel"], full, known["address"], row["full_text"]) or "no usable sender",
    )


_NOTED = ("noted", "contacted", "snoozed", "legal_hold_laid", "legal_hold_lifted", "reopened")


def notes_of(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """What people wrote down, newest first."""
    return [
        {"event": one["event"], "at": one["at"], "text": one["text"], "by": by_of(one)}
        for one in reversed(found["journal"])
        if one["event"] in _NOTED and one["text"]
    ]


def by_of(entry: Mapping[str, Any]) -> str:
    """Who did what the journal says, "" where nobody is named."""
    facts = json.loads(entry["facts"])
    return str(facts.get("by") or "")
