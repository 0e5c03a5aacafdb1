"""The limit over all senders: once it is reached no machine writes to anybody until a person says so."""

from datetime import timedelta

from tests.service.conftest import WiredDesk, person_mail
from triage.service.review import clear_alarm

ASKS = "Please send me a copy of all the personal data you hold about me."


async def flood(desk: WiredDesk, name: str, count: int) -> None:
    """Mail from many people at as many companies."""
    for number in range(count):
        desk.mailbox.receive(person_mail(f"{ASKS} {name}", f"ana@{name}{number}.example"), desk.clock())
    await desk.work()


async def test_the_breaker_stays_open_until_a_person_closes_it(desk: WiredDesk) -> None:
    most = desk.intake.policy.limits.global_per_10_minutes
    await desk.poll()
    await flood(desk, "first", most - 1)
    assert await desk.store.alarms() == ()
    await flood(desk, "second", 5)
    assert len(desk.relay.sent) == most
    assert [alarm.code for alarm in await desk.store.alarms()] == ["sending_limit"]
    desk.clock.advance(timedelta(hours=5))
    await flood(desk, "third", 3)
    await desk.watch.look()
    assert len(desk.relay.sent) == most
    assert (await desk.store.list_enquiries())[-1].gate == "hold"
    assert await clear_alarm(desk.store, "sending_limit", None, desk.clock())
    await flood(desk, "fourth", 2)
    assert len(desk.relay.sent) == most + 2
    await desk.watch.look()
    assert await desk.store.alarms() == ()


async def test_forged_tags_bring_one_letter_into_a_mailbox_not_hundreds(desk: WiredDesk) -> None:
    await desk.poll()
    for number in range(20):
        desk.mailbox.receive(person_mail(ASKS, f"vic.tim+{number}@gmail.com"), desk.clock())
    await desk.work()
    assert len(desk.relay.sent) == 1
