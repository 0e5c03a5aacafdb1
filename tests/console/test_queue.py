"""The queue: what matters first, and what many rows may be told at once."""

from datetime import datetime, timedelta

import pytest

from tests.console.conftest import Browser, Desk
from tests.factories import make_analysis, make_classification, make_enquiry, make_silent_plan
from triage.domain.enquiry import Correspondent
from triage.domain.vocabulary import Lane


async def a_remark(
    desk: Desk, lane: Lane = Lane.NOT_REQUESTS, name: str = "Bo Example", now: datetime | None = None
) -> str:
    """A message that asks for nothing, and waits for the daily look; filed `now` by the worker's clock."""
    reading = make_classification(kinds=())
    enquiry = make_enquiry(sender=Correspondent(name=name, address="bo@customer.example"))
    return await desk.file(
        plan=make_silent_plan(lane=lane, classification=reading),
        analysis=make_analysis(enquiry=enquiry, classification=reading),
        now=now or desk.clock(),
    )


def newest_of(page: str) -> str:
    """The newest message of what the page would clear."""
    return page.partition('name="up_to" value="')[2].partition('"')[0]


async def test_an_empty_queue_says_that_nothing_waits(dana: Browser) -> None:
    assert "Nothing waits. The desk is up to date." in await dana.page("/")


async def test_a_row_says_who_what_how_sure_and_by_when_with_short_dates(dana: Browser, desk: Desk) -> None:
    reference = await desk.file()
    page = await dana.page("/?lane=all")
    assert f'href="/cases/{reference}/1"' in page
    for said in (
        "Ana Example",
        "My personal information",
        "access",
        "sure",
        "29 days left",
        "Tue 22 Dec",
        "Mon 23 Nov",
    ):
        assert said in page


async def test_active_filters_are_chips_that_can_be_taken_off_one_by_one(dana: Browser, desk: Desk) -> None:
    await desk.file()
    page = await dana.page("/?lane=all&kind=access&from=2026-11-01&channel=nonsense")
    assert "Kind: <strong>access</strong>" in page
    assert "Received from: <strong>Sunday 1 November 2026</strong>" in page
    assert 'href="/?from=2026-11-01&amp;lane=all"' in page
    assert "nonsense" not in page
    assert "Ana Example" in page
    assert "Without the filters" in await dana.page("/?lane=all&kind=deletion")


async def test_all_that_asks_for_nothing_is_cleared_in_one_click(dana: Browser, desk: Desk) -> None:
    await a_remark(desk)
    await a_remark(desk)
    page = await dana.page("/?lane=not_requests")
    assert "All 2 of these ask for nothing" in page
    answer = await dana.post("/", act="clear_all", lane="not_requests", up_to=newest_of(page))
    assert (answer.status, answer.headers["Location"]) == (303, "/?lane=not_requests&done=cleared")
    assert await desk.store.to_look_at() == ()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=30)])
async def test_what_came_since_the_page_was_made_waits_to_be_seen_however_clocks_go(
    dana: Browser, desk: Desk, ahead: timedelta
) -> None:
    """The worker's clock may be ahead of the console's, and two workers' clocks apart."""
    await a_remark(desk, now=desk.clock() + ahead)
    page = await dana.page("/?lane=not_requests")
    unseen = await a_remark(desk, name="Cy Example", now=desk.clock())
    answer = await dana.post("/", act="clear_all", lane="not_requests", up_to=newest_of(page))
    assert answer.headers["Location"] == "/?lane=not_requests&done=cleared"
    assert [row.reference for row in await desk.store.to_look_at()] == [unseen]


async def test_machines_mail_is_cleared_apart(dana: Browser, desk: Desk) -> None:
    person = await a_remark(desk)
    await a_remark(desk, Lane.AUTOMATIC_MAIL)
    page = await dana.page("/?lane=automatic_mail")
    assert "This one asks for nothing" in page
    newest = newest_of(page)
    await dana.post("/", act="clear_all", lane="automatic_mail", up_to=newest)
    assert [row.reference for row in await desk.store.to_look_at()] == [person]
    again = await dana.post("/", act="clear_all", lane="automatic_mail", up_to=newest)
    assert again.headers["Location"] == "/?lane=automatic_mail&done=nothing-to-clear"


async def test_a_narrowed_lane_cannot_be_cleared_whole(dana: Browser, desk: Desk) -> None:
    await a_remark(desk)
    assert "clear_all" not in await dana.page("/?lane=not_requests&channel=email")
    for newest in ("", "-1", "yesterday", "9" * 30, "٣"):
        assert (await dana.post("/", act="clear_all", lane="not_requests", up_to=newest)).status == 400
    assert (await dana.post("/", act="clear_all", lane="all", up_to="1")).status == 400


async def test_ticked_rows_are_cleared_or_taken_and_the_filters_stay(dana: Browser, desk: Desk) -> None:
    remark, reference = await a_remark(desk), await desk.file()
    cleared = await dana.post("/", act="clear", lane="not_requests", row=remark)
    assert cleared.status == 303
    taken = await dana.post("/", act="take", lane="all", kind="access", row=f"{reference}/1")
    assert taken.headers["Location"] == "/?kind=access&lane=all&done=assigned"
    assert "<strong>dana</strong>" in await dana.page("/?lane=all&assignee=dana")
    await dana.post("/", act="leave", lane="all", row=f"{reference}/1")
    assert "Nothing fits these filters." in await dana.page("/?lane=urgent&assignee=dana")


async def test_what_cannot_be_done_to_many_says_why(dana: Browser, desk: Desk) -> None:
    remark = await a_remark(desk)
    nothing = await dana.post("/", act="take", lane="all")
    assert (nothing.status, "tick the rows first" in await nothing.text()) == (409, True)
    message = await dana.post("/", act="take", lane="all", row=remark)
    assert (message.status, "belongs to nobody" in await message.text()) == (409, True)
    assert (await dana.post("/", act="delete", lane="all", row=remark)).status == 400


async def test_the_quiet_line_knows_how_many_rows_each_lane_has(dana: Browser, desk: Desk) -> None:
    await desk.file()
    counts = await (await dana.get("/news")).json()
    assert counts["all"] == 1


async def test_a_reader_sees_the_queue_and_changes_nothing(rea: Browser, desk: Desk) -> None:
    remark = await a_remark(desk)
    page = await rea.page("/?lane=not_requests")
    assert "Bo Example" in page
    assert "clear_all" not in page
    assert (await rea.post("/", act="clear", lane="not_requests", row=remark)).status == 403
