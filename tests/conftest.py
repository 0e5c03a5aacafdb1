"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """Whatever configured logging wrote to the stream of its own test, which is closed by the time of the next."""
    yield
    structlog.reset_defaults()
