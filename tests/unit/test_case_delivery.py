"""What an access answer owes beside the data: the points of Art 15, the search, the redactions, the delivery."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.case_files import NOW, RECEIVED, done, make_case_file, make_task, refusals
from triage.domain.delivery import (
    NOT_APPLICABLE,
    SUPPLEMENTS,
    Delivery,
    Supplement,
    record_delivery,
    record_delivery_outside,
    record_supplements,
)
from triage.domain.vocabulary import CaseState, Kind

POINTS = dict.fromkeys(Supplement, "An answer.") | {Supplement.DECISIONS: NOT_APPLICABLE}
SEARCHED = {"Billing": "by name and address: account 1, three invoices"}
HANDED = Delivery(
    how="by post, tracked",
    address="1 Example Street, Exampleton",
    checked="the address on the contract of 2024, confirmed by phone",
    at=NOW - timedelta(days=1),
    sha256=("AB" * 32,),
)


def test_every_point_of_the_law_has_plain_words() -> None:
    assert set(SUPPLEMENTS) == set(Supplement)
    assert len(Supplement) == 9  # Art 15(1)(a)-(h) and 15(2)


def test_points_search_and_redactions_are_laid_down() -> None:
    case = make_case_file(tasks=(make_task(),))
    change = done(record_supplements(case, POINTS, SEARCHED, " Bo Example "))
    assert change.supplements == {
        "points": {point.value: POINTS[point] for point in Supplement},
        "searched": SEARCHED,
        "redactions_by": "Bo Example",
    }
    assert change.facts == {"not_applicable": ["decisions"], "systems": 1}


def test_every_point_is_answered_or_marked_and_all_gaps_are_named_at_once() -> None:
    case = make_case_file(tasks=(make_task(), make_task(id=2, system="Backups")))
    points = {point: words for point, words in POINTS.items() if point is not Supplement.SOURCE}
    answer = record_supplements(case, points | {Supplement.RIGHTS: " "}, SEARCHED, "")
    assert refusals(answer).splitlines() == [
        "Your rights to have it corrected, deleted or used less, and to object: answer it, or mark it not applicable",
        "Where we had it from, if not from you: answer it, or mark it not applicable",
        "Backups: say what was searched for there and found",
        "say who checked the redactions",
    ]


def test_without_a_search_record_there_is_no_answer() -> None:
    assert refusals(record_supplements(make_case_file(), POINTS, {}, "Bo Example")).startswith("say which systems")


def test_a_delivery_keeps_how_where_when_and_what() -> None:
    change = done(record_delivery(make_case_file(), HANDED, NOW))
    assert change.delivery == {
        "how": "by post, tracked",
        "address": "1 Example Street, Exampleton",
        "checked": "the address on the contract of 2024, confirmed by phone",
        "at": "2026-12-13T10:00:00+00:00",
        "sha256": ["ab" * 32],
    }
    assert "address" not in change.facts  # the journal's facts name nobody


def test_every_gap_of_a_delivery_is_named_at_once() -> None:
    bare = Delivery(how="", address=" ", checked="", at=NOW + timedelta(hours=1), sha256=())
    assert len(refusals(record_delivery(make_case_file(), bare, NOW)).splitlines()) == 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"at": datetime(2026, 12, 13, 10)}, "no time zone"),  # noqa: DTZ001 - naive on purpose
        ({"at": NOW + timedelta(minutes=1)}, "in the future"),
        ({"at": RECEIVED - timedelta(minutes=1)}, "before receipt"),
        ({"sha256": ("abc",)}, "'abc' is no SHA-256"),
    ],
)
def test_a_delivery_that_cannot_be_true_is_refused(changes, reason) -> None:
    assert reason in refusals(record_delivery(make_case_file(), replace(HANDED, **changes), NOW))


def test_delivered_outside_the_desk_is_a_record_too() -> None:
    change = done(record_delivery_outside(make_case_file(), "Handed over in person; receipt in file 12.", NOW))
    assert change.delivery == {
        "outside": "Handed over in person; receipt in file 12.",
        "recorded_at": "2026-12-14T10:00:00+00:00",
    }
    assert change.facts == {"outside": True}
    assert "say how" in refusals(record_delivery_outside(make_case_file(), " ", NOW))


def test_a_copy_to_take_elsewhere_is_delivered_too_and_a_correction_is_not() -> None:
    assert done(record_delivery(make_case_file(Kind.OTHER_RIGHT), HANDED, NOW))
    assert "hands nothing over" in refusals(record_delivery(make_case_file(Kind.CORRECTION), HANDED, NOW))
    assert "hands nothing over" in refusals(
        record_supplements(make_case_file(Kind.OTHER_RIGHT), POINTS, SEARCHED, "Bo Example")
    )


def test_nothing_is_recorded_on_a_closed_case() -> None:
    closed = make_case_file(state=CaseState.CLOSED)
    assert "reopen it first" in refusals(record_delivery(closed, HANDED, NOW))
