"""A sure opt-out carried out at HubSpot by itself: once, whatever dies in between, and never on anybody's word."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from tests.service.conftest import RULES, WiredDesk, person_mail
from tests.service.fake_chat import deliver, events
from triage.domain.chat import ChatContact, ChatThread
from triage.domain.vocabulary import Kind
from triage.errors import ChatNotLetIn, ChatRefused, ChatUnavailable, TriageError
from triage.parsing.rules import load_policy
from triage.service.hubspot_ticks import tick_at_hubspot
from triage.service.unsubscribes import Unsubscribes

POLICY = load_policy(RULES)
WITH_HUBSPOT = replace(
    POLICY, systems=tuple(replace(one, hubspot=one.name == "Newsletter and campaign mailer") for one in POLICY.systems)
)
OPTS_OUT = "Please unsubscribe me from all your marketing emails and stop sending me marketing."


@dataclass
class FakeRecords:
    """What HubSpot does to a contact; `trouble` is raised by the next call."""

    unsubscribed: list[str] = field(default_factory=list)
    trouble: list[TriageError] = field(default_factory=list)
    calls: int = 0

    async def unsubscribe(self, address: str) -> None:
        self.calls += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.unsubscribed.append(address)

    async def find_contact(self, address: str) -> ChatContact | None:
        raise AssertionError

    async def threads_of(self, contact_id: str) -> tuple[ChatThread, ...]:
        raise AssertionError

    def contact_url(self, contact_id: str) -> str:
        raise AssertionError


@pytest.fixture
def records() -> FakeRecords:
    return FakeRecords()


def started(desk: WiredDesk, records: FakeRecords) -> Unsubscribes:
    """The story as a worker that has just started has it."""
    return Unsubscribes(
        store=desk.store,
        records=records,
        link=desk.chat.link,
        mark_of=lambda _address: "mark",
        clock=desk.clock,
        policy=WITH_HUBSPOT,
    )


async def opts_out_by_mail(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(OPTS_OUT))
    await desk.work()


async def test_a_sure_opt_out_by_mail_is_carried_out_once_also_by_a_worker_that_starts_anew(
    desk: WiredDesk, records: FakeRecords
) -> None:
    await opts_out_by_mail(desk)
    story = started(desk, records)
    assert [await story.work_once(), await story.work_once(), await started(desk, records).work_once()] == [1, 0, 0]
    assert records.unsubscribed == ["ana@customer.example"]
    assert await desk.store.verify_journal() == ()


async def journal_of(desk: WiredDesk) -> list[str]:
    (case,) = await desk.store.list_cases()
    shown = await desk.store.show_case(case.reference.partition("/")[0])
    assert shown is not None
    return [entry["event"] for entry in shown["journal"] if "unsubscribe" in entry["event"]]  # type: ignore[attr-defined]


async def alarms_of(desk: WiredDesk) -> list[str]:
    return sorted(alarm.code for alarm in await desk.store.alarms())


async def day_by_minutes(desk: WiredDesk, story: Unsubscribes, hours: int = 24) -> None:
    for _ in range(hours * 4):
        await story.work_once()
        desk.clock.advance(timedelta(minutes=15))


async def test_an_outage_puts_it_off_for_an_hour_and_forgets_nothing(desk: WiredDesk, records: FakeRecords) -> None:
    await opts_out_by_mail(desk)
    records.trouble = [ChatUnavailable("down", retry_after_s=1)] * 2
    story = started(desk, records)
    for _ in range(3):
        await story.work_once()
        await story.work_once()
        desk.clock.advance(timedelta(minutes=61))
    assert records.calls == 3
    assert records.unsubscribed == ["ana@customer.example"]
    assert await alarms_of(desk) == []
    assert await journal_of(desk) == ["unsubscribe_asked", "unsubscribed"]


async def test_an_outage_of_hours_is_for_a_person_until_it_is_over(desk: WiredDesk, records: FakeRecords) -> None:
    await opts_out_by_mail(desk)
    records.trouble = [ChatUnavailable("down", retry_after_s=1)] * 24
    await day_by_minutes(desk, started(desk, records), hours=3)
    assert await alarms_of(desk) == []
    await day_by_minutes(desk, started(desk, records), hours=3)  # a worker that starts anew knows since when
    assert await alarms_of(desk) == ["unsubscribe_failed"]
    assert await journal_of(desk) == ["unsubscribe_asked"]
    records.trouble = []
    await day_by_minutes(desk, started(desk, records), hours=1)
    assert await alarms_of(desk) == []
    assert await journal_of(desk) == ["unsubscribe_asked", "unsubscribed"]


async def test_a_missing_scope_is_an_alarm_at_once_and_fills_no_journal(desk: WiredDesk, records: FakeRecords) -> None:
    await opts_out_by_mail(desk)
    records.trouble = [ChatNotLetIn("403: the token lacks a scope")] * 24
    story = started(desk, records)
    await story.work_once()
    assert await alarms_of(desk) == ["hubspot_refused", "unsubscribe_failed"]
    await day_by_minutes(desk, story)
    assert records.calls == 24
    assert await journal_of(desk) == ["unsubscribe_asked"]
    await day_by_minutes(desk, story, hours=1)
    assert records.unsubscribed == ["ana@customer.example"]
    assert await alarms_of(desk) == []


async def test_a_refusal_is_for_a_person(desk: WiredDesk, records: FakeRecords) -> None:
    await opts_out_by_mail(desk)
    records.trouble = [ChatRefused("no")]
    await day_by_minutes(desk, started(desk, records))
    await day_by_minutes(desk, started(desk, records))  # nor does a worker that starts anew try again
    assert records.calls == 1
    assert await alarms_of(desk) == ["unsubscribe_failed"]
    assert await journal_of(desk) == ["unsubscribe_asked", "unsubscribe_failed"]


async def test_what_a_person_has_carried_out_is_left_alone(desk: WiredDesk, records: FakeRecords) -> None:
    await opts_out_by_mail(desk)
    (case,) = await desk.store.list_cases()
    assert await desk.store.note_act(case.reference, "unsubscribed", {}, "Bo", desk.clock())
    assert await started(desk, records).work_once() == 0
    assert records.calls == 0


async def test_it_never_reads_whole_cases(
    desk: WiredDesk, records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opts_out_by_mail(desk)

    async def must_not(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(type(desk.store), "list_cases", must_not)
    monkeypatch.setattr(type(desk.store), "show_case", must_not)
    assert await started(desk, records).work_once() == 1


async def test_an_address_typed_in_a_chat_is_unsubscribed_by_nobody_but_a_person(
    desk: WiredDesk, records: FakeRecords
) -> None:
    line = desk.conversations.say(f"{OPTS_OUT} My address is victim@customer.example")
    await deliver(desk.store, *events(line, at=desk.clock()))
    await desk.hear()
    await desk.answer()
    assert [case.kind for case in await desk.store.list_cases()] == ["opt_out"]
    assert await started(desk, records).work_once() == 0
    assert records.calls == 0


async def test_other_requests_are_none_of_its_business(desk: WiredDesk, records: FakeRecords) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail("Please send me a copy of all the personal data you hold about me."))
    await desk.work()
    assert await started(desk, records).work_once() == 0
    assert records.calls == 0


async def ticked_of(desk: WiredDesk, sender: str = "ana@customer.example") -> list[list[tuple[str, str]]]:
    """What is ticked on each opt-out of that sender, with its note."""
    cases = await desk.store.opt_outs_of(sender)
    assert all(task.done_on in (None, desk.clock().date()) for case in cases for task in case.tasks)
    return [[(task.system, task.note) for task in case.tasks if task.done_on] for case in cases]


DONE = [("Newsletter and campaign mailer", "unsubscribed at HubSpot")]


async def test_what_is_carried_out_at_hubspot_is_ticked_on_every_opt_out_of_the_person_once(
    desk: WiredDesk, records: FakeRecords
) -> None:
    await opts_out_by_mail(desk)
    desk.mailbox.receive(person_mail(f"Once more: {OPTS_OUT}"))
    desk.mailbox.receive(person_mail(OPTS_OUT, "joe@customer.example"))
    await desk.work()
    records.trouble = [ChatUnavailable("down", retry_after_s=1)] * 3
    story = started(desk, records)
    await story.work_once()
    assert await ticked_of(desk) == [[], []]
    desk.clock.advance(timedelta(minutes=61))
    await story.work_once()
    assert await ticked_of(desk) == [DONE, DONE]
    assert await ticked_of(desk, "joe@customer.example") == [DONE]
    first, _ = await desk.store.opt_outs_of("ana@customer.example")
    shown = await desk.store.show_case(first.reference)
    assert shown is not None
    events = [entry["event"] for entry in shown["journal"]]  # type: ignore[attr-defined]
    assert events.count("task_done") == 1
    assert await desk.store.verify_journal() == ()


async def test_a_worker_that_dies_before_it_is_written_down_ticks_once(
    desk: WiredDesk, records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opts_out_by_mail(desk)
    with monkeypatch.context() as dying:

        async def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        dying.setattr(type(desk.store), "note_act", dies)
        story = started(desk, records)
        with pytest.raises(KeyboardInterrupt):
            await story.work_once()
    assert await started(desk, records).work_once() == 1
    assert await ticked_of(desk) == [DONE]
    assert await started(desk, records).work_once() == 0


async def test_a_case_without_a_checklist_yet_is_given_one_first(desk: WiredDesk, records: FakeRecords) -> None:
    desk.intake = replace(desk.intake, policy=replace(POLICY, systems=()))
    await opts_out_by_mail(desk)
    (case,) = await desk.store.opt_outs_of("ana@customer.example")
    assert case.tasks == ()
    await started(desk, records).work_once()
    assert await ticked_of(desk) == [DONE]


async def test_a_person_who_unsubscribes_ticks_the_case_they_name_whatever_address_it_has(desk: WiredDesk) -> None:
    line = desk.conversations.say(OPTS_OUT)
    await deliver(desk.store, *events(line, at=desk.clock()))
    await desk.hear()
    await desk.answer()
    (case,) = await desk.store.list_cases()

    async def done() -> int:
        return await tick_at_hubspot(
            desk.store, case.reference, "new@customer.example", WITH_HUBSPOT, by="Bo", clock=desk.clock
        )

    assert [await done(), await done()] == [1, 0]
    whole = await desk.store.case_of(case.reference)
    assert whole is not None
    assert (whole.kind, [(task.system, task.done_by) for task in whole.tasks if task.done_on]) == (
        Kind.OPT_OUT,
        [(DONE[0][0], "Bo")],
    )


async def test_somebody_who_writes_meanwhile_makes_it_look_anew(
    desk: WiredDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opts_out_by_mail(desk)
    (case,) = await desk.store.opt_outs_of("ana@customer.example")
    real, tries = type(desk.store).change_case, []

    async def late(self: object, *words: object, **more: object) -> bool:
        tries.append(1)
        return len(tries) > 1 and await real(self, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.store), "change_case", late)
    assert await tick_at_hubspot(
        desk.store, case.thread, "ana@customer.example", WITH_HUBSPOT, by="Bo", clock=desk.clock
    )
    monkeypatch.setattr(type(desk.store), "change_case", lambda *_, **__: _false())
    await tick_at_hubspot(desk.store, case.thread, "ana@customer.example", WITH_HUBSPOT, by="Bo", clock=desk.clock)


async def _false() -> bool:
    return False
