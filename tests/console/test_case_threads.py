"""Merging and splitting on the case page: what changes is shown first, and taken with one more click."""

from datetime import date, timedelta

from tests.console.conftest import Browser, Desk
from tests.factories import NOW, make_analysis, make_case, make_classification, make_dates, make_enquiry, make_plan
from triage.domain.enquiry import Correspondent
from triage.domain.vocabulary import CaseState, Kind

EARLY = NOW - timedelta(days=10)


async def asked_twice(desk: Desk) -> tuple[str, str]:
    """The later and the earlier thread of one person."""
    dates = make_dates(received_on=date(2026, 11, 13), safe_due=date(2026, 12, 11))
    first = make_analysis(enquiry=make_enquiry(received_at=EARLY))
    kept = await desk.file(plan=make_plan(cases=(make_case(dates=dates),)), analysis=first)
    return await desk.file(), kept


async def message_of(desk: Desk, reference: str) -> int:
    shown = await desk.store.show_case(reference)
    assert shown is not None
    return int(shown["thread"][0]["id"])  # type: ignore[index]


async def test_a_case_says_that_the_same_person_asked_for_the_same_before(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    page = await dana.page(f"/cases/{gone}/1")
    assert "Asked twice?" in page
    assert f"/cases/{gone}/merge?with={kept}" in page


async def test_what_merging_does_to_the_clock_is_shown_before_it_is_taken(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    for here, other in ((gone, kept), (kept, gone)):
        page = await dana.page(f"/cases/{here}/merge?with={other}")
        assert "is kept: it was received first" in page
        assert "due Friday 11 December 2026" in page
        assert f"The clock of {gone}/1" in page
    assert len(await desk.store.open_cases()) == 2


async def test_merged_threads_are_one_and_both_references_lead_to_it(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    answer = await dana.post(f"/cases/{gone}/merge", **{"with": kept})
    assert (answer.status, answer.headers["Location"]) == (303, f"/cases/{kept}?done=merged")
    assert [case.reference for case in await desk.store.open_cases()] == [f"{kept}/1"]
    answer = await dana.get(f"/cases/{gone}/1")
    assert answer.headers["Location"].startswith(f"/cases/{kept}/1")
    page = await dana.page(f"/cases/{kept}/1")
    assert f"came under {gone}" in page
    assert "Merged into this:" in page
    assert f"{kept}/1" in await dana.page(f"/?q={gone}")


async def test_two_peoples_threads_are_merged_only_with_a_reason(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    other = make_enquiry(sender=Correspondent(name="Bo", address="bo@customer.example"))
    stranger = await desk.file(analysis=make_analysis(enquiry=other))
    assert "Are they one person" in await dana.page(f"/cases/{stranger}/merge?with={kept}")
    answer = await dana.post(f"/cases/{stranger}/merge", **{"with": kept})
    assert answer.status == 409
    assert "say why they belong together" in await answer.text()
    answer = await dana.post(f"/cases/{stranger}/merge", **{"with": kept, "why": "she rang: both are hers"})
    assert answer.status == 303
    shown = await desk.store.show_case(kept)
    assert shown is not None
    assert "she rang: both are hers" in [one["text"] for one in shown["journal"]]  # type: ignore[attr-defined]
    assert await desk.store.leads_to(gone) is None


async def test_a_thread_that_changed_meanwhile_is_shown_again(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    fields = {"with": kept, "seen": f"{gone}.1.{kept}.1"}
    answer = await dana.post(f"/cases/{gone}/merge", **fields)
    assert answer.status == 409
    assert "has changed since you looked" in await answer.text()


async def test_what_is_no_reference_or_of_nobody_is_said_so(desk: Desk, dana: Browser) -> None:
    gone, _ = await asked_twice(desk)
    assert "give the reference of the other one" in (await dana.page(f"/cases/{gone}/merge?with=hello")).lower()
    assert "there is no enquiry" in (await dana.page(f"/cases/{gone}/merge?with=DP-2026-00042-K7")).lower()
    assert "One thread already" not in await dana.page(f"/cases/{gone}/merge")
    assert "one thread already" in await dana.page(f"/cases/{gone}/merge?with={gone}")


async def test_both_cases_go_on_where_a_person_says_so(desk: Desk, dana: Browser) -> None:
    gone, kept = await asked_twice(desk)
    assert "goes on in" in await dana.page(f"/cases/{gone}/merge?with={kept}&apart=1")
    await dana.post(f"/cases/{gone}/merge", **{"with": kept, "apart": "1"})
    assert len(await desk.store.open_cases()) == 2


async def test_a_message_of_two_requests_is_split_after_its_effect_was_shown(desk: Desk, dana: Browser) -> None:
    plan = make_plan(cases=(make_case(), make_case(Kind.DELETION)))
    reading = make_classification(kinds=(Kind.ACCESS, Kind.DELETION))
    reference = await desk.file(plan=plan, analysis=make_analysis(classification=reading))
    where = f"/cases/{reference}/messages/{await message_of(desk, reference)}/split"
    assert where in await dana.page(f"/cases/{reference}/1")
    page = await dana.page(f"{where}?kind=deletion")
    assert "A second enquiry opens" in page
    assert f"Case {reference}/2 (deletion) is set aside here" in page
    answer = await dana.post(where, kind="deletion")
    assert answer.status == 303
    other = answer.headers["Location"].removeprefix("/cases/").partition("?")[0]
    (case,) = await desk.store.cases_of(other)
    assert case.kind is Kind.DELETION
    assert [one.state for one in await desk.store.cases_of(reference)] == [CaseState.OPEN, CaseState.SET_ASIDE]
    page = await dana.page(f"/cases/{other}/1")
    assert "Ana Example" in page


async def test_a_split_that_cannot_be_is_refused_in_words(desk: Desk, dana: Browser) -> None:
    reference = await desk.file()
    where = f"/cases/{reference}/messages/{await message_of(desk, reference)}/split"
    for fields, told in (
        ({"kind": "access"}, "nothing would be left"),
        ({}, "say what the second enquiry asks for"),
        ({"kind": "other_right"}, "say which other right"),
        ({"kind": "access", "both": "1", "version": "99"}, "has changed since you looked"),
    ):
        answer = await dana.post(where, **fields)
        assert answer.status == 409
        assert told in (await answer.text()).lower()
    assert (await dana.get(f"/cases/{reference}/messages/9999/split")).status == 404
    assert len(await desk.store.open_cases()) == 1


async def test_a_reader_sees_what_would_change_and_cannot_take_it(desk: Desk, rea: Browser) -> None:
    gone, kept = await asked_twice(desk)
    page = await rea.page(f"/cases/{gone}/merge?with={kept}")
    assert "Yes, merge them" not in page
    assert (await rea.post(f"/cases/{gone}/merge", **{"with": kept})).status == 403
