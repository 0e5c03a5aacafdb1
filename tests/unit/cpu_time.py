"""What a piece of work costs, in processor seconds of this process."""

import time
from collections.abc import Callable

MOST_ROUNDS = 9


def least_seconds(task: Callable[[], object], enough: float = 0.0, times: int = 3) -> float:
    """The least of some runs, since other work and a collection of garbage only ever add; `enough` ends it early."""
    took = []
    while len(took) < times and (not took or min(took) > enough):
        took.append(seconds(task))
    return min(took)


def least_growth(half: Callable[[], object], whole: Callable[[], object], floor: float, enough: float) -> float:
    """How many times `half`, or `floor` seconds, `whole` costs at the least of some rounds taken in turn.

    In turn, since a machine that slows down for a while would else slow only one of the two; `enough` ends it early.
    """
    halves, wholes = [seconds(half)], [seconds(whole)]
    while (growth := min(wholes) / max(min(halves), floor)) > enough and len(halves) < MOST_ROUNDS:
        halves.append(seconds(half))
        wholes.append(seconds(whole))
    return growth


def seconds(task: Callable[[], object]) -> float:
    """Processor seconds of one run."""
    started = time.process_time()
    task()
    return time.process_time() - started
