"""What moves the start of a clock, and what stops it while it runs."""

from datetime import date, timedelta

import pytest

from triage.domain.clock import ClockDates, ClockFacts, Pause, compute
from triage.domain.policy import Targets
from triage.domain.vocabulary import Kind

TARGETS = Targets(
    answer_days=28,
    correction_working_days=10,
    opt_out_working_days=1,
    opt_out_alarm_working_days=2,
    complaint_news_days=14,
    acknowledge_alarm_working_days=1,
)
RECEIVED = date(2027, 2, 15)


def december(day: int) -> date:
    return date(2026, 12, day)


def february(day: int) -> date:
    return date(2027, 2, day)


def dates_of(received: date = RECEIVED, *, kind: Kind = Kind.ACCESS, spans: tuple = (), **more) -> ClockDates:
    pauses = tuple(Pause(asked_on=asked, answered_on=answered) for asked, answered in spans)
    return compute(ClockFacts(kind=kind, received=received, pauses=pauses, **more), TARGETS, (), ())


def test_the_latest_of_identity_authority_and_fee_starts_the_month() -> None:
    dates = dates_of(
        december(7),
        identity_asked_on=december(8),
        identity_received_on=december(10),
        authority_asked_on=december(8),
        authority_received_on=december(9),
        fee_asked_on=december(8),
        fee_paid_on=december(14),
    )
    assert (dates.starts_on, dates.statutory_due) == (december(14), date(2027, 1, 14))
    assert dates.shadow_due == date(2027, 1, 7)
    assert any(line.startswith("Fee paid Monday 14 December 2026") for line in dates.trace)
    assert dates.internal_target == date(2027, 1, 11)


@pytest.mark.parametrize("asked", ["identity_asked_on", "authority_asked_on", "fee_asked_on"])
def test_while_something_asked_for_is_not_here_only_the_shadow_date_is_known(asked: str) -> None:
    dates = dates_of(december(7), **{asked: december(8)})
    assert dates.starts_on is dates.statutory_due is dates.safe_due is dates.extension_notice_by is None
    assert dates.shadow_due == date(2027, 1, 7)
    assert dates.internal_target == date(2027, 1, 4)


def test_one_thing_received_and_another_open_still_waits() -> None:
    dates = dates_of(
        december(7),
        identity_asked_on=december(8),
        identity_received_on=december(9),
        fee_asked_on=december(8),
    )
    assert dates.statutory_due is None
    assert any("fee asked for and not yet here" in line for line in dates.trace)


def test_an_opt_out_target_does_not_wait_for_identity() -> None:
    dates = dates_of(december(7), kind=Kind.OPT_OUT, identity_asked_on=december(8), identity_received_on=december(21))
    assert dates.internal_target == december(8)
    assert dates.statutory_due == date(2027, 1, 21)


def test_asking_for_identity_only_after_the_month_is_pointed_out() -> None:
    late = date(2027, 1, 8)
    dates = dates_of(december(7), identity_asked_on=late, identity_received_on=late)
    assert any("asked for after Thursday 7 January 2027" in line for line in dates.trace)
    in_time = dates_of(december(7), identity_asked_on=date(2027, 1, 7), identity_received_on=late)
    assert not any("asked for after" in line for line in in_time.trace)


@pytest.mark.parametrize(
    ("spans", "inclusive", "exclusive"),
    [
        ([(16, 16)], 1, 0),
        ([(20, 27)], 8, 7),
        ([(16, 18), (22, 23)], 5, 3),
        ([(22, 23), (16, 18)], 5, 3),
        ([(16, 20), (18, 24)], 9, 8),  # overlap
        ([(16, 24), (18, 20)], 9, 8),  # one inside the other
        ([(16, 24), (16, 24)], 9, 8),  # told twice
        ([(16, 20), (20, 24)], 9, 8),  # one shared day
        ([(16, 20), (21, 24)], 9, 7),  # back to back
    ],
)
def test_pause_days_are_counted_once(spans: list[tuple[int, int]], inclusive: int, exclusive: int) -> None:
    # 15 June 2027 and the days after it hold no holiday: a Monday start keeps weekends easy to see.
    start = date(2027, 6, 14)
    june = [(date(2027, 6, asked), date(2027, 6, answered)) for asked, answered in spans]
    dates = dates_of(start, spans=tuple(june))
    month_end = date(2027, 7, 14)

    def rolled(day: date) -> date:
        return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day

    assert dates.statutory_due == rolled(month_end + timedelta(days=inclusive))
    assert dates.safe_due == rolled(month_end + timedelta(days=exclusive))


def test_an_unanswered_clarification_leaves_the_due_date_open() -> None:
    dates = dates_of(spans=((february(20), None),))
    assert dates.starts_on == RECEIVED
    assert dates.statutory_due is dates.safe_due is dates.extension_notice_by is None
    assert dates.shadow_due == date(2027, 3, 15)
    assert any("not yet answered: time stands" in line for line in dates.trace)


def test_an_open_clarification_swallows_a_closed_one_beside_it() -> None:
    dates = dates_of(spans=((february(20), None), (february(22), february(23))))
    assert dates.statutory_due is None
    assert sum("Clarification" in line for line in dates.trace) == 1


def test_a_clarification_asked_after_the_time_was_over_stops_nothing() -> None:
    plain = dates_of()
    late = dates_of(spans=((date(2027, 3, 16), None),))
    assert late.statutory_due == plain.statutory_due == date(2027, 3, 15)
    assert any("the time was over by then" in line for line in late.trace)


def test_a_clarification_asked_on_the_last_day_still_stops_the_clock() -> None:
    dates = dates_of(spans=((date(2027, 3, 15), date(2027, 3, 17)),))
    assert dates.statutory_due == date(2027, 3, 18)


def test_a_clarification_asked_on_the_working_day_the_end_had_rolled_to_still_counts() -> None:
    received, last_day = date(2027, 2, 27), date(2027, 3, 30)  # 27 March is the Saturday of Easter
    assert dates_of(received).statutory_due == last_day
    # 27 March and eight days is a Sunday: days are added to the month's own end, not to the rolled one.
    assert dates_of(received, spans=((last_day, date(2027, 4, 6)),)).statutory_due == date(2027, 4, 5)


def test_an_earlier_pause_keeps_the_clock_open_for_a_later_one() -> None:
    dates = dates_of(spans=((february(20), february(27)), (date(2027, 3, 22), date(2027, 3, 23))))
    assert dates.statutory_due == date(2027, 3, 25)


def test_pause_days_before_the_start_take_nothing_off() -> None:
    identity = {"identity_asked_on": february(16), "identity_received_on": february(22)}
    before = dates_of(spans=((february(16), february(19)),), **identity)
    across = dates_of(spans=((february(16), february(24)),), **identity)
    assert before.statutory_due == date(2027, 3, 22)
    assert (across.statutory_due, across.safe_due) == (date(2027, 3, 25), date(2027, 3, 24))


def test_pause_days_lengthen_an_extended_request_and_its_notice() -> None:
    dates = dates_of(spans=((february(20), february(27)),), extended=True)
    assert dates.statutory_due == date(2027, 5, 24)  # 15 May + 8 = Sunday 23 May
    assert dates.safe_due == date(2027, 5, 24)
    assert dates.extension_notice_by == date(2027, 3, 22)
    assert dates.shadow_due == date(2027, 5, 17)


def test_a_pause_in_the_third_month_leaves_the_notice_of_the_first_alone() -> None:
    asked = date(2027, 5, 3)
    open_pause = dates_of(spans=((asked, None),), extended=True)
    assert open_pause.statutory_due is None
    assert open_pause.extension_notice_by == date(2027, 3, 15)


def test_the_target_moves_by_the_shorter_count_of_the_pause() -> None:
    assert dates_of(spans=((february(16), february(17)),)).internal_target == date(2027, 3, 16)
