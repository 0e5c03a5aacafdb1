"""The worked dates through cases that live: a mail comes, a person asks by letter, and the store keeps it all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from tests.service.conftest import WiredDesk
from tests.service.living import LivingDesk
from tests.unit.worked_dates import WORKED
from triage.domain.asking import propose
from triage.domain.case_events import record
from triage.domain.case_file import CaseFile
from triage.domain.policy import Policy
from triage.domain.vocabulary import CaseEventName, Kind, LetterPurpose, Nation, Regime
from triage.service.recompute import recompute

WORDS = {
    Kind.ACCESS: "Please send me a copy of all the personal data you hold about me.",
    Kind.DELETION: "Please delete all the personal data you hold about me.",
    Kind.COMPLAINT: "I want to make a complaint about how you have handled my personal data.",
    Kind.OPT_OUT: "Please stop sending me marketing emails. Unsubscribe me from everything.",
}
Opens = Callable[..., LivingDesk]


@pytest.fixture
def opens(desk: WiredDesk, tmp_path: Path) -> Opens:
    """A desk whose first controller, and whose policy, are a little other than the shipped ones."""

    def opened(nation: Nation = Nation.ENGLAND, regime: Regime = Regime.UK, **changes: object) -> LivingDesk:
        policy: Policy = desk.intake.policy
        controller = replace(policy.main_controller, nation=nation, regime=regime)
        return LivingDesk(desk=desk, policy=replace(policy, controllers=(controller,), **changes), folder=tmp_path)

    return opened


def at_noon(living: LivingDesk, day: date) -> None:
    """Letters are approved and words recorded on that day."""
    living.desk.clock.now = datetime.combine(day, time(12), tzinfo=UTC)


async def received(living: LivingDesk, kind: Kind, moment: date | datetime) -> str:
    """The case of that kind, opened by a mail that came at the moment (at noon of a day) and was read by a person."""
    if isinstance(moment, datetime):
        living.desk.clock.now = moment
    else:
        at_noon(living, moment)
    thread = await living.hear(WORDS[kind])
    await living.read(thread)
    return (await living.of_kind(thread, kind)).reference


async def asked(living: LivingDesk, reference: str, purpose: LetterPurpose, on: date) -> None:
    """A person drafts the letter and approves it; from then on it was asked, or told."""
    at_noon(living, on)
    words = "These are our words."
    await living.act(reference, lambda case, policy, now: propose(case, purpose, words, policy, now))
    await living.approve(reference, purpose)


async def happened(living: LivingDesk, reference: str, name: CaseEventName, on: date) -> None:
    at_noon(living, on)
    await living.act(reference, lambda case, policy, now: record(case, name, on, policy, now))


def said(case: CaseFile, expected: dict[str, str]) -> dict[str, str]:
    return {name: str(getattr(case.dates, name)) for name in expected}


@pytest.mark.parametrize(("number", "row", "expected"), WORKED, ids=[f"row {number}" for number, _, _ in WORKED])
async def test_every_worked_date_stands_in_the_store(opens: Opens, number: int, row: dict, expected: dict) -> None:
    living = opens(row.get("nation", Nation.ENGLAND))
    reference = await received(living, row["kind"], row["received"])
    if "identity_asked_on" in row:
        await asked(living, reference, LetterPurpose.IDENTITY_ASK, row["identity_asked_on"])
        await happened(living, reference, CaseEventName.IDENTITY_RECEIVED, row["identity_received_on"])
    for pause in row.get("pauses", ()):
        await asked(living, reference, LetterPurpose.CLARIFICATION_ASK, pause.asked_on)
        await happened(living, reference, CaseEventName.CLARIFICATION_RECEIVED, pause.answered_on)
    if row.get("extended"):
        await asked(living, reference, LetterPurpose.EXTENSION_NOTICE, (await living.case(reference)).dates.received_on)
    assert said(await living.case(reference), expected) == expected
    assert await living.store.verify_journal() == ()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # 23:59 and half past midnight in British summer; 15 August 2026 is a Saturday.
        (datetime(2026, 7, 14, 22, 59, tzinfo=UTC), {"received_on": "2026-07-14", "statutory_due": "2026-08-14"}),
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), {"received_on": "2026-07-15", "statutory_due": "2026-08-17"}),
    ],
)
async def test_a_mail_of_a_summer_night_counts_from_its_london_day(
    opens: Opens, moment: datetime, expected: dict[str, str]
) -> None:
    living = opens()
    reference = await received(living, Kind.ACCESS, moment)
    assert said(await living.case(reference), expected) == expected


async def test_a_company_in_the_eu_gives_no_credit_for_asking_and_keeps_bulgarian_holidays(opens: Opens) -> None:
    living = opens(Nation.BULGARIA, Regime.EU)
    reference = await received(living, Kind.ACCESS, date(2027, 2, 3))
    # 3 March is Liberation Day.
    due = {"statutory_due": "2027-03-04", "safe_due": "2027-03-04", "shadow_due": "2027-03-04"}
    await asked(living, reference, LetterPurpose.CLARIFICATION_ASK, date(2027, 2, 5))
    await asked(living, reference, LetterPurpose.IDENTITY_ASK, date(2027, 2, 5))
    assert said(await living.case(reference), due) == due
    await happened(living, reference, CaseEventName.CLARIFICATION_RECEIVED, date(2027, 2, 15))
    await happened(living, reference, CaseEventName.IDENTITY_RECEIVED, date(2027, 2, 16))
    case = await living.case(reference)
    assert said(case, due) == due
    body = await living.body(case.letters[0].id)
    assert living.policy.links["cpdp"].url in body
    assert "ico.org.uk" not in body
    complaint = await living.of_kind(await living.hear(WORDS[Kind.COMPLAINT], "bo@customer.example"), Kind.COMPLAINT)
    assert complaint.dates.acknowledge_by is None
    assert any("no s.164A duty" in line for line in complaint.dates.trace)


async def test_a_closed_office_moves_our_target_and_a_bank_holiday_alone_the_law(opens: Opens) -> None:
    living = opens()
    reference = await received(living, Kind.ACCESS, date(2026, 11, 23))
    before = {"statutory_due": "2026-12-23", "safe_due": "2026-12-23", "internal_target": "2026-12-21"}
    assert said(await living.case(reference), before) == before
    days = (date(2026, 12, 21), date(2026, 12, 23))
    for changes, expected in (
        ({"office_closures": days}, before | {"internal_target": "2026-12-18"}),
        ({"extra_bank_holidays": days}, dict.fromkeys(before, "2026-12-24") | {"internal_target": "2026-12-18"}),
    ):
        policy = replace(living.policy, **changes)
        await recompute(living.store, policy, by="dpo", now=living.desk.clock(), dry_run=False)
        assert said(await living.case(reference), expected) == expected
