"""The life of cases end to end: what comes in, what a person does and what the desk does by itself, until the end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.servers.replies import bounce_of
from tests.service.conftest import WiredDesk
from tests.service.living import LivingDesk
from triage.domain.asking import propose
from triage.domain.case_change import CaseChange, DraftedLetter
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.checklist import tick, untick
from triage.domain.closing import close, propose_close
from triage.domain.delivery import SUPPLEMENTS, record_delivery_outside, record_supplements
from triage.domain.drafting import draft
from triage.domain.next_step import next_step
from triage.domain.stage_letters import drafted
from triage.domain.vocabulary import CaseEventName, CaseState, Kind, Lane, LetterPurpose, Outcome
from triage.domain.withdrawing import dismiss_withdrawal
from triage.errors import DeliveryRefused, DeliveryUnclear, NotDone, TriageError
from triage.service.casework import approve_letter, hand_letter_over, tell_understood_anew
from triage.service.reminding import Reminding
from triage.service.review import relabel

ACCESS = "Please send me a copy of all the personal data you hold about me."
DELETION = "Please delete all the personal data you hold about me."
COMPLAINT = "I want to make a complaint about how you have handled my personal data."
STOP = "Please stop sending me marketing emails. Unsubscribe me from everything."


@pytest.fixture
def living(desk: WiredDesk, tmp_path: Path) -> LivingDesk:
    return LivingDesk(desk=desk, policy=desk.intake.policy, folder=tmp_path)


def asks(purpose: LetterPurpose, words: str = "Please tell us your customer number: two people have your name."):
    return lambda case, policy, now: propose(case, purpose, words, policy, now)


def writes(purpose: LetterPurpose, words: str = ""):
    return lambda case, policy, now: draft(case, purpose, words, policy, now)


def happens(name: CaseEventName, on: date):
    return lambda case, policy, now: record(case, name, on, policy, now)


def answers(outcome: Outcome, words: str = ""):
    return lambda case, policy, now: propose_close(case, outcome, words, policy, now)


def closes(outcome: Outcome, why: str = ""):
    return lambda case, policy, now: close(case, outcome, policy, now, without_letter=why)


def ticks(system: str):
    return lambda case, policy, now: tick(case, system, "Sales", "done", now.date(), policy, now)


async def tick_all(living: LivingDesk, reference: str) -> None:
    for task in (await living.case(reference)).tasks:
        await living.act(reference, ticks(task.system))


async def test_every_case_has_its_checklist_from_the_moment_it_is_filed(living: LivingDesk) -> None:
    thread = await living.hear(f"{ACCESS} {STOP}")
    cases = await living.desk.store.cases_of(thread)
    assert {case.kind for case in cases} == {Kind.ACCESS, Kind.OPT_OUT}
    for case in cases:
        asked = [system for system in living.policy.systems if getattr(system, case.kind.value)]
        assert [task.system for task in case.tasks] == [system.name for system in asked]
        assert case.version == 1
        shown = await living.store.show_case(case.reference)
        assert shown is not None
        assert "checklist_laid" in [entry["event"] for entry in shown["journal"]]  # type: ignore[attr-defined]
    await living.look()
    assert [case.tasks for case in await living.desk.store.cases_of(thread)] == [case.tasks for case in cases]
    assert await living.answered("Please delete my data as well: all the personal data you hold about me.") == thread
    assert (await living.of_kind(thread, Kind.DELETION)).tasks
    assert await living.store.verify_journal() == ()


async def test_an_access_request_from_receipt_to_its_end(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.look()
    case = await living.case(thread)
    assert case.dates.statutory_due == date(2026, 12, 29)
    assert len(case.tasks) > 4

    await living.act(case.reference, asks(LetterPurpose.IDENTITY_ASK))
    with pytest.raises(NotDone, match="a message on the case is unread"):
        await living.approve(thread, LetterPurpose.IDENTITY_ASK)
    assert (await living.case(thread)).dates == case.dates
    await living.read(thread)
    asked = await living.approve(thread, LetterPurpose.IDENTITY_ASK)
    assert "customer number" in asked.text.body
    waiting = await living.case(thread)
    assert (waiting.dates.statutory_due, waiting.dates.starts_on) == (None, None)

    await living.pass_days(5)
    await living.act(thread, happens(CaseEventName.IDENTITY_RECEIVED, living.today))
    assert (await living.case(thread)).dates.statutory_due == date(2027, 1, 4)

    with pytest.raises(NotDone, match="the search record, the points of Art 15"):
        await living.act(thread, answers(Outcome.PROVIDED))
    await tick_all(living, thread)
    found = {task.system: "searched by name and address" for task in case.tasks}
    points = dict.fromkeys(SUPPLEMENTS, "as the privacy notice says")
    await living.act(thread, lambda one, *_: record_supplements(one, points, found, "the deputy"))
    await living.act(thread, lambda one, _, now: record_delivery_outside(one, "handed over by courier", now))
    await living.act(thread, answers(Outcome.PROVIDED))
    with pytest.raises(NotDone, match=r"letter \d+ \(outcome\) waits as draft"):
        await living.act(thread, closes(Outcome.PROVIDED))
    await living.approve(thread, LetterPurpose.OUTCOME)
    await living.act(thread, closes(Outcome.PROVIDED))

    ended = await living.case(thread)
    assert (ended.state, ended.outcome) == (CaseState.CLOSED, Outcome.PROVIDED)
    assert ended.closed_at == living.desk.clock()
    assert [letter.purpose for letter in living.sent] == ["acknowledgement", "identity_ask", "outcome"]
    assert await living.store.verify_journal() == ()


async def test_an_extension_is_announced_in_time_and_later_only_by_the_dpos_word(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    reference = thread
    extend = partial(asks, LetterPurpose.EXTENSION_NOTICE, "There are many records to go through.")
    with pytest.raises(NotDone, match="needs words of yours: the reasons for taking longer"):
        await living.act(reference, asks(LetterPurpose.EXTENSION_NOTICE, " "))
    await living.act(reference, extend())
    living.desk.clock.advance(timedelta(days=35))
    with pytest.raises(NotDone) as late:
        await living.approve(thread, LetterPurpose.EXTENSION_NOTICE, note="Sent by post on 20 December.")
    assert "drafted over 7 days ago" in str(late.value)
    (old,) = await living.drafts(thread)
    await living.store.discard_draft(old.id, by="dpo", now=living.desk.clock())
    with pytest.raises(NotDone, match="the last day to announce it"):
        await living.act(reference, extend())

    why = "The person agreed by phone in time."
    words = "There are many records to go through."
    await living.act(
        reference,
        lambda case, policy, now: propose(case, LetterPurpose.EXTENSION_NOTICE, words, policy, now, note=why),
    )
    with pytest.raises(NotDone, match="the last day to announce it"):
        await living.approve(thread, LetterPurpose.EXTENSION_NOTICE)
    letter = await living.approve(thread, LetterPurpose.EXTENSION_NOTICE, note=why)
    assert "26 February 2027" in " ".join(letter.text.body.split())
    case = await living.case(thread)
    assert case.dates.statutory_due == date(2027, 2, 26)
    assert [event.overridden for event in case.events] == [False, True]


async def test_an_extension_inside_the_month_gives_three_months_from_the_start(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    await living.act(thread, asks(LetterPurpose.EXTENSION_NOTICE, "There are many records to go through."))
    assert (await living.case(thread)).dates.statutory_due == date(2026, 12, 29)
    await living.approve(thread, LetterPurpose.EXTENSION_NOTICE)
    case = await living.case(thread)
    assert (case.dates.statutory_due, case.events[-1].name) == (date(2027, 2, 26), CaseEventName.EXTENDED)
    assert case.next_step == "answer within the extended time"


async def test_a_letter_without_the_words_it_needs_is_never_worded(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    before = await living.case(thread)

    def careless(case: CaseFile, *_: object) -> CaseChange:
        letter: DraftedLetter = drafted(case, LetterPurpose.REFUSAL, living.policy, why="refused")
        return CaseChange(event="close_proposed", letters=(letter,))

    with pytest.raises(NotDone, match="the refusal letter needs words of yours: the reasons"):
        await living.act(thread, careless)
    assert await living.drafts(thread) == []
    assert (await living.case(thread)).next_step == before.next_step


async def test_what_nobody_may_say_is_refused_where_a_person_typed_it(living: LivingDesk) -> None:
    thread = await living.hear(COMPLAINT)
    await living.read(thread)
    wrong = "https://ico.org.uk/for-organisations/guide-to-freedom-of-information/complaints/"
    with pytest.raises(NotDone) as refused:
        await living.act(thread, answers(Outcome.NOT_UPHELD, f"This is our final response. See {wrong}"))
    link, final = str(refused.value).splitlines()
    assert "freedom of information for public authorities, not for people's own data" in link
    assert final.startswith("your words 'final response': never call it final: ")
    assert await living.drafts(thread) == []


async def test_nobody_is_told_of_an_erasure_before_its_checklist_is_done_however_early_the_answer(
    living: LivingDesk,
) -> None:
    thread = await living.hear(DELETION)
    await living.read(thread)
    with pytest.raises(NotDone) as refused:
        await living.act(thread, answers(Outcome.ERASED))
    laid = (await living.case(thread)).tasks  # from its filing on
    assert len(laid) > 4
    assert all(f"{task.system} is not done" in str(refused.value) for task in laid)
    await tick_all(living, thread)
    await living.act(thread, answers(Outcome.ERASED))
    await living.approve(thread, LetterPurpose.OUTCOME)
    await living.act(thread, closes(Outcome.ERASED))
    assert (await living.case(thread)).outcome is Outcome.ERASED


async def test_what_is_not_erased_after_all_is_not_said(living: LivingDesk) -> None:
    thread = await living.hear(DELETION)
    await living.look()
    await living.read(thread)
    await tick_all(living, thread)
    await living.act(thread, answers(Outcome.ERASED))
    system = (await living.case(thread)).tasks[0].system
    await living.act(thread, lambda case, *_: untick(case, system, "Sales", "a second list was found"))
    assert await living.drafts(thread) == []


async def test_a_deletion_taken_back_by_a_reply_is_not_carried_out(living: LivingDesk) -> None:
    thread = await living.hear(DELETION)
    await living.look()
    reference = thread
    first, second = (task.system for task in (await living.case(thread)).tasks[:2])
    with pytest.raises(NotDone, match="a message on the case is unread"):
        await living.act(reference, ticks(first))
    await living.read(thread)
    await living.act(reference, ticks(first))

    assert await living.answered("Actually, please don't delete my data. I have changed my mind.") == thread
    case = await living.case(thread)
    assert (case.state, case.erasure_blocked, case.lane) == (CaseState.OPEN, True, Lane.NEW_MESSAGE)
    assert "1 of" in case.next_step
    await living.read(thread)
    with pytest.raises(NotDone, match="the wish to delete was taken back"):
        await living.act(reference, ticks(second))
    with pytest.raises(NotDone, match="the wish to delete was taken back"):
        await living.act(reference, answers(Outcome.ERASED))

    await living.act(
        reference, lambda case, policy, now: dismiss_withdrawal(case, "They rang: do delete it.", policy, now)
    )
    await living.act(reference, ticks(second))
    assert [task.done_on is not None for task in (await living.case(thread)).tasks[:3]] == [True, True, False]
    assert await living.store.verify_journal() == ()


async def test_a_deletion_taken_back_by_a_fresh_mail_is_not_carried_out_until_a_person_says_so(
    living: LivingDesk,
) -> None:
    thread = await living.hear(DELETION)
    others = await living.hear(DELETION, "joe@customer.example")
    await living.look()
    await living.read(thread)
    await living.read(others)
    fresh = await living.hear("Actually, please don't delete my data after all. I have changed my mind.")
    assert fresh != thread
    case = await living.case(thread)
    assert (case.state, case.erasure_blocked, case.lane) == (CaseState.OPEN, True, Lane.NEW_MESSAGE)
    assert "take the wish back" in case.next_step
    system = case.tasks[0].system
    with pytest.raises(NotDone, match="the wish to delete was taken back"):
        await living.act(thread, ticks(system))
    await living.act(others, ticks(system))
    assert not (await living.case(others)).erasure_blocked

    (row,) = [one for one in await living.store.list_enquiries() if one.thread == fresh]
    assert row.lane == Lane.NEEDS_PERSON.value
    assert await living.desk.store.cases_of(fresh) == ()
    await living.act(thread, lambda one, policy, now: dismiss_withdrawal(one, "They rang: do delete it.", policy, now))
    await living.act(thread, ticks(system))
    assert await living.store.verify_journal() == ()


async def test_an_opt_out_from_the_day_it_came_to_done(living: LivingDesk) -> None:
    thread = await living.hear(STOP)
    await living.look()
    case = await living.case(thread)
    assert (case.kind, [letter.purpose for letter in living.sent]) == (Kind.OPT_OUT, ["opt_out_recorded"])
    *others, last = (task.system for task in case.tasks)
    for system in others:
        await living.act(case.reference, ticks(system))
    assert await living.drafts(thread) == []
    await living.act(case.reference, ticks(last))
    assert [letter.purpose for letter in await living.drafts(thread)] == [LetterPurpose.OPT_OUT_DONE]
    await living.look()
    assert len(await living.drafts(thread)) == 1

    await living.read(thread)
    await living.approve(thread, LetterPurpose.OPT_OUT_DONE)
    await living.act(case.reference, closes(Outcome.SUPPRESSED))
    assert (await living.case(thread)).outcome is Outcome.SUPPRESSED
    assert [letter.purpose for letter in living.sent] == ["opt_out_recorded", "opt_out_done"]


async def test_a_done_letter_that_has_not_left_is_stopped_when_it_is_not_done_after_all(living: LivingDesk) -> None:
    thread = await living.hear(STOP)
    await living.look()
    await tick_all(living, thread)
    await living.read(thread)
    (draft,) = await living.drafts(thread)
    await approve_letter(living.work, living.desk.store, draft.id, by="dpo")
    system = (await living.case(thread)).tasks[0].system
    await living.act(thread, lambda case, *_: untick(case, system, "Sales", "another list turned up"))
    await living.desk.work()
    assert [letter.purpose for letter in living.sent] == ["opt_out_recorded"]
    await living.act(thread, ticks(system))
    assert len(await living.drafts(thread, LetterPurpose.OPT_OUT_DONE)) == 1


async def test_the_done_letter_comes_too_where_the_worker_died_after_the_last_tick(living: LivingDesk) -> None:
    thread = await living.hear(STOP)
    await living.look()
    case = await living.case(thread)
    for task in case.tasks:
        case = await living.case(thread)
        change = tick(case, task.system, "Sales", "", living.today, living.policy, living.desk.clock())
        assert isinstance(change, CaseChange)
        assert await living.desk.store.change_case(case, change, by="dpo", now=living.desk.clock())
    await living.look()
    assert len(await living.drafts(thread, LetterPurpose.OPT_OUT_DONE)) == 1


async def test_a_reply_to_a_closed_case_opens_it_again(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    await living.act(thread, answers(Outcome.REFUSED, "You had the same copy last week."))
    await living.approve(thread, LetterPurpose.REFUSAL)
    await living.act(thread, closes(Outcome.REFUSED))
    before = await living.case(thread)
    assert before.state is CaseState.CLOSED

    await living.pass_days(3)
    assert await living.answered("Thank you. Could you tell me where I find that copy?") == thread
    case = await living.case(thread)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.OPEN, None, None)
    assert case.dates.statutory_due == before.dates.statutory_due
    assert case.events[-1].name is CaseEventName.REOPENED
    with pytest.raises(NotDone) as refused:
        await living.act(case.reference, closes(Outcome.REFUSED))
    assert "unread" in str(refused.value)
    assert "was not sent" in str(refused.value)


async def test_a_complaint_in_a_reply_is_a_case_of_its_own_and_the_old_clock_runs_on(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    before = await living.case(thread)
    await living.pass_days(3)
    assert await living.answered(COMPLAINT) == thread
    complaint, access = await living.of_kind(thread, Kind.COMPLAINT), await living.case(thread)
    assert (complaint.number, complaint.lane) == (2, Lane.COMPLAINTS)
    assert complaint.dates.received_on == living.today
    assert [(link.reference, link.about) for link in complaint.links] == [(access.reference, True)]
    assert (access.state, access.dates) == (CaseState.OPEN, before.dates)

    assert len(living.sent) == 1
    letter = await living.approve(complaint.reference, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
    assert letter.recipient == "ana@customer.example"
    complaint = await living.case(complaint.reference)
    assert not complaint.not_acknowledged
    assert complaint.letters[-1].sent_at == living.desk.clock()


# Complaints: each trigger from receipt to the letter


async def ready(living: LivingDesk, complaint: CaseFile, code: str) -> str:
    """The case is on top and its letter waits, once, also after a restart; nothing went but what the law has a machine
    or person say."""
    await living.restart()
    await living.look()
    case = await living.case(complaint.reference)
    assert (case.lane, code in case.unresolved) == (Lane.URGENT, True)
    (draft,) = await living.drafts(case.reference, LetterPurpose.ESCALATION)
    assert "escalation" not in [letter.purpose for letter in living.sent]
    return await living.body(draft.id)


def points_to_the_ico(living: LivingDesk, body: str) -> bool:
    links = living.policy.links
    wanted = (links["complaint"].url, links["before_complaining"].url, "0303 123 1113", "three months", "court")
    return all(words in body for words in wanted)


async def leaves(living: LivingDesk, complaint: CaseFile) -> None:
    """Approved, the letter is in the outbox and goes, once, whatever restarts in between."""
    await living.read(complaint.reference)
    (draft,) = await living.drafts(complaint.reference, LetterPurpose.ESCALATION)
    await living.restart()
    await approve_letter(living.work, living.desk.store, draft.id, by="dpo")
    await living.restart()
    assert [one.state for one in (await living.case(complaint.reference)).letters if one.id == draft.id] == ["queued"]
    assert "escalation" not in [one.purpose for one in living.sent]
    await living.desk.work()
    await living.restart()
    await living.look()
    (letter,) = [one for one in living.sent if one.purpose == "escalation"]
    assert (letter.id, letter.recipient) == (draft.id, "ana@customer.example")
    assert await living.store.verify_journal() == ()


async def a_call(living: LivingDesk, complaint: CaseFile) -> None:
    await living.act(
        complaint.reference,
        lambda case, _, now: CaseChange(event="contacted", contacted_on=now.date(), note="rang them"),
    )


async def complained(living: LivingDesk, text: str = COMPLAINT, **headers: str) -> CaseFile:
    thread = await living.hear(text, **headers)
    await living.look()
    return await living.of_kind(thread, Kind.COMPLAINT)


def told_of(living: LivingDesk, complaint: CaseFile) -> Mapping[str, int]:
    """How many mails about its being unresolved each of the staff has."""
    about = [one.recipient for one in living.told if one.text.subject == f"Unresolved complaint {complaint.reference}"]
    return {one: about.count(one) for one in about}


CLOSED = CaseChange(event="case_closed", state=CaseState.CLOSED, outcome=Outcome.WITHDRAWN)
DPO_AND_DEPUTY = {"dpo@larkfield.example": 1, "deputy@larkfield.example": 1}


async def test_silence_of_fourteen_days_brings_the_escalation_letter(living: LivingDesk) -> None:
    complaint = await complained(living)
    assert [letter.purpose for letter in living.sent] == ["complaint_acknowledgement"]
    await living.pass_days(14)
    # News was promised by the end of this day: nobody has been kept waiting yet.
    assert "Thursday 10 December 2026" in " ".join(living.sent[0].text.body.split())
    assert (await living.case(complaint.reference)).unresolved == ()
    await living.pass_days(1)
    assert points_to_the_ico(living, await ready(living, complaint, "silence"))
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await leaves(living, complaint)
    assert told_of(living, complaint) == DPO_AND_DEPUTY


async def test_no_outcome_by_day_30_brings_it_though_we_were_in_touch(living: LivingDesk) -> None:
    complaint = await complained(living)
    for days in (12, 12, 4):
        await living.pass_days(days)
        await a_call(living, complaint)
    assert (await living.case(complaint.reference)).unresolved == ()
    await living.pass_days(1)
    assert living.today == date(2026, 12, 25)  # day 30, that of receipt being day 1
    assert points_to_the_ico(living, await ready(living, complaint, "no_outcome"))
    assert (await living.case(complaint.reference)).unresolved == ("no_outcome",)
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await living.pass_days(3)
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await leaves(living, complaint)


async def test_a_complaint_nobody_acknowledged_by_day_20_brings_it(living: LivingDesk) -> None:
    complaint = await complained(living, Auto_Submitted="auto-generated")
    assert living.sent == []
    await living.pass_days(10)
    await a_call(living, complaint)
    await living.pass_days(8)
    assert (await living.case(complaint.reference)).unresolved == ()
    await living.pass_days(1)
    case = await living.case(complaint.reference)
    assert (case.unresolved, case.next_step) == (("not_acknowledged",), "acknowledge the complaint today")
    assert points_to_the_ico(living, await ready(living, complaint, "not_acknowledged"))
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await leaves(living, complaint)


async def test_on_the_last_safe_day_for_an_acknowledgement_staff_hear_again(living: LivingDesk) -> None:
    complaint = await complained(living, Auto_Submitted="auto-generated")
    await living.pass_days(27)
    before = told_of(living, complaint)
    assert "acknowledge_now" not in (await living.case(complaint.reference)).unresolved
    await living.pass_days(1)
    assert points_to_the_ico(living, await ready(living, complaint, "acknowledge_now"))
    assert told_of(living, complaint) == {one: count + 1 for one, count in before.items()}
    await leaves(living, complaint)


async def test_a_complaint_about_the_dpo_goes_to_the_director_at_once(living: LivingDesk) -> None:
    complaint = await complained(living, "I want to make a complaint about your data protection officer, who was rude.")
    assert points_to_the_ico(living, await ready(living, complaint, "about_the_dpo"))
    assert told_of(living, complaint) == {"director@larkfield.example": 1}
    assert "hand it to somebody other than the DPO" in (await living.case(complaint.reference)).next_step
    await leaves(living, complaint)


async def test_of_a_complaint_about_the_dpo_no_mail_ever_goes_to_the_dpo(living: LivingDesk) -> None:
    about = "I want to make a complaint about your data protection officer, who was rude."
    complaint = await complained(living, f"{about} {ACCESS}", Auto_Submitted="auto-generated")
    await living.hear(STOP, "joe@customer.example")

    async def remind() -> None:
        await Reminding(store=living.desk.store, policy=living.policy, clock=living.desk.clock).look(
            await living.store.open_cases()
        )

    for _ in range(40):
        await living.pass_days(1)
        await living.desk.watch.look()
        await remind()
    await living.read(complaint.reference)
    for case in await living.desk.store.cases_of(complaint.thread):
        await living.act(case.reference, lambda *_: CLOSED)
    living.desk.clock.advance(timedelta(days=1))
    await remind()
    await living.look()
    mails = [(one.recipient, f"{one.text.subject} {one.text.body}") for one in living.told]
    assert complaint.thread not in "".join(text for to, text in mails if to == "dpo@larkfield.example")
    assert [text for to, text in mails if to == "dpo@larkfield.example"]
    assert [text for to, text in mails if to == "director@larkfield.example" and complaint.thread in text]


async def answered_complaint(living: LivingDesk) -> CaseFile:
    """A complaint with its outcome told, and closed."""
    complaint = await complained(living)
    await living.read(complaint.reference)
    await living.act(complaint.reference, answers(Outcome.NOT_UPHELD, "We looked at each point and found no fault."))
    await living.approve(complaint.reference, LetterPurpose.COMPLAINT_OUTCOME)
    await living.act(complaint.reference, closes(Outcome.NOT_UPHELD))
    await living.pass_days(5)
    return await living.case(complaint.reference)


async def test_still_not_satisfied_opens_the_complaint_again_and_brings_it(living: LivingDesk) -> None:
    complaint = await answered_complaint(living)
    assert complaint.state is CaseState.CLOSED
    await living.answered("I am still not satisfied with your answer.")
    await living.look()
    body = await ready(living, complaint, "still_unhappy")
    assert points_to_the_ico(living, body)
    assert "We have given you our answer to your complaint" in body
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await leaves(living, complaint)


async def test_a_second_complaint_on_the_same_facts_brings_it(living: LivingDesk) -> None:
    first = await answered_complaint(living)
    await living.answered(COMPLAINT)
    await living.look()
    second = await living.of_kind(first.thread, Kind.COMPLAINT)
    assert second.reference != first.reference
    assert points_to_the_ico(living, await ready(living, second, "second_complaint"))
    assert told_of(living, second) == DPO_AND_DEPUTY
    await leaves(living, second)


async def test_a_complaint_about_our_own_overdue_request_brings_it(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.pass_days(35)
    await living.answered("It has been five weeks and I have heard nothing. I want to make a complaint.")
    await living.look()
    complaint = await living.of_kind(thread, Kind.COMPLAINT)
    assert points_to_the_ico(living, await ready(living, complaint, "about_overdue_request"))
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    assert (await living.case(thread)).dates.statutory_due == date(2026, 12, 29)
    await leaves(living, complaint)


LATE = "I asked for my data five weeks ago and I have heard nothing. I want to make a complaint."


async def test_a_complaint_about_our_own_overdue_request_brings_it_in_a_fresh_mail_too(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.hear(ACCESS, "joe@customer.example")
    await living.pass_days(35)
    complaint = await complained(living, LATE)
    assert complaint.thread != thread
    assert [link.reference for link in complaint.links if link.about] == [f"{thread}/1"]
    assert points_to_the_ico(living, await ready(living, complaint, "about_overdue_request"))
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await leaves(living, complaint)


async def test_somebody_elses_overdue_request_is_nobodys_complaint(living: LivingDesk) -> None:
    await living.hear(ACCESS, "joe@customer.example")
    await living.pass_days(35)
    complaint = await complained(living, LATE)
    assert [link.reference for link in complaint.links if link.about or not link.same_thread] == []
    assert complaint.unresolved == ()


async def test_against_a_company_in_the_eu_the_letter_names_its_regulator_alone(
    desk: WiredDesk, bulgarian: LivingDesk
) -> None:
    complaint = await complained(bulgarian)
    await bulgarian.pass_days(15)
    body = await ready(bulgarian, complaint, "silence")
    assert bulgarian.policy.links["cpdp"].url in body
    assert "ico.org.uk" not in body
    assert all("cpdp.bg" in one.text.body for one in bulgarian.told if "Unresolved" in one.text.subject)
    await leaves(bulgarian, complaint)


@pytest.fixture
def bulgarian(desk: WiredDesk, tmp_path: Path) -> LivingDesk:
    from triage.domain.vocabulary import Nation, Regime

    policy = desk.intake.policy
    there = replace(policy.main_controller, name="Larkfield Bulgaria EOOD", nation=Nation.BULGARIA, regime=Regime.EU)
    return LivingDesk(desk=desk, policy=replace(policy, controllers=(there,)), folder=tmp_path)


async def test_where_the_policy_names_a_day_the_status_letter_goes_once_by_itself(living: LivingDesk) -> None:
    targets = replace(living.policy.targets, status_letter_on_day=20)
    living = replace(living, policy=replace(living.policy, targets=targets))
    complaint = await complained(living)
    await living.pass_days(25)
    assert [letter.purpose for letter in living.sent] == ["complaint_acknowledgement"]  # a message is unread
    await living.read(complaint.reference)
    await living.pass_days(10)
    assert [letter.purpose for letter in living.sent] == ["complaint_acknowledgement", "escalation"]
    body = " ".join(living.sent[-1].text.body.split())
    assert points_to_the_ico(living, body)
    assert "This letter is automatic" in body
    # A trigger of a later day has no second one drafted: the person has it.
    assert len((await living.case(complaint.reference)).unresolved) > 1
    assert await living.drafts(complaint.reference, LetterPurpose.ESCALATION) == []


async def test_news_is_laid_ready_before_it_is_due_and_not_again_once_thrown_away(living: LivingDesk) -> None:
    complaint = await complained(living)
    await living.pass_days(12)
    (draft,) = await living.drafts(complaint.reference, LetterPurpose.COMPLAINT_PROGRESS)
    await living.store.discard_draft(draft.id, by="dpo", now=living.desk.clock())
    await living.pass_days(1)
    assert await living.drafts(complaint.reference, LetterPurpose.COMPLAINT_PROGRESS) == []


async def test_drafts_nobody_touched_make_room_for_one_with_days_to_come(living: LivingDesk) -> None:
    complaint = await complained(living)
    await living.read(complaint.reference)
    await living.pass_days(12)
    assert await living.drafts(complaint.reference, LetterPurpose.COMPLAINT_PROGRESS)
    await living.pass_days(30)
    (draft,) = await living.drafts(complaint.reference)  # the escalation letter is news too
    assert draft.purpose is LetterPurpose.ESCALATION
    assert living.desk.clock() - draft.created_at <= timedelta(days=7, hours=12)
    assert draft.promised_on is not None
    assert draft.promised_on > living.today
    assert "escalation" in next_step(await living.case(complaint.reference), living.policy, living.today)[0]


async def test_staff_are_told_though_the_worker_died_before_it_wrote_the_case(
    living: LivingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = await complained(living)
    living.desk.clock.advance(timedelta(days=15))
    store = type(living.desk.store)
    with monkeypatch.context() as dying:
        for name in ("change_case", "put_notices"):
            whole = getattr(store, name)

            async def once(self: object, *words: object, _whole=whole, **more: object) -> object:
                await _whole(self, *words, **more)
                raise KeyboardInterrupt

            dying.setattr(store, name, once)
        with pytest.raises(KeyboardInterrupt):
            await living.watch().look()
    await living.look()
    assert told_of(living, complaint) == DPO_AND_DEPUTY
    await ready(living, complaint, "silence")


async def test_news_of_a_request_that_is_overdue_names_no_day_that_is_past(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    living.desk.clock.advance(timedelta(days=40))

    def progress(case: CaseFile, policy: object, now: object) -> CaseChange:
        letter = drafted(case, LetterPurpose.PROGRESS, living.policy, why="they wait", promised_on=living.today)
        return CaseChange(event="news_drafted", letters=(letter,))

    await living.act(thread, progress)
    (draft,) = await living.drafts(thread, LetterPurpose.PROGRESS)
    assert "You will have our answer by" not in await living.body(draft.id)
    assert (draft.first_named_on, draft.promised_on) == (living.today, living.today)
    await living.pass_days(1)
    with pytest.raises(NotDone, match="which is past: discard it and draft it anew"):
        await approve_letter(living.work, living.store, draft.id, by="dpo")


async def asked_by_mail(living: LivingDesk) -> tuple[str, CaseFile]:
    """An access request read by a person, and an identity ask approved and not sent yet; with the case before."""
    thread = await living.hear(ACCESS)
    await living.look()
    await living.read(thread)
    await living.act(thread, asks(LetterPurpose.IDENTITY_ASK))
    before = await living.case(thread)
    (draft,) = await living.drafts(thread, LetterPurpose.IDENTITY_ASK)
    await approve_letter(living.work, living.store, draft.id, by="dpo")
    assert (await living.case(thread)).dates.statutory_due is None
    return thread, before


def due_dates(case: CaseFile) -> object:
    return replace(case.dates, trace=())


async def alarms_of(living: LivingDesk, thread: str) -> set[str]:
    return {one.code for one in await living.store.alarms() if one.reference == thread}


async def events_told(living: LivingDesk, reference: str) -> list[str]:
    shown = await living.store.show_case(reference)
    assert shown is not None
    return [entry["event"] for entry in shown["journal"] if entry["chain"] == reference]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("trouble", "alarm"), [(DeliveryRefused("no"), "letter_refused"), (DeliveryUnclear("?"), "letter_unclear")]
)
async def test_a_question_that_the_relay_did_not_take_gives_the_dates_back_and_is_seen(
    living: LivingDesk, trouble: TriageError, alarm: str
) -> None:
    thread, before = await asked_by_mail(living)
    living.desk.relay.trouble.append(trouble)
    await living.desk.work()
    await living.look()
    case = await living.case(thread)
    assert due_dates(case) == due_dates(before)
    assert case.next_step == "the letter did not arrive: reach them another way"
    assert await alarms_of(living, thread) == {alarm}
    await living.pass_days(1)
    assert (await events_told(living, case.reference)).count("letter_did_not_arrive") == 1

    living.desk.clock.advance(timedelta(days=1))
    lost = case.letters[-1].id
    await hand_letter_over(living.work, living.store, lost, "by post, first class", by="dpo")
    await living.pass_days(1)
    case = await living.case(thread)
    assert (case.dates.statutory_due, await alarms_of(living, thread)) == (None, set())
    assert [event.on for event in case.events if event.name is CaseEventName.IDENTITY_ASKED] == [date(2026, 11, 28)]
    assert await living.store.verify_journal() == ()


async def test_an_extension_whose_notice_came_back_is_no_extension(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    before = await living.case(thread)
    await living.act(thread, asks(LetterPurpose.EXTENSION_NOTICE, "We have to search many old files."))
    notice = await living.approve(thread, LetterPurpose.EXTENSION_NOTICE)
    assert (await living.case(thread)).dates.statutory_due == date(2027, 2, 26)
    await living.receive(bounce_of(notice))
    await living.look()
    case = await living.case(thread)
    assert due_dates(case) == due_dates(before)
    assert [event.name for event in case.undone] == [CaseEventName.EXTENDED]
    assert "ack_not_delivered" in await alarms_of(living, thread)
    await hand_letter_over(living.work, living.store, case.letters[-1].id, "by post", by="dpo")
    await living.receive(bounce_of(notice))
    await living.look()
    assert (await living.case(thread)).dates.statutory_due == date(2027, 2, 26)


async def test_what_a_team_is_told_is_no_letter_to_hand_over(living: LivingDesk) -> None:
    with pytest.raises(NotDone, match="letter 99 is no draft"):
        await hand_letter_over(living.work, living.store, 99, "by post", by="dpo")


async def test_news_is_promised_once_the_letter_has_left_and_not_where_it_came_back(living: LivingDesk) -> None:
    thread = await living.hear(COMPLAINT)
    await living.read(thread)
    living.desk.clock.advance(timedelta(days=12))
    await living.look()
    (draft,) = await living.drafts(thread, LetterPurpose.COMPLAINT_PROGRESS)
    await approve_letter(living.work, living.store, draft.id, by="dpo")
    assert (await living.case(thread)).next_news_on is None
    await living.desk.work()
    assert (await living.case(thread)).next_news_on == draft.promised_on
    await living.receive(bounce_of(living.sent[-1]))
    assert (await living.case(thread)).next_news_on is None


async def test_a_reading_put_right_after_its_acknowledgement_went_is_told_to_the_person(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)

    async def say(*kinds: Kind) -> tuple[str, bool] | None:
        await relabel(living.store, thread, kinds, [], living.policy, by="dpo", now=living.desk.clock())
        return await tell_understood_anew(living.work, thread, by="dpo")

    assert await say(Kind.DELETION) == (f"{thread}/2", True)
    (first,) = await living.drafts(f"{thread}/2")
    assert first.purpose is LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY
    assert await say(Kind.DELETION, Kind.OPT_OUT) == (f"{thread}/3", True)
    (second,) = await living.drafts(f"{thread}/3")
    assert second.id != first.id
    await living.read(thread)
    assert (await living.case(thread)).not_acknowledged
    told = await living.approve(f"{thread}/3", LetterPurpose.FIRST_UNDERSTOOD_DIFFERENTLY)
    assert "we understood your message differently" in " ".join(told.text.body.split())
    assert not (await living.case(f"{thread}/3")).not_acknowledged
    assert await living.store.verify_journal() == ()


async def test_nobody_is_told_of_a_reading_put_right_that_no_letter_had_named(living: LivingDesk) -> None:
    thread = await living.hear("Hello, can you help me with my account please?")
    await relabel(living.store, thread, [Kind.ACCESS], [], living.policy, by="dpo", now=living.desk.clock())
    assert await tell_understood_anew(living.work, thread, by="dpo") is None
    await relabel(living.store, thread, [], [], living.policy, by="dpo", now=living.desk.clock())
    assert await tell_understood_anew(living.work, thread, by="dpo") is None


async def test_a_complaint_in_a_reply_can_be_acknowledged_after_its_draft_is_too_old(living: LivingDesk) -> None:
    thread = await living.hear(ACCESS)
    await living.read(thread)
    await living.answered("I want to make a complaint about how my personal data is handled.")
    complaint = (await living.of_kind(thread, Kind.COMPLAINT)).reference
    living.desk.clock.advance(timedelta(days=8))
    with pytest.raises(NotDone, match="drafted over 7 days ago"):
        await living.approve(complaint, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
    anew = partial(writes, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
    await living.act(complaint, anew())
    await living.approve(complaint, LetterPurpose.COMPLAINT_ACKNOWLEDGEMENT)
    with pytest.raises(NotDone, match="it is acknowledged already"):
        await living.act(complaint, anew())
