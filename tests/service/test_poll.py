"""The inbox story: every mail is stored once, whatever the mailbox does."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.service.conftest import WiredDesk, person_mail
from triage.errors import MailboxUnreachable
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
    assert desk.mailbox.fetched == []
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
