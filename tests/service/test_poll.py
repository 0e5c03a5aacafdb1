"""The inbox story: every mail is stored once, whatever the mailbox does."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import NOW
from tests.service.conftest import WiredDesk, person_mail
from triage.adapters.maildir import MaildirSource
from triage.errors import MailboxUnreachable
from triage.ports import MailboxPosition, MailListing
from triage.service.poll import poll_once

ASKS = "Please send me a copy of all the personal data you hold about me."


async def test_what_is_there_at_the_first_look_is_stored_but_held(desk: WiredDesk) -> None:
    desk.mailbox.receive(person_mail(ASKS))
    await desk.work()
    (row,) = await desk.store.list_enquiries()
    assert (row.gate, row.kinds, row.letter) == ("hold", ("access",), None)


async def test_what_comes_after_the_first_look_is_answered(desk: WiredDesk) -> None:
    await desk.work()
    desk.mailbox.receive(person_mail(ASKS))
    await desk.work()
    (row,) = await desk.store.list_enquiries()
    assert (row.gate, row.letter) == ("ack", "acknowledgement sent")


async def test_a_crash_in_the_middle_of_the_first_look_does_not_make_old_mail_new(desk: WiredDesk) -> None:
    for number in range(3):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"))
    desk.mailbox.trouble = []
    listing = desk.mailbox.list_above
    calls = 0

    async def break_after_listing(uid: int) -> object:
        nonlocal calls
        calls += 1
        result = await listing(uid)
        desk.mailbox.trouble = [MailboxUnreachable("the line dropped")] if calls == 1 else []
        return result

    desk.mailbox.list_above = break_after_listing  # type: ignore[method-assign, assignment]
    await desk.poll()
    desk.clock.advance(timedelta(hours=1))
    await desk.work()
    assert {row.gate for row in await desk.store.list_enquiries()} == {"hold"}
    assert len(await desk.store.list_enquiries()) == 3


async def test_looking_twice_stores_once(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS))
    assert [(await desk.poll()).saved, (await desk.poll(reconcile=True)).saved] == [1, 0]
    assert desk.mailbox.fetched == [1]


async def test_a_line_that_drops_in_mid_fetch_loses_nothing(desk: WiredDesk) -> None:
    await desk.poll()
    for number in range(30):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"))
    fetch = desk.mailbox.fetch

    def fail_at_25(keys: object) -> object:
        if any(key.uid == 25 for key in keys):  # type: ignore[attr-defined]
            desk.mailbox.trouble = [MailboxUnreachable("the line dropped")]
        return fetch(keys)  # type: ignore[arg-type]

    desk.mailbox.fetch = fail_at_25  # type: ignore[method-assign, assignment]
    with pytest.raises(MailboxUnreachable):
        await desk.poll()
    desk.mailbox.fetch = fetch  # type: ignore[method-assign]
    assert (await desk.poll()).saved == 10


async def test_a_mail_that_will_not_come_does_not_hold_up_the_others_for_ever(desk: WiredDesk) -> None:
    await desk.poll()
    for number in range(3):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"))
    desk.mailbox.broken = {2}
    with pytest.raises(MailboxUnreachable):
        await desk.poll()
    result = await poll_once(desk.mailbox, desk.store, desk.clock(), reconcile=False, give_up=True)
    assert (result.saved, result.stuck) == (0, 1)
    assert (await desk.store.health(desk.clock())).items_waiting == 2
    desk.mailbox.receive(person_mail(ASKS, "later@customer.example"))
    assert (await desk.poll()).saved == 1
    desk.mailbox.broken = set()
    desk.clock.advance(timedelta(hours=2))
    assert (await desk.poll()).saved == 1


async def test_giving_up_on_a_mail_is_not_giving_up_on_a_mailbox_that_is_away(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS))
    desk.mailbox.broken = {1}
    answering = desk.mailbox.list_above
    answers = iter([answering(0)])

    async def away_after_the_first(uid: int) -> object:
        for answer in answers:
            return await answer
        raise MailboxUnreachable("away")

    desk.mailbox.list_above = away_after_the_first  # type: ignore[method-assign, assignment]
    with pytest.raises(MailboxUnreachable, match="away"):
        await poll_once(desk.mailbox, desk.store, desk.clock(), reconcile=False, give_up=True)
    desk.mailbox.list_above, desk.mailbox.broken = answering, set()  # type: ignore[method-assign]
    assert (await desk.poll()).saved == 1


async def test_one_mail_that_will_not_come_does_not_keep_its_neighbours_back(desk: WiredDesk) -> None:
    await desk.poll()
    for number in range(6):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"))
    fetch = desk.mailbox.fetch

    def dies_at_2(keys: object) -> object:
        if any(key.uid == 2 for key in keys):  # type: ignore[attr-defined]
            desk.mailbox.trouble = [MailboxUnreachable("it hangs there")]
        return fetch(keys)  # type: ignore[arg-type]

    desk.mailbox.fetch = dies_at_2  # type: ignore[method-assign, assignment]
    result = await poll_once(desk.mailbox, desk.store, desk.clock(), reconcile=False, give_up=True)
    assert (result.saved, result.stuck) == (5, 1)
    await desk.intake.work_once()
    assert {row.gate for row in await desk.store.list_enquiries()} == {"ack"}


async def test_renumbered_mail_is_looked_at_anew_and_answered_no_second_time(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS))
    await desk.work()
    desk.mailbox.renumber()
    desk.clock.advance(timedelta(minutes=1))
    assert (await desk.poll()).validity_reset
    await desk.work()
    outcomes = [row.outcome for row in await desk.store.list_enquiries()]
    assert outcomes in (["enquiry"], ["enquiry", "duplicate"])
    assert len(desk.relay.sent) == 1


async def test_new_mail_that_came_while_the_box_was_renumbered_is_not_lost(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.renumber()
    desk.mailbox.receive(person_mail(ASKS))
    await desk.work()
    (row,) = await desk.store.list_enquiries()
    assert (row.gate, row.kinds) == ("hold", ("access",))


async def test_a_listed_mail_that_does_not_come_is_tried_again(desk: WiredDesk) -> None:
    await desk.poll()
    uid = desk.mailbox.receive(person_mail(ASKS))
    desk.mailbox.hidden = {uid}
    await desk.poll()
    desk.mailbox.hidden = set()
    desk.clock.advance(timedelta(hours=2))
    await desk.work()
    assert len(await desk.store.list_enquiries()) == 1


async def test_a_mail_that_vanished_for_good_is_not_asked_for_for_ever(desk: WiredDesk) -> None:
    await desk.poll()
    uid = desk.mailbox.receive(person_mail(ASKS))
    desk.mailbox.hidden = {uid}
    await desk.poll()
    del desk.mailbox.mails[uid]
    desk.clock.advance(timedelta(hours=2))
    await desk.poll()
    assert await desk.store.gaps_due(desk.mailbox.account, desk.clock() + timedelta(days=9), 10) == ()


async def test_mail_over_three_days_old_is_held_when_first_seen(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.receive(person_mail(ASKS), NOW - timedelta(hours=73))
    await desk.work()
    (row,) = await desk.store.list_enquiries()
    assert row.gate == "hold"


async def all_held(desk: WiredDesk) -> int:
    """Work through what was stored: nothing was answered. Returns how many mails that were."""
    while await desk.intake.work_once():
        pass
    while await desk.outbox.send_next():
        pass
    rows = await desk.store.list_enquiries()
    assert {row.gate for row in rows} <= {"hold"}
    assert desk.relay.sent == []
    return len(rows)


async def test_old_mail_is_held_when_the_first_look_also_looks_for_missed_mail(desk: WiredDesk) -> None:
    desk.mailbox.receive(person_mail(ASKS), NOW - timedelta(hours=1))
    await desk.poll(reconcile=True)
    assert await all_held(desk) == 1


async def test_old_mail_is_held_when_the_line_drops_in_the_first_look(desk: WiredDesk) -> None:
    for number in range(45):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"), NOW - timedelta(hours=1))
    fetch = desk.mailbox.fetch

    def fail_at_25(keys: object) -> object:
        if any(key.uid == 25 for key in keys):  # type: ignore[attr-defined]
            desk.mailbox.trouble = [MailboxUnreachable("the line dropped"), MailboxUnreachable("and is away")]
        return fetch(keys)  # type: ignore[arg-type]

    desk.mailbox.fetch = fail_at_25  # type: ignore[method-assign, assignment]
    with pytest.raises(MailboxUnreachable):
        await desk.poll(reconcile=True)
    desk.mailbox.fetch = fetch  # type: ignore[method-assign]
    await desk.poll(reconcile=True)
    desk.clock.advance(timedelta(hours=2))
    await desk.poll(reconcile=True)
    assert await all_held(desk) == 45


async def test_old_mail_is_held_when_missed_mail_is_looked_for_while_the_box_is_renumbered(desk: WiredDesk) -> None:
    desk.mailbox.receive(person_mail(ASKS), NOW - timedelta(hours=1))
    await desk.poll()
    desk.mailbox.renumber()
    desk.mailbox.receive(person_mail(ASKS, "late@customer.example"), NOW - timedelta(minutes=1))
    assert (await desk.poll(reconcile=True)).validity_reset
    assert await all_held(desk) == 3  # the old one twice: as itself, and as its own duplicate


@pytest.mark.parametrize("reconcile", [False, True])
async def test_old_mail_in_a_maildir_is_held_when_the_first_look_breaks_off(
    desk: WiredDesk, tmp_path: Path, reconcile: bool
) -> None:
    for folder in ("new", "cur"):
        (tmp_path / folder).mkdir()
    old = tmp_path / "new" / "1.a"
    old.write_bytes(person_mail(ASKS))
    an_hour_ago = (NOW - timedelta(hours=1)).timestamp()
    os.utime(old, (an_hour_ago, an_hour_ago))
    source = MaildirSource(tmp_path, clock=desk.clock)
    listing = await source.list_above(0)
    position = MailboxPosition(account=source.account, validity=listing.validity, last_uid=0)
    await desk.store.start_mailbox(position, listing.keys)  # and then the worker was killed
    await poll_once(source, desk.store, desk.clock(), reconcile=reconcile)
    assert await all_held(desk) == 1


async def test_a_gap_of_a_former_numbering_does_not_move_the_new_position(desk: WiredDesk) -> None:
    await desk.poll()
    desk.mailbox.next_uid = 5000
    desk.mailbox.hidden = {desk.mailbox.receive(person_mail(ASKS))}
    assert (await desk.poll()).stuck == 1
    desk.mailbox.mails.clear()
    desk.mailbox.renumber()
    desk.mailbox.next_uid = 1
    desk.mailbox.receive(person_mail(ASKS, "second@customer.example"))
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    assert await desk.store.mailbox_position(desk.mailbox.account) == MailboxPosition(
        account=desk.mailbox.account, validity=2, last_uid=1
    )
    assert (await desk.store.health(desk.clock())).gaps == 0
    desk.mailbox.receive(person_mail(ASKS, "third@customer.example"))
    assert (await desk.poll()).saved == 1


async def test_a_gap_is_fetched_without_moving_the_position(desk: WiredDesk) -> None:
    await desk.poll()
    stuck = desk.mailbox.receive(person_mail(ASKS))
    desk.mailbox.hidden = {stuck}
    await desk.poll()
    before = await desk.store.mailbox_position(desk.mailbox.account)
    assert before is not None
    desk.mailbox.hidden = set()
    await desk.store.save_items([], replace(before, last_uid=0))
    desk.clock.advance(timedelta(hours=2))
    await desk.poll()
    after = await desk.store.mailbox_position(desk.mailbox.account)
    assert after == replace(before, last_uid=0)


async def test_missed_mail_found_later_does_not_move_the_position_past_mail_not_yet_listed(desk: WiredDesk) -> None:
    await desk.poll()
    recent = desk.mailbox.list_recent

    async def two_arrive_first(days: int) -> MailListing:
        old = desk.mailbox.receive(person_mail(ASKS, "moved-in@customer.example"), NOW - timedelta(days=60))
        desk.mailbox.receive(person_mail(ASKS, "new@customer.example"))
        listing = await recent(days)
        return replace(listing, keys=tuple(key for key in listing.keys if key.uid != old))

    desk.mailbox.list_recent = two_arrive_first  # type: ignore[method-assign]
    assert (await desk.poll(reconcile=True)).saved == 1
    assert (await desk.poll()).saved == 1


async def test_a_mail_moved_away_between_listing_and_fetching_is_not_stuck(desk: WiredDesk) -> None:
    await desk.poll()
    uid = desk.mailbox.receive(person_mail(ASKS))
    desk.mailbox.receive(person_mail(ASKS, "other@customer.example"))
    fetch = desk.mailbox.fetch

    def moved_away_first(keys: object) -> object:
        desk.mailbox.mails.pop(uid, None)
        return fetch(keys)  # type: ignore[arg-type]

    desk.mailbox.fetch = moved_away_first  # type: ignore[method-assign, assignment]
    result = await desk.poll()
    assert (result.saved, result.stuck) == (1, 0)
    assert (await desk.store.health(desk.clock())).gaps == 0


async def test_a_mail_of_the_first_look_that_will_not_come_is_stuck(desk: WiredDesk) -> None:
    desk.mailbox.hidden = {desk.mailbox.receive(person_mail(ASKS))}
    assert (await desk.poll()).stuck == 1


async def test_a_large_backlog_comes_in_portions_between_which_new_mail_is_looked_for(desk: WiredDesk) -> None:
    for number in range(230):
        desk.mailbox.receive(person_mail(ASKS, f"p{number}@customer.example"), NOW - timedelta(hours=1))
    first = await desk.poll()
    assert (first.saved, first.more) == (200, True)
    desk.mailbox.receive(person_mail(ASKS, "new@customer.example"))
    second = await desk.poll()
    assert (second.saved, second.more) == (31, False)
    await desk.work()
    assert [letter.recipient for letter in desk.relay.sent] == ["new@customer.example"]
