"""What a person or the desk does to a case: read it whole, decide, word the letters, write all of it or nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from triage.domain.approving import DRAFT_HOLDS_FOR, approve, hand_over
from triage.domain.case_change import CaseChange, DraftedLetter, Refused
from triage.domain.case_file import CaseFile
from triage.domain.case_life import today_for
from triage.domain.checklist import after_tick, lay
from triage.domain.clock import local_date
from triage.domain.drafting import draft
from triage.domain.letter import LetterFacts, LetterText, from_today
from triage.domain.may_act import NO_ANSWER
from triage.domain.policy import Policy
from triage.domain.records import LetterRow
from triage.domain.stage_letters import KINDS_OF, controller_of, missing
from triage.domain.vocabulary import LetterPurpose
from triage.errors import NotDone, RulesWrong
from triage.parsing.letter_rules import LetterRules
from triage.parsing.typed_words import faults_in_words
from triage.ports_cases import CaseStore

# Somebody else wrote between reading and writing: what was decided is decided anew on what stands now.
_TRIES = 3

_NO_CASE = "letter {} belongs to no case: discard it, and write by hand"

Decide = Callable[[CaseFile], CaseChange | Refused | None]


class Wording(Protocol):
    """What puts a letter into words: the letter book."""

    @property
    def rules(self) -> LetterRules:
        """What no letter may say."""
        ...

    def word(self, facts: LetterFacts) -> LetterText:
        """The letter for these facts. Raises RulesWrong."""
        ...


class LetterShelf(Protocol):
    """Where letters are looked up: the store."""

    async def show_letter(self, letter_id: int) -> LetterRow | None:
        """One letter, None if there is none of that number."""
        ...

    async def queue_draft(self, letter_id: int, *, by: str, now: datetime) -> bool:
        """Let a draft leave that is about no case; False if it is no draft."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Casework:
    """Acts on cases. `mail_domain` is the part of the desk's own address behind the @, for Message-IDs."""

    store: CaseStore
    book: Wording
    policy: Policy
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
            case = await self._with_checklist(case)
            decided = decide(case)
            if isinstance(decided, Refused):
                raise NotDone("\n".join(decided.reasons))
            if decided is None or await self.write(case, decided, by=by):
                await self._follow_up(reference, decided)
                return decided
        raise NotDone(f"{reference} has changed since you looked: look again, then do it")

    async def _with_checklist(self, case: CaseFile) -> CaseFile:
        """The case with the checklist the desk's next look would lay: no answer claims what nobody was asked to do."""
        today = local_date(self.clock(), controller_of(case, self.policy).nation)
        laid = lay(case, self.policy, today)
        if laid is None or not await self.write(case, laid, by="desk"):
            return case
        return await self.store.case_of(case.reference) or case

    async def _follow_up(self, reference: str, done: CaseChange | None) -> None:
        """The last tick of a checklist brings the letter that says so; the desk drafts it, a person approves it."""
        case = await self.store.case_of(reference) if done is not None and done.ticks else None
        change = None if case is None else after_tick(case, self.policy, self.clock())
        if case is not None and change is not None:
            await self.write(case, change, by="desk")

    async def write(self, case: CaseFile, change: CaseChange, *, by: str) -> bool:
        """Word and write what was decided about `case`; False where it has changed since it was read.

        Raises NotDone where a letter lacks what only a person can supply or says what none may, RulesWrong where its
        template is broken.
        """
        letters = [self._worded(drafted, case) for drafted in change.letters]
        now = self.clock()
        return await self.store.change_case(case, change, letters, self.mail_domain, by=by, now=now)

    def _worded(self, drafted: DraftedLetter, case: CaseFile) -> tuple[DraftedLetter, LetterText]:
        today = today_for(case, self.policy, self.clock())
        facts = from_today(replace(drafted.facts, reference=case.thread), today)
        if lacking := missing(facts):
            raise NotDone("\n".join(lacking))
        if wrong := faults_in_words(facts, self.policy, self.book.rules):
            raise NotDone("\n".join(wrong))
        kept = drafted.promised_on if drafted.promised_on is None or drafted.promised_on >= today else None
        return replace(drafted, facts=facts, promised_on=kept), self.book.word(facts)


async def approve_letter(
    work: Casework, letters: LetterShelf, letter_id: int, *, by: str, to: str = "", note: str = ""
) -> None:
    """Send a draft; what it brings about for its case happens with it. `to`, `note`: see approving.approve.

    Raises NotDone with every reason why not.
    """
    case, row, now = *(await case_of_draft(work, letters, letter_id)), work.clock()
    if case is None:
        if to or row.purpose not in NO_ANSWER or now - row.created_at > DRAFT_HOLDS_FOR:
            raise NotDone(_NO_CASE.format(letter_id))
        await letters.queue_draft(letter_id, by=by, now=now)
        return
    await work.act(case.reference, lambda case: approve(case, letter_id, work.policy, now, to=to, note=note), by=by)


async def hand_letter_over(
    work: Casework, letters: LetterShelf, letter_id: int, how: str, *, by: str, note: str = ""
) -> None:
    """A draft, or a letter that did not arrive, went another way: it counts as sent, with what that brings about.

    Raises NotDone.
    """
    found, _ = await case_of_draft(work, letters, letter_id, ("draft", "refused", "unclear", "sent"))
    if found is None:
        raise NotDone(_NO_CASE.format(letter_id))
    now = work.clock()
    await work.act(found.reference, lambda case: hand_over(case, letter_id, how, work.policy, now, note=note), by=by)


async def tell_understood_anew(work: Casework, thread: str, *, by: str) -> tuple[str, bool] | None:
    """After a relabelling: lay the letter ready that says that we first understood it differently, and how we do now.

    The case it is about, and whether it was laid: not without the desk's own address, or with a broken template. None
    where nobody was told anything wrong, or nothing is asked.
    """
    asked = [case for case in await work.store.cases_of(thread) if case.is_open]
    if not asked:
        return None
    case, purpose = asked[-1], LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY
    change = draft(case, purpose, "", work.policy, work.clock())
    if isinstance(change, Refused):
        return None
    try:
        return case.reference, bool(work.mail_domain) and await work.write(case, change, by=by)
    except RulesWrong:
        return case.reference, False


async def case_of_draft(
    work: Casework, letters: LetterShelf, letter_id: int, states: Collection[str] = ("draft",)
) -> tuple[CaseFile | None, LetterRow]:
    """The case a letter in one of these states is about, and the letter.

    Where it is about a whole message: an open one of a kind it may be about, the newest first, for it answers the
    newest message; else whatever the thread has. None where it has none, as for a message of which nobody knows yet
    what it asks. Raises NotDone where there is no such letter.
    """
    row = await letters.show_letter(letter_id)
    if row is None or row.state not in states:
        raise NotDone(f"letter {letter_id} is no draft")
    about = [
        case
        for case in await work.store.cases_of(row.reference)
        if any(one.id == letter_id and one.number in (None, case.number) for one in case.letters)
    ]
    kinds = KINDS_OF[LetterPurpose(row.purpose)]
    return max(about, key=lambda case: (case.is_open, case.kind in kinds, case.number), default=None), row
