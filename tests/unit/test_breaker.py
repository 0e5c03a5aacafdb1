"""The circuit breaker: after failures in a row peace, then one trial, and longer peace where that fails."""

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.breaker import FAILURES_IN_A_ROW, FIRST_PAUSE_S, LONGEST_PAUSE_S, TRIAL_S, Breaker

STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "answer", "fail", "give up"]), st.floats(0, 400, allow_nan=False)), max_size=80
)


def opened(now_s: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW):
        breaker = breaker.failed(now_s)
    return breaker


def test_failures_with_an_answer_between_them_open_nothing() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker = breaker.failed(0.0)
    assert not breaker.is_open
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker = breaker.succeeded().failed(0.0)
    assert not breaker.is_open
    assert breaker.wait_s(0.0) == 0.0


def test_enough_failures_in_a_row_open_it_for_the_first_pause() -> None:
    breaker = opened(100.0)
    assert breaker.is_open
    assert breaker.wait_s(100.0) == FIRST_PAUSE_S
    assert breaker.wait_s(100.0 + FIRST_PAUSE_S) == 0.0


def test_while_one_call_is_on_trial_no_other_goes_out() -> None:
    breaker = opened().started(FIRST_PAUSE_S)
    assert breaker.is_open
    assert breaker.wait_s(FIRST_PAUSE_S + 1) == TRIAL_S - 1


def test_a_trial_that_succeeds_closes_it_and_forgets() -> None:
    assert opened().started(FIRST_PAUSE_S).succeeded() == Breaker()


def test_every_trial_that_fails_doubles_the_pause_up_to_the_longest() -> None:
    breaker, now_s, pauses = opened(), 0.0, []
    for _ in range(6):
        now_s += breaker.wait_s(now_s)
        breaker = breaker.started(now_s).failed(now_s)
        pauses.append(breaker.wait_s(now_s))
    assert pauses == [60.0, 120.0, 240.0, 300.0, 300.0, 300.0]


def test_a_call_from_before_the_opening_that_fails_later_lengthens_nothing() -> None:
    breaker = opened()
    assert breaker.failed(10.0) == breaker


def test_a_trial_given_up_lets_the_next_call_try() -> None:
    breaker = opened().started(FIRST_PAUSE_S).abandoned()
    assert breaker.is_open
    assert breaker.wait_s(FIRST_PAUSE_S) == 0.0


def test_a_trial_nobody_reports_on_lapses() -> None:
    assert opened().started(FIRST_PAUSE_S).wait_s(FIRST_PAUSE_S + TRIAL_S) == 0.0


def test_a_call_while_closed_is_no_trial() -> None:
    assert Breaker().started(5.0) == Breaker()


@given(STEPS)
def test_whatever_happens_nobody_waits_longer_than_the_longest_pause(steps: list[tuple[str, float]]) -> None:
    breaker, now_s = Breaker(), 0.0
    for step, later_s in steps:
        now_s += later_s
        wait_s = breaker.wait_s(now_s)
        assert 0.0 <= wait_s <= LONGEST_PAUSE_S
        assert breaker.is_open or wait_s == 0.0
        if step == "ask" and wait_s == 0.0:
            breaker = breaker.started(now_s)
            assert not breaker.is_open or breaker.wait_s(now_s) > 0.0, "a second call on trial"
        elif step == "answer":
            breaker = breaker.succeeded()
            assert not breaker.is_open
        elif step == "fail":
            was_open = breaker.is_open
            breaker = breaker.failed(now_s)
            assert breaker.is_open >= was_open, "a failure closed it"
        elif step == "give up":
            breaker = breaker.abandoned()
        assert FIRST_PAUSE_S <= breaker.pause_s <= LONGEST_PAUSE_S
