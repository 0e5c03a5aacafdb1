"""A circuit breaker: who is in trouble is left in peace for a while, then tried with one call.

States: closed (calls go out), open (none does), half-open (the pause is over, one call is out on trial). Nygard,
"Release It!", chapter 5. Pure: seconds of any clock that only moves forward are passed in.
"""

from dataclasses import dataclass, replace

FAILURES_IN_A_ROW = 5
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 300.0
# A trial nobody reports on (its task was cancelled) must not keep the breaker open for ever.
TRIAL_S = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaker:
    """`open_until` and `trial_until` are seconds of the caller's clock, None while closed and without a trial.

    `pause_s` is how long the next opening lasts: FIRST_PAUSE_S, doubled after every trial that failed.
    """

    failures: int = 0
    pause_s: float = FIRST_PAUSE_S
    open_until: float | None = None
    trial_until: float | None = None

    @property
    def is_open(self) -> bool:
        """True from the opening until a call has succeeded, half-open included."""
        return self.open_until is not None

    def wait_s(self, now_s: float) -> float:
        """Seconds until a call may go out; 0 where it may now."""
        if self.open_until is None:
            return 0.0
        until = self.open_until if self.trial_until is None else self.trial_until
        return max(0.0, until - now_s)

    def started(self, now_s: float) -> "Breaker":
        """A call that had not to wait goes out: while open it is the trial."""
        return replace(self, trial_until=now_s + TRIAL_S) if self.is_open else self

    def succeeded(self) -> "Breaker":
        """The other side answered: closed, and everything is forgotten."""
        return Breaker()

    def failed(self, now_s: float) -> "Breaker":
        """No answer. A call from before the opening that fails after it changes nothing."""
        if not self.is_open:
            failures = self.failures + 1
            if failures < FAILURES_IN_A_ROW:
                return replace(self, failures=failures)
            return replace(self, failures=failures, open_until=now_s + self.pause_s)
        if self.trial_until is None:
            return self
        pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        return replace(self, pause_s=pause_s, open_until=now_s + pause_s, trial_until=None)

    def abandoned(self) -> "Breaker":
        """A call was given up by whoever asked for it: that says nothing about the other side."""
        return replace(self, trial_until=None)
