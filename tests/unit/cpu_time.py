"""What a piece of work costs, in processor seconds of this process."""

import time
from collections.abc import Callable


def least_seconds(task: Callable[[], object], enough: float = 0.0, times: int = 3) -> float:
    """The least of some runs, since other work and a collection of garbage only ever add; `enough` ends it early."""
    took = []
    while len(took) < times and (not took or min(took) > enough):
        started = time.process_time()
        task()
        took.append(time.process_time() - started)
    return min(took)
