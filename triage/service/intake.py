"""The main story: a received item is analysed, decided, and filed with cases, letter and notes in one transaction."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from triage.domain.case_change import CaseChange, NewTask
from triage.domain.case_plan import receipt
from triage.domain.checklist import tasks_for
from triage.domain.clock import local_date
from triage.domain.decide import controller_for, decide
from triage.domain.gate import Desk, GateTable
from triage.domain.letter import LetterFacts, LetterText
from triage.domain.plan import Analysis, History, Plan, PlannedCase, PlannedLetter, PlannedNote
from triage.domain.policy import Controller, Policy
from triage.domain.records import NoteText
from triage.domain.reference import make_message_id
from triage.domain.sending_limits import BREAKER_ALARM, breaker_open
from triage.domain.withdrawing import withdraw_proposed
from triage.errors import AnalysisFailed, ClaimLost, RulesWrong, StoreUnavailable
from triage.logs import get_logger
from triage.parsing.chatbook import ChatBook
from triage.parsing.letterbook import LetterBook
from triage.ports import Analyser, Filer, Filing, Item, Store

log = get_logger()

BATCH = 20
# An item with what came of reading it: its analysis, or the code of what broke.
_Read = tuple[Item, Analysis | str]
# After the third failure a person has to look; until then what was only a full machine has had time to pass.
_RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=60))


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """Works through received items. `clock` gives aware UTC; mail older than `start_on` opens no case."""

    store: Store
    analyser: Analyser
    book: LetterBook
    chat_book: ChatBook
    policy: Policy
    desk: Desk
    table: GateTable
    start_on: date | None
    worker: str
    clock: Callable[[], datetime]
    # Claimed and read, but not yet in the store because it could not be written: they must not wait for their lease.
    _in_hand: deque[_Read] = field(default_factory=deque, init=False)

    async def work_once(self) -> int:
        """Claim a batch, work through it, and return how many items were claimed; 0 when nothing waits.

        Raises StoreUnavailable; what was claimed is kept in hand, and the next call begins with it.
        """
        if not self._in_hand:
            items = await self.store.claim_items(self.worker, BATCH, self.clock())
            self._in_hand.extend(await asyncio.gather(*(self._analyse(item) for item in items)))
        count = len(self._in_hand)
        if count:
            await self._settle()
        return count

    async def _analyse(self, item: Item) -> _Read:
        try:
            return item, await self.analyser.analyse(item)
        except AnalysisFailed as exc:
            return item, exc.code

    async def _settle(self) -> None:
        """Put everything in hand into the store: first what was read, in one transaction, then each failure."""
        read = [(item, result) for item, result in self._in_hand if isinstance(result, Analysis)]
        broken = await self._file_all(read) if read else set()
        failed = [(item, result) for item, result in self._in_hand if isinstance(result, str)]
        failed += [(item, "not_filed") for item, _ in read if item.id in broken]
        self._in_hand.clear()
        self._in_hand.extend(failed)
        for item, code in failed:
            await self._fail(item, code)
            self._in_hand.popleft()

    async def _fail(self, item: Item, code: str) -> None:
        now = self.clock()
        retry_at = now + _RETRY_AFTER[item.attempts] if item.attempts < len(_RETRY_AFTER) else None
        await self.store.fail_item(item, code, retry_at, now)
        log.warning("item_failed", item_id=item.id, code=code, attempt=item.attempts + 1)

    async def _file_all(self, read: Sequence[tuple[Item, Analysis]]) -> set[int]:
        """File what was read; returns the ids of those that could not be, each undone alone."""
        broken: set[int] = set()
        filed: list[tuple[Item, str, Plan]] = []
        async with self.store.filing() as filer:
            for item, analysis in read:
                try:
                    async with filer.savepoint():
                        filed.append((item, *await self._file(filer, item, analysis)))
                except StoreUnavailable:
                    raise
                except ClaimLost:
                    log.warning("claim_lost", item_id=item.id)
                except Exception as exc:  # one item's fault must not stop the others; it ends in quarantine
                    log.error("item_not_filed", item_id=item.id, exception_type=type(exc).__name__)
                    broken.add(item.id)
        for item, reference, plan in filed:  # not before it is true
            log.info("item_filed", item_id=item.id, reference=reference, outcome=plan.outcome, lane=plan.lane)
        return broken

    async def _file(self, filer: Filer, item: Item, analysis: Analysis) -> tuple[str, Plan]:
        now = self.clock()
        item, analysis = _with_sound_receipt(item, analysis, now)
        history = await filer.history(item, analysis, now)
        if self.start_on is not None:
            history = replace(history, before_start=self._local(item, analysis) < self.start_on)
        plan = decide(analysis, history, self.policy, self.desk, self.table, now)
        reference = await self._reference(filer, plan, self._local(item, analysis).year)
        plan, text = self._word(plan, reference)
        serial, message_id = 1, None
        if plan.letter is not None:
            serial, message_id = await self._own_id(filer, reference, plan.letter.facts.purpose.value)
        controller = controller_for(analysis, self.policy)
        enquiry_id = await filer.file(
            Filing(
                item=item,
                analysis=analysis,
                plan=plan,
                reference=reference,
                letter_text=text,
                message_id=message_id,
                now=now,
                serial=serial,
                controller=controller.name,
                alarms=self._alarms(plan, history),
                notes=await self._notes(filer, plan, reference, controller),
                checklists=tuple(self._checklist(case, controller, now) for case in plan.cases),
            )
        )
        if enquiry_id is not None:
            await self._taken_back(filer, reference, plan, enquiry_id, now)
        return reference, plan

    def _checklist(self, case: PlannedCase, enquirys: Controller, now: datetime) -> tuple[NewTask, ...]:
        """What the case needs done, laid with it: an opt-out's day to stop may be over before the watch comes by."""
        against = next((one for one in self.policy.controllers if one.name == case.controller), enquirys)
        return tasks_for(case.kind, against, self.policy, case.dates, local_date(now, against.nation))

    async def _taken_back(self, filer: Filer, reference: str, plan: Plan, enquiry_id: int, now: datetime) -> None:
        """A wish that a message takes back, or makes wait, is held up with the message itself; a person asks."""
        here = ((f"{reference}/{number}", taken) for number, taken in plan.takes_back)
        for of_case, taken in (*here, *plan.takes_back_elsewhere):
            case = await filer.case_of(of_case)
            if case is None:
                continue
            change = withdraw_proposed(case, taken, enquiry_id, self.policy, now)
            if isinstance(change, CaseChange):
                await filer.change_case(case, change, now)

    async def _reference(self, filer: Filer, plan: Plan, year: int) -> str:
        """The thread's, the one a form gave, or the year's next; none for what is passed over."""
        if plan.outcome == "passed_over":
            return ""
        return plan.joins or plan.adopts or await filer.next_reference(year)

    async def _own_id(self, filer: Filer, reference: str, purpose: str) -> tuple[int, str]:
        """Serial and id of the next letter or note of that purpose."""
        serial = await filer.next_serial(reference, purpose)
        domain = self.desk.mailbox_address.rpartition("@")[2]
        return serial, make_message_id(self.desk.secret, reference, purpose, serial, domain)

    def _alarms(self, plan: Plan, history: History) -> tuple[str, ...]:
        """The letter that reaches the limit over all senders still goes; from then on a person decides."""
        automatic = plan.letter is not None and not plan.letter.needs_approval
        reaches = breaker_open(history.sent.global_10_minutes + 1, self.policy.limits)
        return (BREAKER_ALARM,) if automatic and reaches else ()

    def _word(self, plan: Plan, reference: str) -> tuple[Plan, LetterText | None]:
        """Put the letter into words. A template that breaks on this one letter leaves it to a person."""
        if plan.letter is None:
            return plan, None
        facts: LetterFacts = replace(plan.letter.facts, reference=reference)
        letter: PlannedLetter = replace(plan.letter, facts=facts)
        try:
            return replace(plan, letter=letter), self.book.word(facts)
        except RulesWrong:
            log.error("letter_not_worded", reference=reference)
            why = "the letter's template is broken: see `triage rules check`"
            return replace(plan, letter=None, no_letter_because=why, not_acknowledged=True), None

    async def _notes(self, filer: Filer, plan: Plan, reference: str, controller: Controller) -> tuple[NoteText, ...]:
        """The plan's notes in words, one of each purpose. One whose text is broken is left out: the queue shows all."""
        worded: list[NoteText] = []
        for note in plan.notes:
            # The team must not read that the visitor was answered where nothing could be worded for his eyes.
            said = note.visible_reply and (plan.letter is not None or any(not done.internal for done in worded))
            body = self._note_in_words(replace(note, visible_reply=said), reference, controller)
            if body is None:
                continue
            serial, message_id = await self._own_id(filer, reference, note.purpose)
            worded.append(
                NoteText(
                    purpose=note.purpose,
                    internal=note.internal,
                    body=body,
                    why=note.why,
                    message_id=message_id,
                    serial=serial,
                )
            )
        return tuple(worded)

    def _note_in_words(self, note: PlannedNote, reference: str, controller: Controller) -> str | None:
        try:
            return self.chat_book.note(note, reference=reference, controller=controller)
        except RulesWrong:
            log.error("note_not_worded", reference=reference, purpose=note.purpose)
            return None

    def _local(self, item: Item, analysis: Analysis) -> date:
        return local_date(item.received_at, controller_for(analysis, self.policy).nation)


def _with_sound_receipt(item: Item, analysis: Analysis, now: datetime) -> tuple[Item, Analysis]:
    """A broken INTERNALDATE or file time (1970, year 1) must make no mail old, nor a reference of another age."""
    received_at = receipt(item.received_at, now)
    enquiry = replace(analysis.enquiry, received_at=receipt(analysis.enquiry.received_at or received_at, now))
    return replace(item, received_at=received_at), replace(analysis, enquiry=enquiry)
