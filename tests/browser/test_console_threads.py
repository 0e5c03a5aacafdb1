"""What belongs together is merged, what does not is split, and a contact becomes an enquiry; each in a browser."""

from datetime import timedelta

import pytest

from tests.browser.at_desk import AtDesk
from tests.browser.hands import Hands
from tests.console.letter_office import ACCESS
from triage.domain.vocabulary import Kind
from triage.web.console import contacts

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_same_matter_twice_is_merged_with_the_effect_shown_first(desk: AtDesk) -> None:
    life = desk.office.life
    first = await life.hear(ACCESS)
    life.desk.clock.advance(timedelta(days=2))
    second = await life.hear("Please, I asked for a copy of my personal data. Send me all you hold about me.")
    desk.office.dana.token = await desk.office.console.signing_in.open(desk.office.dana.account)
    hands = await Hands.at(desk, f"/cases/{second}")
    await hands.go("link", "It is the same matter as another: merge")
    await hands.type("with", first)
    await hands.go("button", "Show what changes")
    assert "is kept: it was received first" in await hands.text()
    assert [case.is_open for case in await desk.office.store.cases_of(second)] == [True]
    await hands.go("button", "Yes, merge them")
    assert first in hands.page.url
    assert "Merged into this" in await hands.text()
    open_cases = [case for case in await desk.office.store.cases_of(first) if case.is_open]
    assert [case.kind for case in open_cases] == [Kind.ACCESS]
    assert await desk.office.store.verify_journal() == ()


async def test_two_enquiries_in_one_message_are_split_with_the_effect_shown_first(desk: AtDesk) -> None:
    thread = await desk.office.life.hear(ACCESS + " And my husband Bo wants all of his data deleted.")
    hands = await Hands.at(desk, f"/cases/{thread}")
    await hands.go("link", "It holds two enquiries: split")
    await hands.press("checkbox", "correction")
    await hands.go("button", "Show what changes")
    assert "A second enquiry opens: correction" in await hands.text()
    known = {row.thread for row in await desk.office.store.list_enquiries()}
    assert known == {thread}
    await hands.go("button", "Yes, split it")
    (other,) = {row.thread for row in await desk.office.store.list_enquiries()} - known
    assert [case.kind for case in await desk.office.store.cases_of(other or "")] == [Kind.CORRECTION]


async def test_a_call_of_somebody_new_becomes_an_enquiry_with_its_clock(
    desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "WAIT_S", 0.0)
    hands = await Hands.at(desk, "/")
    await hands.go("link", "Log a contact")
    await hands.type("who", "Jo Reader, jo@customer.example")
    await hands.page.fill("#on", "2026-11-25")
    await hands.type("said", "She wants to see all we have on her.")
    await hands.press("checkbox", "access")
    await hands.go("button", "Log it")
    assert "It is kept, and not filed yet" in await hands.text()
    while await desk.office.life.desk.intake.work_once():
        pass
    await hands.go("link", "Look again")
    assert "Access from Jo Reader" in await hands.text()
    (row,) = await desk.office.store.list_enquiries()
    case = await desk.office.life.case(row.thread or "")
    assert (case.kind, case.dates.received_on.isoformat()) == (Kind.ACCESS, "2026-11-25")
