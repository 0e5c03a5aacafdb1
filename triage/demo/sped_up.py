"""A complaint with time sped up: nobody answers it, and it runs from receipt to the letter that names the regulator.

Nothing here decides: the desk looks after the case each morning, and what it did that day is told. Only where a word of
a person is needed the demo gives it, in the DPO's name. The last day is today (before nine in the morning yesterday),
so that nothing claims to be of the future.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from triage.config import Settings
from triage.demo.moved_desk import MovedDesk, captured, open_moved_desk
from triage.demo.samples import SAMPLES
from triage.domain.case_file import CaseFile, CaseLetter
from triage.domain.case_plan import our_calendar
from triage.domain.next_step import next_step, step_in_words
from triage.domain.notices import in_words
from triage.domain.policy import Policy
from triage.domain.vocabulary import Kind, Lane, LetterPurpose
from triage.service.casework import approve_letter
from triage.service.intake import Intake
from triage.service.review import discard_draft

SAMPLE = "36-complaint-address-for-a-survey"
_DPO = "dpo (the demo)"
_DONE = {"sent": "sent", "draft": "laid ready, waits for approval", "discarded": "discarded"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day on which something happened. `number` counts as the statute reads: the day of receipt is 1."""

    number: int
    on: date
    happened: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SpedUp:
    """What became of it. `letters` and `staff_mails` hold what was captured, so many mails; `faults` as in Outcome."""

    days: tuple[Day, ...]
    faults: tuple[str, ...]
    letters: Path
    staff_mails: Path
    to_person: int
    to_staff: int


async def speed_up(settings: Settings, like: Intake, *, today: date) -> SpedUp:
    """Take the sample from its receipt to `today`, the day on which it is unresolved at the latest.

    `settings` name the store, which must have no case yet, and where letters are captured. `like` is the desk's own
    intake: what it reads with is used here too.
    """
    async with open_moved_desk(settings, like) as desk:
        story = _Story(desk=desk, policy=like.policy)
        last = like.policy.targets.unresolved_day
        for number in range(1, last + 1):
            await story.live(number, today - timedelta(days=last - number))
        faults = [*story.faults(), *([] if not await desk.store.verify_journal() else ["its journal is broken"])]
        return SpedUp(
            days=tuple(story.days),
            faults=tuple(f"{SAMPLE}, with time sped up: {fault}" for fault in faults),
            letters=desk.letters,
            staff_mails=desk.staff_mails,
            to_person=len(captured(desk.letters)),
            to_staff=len(captured(desk.staff_mails)),
        )


@dataclass(kw_only=True, slots=True)
class _Story:
    """What is known by now, so that each day tells only what is new."""

    desk: MovedDesk
    policy: Policy
    days: list[Day] = field(default_factory=list)
    case: CaseFile | None = None
    _approved: set[int] = field(default_factory=set)
    _mails: frozenset[str] = frozenset()

    async def live(self, number: int, today: date) -> None:
        """One day: its morning's look, the DPO's word where one waits, and what went out."""
        self.desk.clock.move_to(today)
        happened = []
        if number == 1:
            raw = (SAMPLES / f"{SAMPLE}.eml").read_bytes()
            await self.desk.take_in(raw)
            happened.append("received by mail, read as a complaint")
        elif self.case is not None:
            await self._give_word(self.case, today)
        await self.desk.tending.look()
        await self.desk.send()
        cases = await self.desk.store.open_cases()
        if len(cases) != 1 or cases[0].kind is not Kind.COMPLAINT:
            return
        happened += self._new_in(cases[0])
        self.case = cases[0]
        if happened:
            step = step_in_words(next_step(self.case, self.policy, today))
            self.days.append(Day(number=number, on=today, happened=tuple(happened), next_step=step))

    async def _give_word(self, case: CaseFile, today: date) -> None:
        """The DPO's, on the next working day: read the complaint, approve the escalation, drop what it overtakes."""
        drafts = [letter for letter in case.letters if letter.state == "draft"]
        escalation = next((one for one in drafts if one.purpose is LetterPurpose.ESCALATION), None)
        if escalation is None or not our_calendar(self.policy.main_controller, self.policy).is_working(today):
            return
        store, now = self.desk.store, self.desk.clock()
        await store.mark_read(case.thread, by=_DPO, now=now)
        for letter in drafts:
            if letter is not escalation:
                await discard_draft(store, letter.id, by=_DPO, now=now)
        await approve_letter(self.desk.tending.watch.work, store, escalation.id, by=_DPO)
        self._approved.add(escalation.id)

    def _new_in(self, case: CaseFile) -> list[str]:
        """What the case has now and had not the day before, the most telling first."""
        before = self.case
        new = []
        if codes := [code for code in case.unresolved if before is None or code not in before.unresolved]:
            top = ", top of the queue" if case.lane is Lane.URGENT else ""
            new.append(f"UNRESOLVED ({', '.join(map(in_words, codes))}){top}")
        new += self._told_to_staff(case)
        states = {} if before is None else {letter.id: letter.state for letter in before.letters}
        new += [self._in_words(one) for one in case.letters if states.get(one.id) != one.state]
        return new

    def _told_to_staff(self, case: CaseFile) -> list[str]:
        """Whom a mail about this very case went to; the morning's digest, about all there is, is only counted."""
        mails = captured(self.desk.staff_mails)
        new = [mails[name] for name in sorted(mails.keys() - self._mails)]
        self._mails = frozenset(mails)
        to = sorted({mail["To"].partition("@")[0] for mail in new if case.reference in mail["Subject"]})
        return [f"staff told by mail: {' and '.join(to)}"] if to else []

    def _in_words(self, letter: CaseLetter) -> str:
        if letter.id in self._approved:
            return f"{in_words(letter.purpose)} letter approved by the demo in the DPO's name, and sent"
        by_itself = " by itself" if letter.state == "sent" else ""
        return f"{in_words(letter.purpose)} letter {_DONE.get(letter.state, letter.state)}{by_itself}"

    def faults(self) -> list[str]:
        """What a complaint that nobody answers may not lack, and what nobody may get without a person's word."""
        if self.case is None:
            return ["did not become one complaint"]
        sent = [letter for letter in self.case.letters if letter.state == "sent"]
        purposes = {letter.purpose for letter in sent}
        faults = [
            f"no {in_words(purpose)} letter went out"
            for purpose in (LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT, LetterPurpose.ESCALATION)
            if purpose not in purposes
        ]
        if self.case.lane is not Lane.URGENT:
            faults.append("is not on top of the queue")
        unasked = [one for one in sent if one.purpose is not LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT]
        return faults + [
            f"{in_words(letter.purpose)} went without approval" for letter in unasked if letter.id not in self._approved
        ]
