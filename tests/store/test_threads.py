"""Two threads made one, and one message made two, written whole on both engines: nothing is lost, both are found."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import CONTROLLER, NOW, make_analysis, make_case, make_dates, make_enquiry, make_plan
from tests.store.steps import file_one
from triage.domain.queue import QueueAsked, QueueLane
from triage.domain.splitting import Second
from triage.domain.vocabulary import CaseState, Kind
from triage.errors import NotDone
from triage.parsing.rules import load_policy
from triage.service.chat_link import DeskStore
from triage.service.threads import merge, split, to_split, two_threads

POLICY = replace(load_policy(Path(__file__).parents[2] / "rules"), controllers=(CONTROLLER,))
LATER = NOW + timedelta(days=9)
EARLY = datetime(2026, 11, 10, 12, tzinfo=UTC)


async def two(store: DeskStore, *kinds: Kind) -> tuple[str, str]:
    """The later thread, which asks for `kinds`, and the earlier one, which asks for access."""
    first = make_enquiry(received_at=EARLY)
    case = make_case(dates=make_dates(received_on=date(2026, 11, 10), safe_due=date(2026, 12, 9)))
    kept = await file_one(store, plan=make_plan(cases=(case,)), analysis=make_analysis(enquiry=first))
    gone = await file_one(store, plan=make_plan(cases=tuple(map(make_case, kinds))))
    return gone, kept


async def join(store: DeskStore, gone: str, kept: str, **more: object) -> None:
    sides = await two_threads(store, gone, kept)
    await merge(store, *sides, "", by="dana", now=LATER, **more)  # type: ignore[arg-type]


async def events_of(store: DeskStore, reference: str) -> list[str]:
    shown = await store.show_case(reference)
    assert shown is not None
    return [entry["event"] for entry in shown["journal"]]  # type: ignore[attr-defined]


async def test_what_was_asked_twice_is_answered_once_and_by_the_earlier_day(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS)
    await join(store, gone, kept)
    one, aside = await store.cases_of(kept)
    assert (one.state, one.dates.safe_due) == (CaseState.OPEN, date(2026, 12, 9))
    assert (aside.number, aside.state) == (2, CaseState.SET_ASIDE)
    assert len(one.messages) == 2
    assert [case.reference for case in await store.open_cases()] == [f"{kept}/1"]
    assert await store.verify_journal() == ()


async def test_another_right_goes_on_in_the_kept_thread_with_its_own_days(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.DELETION)
    (before,) = await store.cases_of(gone)
    await join(store, gone, kept)
    _, after = await store.cases_of(kept)
    assert (after.kind, after.state, after.dates) == (Kind.DELETION, CaseState.OPEN, before.dates)
    assert [event.on for event in after.events] == [event.on for event in before.events]
    assert await store.cases_of(gone) == ()


async def test_both_references_lead_to_the_kept_thread(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS, Kind.DELETION)
    await join(store, gone, kept)
    assert await store.leads_to(gone) == kept
    assert await store.leads_to(f"{gone}/1") == f"{kept}/1"
    assert await store.leads_to(f"{gone}/2") == f"{kept}/3"
    assert await store.leads_to(kept) is None
    shown = await store.show_case(f"{gone}/2")
    assert shown is not None
    assert shown["reference"] == f"{kept}/3"
    case = await store.case_of(f"{gone}/2")
    assert case is not None
    assert case.reference == f"{kept}/3"
    asked = QueueAsked(lane=QueueLane.ALL, thread=gone)
    page = await store.queue_page(asked, LATER.date(), LATER.date())
    assert {row.thread for row in page.rows} == {kept}


async def test_a_message_without_a_case_waits_no_more_once_its_thread_was_merged(store: DeskStore) -> None:
    kept = await file_one(
        store, plan=make_plan(cases=()), analysis=make_analysis(enquiry=make_enquiry(received_at=EARLY))
    )
    gone = await file_one(store, plan=make_plan(cases=(make_case(),)))
    await join(store, gone, kept)
    asked = QueueAsked(lane=QueueLane.ALL, thread=kept)
    page = await store.queue_page(asked, LATER.date(), LATER.date())
    assert [row.reference for row in page.rows] == [f"{kept}/1"]


async def test_messages_letters_and_both_journals_stay_in_sight_and_apart(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS)
    before = await store.show_case(gone)
    assert before is not None
    await join(store, gone, kept)
    shown = await store.show_case(kept)
    assert shown is not None
    assert [row["came_under"] for row in shown["thread"]] == [None, gone]  # type: ignore[attr-defined]
    assert len(shown["letters"]) == 2  # type: ignore[arg-type]
    chains = {entry["chain"] for entry in shown["journal"]}  # type: ignore[attr-defined]
    assert {kept, gone, f"{gone}/1", f"{kept}/1"} <= chains
    kept_entries = [entry for entry in shown["journal"] if entry["chain"] == gone]  # type: ignore[attr-defined]
    was = [entry for entry in before["journal"] if entry["chain"] == gone]  # type: ignore[attr-defined]
    assert kept_entries[: len(was)] == was
    assert kept_entries[-1]["event"] == "merged_into"
    assert [one["into"] for one in shown["merged"]] == [kept, f"{kept}/1"]  # type: ignore[attr-defined]
    pack = await store.evidence(gone)
    assert pack is not None
    assert {gone, kept} <= {head.chain for head in pack.heads}


async def test_a_letter_about_the_folded_case_is_one_of_the_case_that_answers(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS)
    await join(store, gone, kept)
    one, _ = await store.cases_of(kept)
    assert len(one.letters) == 2
    assert len({letter.id for letter in one.letters}) == 2


async def test_a_merge_of_a_merge_leads_to_the_last(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS)
    earliest = await file_one(store, analysis=make_analysis(enquiry=make_enquiry(received_at=EARLY - timedelta(1))))
    await join(store, gone, kept)
    await join(store, kept, earliest)
    assert await store.leads_to(gone) == earliest
    assert await store.leads_to(f"{gone}/1") == f"{earliest}/1"
    shown = await store.show_case(gone)
    assert shown is not None
    unders = [row["came_under"] for row in shown["thread"]]  # type: ignore[attr-defined]
    assert sorted(one or "" for one in unders) == sorted(["", kept, gone])
    with pytest.raises(NotDone, match="one thread already"):
        await join(store, gone, kept)


async def test_a_thread_that_has_changed_meanwhile_is_not_merged(store: DeskStore) -> None:
    gone, kept = await two(store, Kind.ACCESS)
    sides = await two_threads(store, gone, kept)
    await store.assign(f"{kept}/1", "devi", by="devi", now=NOW)
    await merge(store, *await two_threads(store, gone, kept), "", by="dana", now=LATER)
    with pytest.raises(NotDone, match="has changed since you looked"):
        await merge(store, *sides, "", by="dana", now=LATER)


async def test_unknown_threads_are_named(store: DeskStore) -> None:
    with pytest.raises(NotDone, match="no enquiry DP-2026-09999-XX"):
        await two_threads(store, "DP-2026-09999-XX", "DP-2026-09998-XX")


async def message_of(store: DeskStore, reference: str) -> int:
    shown = await store.show_case(reference)
    assert shown is not None
    return int(shown["thread"][0]["id"])  # type: ignore[index]


async def test_a_second_enquiry_has_a_reference_of_its_own_and_the_same_receipt(store: DeskStore) -> None:
    read = make_enquiry(received_at=EARLY)
    plan = make_plan(cases=(make_case(), make_case(Kind.DELETION)))
    reference = await file_one(store, plan=plan, analysis=make_analysis(enquiry=read))
    seen = await to_split(store, reference, await message_of(store, reference))
    other, change = await split(store, *seen, Second(kinds=(Kind.DELETION,)), POLICY, by="dana", now=LATER)
    assert other != reference
    assert change.first is not None
    assert change.first.sets_aside == (2,)
    (case,) = await store.cases_of(other)
    assert (case.kind, case.state) == (Kind.DELETION, CaseState.OPEN)
    assert (case.dates.received_on, case.received_at) == (date(2026, 11, 10), EARLY)
    assert [one.state for one in await store.cases_of(reference)] == [CaseState.OPEN, CaseState.SET_ASIDE]
    assert (other, EARLY) in await store.unacknowledged()
    assert await events_of(store, other) == ["split_off", "case_opened"]
    assert "split" in await events_of(store, reference)
    assert await store.corrections() == ()
    assert await store.verify_journal() == ()
    original = await store.original(other, await message_of(store, other))
    assert original == await store.original(reference, await message_of(store, reference))
    shown = await store.show_case(other)
    assert shown is not None
    assert json.loads(shown["journal"][0]["facts"])["from"] == reference  # type: ignore[index]


async def test_where_both_ask_for_it_the_first_goes_on_as_it_is(store: DeskStore) -> None:
    reference = await file_one(store)
    seen = await to_split(store, reference, await message_of(store, reference))
    other, _ = await split(store, *seen, Second(kinds=(Kind.ACCESS,), both=True), POLICY, by="dana", now=LATER)
    assert [case.reference for case in await store.open_cases()] == [f"{reference}/1", f"{other}/1"]
    with pytest.raises(NotDone, match="nothing would be left"):
        await split(store, *seen, Second(kinds=(Kind.ACCESS,)), POLICY, by="dana", now=LATER)


async def test_a_split_of_what_has_changed_is_not_done(store: DeskStore) -> None:
    reference = await file_one(store, plan=make_plan(cases=(make_case(), make_case(Kind.DELETION))))
    seen = await to_split(store, reference, await message_of(store, reference))
    await split(store, *seen, Second(kinds=(Kind.DELETION,)), POLICY, by="dana", now=LATER)
    with pytest.raises(NotDone, match="has changed since you looked"):
        await split(store, *seen, Second(kinds=(Kind.DELETION,)), POLICY, by="devi", now=LATER)
    for thread, message in ((reference, 10_000), ("DP-2026-09999-XX", 1)):
        with pytest.raises(NotDone, match=r"no message|no enquiry"):
            await to_split(store, thread, message)
