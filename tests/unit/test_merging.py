"""Two threads of one matter: which is kept, what becomes of each case, what is refused."""

from datetime import UTC, date, datetime, timedelta

from triage.domain.case_change import Refused
from triage.domain.merging import Mergeable, MergeableCase, Merging, in_order, merge
from triage.domain.vocabulary import CaseState, Kind

CAME = datetime(2026, 11, 2, 10, tzinfo=UTC)


def case(number: int, kind: Kind = Kind.ACCESS, **changes: object) -> MergeableCase:
    values = {"state": CaseState.OPEN, "controller": "Larkfield", "received_on": date(2026, 11, 2)}
    return MergeableCase(number=number, kind=kind, **(values | changes))  # type: ignore[arg-type]


def thread(reference: str, days: int, *cases: MergeableCase, person: str = "ana") -> Mergeable:
    return Mergeable(
        reference=reference,
        version=3,
        received_at=CAME + timedelta(days=days),
        sender=f"{person}@example",
        persons=frozenset({person}),
        cases=cases,
        numbers_given=max((one.number for one in cases), default=0),
    )


def merged(gone: Mergeable, kept: Mergeable, **how: bool) -> Merging:
    change = merge(gone, kept, "", **how)
    assert isinstance(change, Merging)
    return change


def refused(gone: Mergeable, kept: Mergeable) -> str:
    change = merge(gone, kept, "")
    assert isinstance(change, Refused)
    return "\n".join(change.reasons)


def test_the_same_request_is_answered_with_the_earlier_one() -> None:
    change = merged(thread("B", 5, case(1)), thread("A", 0, case(1)))
    assert (change.gone, change.kept, change.strangers) == ("B", "A", False)
    assert change.moves == ((1, 2),)
    assert change.folds == ((1, 1),)


def test_another_right_goes_on_beside_it() -> None:
    change = merged(thread("B", 5, case(1, Kind.DELETION), case(3)), thread("A", 0, case(1), case(4, Kind.COMPLAINT)))
    assert change.moves == ((1, 5), (3, 6))
    assert change.folds == ((3, 1),)


def test_what_is_closed_or_against_another_company_answers_nothing() -> None:
    closed, other = case(1, state=CaseState.CLOSED), case(2, controller="Larkfield Bulgaria")
    assert merged(thread("B", 5, case(1)), thread("A", 0, closed, other)).folds == ()
    assert merged(thread("B", 5, closed), thread("A", 0, case(1))).folds == ()


def test_who_cannot_be_reached_is_still_owed_the_one_answer() -> None:
    waiting = case(1, state=CaseState.CANNOT_REACH)
    assert merged(thread("B", 5, case(1)), thread("A", 0, waiting)).folds == ((1, 1),)


def test_both_cases_go_on_where_a_person_says_so() -> None:
    assert merged(thread("B", 5, case(1)), thread("A", 0, case(1)), apart=True).folds == ()


def test_the_earlier_one_is_kept_and_the_other_way_round_is_refused() -> None:
    later, earlier = thread("B", 5), thread("A", 0)
    assert in_order(earlier, later) == in_order(later, earlier) == (later, earlier)
    assert "merge B into A" in refused(earlier, later)


def test_of_two_that_came_at_once_the_lower_reference_is_kept() -> None:
    assert in_order(thread("A", 0), thread("B", 0)) == (thread("B", 0), thread("A", 0))


def test_a_thread_is_not_merged_into_itself() -> None:
    assert "one thread already" in refused(thread("A", 0), thread("A", 0))


def test_two_peoples_threads_need_a_reason() -> None:
    gone, kept = thread("B", 5, person="bo"), thread("A", 0)
    assert "say why" in refused(gone, kept)
    change = merge(gone, kept, "she wrote from her work address too")
    assert isinstance(change, Merging)
    assert change.strangers
