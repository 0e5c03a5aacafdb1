"""Row 21 of the gate: how many letters a machine may send, to one person, one domain and in all."""

from triage.domain.plan import SentCounts
from triage.domain.policy import Limits

# Stands from the moment the limit over all senders is reached until a person clears it.
BREAKER_ALARM = "sending_limit"


def limit_reached(sent: SentCounts, limits: Limits, domain: str) -> str:
    """The limit that one more letter would break, in words for the DPO; empty while there is room.

    Free-mail domains have no domain limit: thousands of strangers share one.
    """
    if sent.breaker_open:
        return (
            f"{limits.global_per_10_minutes} letters in all within 10 minutes were sent, and nobody has said since "
            f"that machines may go on (triage alarm clear {BREAKER_ALARM})"
        )
    checks = [
        (sent.sender_hour, limits.sender_per_hour, "to this sender within an hour"),
        (sent.sender_day, limits.sender_per_day, "to this sender within a day"),
        (sent.sender_30_days, limits.sender_per_30_days, "to this sender within 30 days"),
        (sent.global_10_minutes, limits.global_per_10_minutes, "in all within 10 minutes"),
    ]
    if domain not in limits.free_mail_domains:
        checks.append((sent.domain_day, limits.domain_per_day, "to this sender's domain within a day"))
    full = next(((most, what) for count, most, what in checks if count >= most), None)
    if full is None:
        return ""
    most, what = full
    return f"the limit of {most} {'letter' if most == 1 else 'letters'} {what} is reached"


def breaker_open(letters_10_minutes: int, limits: Limits) -> bool:
    """True when so many letters reach the limit over all senders: an alarm, for it may be an attack or a loop."""
    return letters_10_minutes >= limits.global_per_10_minutes
