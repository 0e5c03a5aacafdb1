"""How long HubSpot wants to be left alone, read from an answer. Nothing an answer says parks us for longer than here.

Limits are per app and rolling (HubSpot's usage guidelines). `Retry-After` on a 429 is not documented: honoured where
it comes, else the wait follows from the policy's name.
"""

from collections.abc import Mapping

LONGEST_WAIT_S = 3600.0
TROUBLE_WAIT_S = 5.0
_LOCKED_WAIT_S = 2.0
_MIGRATING_WAIT_S = 10.0
_WAIT_BY_POLICY_S = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0, "DAILY": LONGEST_WAIT_S}
_UNKNOWN_POLICY_WAIT_S = 10.0
# Other programs may share the app: the last calls of an interval are left to them.
_FLOOR = 5
_LONGEST_INTERVAL_S = 60.0
_HEADER = "X-HubSpot-RateLimit-"


def wait_after(status: int, headers: Mapping[str, str], body: object) -> float | None:
    """Seconds to wait after this status, None where it is no plea to wait. `body` is the answer's JSON, if any."""
    if status == 429:
        policy = body.get("policyName") if isinstance(body, dict) else None
        return _retry_after(headers) or _WAIT_BY_POLICY_S.get(str(policy), _UNKNOWN_POLICY_WAIT_S)
    if status == 423:
        return max(_LOCKED_WAIT_S, _retry_after(headers) or 0.0)
    if status == 477:
        return _retry_after(headers) or _MIGRATING_WAIT_S
    if status >= 500 or status in (408, 425):
        return _retry_after(headers) or TROUBLE_WAIT_S
    return None


def wait_when_low(headers: Mapping[str, str]) -> float:
    """Seconds to keep away because few calls of the interval remain; 0 where there is room or nothing is said."""
    remaining, most = _number(headers.get(f"{_HEADER}Remaining")), _number(headers.get(f"{_HEADER}Max"))
    if remaining is None:
        return 0.0
    floor = _FLOOR if most is None else min(_FLOOR, most // 20)
    if remaining > floor:
        return 0.0
    interval_ms = _number(headers.get(f"{_HEADER}Interval-Milliseconds"))
    return min(10.0 if interval_ms is None else interval_ms / 1000, _LONGEST_INTERVAL_S)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Whole seconds of 1 or more; a date or anything else counts as not said."""
    seconds = _number(headers.get("Retry-After"))
    return min(float(seconds), LONGEST_WAIT_S) if seconds else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
