"""What a person does with a draft: change its words, let it leave, throw it away, hand it over another way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from triage.domain.approval import Approval
from triage.domain.approving import DRAFT_HOLDS_FOR, approve
from triage.domain.asking import EVENT_OF
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.clock import local_date
from triage.domain.clock_values import ClockDates
from triage.domain.draft_facts import facts_of_draft
from triage.domain.letter import LetterText
from triage.domain.letter_desk import DeskLetter
from triage.domain.stage_letters import controller_of
from triage.domain.vocabulary import LetterPurpose
from triage.errors import NotDone, RulesWrong
from triage.parsing.draft_checks import Verdict, read_draft
from triage.parsing.draft_lines import folded
from triage.parsing.letter_rules import FILE, LetterRules, read_letter_rules
from triage.ports_console import ApprovalStore, LetterDeskStore
from triage.service.approvals import ask_approval, call_back
from triage.service.casework import Casework, LetterShelf, case_of_draft, hand_letter_over

_LATE = "it was drafted over a week ago, and the days it promises may be past: discard it and draft it anew"
# Stands for an address that is still to be chosen, where only the other reasons are asked for.
_CHOSEN_LATER = "chosen-later@desk.example"


class DraftStore(ApprovalStore, LetterDeskStore, LetterShelf, Protocol):
    """The store, as far as drafts go."""

    async def discard_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """See Store.discard_draft."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What a draft would do as things stand: `case` is the one it is about; `change` what follows from approving it,
    `refused` why it may not go. Both are None for a draft whose message has no case."""

    case: CaseFile | None = None
    change: CaseChange | None = None
    refused: Refused | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafts:
    """Acts on drafts. `sources` are the letters' texts and lint.toml."""

    work: Casework
    store: DraftStore
    sources: Mapping[str, str]

    async def outlook(self, letter: DeskLetter, *, to: str = "", note: str = "") -> Outlook:
        """What approving `letter` would do. Where its address is still to be chosen, that alone is no reason."""
        case, _ = await case_of_draft(self.work, self.store, letter.id)
        if case is None:
            late = self.work.clock() - letter.created_at > DRAFT_HOLDS_FOR
            return Outlook(refused=Refused(reasons=(_LATE,))) if late else Outlook()
        chosen = to or ("" if letter.recipient or letter.in_chat else _CHOSEN_LATER)
        decided = approve(case, letter.id, self.work.policy, self.work.clock(), to=chosen, note=note)
        if isinstance(decided, Refused):
            return Outlook(case=case, refused=decided)
        return Outlook(case=case, change=decided)

    async def check(self, letter: DeskLetter, text: LetterText) -> Verdict:
        """Read `text` as the words of `letter` (parsing/draft_checks.py)."""
        outlook = await self.outlook(letter)
        cases = [outlook.case] if outlook.case is not None else []
        if letter.number is None:
            cases = [case for case in await self.work.store.cases_of(letter.reference) if self._opened_by(letter, case)]
        dates = None
        if letter.number is not None and outlook.case is not None:
            dates = self._dates_once_sent(letter, outlook.case)
        facts = facts_of_draft(letter, cases, dates, self.work.policy)
        try:
            ours = self.work.book.word(facts).body.split("\n\n")
        except RulesWrong:
            ours = []
        return read_draft(facts, text, ours, self.work.policy, rules_in(self.sources.get(FILE, "")))

    def _opened_by(self, letter: DeskLetter, case: CaseFile) -> bool:
        """Whether the message that `letter` answers opened the case, as far as its day tells."""
        nation = controller_of(case, self.work.policy).nation
        return case.is_open and case.dates.received_on == local_date(letter.received_at, nation)

    def _dates_once_sent(self, letter: DeskLetter, case: CaseFile) -> ClockDates:
        """The case's dates with what the letter brings about: it names those, whatever keeps it from leaving yet."""
        name = EVENT_OF.get(LetterPurpose(letter.purpose))
        if name is None:
            return case.dates
        policy, now = self.work.policy, self.work.clock()
        today = local_date(now, controller_of(case, policy).nation)
        moved = record(case, name, today, policy, now, note="only looked at", overridden=True)
        return case.dates if isinstance(moved, Refused) or moved.dates is None else moved.dates

    async def edit(self, letter: DeskLetter, text: LetterText, *, by: str) -> DeskLetter:
        """Give `letter` another text; how it stands then. Raises NotDone where somebody has changed, approved or
        settled it since it was read."""
        if text == LetterText(subject=letter.subject, body=letter.body):
            return letter
        if not await self.store.edit_draft(letter.id, text, letter.mark, by=by, now=self.work.clock()):
            raise NotDone(f"letter {letter.id} has changed since you looked, or is no draft any more")
        return replace(letter, subject=text.subject, body=text.body)

    async def approve(self, letter: DeskLetter, *, by: str, to: str = "", note: str = "") -> Approval:
        """Let `letter` leave in half a minute. Raises NotDone with every reason known now why it may not."""
        if not letter.is_draft:
            raise NotDone(f"letter {letter.id} is no draft any more, or is about to leave already: look again")
        outlook = await self.outlook(letter, to=to, note=note)
        reasons = list(outlook.refused.reasons) if outlook.refused is not None else []
        if not (to or letter.recipient or letter.in_chat):
            reasons.append("there is no address it could go to: choose one that you have checked, or print the letter")
        verdict = await self.check(letter, LetterText(subject=letter.subject, body=letter.body))
        reasons += [f"{fault.rule}: {fault.why}" for fault in verdict.faults]
        if reasons:
            raise NotDone("\n".join(reasons))
        return await ask_approval(self.work, self.store, letter.id, by=by, to=to, note=note, seen=letter.mark)

    async def discard(self, letter: DeskLetter, *, by: str) -> None:
        """Throw a draft away, also one that is about to leave. Raises NotDone where it has left."""
        if letter.approval is not None:
            await call_back(self.work, self.store, letter.id, by=by)
        if not await self.store.discard_draft(letter.id, by=by, now=self.work.clock()):
            raise NotDone(f"letter {letter.id} is no draft any more: it is {letter.state}, and stays so")

    async def hand_over(self, letter: DeskLetter, how: str, *, by: str, note: str = "") -> None:
        """A draft went another way. Raises NotDone with every reason."""
        if letter.approval is not None:
            raise NotDone(f"letter {letter.id} is about to leave: call it back first")
        await hand_letter_over(self.work, self.store, letter.id, how, by=by, note=note)


def as_kept(letter: DeskLetter, subject: str, body: str) -> LetterText:
    """What a person typed, as the draft would keep it: one subject line, plain signs, lines folded."""
    return LetterText(subject=" ".join(subject.split()), body=folded(body, in_chat=letter.in_chat))


@lru_cache(maxsize=2)
def rules_in(text: str) -> LetterRules:
    """The rules of lint.toml."""
    return read_letter_rules(text)
