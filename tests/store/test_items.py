"""Items are stored once, claimed by one, and never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import NOW, make_new_item
from tests.store.conftest import OpenStore
from triage.ports import MailboxPosition, MailKey, Store

ACCOUNT = "imap:desk/INBOX"


async def test_an_item_saved_twice_is_stored_once(store: Store) -> None:
    first, second = make_new_item(), make_new_item()
    assert await store.save_items([first, second], None) == 2
    assert await store.save_items([first, make_new_item(key=first.key)], None) == 0
    assert await store.save_items([second, make_new_item()], None) == 1
    claimed = await store.claim_items("worker", 10, NOW)
    assert [item.raw for item in claimed][:2] == [first.raw, second.raw]
    assert len(claimed) == 3


async def test_an_item_twice_in_one_batch_is_stored_once(store: Store) -> None:
    item = make_new_item()
    assert await store.save_items([item, item], None) == 1


async def test_every_field_of_an_item_survives(store: Store) -> None:
    new = make_new_item(raw=bytes(range(256)), size_bytes=40_000_000, backlog=True, key="maildir:§:\udce9")
    await store.save_items([new], None)
    (item,) = await store.claim_items("worker", 1, NOW)
    assert (item.raw, item.size_bytes, item.backlog, item.attempts) == (new.raw, new.size_bytes, True, 0)
    assert item.received_at == new.received_at
    assert item.received_at.utcoffset() == timedelta(0)


async def test_unknown_keys_and_known_hashes(store: Store) -> None:
    known, unknown = make_new_item(), make_new_item()
    await store.save_items([known], None)
    assert await store.unknown_keys([known.key, unknown.key]) == {unknown.key}
    assert await store.known_hashes([known.sha256, unknown.sha256]) == {known.sha256}
    assert await store.unknown_keys([]) == frozenset()


async def test_position_and_items_are_saved_together(store: Store) -> None:
    assert await store.mailbox_position(ACCOUNT) is None
    position = MailboxPosition(account=ACCOUNT, validity=4_000_000_000, last_uid=17)
    await store.save_items([make_new_item()], position)
    assert await store.mailbox_position(ACCOUNT) == position
    await store.save_items([], replace(position, last_uid=18))
    assert await store.mailbox_position(ACCOUNT) == replace(position, last_uid=18)
    assert await store.mailbox_position("imap:other/INBOX") is None


async def test_nothing_is_saved_when_a_batch_fails_in_the_middle(store: Store) -> None:
    position = MailboxPosition(account=ACCOUNT, validity=1, last_uid=9)
    broken = make_new_item(received_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="without offset"):
        await store.save_items([make_new_item(), broken], position)
    assert await store.mailbox_position(ACCOUNT) is None
    assert await store.claim_items("worker", 10, NOW) == ()


async def test_a_gap_is_handed_out_ever_more_rarely_until_its_mail_is_saved(store: Store) -> None:
    position = MailboxPosition(account=ACCOUNT, validity=1, last_uid=9)
    gap, other = MailKey(text="imap:desk/INBOX:1:8", uid=8), MailKey(text="imap:desk/INBOX:1:7", uid=7)
    await store.save_items([], position, [gap, other])
    await store.save_items([], position, [gap])
    assert await store.gaps_due(ACCOUNT, NOW, 10) == (other, gap)
    assert await store.gaps_due(ACCOUNT, NOW, 10) == ()
    assert await store.gaps_due(ACCOUNT, NOW + timedelta(seconds=61), 1) == (other,)
    assert await store.gaps_due(ACCOUNT, NOW + timedelta(seconds=62), 10) == (gap,)
    assert await store.gaps_due(ACCOUNT, NOW + timedelta(seconds=130), 10) == ()
    await store.save_items([make_new_item(key=gap.text)], None)
    assert await store.gaps_due(ACCOUNT, NOW + timedelta(hours=1), 10) == (other,)
    assert await store.drop_gaps([other.text, "never heard of"]) == 1
    assert await store.gaps_due(ACCOUNT, NOW + timedelta(days=1), 10) == ()


async def test_a_mailbox_started_anew_forgets_its_former_gaps_and_no_other_mailbox_s(store: Store) -> None:
    position = MailboxPosition(account=ACCOUNT, validity=1, last_uid=9)
    old, new = MailKey(text="imap:desk/INBOX:1:8", uid=8), MailKey(text="imap:desk/INBOX:2:1", uid=1)
    foreign = MailKey(text="imap:other/INBOX:1:8", uid=8)
    await store.save_items([], position, [old])
    await store.save_items([], replace(position, account="imap:other/INBOX"), [foreign])
    again = replace(position, validity=2, last_uid=1)
    await store.start_mailbox(again, [new])
    assert await store.mailbox_position(ACCOUNT) == again
    assert await store.known_gaps([old.text, new.text, foreign.text]) == {new.text, foreign.text}
    assert (await store.health(NOW)).gaps == 2
    assert await store.gaps_due(ACCOUNT, NOW, 10) == (new,)


async def test_a_gap_without_an_account_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="account"):
        await store.save_items([], None, [MailKey(text="x", uid=1)])


async def test_items_are_claimed_oldest_first(store: Store) -> None:
    late, early = make_new_item(received_at=NOW), make_new_item(received_at=NOW - timedelta(days=1))
    await store.save_items([late, early], None)
    assert [item.key for item in await store.claim_items("worker", 2, NOW)] == [early.key, late.key]


async def test_two_workers_claiming_at_once_never_hold_the_same_item(store: Store, open_another: OpenStore) -> None:
    other = await open_another()
    await store.save_items([make_new_item() for _ in range(60)], None)
    claims = await asyncio.gather(
        *((store, other)[turn % 2].claim_items(f"worker {turn % 2}", 7, NOW) for turn in range(10))
    )
    ids = [item.id for claim in claims for item in claim]
    while more := await store.claim_items("worker 0", 7, NOW):
        ids.extend(item.id for item in more)
    assert len(ids) == len(set(ids)) == 60


async def test_a_claim_is_taken_over_only_after_its_lease(open_another: OpenStore) -> None:
    store = await open_another(lease_s=30)
    await store.save_items([make_new_item()], None)
    assert len(await store.claim_items("gone", 5, NOW)) == 1
    assert await store.claim_items("other", 5, NOW + timedelta(seconds=30)) == ()
    assert len(await store.claim_items("other", 5, NOW + timedelta(seconds=31))) == 1


async def test_a_failed_item_waits_for_its_next_try(store: Store) -> None:
    await store.save_items([make_new_item()], None)
    (item,) = await store.claim_items("worker", 1, NOW)
    await store.fail_item(item, "timeout", NOW + timedelta(minutes=2), NOW)
    assert await store.claim_items("worker", 1, NOW + timedelta(minutes=1)) == ()
    (again,) = await store.claim_items("worker", 1, NOW + timedelta(minutes=2))
    assert again.attempts == 1


async def test_an_item_in_quarantine_comes_back_whole(store: Store) -> None:
    new = make_new_item(raw=b"\x00\xff broken")
    await store.save_items([new, make_new_item(received_at=NOW)], None)
    (item,) = await store.claim_items("worker", 1, NOW)
    await store.fail_item(item, "crash", None, NOW)
    (row,) = await store.list_quarantine()
    assert (row.id, row.key, row.code, row.attempts) == (item.id, new.key, "crash", 1)
    assert (row.received_at, row.size_bytes) == (new.received_at, new.size_bytes)
    assert await store.quarantined_raw(item.id) == new.raw
    assert await store.quarantined_raw(item.id + 1) is None
    assert (await store.health(NOW)).quarantined == 1
    assert not await store.retry_quarantined(item.id + 1, NOW)
    assert await store.retry_quarantined(item.id, NOW)
    assert not await store.retry_quarantined(item.id, NOW)
    assert await store.list_quarantine() == ()
    (again, _other) = await store.claim_items("worker", 5, NOW)
    assert (again.id, again.attempts) == (item.id, 0)


async def test_released_claims_are_received_again_for_the_named_worker_only(store: Store) -> None:
    await store.save_items([make_new_item() for _ in range(4)], None)
    await store.claim_items("one", 2, NOW)
    await store.claim_items("two", 2, NOW)
    assert await store.release_claims("one", NOW) == 2
    assert len(await store.claim_items("three", 9, NOW)) == 2
    assert await store.release_claims(None, NOW) == 4


async def test_health_counts_what_waits_and_how_long(store: Store) -> None:
    empty = await store.health(NOW)
    assert (empty.items_waiting, empty.oldest_item_age_s, empty.letters_waiting) == (0, None, 0)
    await store.save_items([make_new_item(received_at=NOW - timedelta(seconds=90)), make_new_item()], None)
    await store.claim_items("worker", 1, NOW)
    health = await store.health(NOW)
    assert health.items_waiting == 2
    assert health.oldest_item_age_s == pytest.approx(300)
