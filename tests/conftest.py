"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

# How long an example takes says what else the machine does; what has to be quick has a bound of its own.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """Whatever configured logging wrote to the stream of its own test, which is closed by the time of the next."""
    yield
    structlog.reset_defaults()
