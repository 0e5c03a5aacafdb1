"""The people of an office: they read, ask, tick, answer and close, some soon, some late, and by dice."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.service.fakes import Clock
from tests.service.office import A_MOMENT, Office
from triage.adapters.store.sql_store import SqlStore
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, Refused
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_life import reopen
from triage.domain.checklist import tick, untick
from triage.domain.closing import close, forward_to_controller, propose_close
from triage.domain.delivery import Supplement, record_delivery_outside, record_supplements
from triage.domain.holding import contacted, hold, snooze, take_note
from triage.domain.outcomes import CLOSING_LETTERS, OUTCOMES
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName, Kind, LetterPurpose, Outcome
from triage.domain.withdrawing import confirm_withdrawal, dismiss_withdrawal
from triage.errors import NotDone
from triage.service.casework import approve_letter, hand_letter_over
from triage.service.review import relabel

_WHO = ("dpo", "deputy")
_WORDS = "Because of what we found when we looked."
_ASKED = {
    CaseEventName.IDENTITY_ASKED: CaseEventName.IDENTITY_RECEIVED,
    CaseEventName.AUTHORITY_ASKED: CaseEventName.AUTHORITY_RECEIVED,
    CaseEventName.FEE_ASKED: CaseEventName.FEE_PAID,
    CaseEventName.CLARIFICATION_ASKED: CaseEventName.CLARIFICATION_RECEIVED,
}
_ASKS = (LetterPurpose.IDENTITY_ASK, LetterPurpose.CLARIFICATION_ASK, LetterPurpose.AUTHORITY_ASK)
_QUICK, _SLOW, _IDLE = 0.4, 0.1, 0.0
# A case forgotten by everybody is taken up after so many days.
_FORGOTTEN_DAYS = 75

_Decide = Callable[[CaseFile], CaseChange | Refused | None]


@dataclass
class People:
    """Who works in the office. `done` and `refused`: what they did, and what the rules refused them, by name."""

    office: Office
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _closed: list[str] = field(default_factory=list)

    @property
    def dice(self) -> Random:
        return self.office.dice

    @property
    def clock(self) -> Clock:
        return self.office.clock

    @property
    def policy(self) -> Policy:
        return self.office.policy

    @property
    def store(self) -> SqlStore:
        return self.office.store

    async def work_day(self) -> None:
        """Everybody does something about some of the open cases; some cases nobody touches for long."""
        for case in await self.store.open_cases():
            pace = self._pace(case)
            if self.dice.random() < pace:
                await self._work_on(case)
        await self._release()
        for reference in self._closed[-40:]:
            if self.dice.random() < 0.002:
                await self._act("reopen", reference, lambda case: reopen(case, self.policy, self.clock(), _WORDS))

    def _pace(self, case: CaseFile) -> float:
        habit = sum(case.thread.encode()) % 20
        pace = _QUICK if habit < 14 else _SLOW if habit < 18 else _IDLE
        waited_days = (self.clock().date() - case.opened_at.date()).days
        return max(pace, _QUICK) if waited_days > _FORGOTTEN_DAYS else pace

    async def _work_on(self, case: CaseFile) -> None:
        if case.unread and self.dice.random() < 0.9:
            self.clock.advance(A_MOMENT)
            await self.store.mark_read(case.thread, by=self._somebody(), now=self.clock())
        if case.not_acknowledged and self.dice.random() < 0.7:
            self.clock.advance(A_MOMENT)
            await self.store.mark_acknowledged(case.thread, by=self._somebody(), now=self.clock())
        if self.dice.random() < 0.03:
            await self._relabel(case)
            return
        drafts = [one for one in case.letters if one.state == "draft" and one.number in (None, case.number)]
        for letter in drafts:
            await self._settle(case, letter)
        if not drafts:
            await self._go_on(case)

    async def _release(self) -> None:
        """What could not be read is looked at, and given another try."""
        for row in await self.store.list_quarantine():
            if self.dice.random() < 0.3:
                self.office.traffic.mend(row.key)
                self.clock.advance(A_MOMENT)
                await self.store.retry_quarantined(row.id, self.clock())
                self.done["release"] += 1

    async def _relabel(self, case: CaseFile) -> None:
        """Somebody sees that it asks for something else, or for more."""
        kinds = {self.dice.choice(tuple(Kind))} | ({case.kind} if self.dice.random() < 0.5 else set())
        self.clock.advance(A_MOMENT)
        said = relabel(self.store, case.thread, kinds, (), self.policy, by=self._somebody(), now=self.clock())
        await self._try("relabel", said)

    async def _settle(self, case: CaseFile, letter: CaseLetter) -> None:
        fate, who = self.dice.random(), self._somebody()
        is_old = self.clock() - letter.created_at > timedelta(days=7)
        if fate < 0.1 or is_old:
            self.clock.advance(A_MOMENT)
            await self.store.discard_draft(letter.id, by=who, now=self.clock())
            self.done["discard"] += 1
        elif fate < 0.2:
            await self._try("hand_over", hand_letter_over(self.office.work, self.store, letter.id, "posted", by=who))
        elif fate < 0.9:
            to = "" if case.recipient or letter.in_chat else "checked@customer.example"
            await self._try("approve", approve_letter(self.office.work, self.store, letter.id, by=who, to=to))

    async def _go_on(self, case: CaseFile) -> None:
        """One thing of those that may come next, the end of the case as often as not."""
        told = next((one for one in reversed(case.letters) if self._tells_the_end(one, case)), None)
        if told is not None:
            await self._end(case, told)
        elif case.erasure_blocked or "take the wish back" in case.next_step:
            await self._settle_withdrawal(case)
        elif self.dice.random() < 0.35:
            await self._aside(case)
        elif any(task.done_on is None for task in case.tasks):
            await self._tick(case)
        else:
            await self._answer(case)

    def _tells_the_end(self, letter: CaseLetter, case: CaseFile) -> bool:
        is_end = letter.purpose in CLOSING_LETTERS and letter.number == case.number and letter.state == "sent"
        reopened = [one.recorded_at for one in case.events if one.name is CaseEventName.REOPENED]
        return is_end and not letter.returned and all(letter.created_at >= at for at in reopened)

    async def _end(self, case: CaseFile, told: CaseLetter) -> None:
        outcome = told.outcome or (Outcome.SUPPRESSED if case.kind is Kind.OPT_OUT else Outcome.WITHDRAWN)
        await self._act("close", case, lambda one: close(one, outcome, self.policy, self.clock()))

    async def _settle_withdrawal(self, case: CaseFile) -> None:
        if self.dice.random() < 0.5:
            await self._act("withdrawn", case, lambda one: confirm_withdrawal(one, _WORDS, self.policy, self.clock()))
        else:
            await self._act("stands", case, lambda one: dismiss_withdrawal(one, _WORDS, self.policy, self.clock()))

    async def _aside(self, case: CaseFile) -> None:
        """What happens beside the straight way."""
        choice = self.dice.choice((*self._asides(case), "clock", "clock", "clock"))
        decide = self._asides(case)[choice] if choice != "clock" else None
        if decide is not None:
            await self._act(choice, case, decide)
            return
        name, clockwork = self._clockwork(case)
        await self._act(name, case, clockwork)

    def _asides(self, case: CaseFile) -> dict[str, _Decide]:
        policy, clock, today = self.policy, self.clock, self.clock().date()
        until = today + timedelta(days=self.dice.randrange(1, 15))
        outcome = self.dice.choice(OUTCOMES[case.kind])
        extension = LetterPurpose.EXTENSION_NOTICE
        asides: dict[str, _Decide] = {
            "extend": lambda one: propose(one, extension, _WORDS, policy, clock()),
            "snooze": lambda one: snooze(one, until, _WORDS, policy, clock()),
            "hold": lambda one: hold(one, _WORDS, on=not one.legal_hold),
            "contacted": lambda one: contacted(one, today, _WORDS, policy, clock()),
            "note": lambda one: take_note(one, _WORDS),
            "close_untold": lambda one: close(one, outcome, policy, clock(), without_letter=_WORDS),
        }
        ticked = [task.system for task in case.tasks if task.done_on is not None]
        if ticked:
            asides["untick"] = lambda one: untick(one, ticked[0], "it", _WORDS)
        return asides

    def _clockwork(self, case: CaseFile) -> tuple[str, _Decide]:
        """Something is asked of the person, or what was asked for is here; at times the DPO overrides the rules."""
        policy, clock, today = self.policy, self.clock, self.clock().date()
        note = self.dice.choice(("", "the DPO says so"))
        awaited = [name for name in _ASKED if self._is_awaited(case, name)]
        purpose = self.dice.choice(_ASKS)
        if awaited or self.dice.random() < 0.4:
            name = _ASKED[awaited[0]] if awaited else CaseEventName.FEE_ASKED
            return "answered" if awaited else "fee", lambda one: record(
                one, name, today, policy, clock(), note=note, overridden=bool(note)
            )
        return "ask", lambda one: propose(one, purpose, _WORDS, policy, clock(), note=note)

    async def _tick(self, case: CaseFile) -> None:
        waiting = [task.system for task in case.tasks if task.done_on is None]
        for system in waiting[: self.dice.randrange(1, len(waiting) + 1)]:

            def ticked(one: CaseFile, system: str = system) -> CaseChange | Refused:
                return tick(one, system, "owner", "", self.clock().date(), self.policy, self.clock())

            await self._act("tick", case, ticked)

    async def _answer(self, case: CaseFile) -> None:
        policy, clock = self.policy, self.clock
        if case.kind is Kind.ACCESS and not case.supplied:
            points = dict.fromkeys(Supplement, "As the privacy page says.")
            searched = {task.system: "looked by name" for task in case.tasks} or {"all": "looked by name"}
            await self._act("supplements", case, lambda one: record_supplements(one, points, searched, "dpo"))
        if case.kind is Kind.ACCESS and not case.delivered and self.dice.random() < 0.7:
            await self._act("delivery", case, lambda one: record_delivery_outside(one, "by post", clock()))
        outcome = self.dice.choice(OUTCOMES[case.kind])
        if outcome is Outcome.FORWARDED:
            await self._act("forward", case, lambda one: forward_to_controller(one, _WORDS, policy, clock()))
        else:
            await self._act("propose_close", case, lambda one: propose_close(one, outcome, _WORDS, policy, clock()))

    def _is_awaited(self, case: CaseFile, asked: CaseEventName) -> bool:
        names = [one.name for one in case.events]
        return names.count(asked) > names.count(_ASKED[asked])

    def _somebody(self) -> str:
        return self.dice.choice(_WHO)

    async def _act(self, name: str, case: CaseFile | str, decide: _Decide) -> None:
        reference = case if isinstance(case, str) else case.reference
        done = await self._try(name, self.office.work.act(reference, decide, by=self._somebody()))
        if done and name in ("close", "close_untold", "withdrawn"):
            self._closed.append(reference)

    async def _try(self, name: str, act: Awaitable[object]) -> bool:
        self.clock.advance(A_MOMENT)
        try:
            await act
        except NotDone:
            self.refused[name] += 1
            return False
        self.done[name] += 1
        return True
