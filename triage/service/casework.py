"""What a person or the desk does to a case: read it whole, decide, word the letters, write all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from triage.domain.case_change import CaseChange, DraftedLetter, Refused
from triage.domain.case_file import CaseFile
from triage.domain.letter import LetterFacts, LetterText
from triage.errors import NotDone
from triage.ports_cases import CaseStore

# Somebody else wrote between reading and writing: what was decided is decided anew on what stands now.
_TRIES = 3

Decide = Callable[[CaseFile], CaseChange | Refused | None]


class Wording(Protocol):
    """What puts a letter into words: the letter book."""

    def word(self, facts: LetterFacts) -> LetterText:
        """The letter for these facts. Raises RulesWrong."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Casework:
    """Acts on cases. `mail_domain` is the part of the desk's own address behind the @, for Message-IDs."""

    store: CaseStore
    book: Wording
    mail_domain: str
    clock: Callable[[], datetime]

    async def act(self, reference: str, decide: Decide, *, by: str, version: int | None = None) -> CaseChange | None:
        """Do to the case of `reference` what `decide` says of it; None where it says that nothing is to be done.

        `version` is what the person saw, None for whatever stands now; `by` an account, or "desk". Raises NotDone
        with every reason where the case is unknown, has changed since, or the rules refuse the act; RulesWrong where a
        letter's template is broken.
        """
        for _ in range(_TRIES):
            case = await self.store.case_of(reference)
            if case is None:
                raise NotDone(f"there is no case {reference}: give its number too, as DP-2026-00042-K7/1")
            if version is not None and version != case.version:
                break
            decided = decide(case)
            if isinstance(decided, Refused):
                raise NotDone("\n".join(decided.reasons))
            if decided is None or await self.write(case, decided, by=by):
                return decided
        raise NotDone(f"{reference} has changed since you looked: look again, then do it")

    async def write(self, case: CaseFile, change: CaseChange, *, by: str) -> bool:
        """Word and write what was decided about `case`; False where it has changed since it was read."""
        letters = [self._worded(drafted, case) for drafted in change.letters]
        now = self.clock()
        return await self.store.change_case(case, change, letters, self.mail_domain, by=by, now=now)

    def _worded(self, drafted: DraftedLetter, case: CaseFile) -> tuple[DraftedLetter, LetterText]:
        facts = replace(drafted.facts, reference=case.thread)
        return drafted, self.book.word(facts)
