"""Worker processes that read items, each guarded by a wall clock, a memory limit and its parent's life.

Spawned, not forked: a forked child keeps our listening port when we are killed. PR_SET_PDEATHSIG ends a child with
its parent, however the parent dies. A child that hangs, crashes or runs out of memory costs one item one attempt.
"""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import datetime

from pebble import ProcessExpired, ProcessPool

from triage.domain.plan import Analysis
from triage.domain.vocabulary import Channel
from triage.errors import AnalysisFailed
from triage.ports import Item
from triage.service.analysis import Analyst

_PR_SET_PDEATHSIG = 1
_MEMORY_BYTES = 3 * 1024**3
# Recycled now and then, so that what a library leaks stays small.
_TASKS_PER_PROCESS = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalysisSettings:
    """How the pool reads: what builds a process's analyst (picklable), how many processes, seconds an item may take."""

    build: Callable[[], Analyst]
    processes: int = 2
    timeout_s: float = 20.0


class AnalysisPool:
    """Fulfils ports.Analyser with Pebble's process pool."""

    def __init__(self, settings: AnalysisSettings) -> None:
        self._timeout_s = settings.timeout_s
        self._pool = ProcessPool(
            max_workers=settings.processes,
            max_tasks=_TASKS_PER_PROCESS,
            context=multiprocessing.get_context("spawn"),
            initializer=_prepare,
            initargs=(settings.build, os.getpid()),
        )

    def start(self) -> None:
        """Let the processes load now, which takes seconds, and not when the first mail waits for them."""
        if not self._pool.active:  # asking starts it
            raise RuntimeError("the analysis pool has ended")

    async def analyse(self, item: Item) -> Analysis:
        """The item read and classified. Raises AnalysisFailed: broken, too slow, too big, crashed."""
        return await self.read(item.raw, item.received_at, item.size_bytes, item.channel)

    async def read(
        self, raw: bytes, received_at: datetime | None, size_bytes: int, channel: Channel = Channel.EMAIL
    ) -> Analysis:
        """The same for bytes that are no item of the store. Raises AnalysisFailed."""
        args = (raw, received_at, size_bytes, channel)
        future = self._pool.schedule(_analyse, args=args, timeout=self._timeout_s)
        try:
            analysis: Analysis = await asyncio.wrap_future(future)
        except TimeoutError:
            raise AnalysisFailed("too_slow", f"not read within {self._timeout_s:.0f} seconds") from None
        except ProcessExpired:
            raise AnalysisFailed("crashed", "the process reading it died") from None
        except MemoryError:
            raise AnalysisFailed("too_big", "reading it took too much memory") from None
        except RecursionError:
            raise AnalysisFailed("too_deep", "it is nested too deep") from None
        except (AnalysisFailed, CancelledError):
            raise
        except Exception as exc:
            # Whatever it is, it is this item's: kept, shown and tried again, and the next one goes on.
            raise AnalysisFailed("broken", f"reading it failed ({type(exc).__name__})") from exc
        return analysis

    async def close(self) -> None:
        """End the processes."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)


_analyst: Analyst | None = None


def _prepare(build: Callable[[], Analyst], parent: int) -> None:
    """Set the limits and load the rules, once per process."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent died before the request took hold
        os._exit(1)
    # Ctrl-C reaches the whole group; ending is the parent's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    global _analyst  # noqa: PLW0603 - one per process, set once by its initializer
    _analyst = build()


def _analyse(raw: bytes, received_at: datetime | None, size_bytes: int, channel: Channel) -> Analysis:
    assert _analyst is not None  # noqa: S101 - the initializer has run
    return _analyst.analyse(raw, received_at, size_bytes, channel)
