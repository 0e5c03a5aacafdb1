"""How often one address may ask: a token bucket for each, in bounded memory. The clock is passed in."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """`burst` requests at once, and one more every `refill_s` seconds after that."""

    burst: int
    refill_s: float


class TokenBuckets:
    """One bucket per key; the keys used longest ago make room once there are `most_keys`.

    A key that made room starts with a full bucket. That gives nothing away: whoever has so many addresses has a
    full bucket for each of them already.
    """

    def __init__(self, allowance: Allowance, *, most_keys: int = 10_000) -> None:
        self._allowance = allowance
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> tokens left, at (seconds)

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def take(self, key: str, now_s: float) -> float:
        """Take a token at `now_s` (any clock that does not run backwards): 0.0 if there was one, else the seconds
        until there is."""
        left = self._left(key, now_s)
        granted = left >= 1.0
        self._buckets[key] = (left - 1.0 if granted else left, now_s)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most_keys:
            self._buckets.popitem(last=False)
        return 0.0 if granted else (1.0 - left) * self._allowance.refill_s

    def wait_s(self, key: str, now_s: float) -> float:
        """Seconds until a token is there, 0.0 if one is; nothing is taken."""
        left = self._left(key, now_s)
        return 0.0 if left >= 1.0 else (1.0 - left) * self._allowance.refill_s

    def _left(self, key: str, now_s: float) -> float:
        tokens, at_s = self._buckets.get(key, (float(self._allowance.burst), now_s))
        return min(float(self._allowance.burst), tokens + max(0.0, now_s - at_s) / self._allowance.refill_s)
