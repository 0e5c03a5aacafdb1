"""When the limit over all senders is reached a person is told."""

from pathlib import Path

from triage.domain.plan import SentCounts
from triage.domain.sending_limits import breaker_open, limit_reached
from triage.parsing.rules import load_policy

LIMITS = load_policy(Path(__file__).parents[2] / "rules").limits


def test_the_breaker_opens_at_the_limit_and_closes_below_it() -> None:
    assert breaker_open(LIMITS.global_per_10_minutes, LIMITS)
    assert not breaker_open(LIMITS.global_per_10_minutes - 1, LIMITS)


def test_an_open_breaker_holds_every_letter_and_says_that_a_person_must_close_it() -> None:
    why = limit_reached(SentCounts(breaker_open=True), LIMITS, "customer.example")
    assert "triage alarm clear sending_limit" in why
