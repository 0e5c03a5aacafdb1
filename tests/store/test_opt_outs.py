"""Which opt-outs are still to be carried out at HubSpot: recorded, and seen to by nobody."""

from datetime import timedelta

import pytest

from tests.factories import NOW, make_analysis, make_case, make_classification, make_enquiry, make_silent_plan
from tests.store.steps import claim_one, file_item, file_one
from triage.adapters.store.sql_store import SqlStore
from triage.domain.enquiry import Correspondent
from triage.domain.records import OptOut
from triage.domain.vocabulary import Channel, Flag, Kind

DESK = "the desk"
ADDRESS = "ana@customer.example"


async def opt_out(store: SqlStore, channel: Channel = Channel.EMAIL, **reading: object) -> str:
    """A filed opt-out; its reference."""
    classification = make_classification(kinds=(Kind.OPT_OUT,), **reading)
    sender = Correspondent(name="Ana", address=ADDRESS)
    read = make_enquiry(channel=channel, sender=sender)
    analysis = make_analysis(enquiry=read, classification=classification)
    plan = make_silent_plan(cases=(make_case(Kind.OPT_OUT),), classification=classification)
    return await file_item(store, await claim_one(store), plan=plan, analysis=analysis)


async def note(store: SqlStore, chain: str, event: str, by: str = DESK, **facts: object) -> None:
    assert await store.note_act(chain, event, facts, by, NOW + timedelta(minutes=1))


async def open_ones(store: SqlStore) -> list[str]:
    return [one.reference for one in await store.opt_outs_to_carry_out(DESK)]


async def test_a_recorded_opt_out_waits_and_an_access_request_does_not(store: SqlStore) -> None:
    await file_one(store)
    reference = await opt_out(store)
    expected = OptOut(reference=reference, address=ADDRESS, asked_at=None)
    assert await store.opt_outs_to_carry_out(DESK) == (expected,)


async def test_a_second_opt_out_from_the_same_address_waits_as_well(store: SqlStore) -> None:
    first, second = await opt_out(store), await opt_out(store)
    await note(store, first, "unsubscribed")
    assert await open_ones(store) == [second]


@pytest.mark.parametrize(
    "changes", [{"sure_kinds": ()}, {"flags": (Flag.SPAM,)}, {"channel": Channel.CHAT}, {"channel": Channel.FORM}]
)
async def test_what_was_not_put_on_the_list_is_nobodys_but_a_persons(
    store: SqlStore, changes: dict[str, object]
) -> None:
    await opt_out(store, **changes)  # type: ignore[arg-type]
    assert await open_ones(store) == []


@pytest.mark.parametrize("chain", ["", "/1"])
@pytest.mark.parametrize("by", [DESK, "Bo"])
async def test_who_has_been_unsubscribed_by_anybody_waits_no_more(store: SqlStore, chain: str, by: str) -> None:
    reference = await opt_out(store)
    await note(store, reference + chain, "unsubscribed", by)
    assert await open_ones(store) == []


async def test_it_is_known_since_when_the_desk_has_tried(store: SqlStore) -> None:
    reference = await opt_out(store)
    await note(store, reference, "unsubscribe_asked", "Bo")
    assert [one.asked_at for one in await store.opt_outs_to_carry_out(DESK)] == [None]
    await note(store, reference, "unsubscribe_asked")
    assert [one.asked_at for one in await store.opt_outs_to_carry_out(DESK)] == [NOW + timedelta(minutes=1)]


async def test_only_what_was_refused_to_the_desk_is_left_to_a_person(store: SqlStore) -> None:
    reference = await opt_out(store)
    await note(store, reference, "unsubscribe_failed", "Bo", code="refused")
    await note(store, reference, "unsubscribe_failed", code="unavailable")
    assert await open_ones(store) == [reference]
    await note(store, reference, "unsubscribe_failed", code="refused")
    assert await open_ones(store) == []
