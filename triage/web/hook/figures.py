"""What the hook counts, for /metrics. Words for each stand in triage/web/health.py."""

from dataclasses import asdict, dataclass


@dataclass(kw_only=True, slots=True)
class Figures:
    """Counts since the start. A delivery is one request of HubSpot's, an event one entry in it."""

    deliveries_accepted: int = 0
    deliveries_refused_unsigned: int = 0
    deliveries_refused_too_many: int = 0
    deliveries_refused_too_large: int = 0
    deliveries_refused_unreadable: int = 0
    deliveries_not_stored: int = 0
    events_stored: int = 0
    events_known: int = 0
    events_ignored: int = 0
    events_unreadable: int = 0

    def by_name(self) -> dict[str, float]:
        """As the metrics page wants them."""
        return {name: float(count) for name, count in asdict(self).items()}
