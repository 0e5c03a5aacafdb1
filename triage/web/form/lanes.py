"""How many posts the form takes: wide for who brings a proof of work, narrow for who does not."""

from triage.web.limits import Allowance, TokenBuckets

_HOUR_S = 3600.0
PROVEN_AN_HOUR = 20
HELD_AN_HOUR = 5
HELD_AN_HOUR_IN_ALL = 60


class Lanes:
    """The two lanes. Times are seconds of a clock that does not run backwards."""

    def __init__(self) -> None:
        self._proven = _an_hour(PROVEN_AN_HOUR)
        self._held = _an_hour(HELD_AN_HOUR)
        self._held_in_all = _an_hour(HELD_AN_HOUR_IN_ALL)

    def take(self, client: str, *, held: bool, now_s: float) -> float:
        """0.0 if one more post of this client may come in now, else the seconds until it may."""
        if not held:
            return self._proven.take(client, now_s)
        # The client's own lane first: whoever is over his own share must not use up everyone's.
        wait_s = max(self._held.wait_s(client, now_s), self._held_in_all.wait_s("", now_s))
        if wait_s == 0.0:
            self._held.take(client, now_s)
            self._held_in_all.take("", now_s)
        return wait_s


def _an_hour(posts: int) -> TokenBuckets:
    return TokenBuckets(Allowance(burst=posts, refill_s=_HOUR_S / posts))
