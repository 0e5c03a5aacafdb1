"""Log a contact: five fields make an enquiry with its clock; nothing typed is lost."""

from datetime import date

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import NOW, make_filing
from triage.domain.vocabulary import Channel, Kind
from triage.parsing.told import read_entry
from triage.ports import Item
from triage.web.console import contacts

KEY = "0123456789abcdef"
CALL = {
    "way": "phone",
    "who": "Jo Reader, 0117 496 0999",
    "on": "2026-11-20",
    "said": "She wants to see all we have on her.",
    "kind": "access",
    "key": KEY,
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "WAIT_S", 0.0)


async def handed_in(desk: Desk) -> tuple[Item, ...]:
    return tuple(await desk.store.claim_items("worker", 5, desk.clock()))


async def test_the_queue_leads_to_the_form_and_the_form_has_today(dana: Browser) -> None:
    assert "/contacts/new" in await dana.page("/")
    page = await dana.page("/contacts/new")
    assert 'value="2026-11-23"' in page
    assert page.count("<textarea") == 2


async def test_a_call_is_handed_to_the_worker_with_the_day_it_came(desk: Desk, dana: Browser) -> None:
    answer = await dana.post("/contacts/new", **CALL)
    assert (answer.status, answer.headers["Location"]) == (303, f"/contacts/{KEY}")
    (item,) = await handed_in(desk)
    assert (item.channel, item.received_at.date()) == (Channel.PHONE, date(2026, 11, 20))
    entry = read_entry(item.raw)
    assert (entry.name, entry.phone, entry.kinds) == ("Jo Reader", "0117 496 0999", (Kind.ACCESS,))
    assert (entry.by, entry.subject, entry.message) == ("dana", "By phone", CALL["said"])


async def test_once_it_is_filed_its_case_is_shown(desk: Desk, dana: Browser) -> None:
    await dana.post("/contacts/new", **CALL)
    assert "not filed yet" in await dana.page(f"/contacts/{KEY}")
    (item,) = await handed_in(desk)
    async with desk.store.filing() as filer:
        reference = await filer.next_reference(2026)
        await filer.file(make_filing(item, reference))
    answer = await dana.get(f"/contacts/{KEY}")
    assert answer.headers["Location"] == f"/cases/{reference}?done=logged"
    answer = await dana.post("/contacts/new", **CALL)
    assert answer.headers["Location"] == f"/cases/{reference}?done=logged"


async def test_a_form_sent_twice_is_one_enquiry(desk: Desk, dana: Browser) -> None:
    await dana.post("/contacts/new", **CALL)
    await dana.post("/contacts/new", **CALL)
    assert len(await handed_in(desk)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("on", "2026-11-24", "has not come yet"),
        ("on", "2019-01-01", "too long ago"),
        ("on", "", "Give the day"),
        ("said", " ", "Say what was said"),
        ("said", "x" * 20_001, "the most"),
        ("who", "", "Say who it was"),
        ("way", "smoke", "Choose one"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk, dana: Browser, field: str, typed: str, told: str
) -> None:
    answer = await dana.post("/contacts/new", **{**CALL, field: typed})
    page = await answer.text()
    assert answer.status == 422
    assert told in page
    assert f'id="{field}-fault"' in page
    kept = [value for name, value in CALL.items() if name in ("who", "said") and name != field]
    assert all(value in page for value in kept)
    assert 'value="access" checked' in page
    assert KEY in page
    assert await handed_in(desk) == ()


async def test_script_in_a_field_stays_text(dana: Browser) -> None:
    answer = await dana.post("/contacts/new", **{**CALL, "on": "", "who": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in await answer.text()


async def test_a_reader_logs_nothing_and_an_unknown_key_is_no_page(desk: Desk, rea: Browser) -> None:
    assert (await rea.post("/contacts/new", **CALL)).status == 403
    assert (await rea.get(f"/contacts/{'0' * 16}")).status == 404
    assert await handed_in(desk) == ()
    assert desk.clock() == NOW
