"""Whose law counts: what is in doubt is said in words, each law's dates are shown, and one is settled."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.console.conftest import Browser, Desk, SignIn
from tests.console.test_case_acts import case_of, do, journal_of
from tests.factories import CONTROLLER, make_analysis, make_classification, make_plan
from triage.domain.case_plan import plan_case
from triage.domain.vocabulary import Kind, Nation, Regime, UserRole

MAIN = CONTROLLER.name
SOFIA = replace(CONTROLLER, name="Larkfield Sofia EOOD", nation=Nation.BULGARIA, regime=Regime.EU, addresses=())
# Easter is a holiday in England a month before it is one in Bulgaria: the month ends apart.
RECEIVED = datetime(2027, 2, 26, 12, 0, tzinfo=UTC)
MOVED = '<td class="moves">Tuesday 30 March 2027 <strong class="small">moves</strong></td>'


@pytest.fixture
async def deputy(desk: Desk, sign_in: SignIn) -> Browser:
    """Somebody at the desk of a group of two, on the day after the message came."""
    policy = replace(desk.console.policy, controllers=(*desk.console.policy.controllers, SOFIA))
    desk.console = replace(desk.console, policy=policy, work=replace(desk.console.work, policy=policy))
    desk.clock.now = RECEIVED
    return await sign_in("dee", UserRole.DEPUTY)


async def in_doubt(desk: Desk, kind: Kind = Kind.ACCESS) -> str:
    """A case against the first company of which nobody knows whose law counts, read."""
    policy = desk.console.policy
    planned = plan_case(kind, RECEIVED, RECEIVED, policy.main_controller, policy, unanswered=False, in_doubt=SOFIA)
    reading = make_classification(kinds=(kind,), reasons=())
    thread = await desk.file(
        analysis=make_analysis(classification=reading), plan=make_plan(cases=(planned,)), now=desk.clock()
    )
    await desk.store.mark_read(thread, by="dee", now=desk.clock())
    return f"{thread}/1"


async def test_what_is_in_doubt_and_what_each_law_makes_of_the_dates_is_shown_first(
    desk: Desk, deputy: Browser
) -> None:
    reference = await in_doubt(desk)
    before = await case_of(desk, reference)
    page = " ".join((await deputy.page(f"/cases/{reference}")).split())
    assert f"The case is against {MAIN} (UK law), but Larkfield Sofia EOOD (EU law) may be the one" in page
    assert "each date is the earlier of the two and letters name both regulators" in page
    assert f'<th scope="row">Due by law</th>{MOVED}<td>Friday 26 March 2027</td>' in page
    assert await case_of(desk, reference) == before


async def test_where_nothing_is_in_doubt_nothing_is_said_of_it(desk: Desk, deputy: Browser) -> None:
    assert "Whose law counts" not in await deputy.page(f"/cases/{await desk.file()}/1")


@pytest.mark.parametrize(
    ("regime", "company", "due"), [("uk", MAIN, date(2027, 3, 30)), ("eu", SOFIA.name, date(2027, 3, 26))]
)
async def test_a_person_says_which_law_counts_and_how_they_know(
    desk: Desk, deputy: Browser, regime: str, company: str, due: date
) -> None:
    reference = await in_doubt(desk)
    where = await do(deputy, reference, "regime", version="1", regime=regime, why="They are a customer in Leeds")
    assert where == f"/cases/{reference}?done=regime"
    case = await case_of(desk, reference)
    assert (case.controller, case.rules_in_doubt, case.dates.statutory_due) == (company, "", due)
    event, told = (await journal_of(desk, reference))[-1]
    assert (event, told.splitlines()[0]) == ("rules_settled", "They are a customer in Leeds")
    page = await deputy.page(where)
    assert "Settled: the dates go by that law alone." in page
    assert "Whose law counts?" not in page


async def test_without_a_law_or_a_reason_nothing_is_settled_and_what_was_said_stays(
    desk: Desk, deputy: Browser
) -> None:
    reference = await in_doubt(desk)
    answer = await deputy.post(f"/cases/{reference}/regime", version="1", regime="eu", why=" ")
    page = await answer.text()
    assert answer.status == 422
    assert '<a href="#regime-why">Say how you know</a>' in page
    assert 'value="eu" required checked' in page
    answer = await deputy.post(f"/cases/{reference}/regime", version="1", regime="moon", why="I <3 it")
    page = await answer.text()
    assert answer.status == 422
    assert '<a href="#regime-regime">Choose one</a>' in page
    assert "I &lt;3 it" in page
    assert (await case_of(desk, reference)).rules_in_doubt


async def test_who_comes_second_is_told_that_it_is_settled_and_keeps_their_words(desk: Desk, deputy: Browser) -> None:
    reference = await in_doubt(desk)
    await do(deputy, reference, "regime", version="1", regime="uk", why="They live in Leeds")
    answer = await deputy.post(f"/cases/{reference}/regime", version="1", regime="eu", why="They live in Sofia")
    page = await answer.text()
    assert answer.status == 409
    assert "This has changed since you looked" in page
    assert "by dee" in page
    assert "It is settled" in page
    assert "They live in Sofia" in page
    assert (await case_of(desk, reference)).controller == MAIN


async def test_a_reader_sees_the_doubt_and_cannot_settle_it(desk: Desk, deputy: Browser, sign_in: SignIn) -> None:
    reference = await in_doubt(desk)
    rea = await sign_in("rea", UserRole.READER)
    page = await rea.page(f"/cases/{reference}")
    assert MOVED in page
    assert "This law counts" not in page
    assert (await rea.post(f"/cases/{reference}/regime", regime="uk", why="x")).status == 403
    assert deputy.account.may_decide


async def test_a_complaint_has_its_own_days_by_each_law(desk: Desk, deputy: Browser) -> None:
    page = await deputy.page(f"/cases/{await in_doubt(desk, Kind.COMPLAINT)}")
    assert "Acknowledge by law" in page
    assert '<td class="moves">none <strong class="small">moves</strong></td>' in page
