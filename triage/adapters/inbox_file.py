"""The hook's inbox as a SQLite file of its own: received items only, every save durable, commits shared.

Requests that wait at the same moment share one transaction, so that a burst costs a few syncs of the disk and not
one each. The worker reads the file (inbox_source.py) and never writes to it.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from triage.adapters.inbox_rows import InboxRows, Wish, instant, row_of, save_form, save_rows
from triage.adapters.inbox_values import SAVE_LIMIT_S, FormSaved, storable
from triage.errors import StoreUnavailable
from triage.ports import NewItem
from triage.ports_chat import FormRaw

if TYPE_CHECKING:
    from triage.adapters.sealing import Sealer

TIDY_EVERY_S = 30.0
_WISHES_A_COMMIT = 256

Result = TypeVar("Result")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FileInbox:
    """See ports_chat.Inbox. Open with `open_file_inbox`; used in one event loop."""

    def __init__(
        self, rows: InboxRows, thread: ThreadPoolExecutor, tidy_every_s: float, sealer: "Sealer | None" = None
    ) -> None:
        self._rows = rows
        self._sealer = sealer
        self._thread = thread
        self._waiting: list[tuple[Wish, asyncio.Future[object]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._tidying = asyncio.create_task(self._tidy_for_ever(tidy_every_s))
        self._closed = False

    async def save(self, items: Sequence[NewItem]) -> int:
        """See Inbox.save. A repeated key is answered only once the first is committed, for it waits its turn."""
        rows = [row_of(item, self._sealer) for item in items]
        return await self._commit(lambda connection: save_rows(connection, rows))

    async def save_form(self, key: str, raw_of: FormRaw, received_at: datetime, spend: str | None) -> FormSaved:
        """See Inbox.save_form. `raw_of` is called in the file's own thread."""
        instant(received_at)
        return await self._commit(
            partial(
                save_form,
                key=storable(key),
                raw_of=raw_of,
                received_at=received_at,
                spend=spend,
                sealer=self._sealer,
            )
        )

    async def ready(self) -> bool:
        """See Inbox.ready: a commit is tried."""
        try:
            await self._commit(self._rows.touch)
        except StoreUnavailable:
            return False
        return True

    async def close(self) -> None:
        """See Inbox.close."""
        self._closed = True
        self._tidying.cancel()
        await asyncio.wait([task for task in (self._tidying, self._committing) if task is not None])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._rows.close)
        self._thread.shutdown(wait=False)

    async def _commit(self, wish: Callable[..., Result]) -> Result:
        if self._closed:
            raise StoreUnavailable("the inbox is closed")
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, result))  # type: ignore[arg-type]
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_waiting())
        try:
            async with asyncio.timeout(SAVE_LIMIT_S):
                return await result
        except TimeoutError:
            raise StoreUnavailable("the inbox's disk did not answer in time") from None

    async def _commit_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:_WISHES_A_COMMIT], self._waiting[_WISHES_A_COMMIT:]
            outcomes: list[object]
            try:
                outcomes = await loop.run_in_executor(self._thread, self._rows.commit, [wish for wish, _ in batch])
            except StoreUnavailable as exc:
                outcomes = [StoreUnavailable(str(exc)) for _ in batch]
            except Exception as exc:  # a bug: whoever waits must see it, and the next batch have its turn
                outcomes = [exc] * len(batch)
            for (_, result), outcome in zip(batch, outcomes, strict=True):
                if result.done():
                    continue  # whoever waited has gone; what was stored is stored
                if isinstance(outcome, Exception):
                    result.set_exception(outcome)
                else:
                    result.set_result(outcome)

    async def _tidy_for_ever(self, every_s: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every_s)
            # A fault shows at the next save, and there is somebody to tell.
            with suppress(StoreUnavailable):
                while await loop.run_in_executor(self._thread, self._rows.tidy):
                    pass


async def open_file_inbox(
    path: Path,
    *,
    sealer: "Sealer | None" = None,
    now: Callable[[], datetime] = _utc_now,
    tidy_every_s: float = TIDY_EVERY_S,
) -> FileInbox:
    """Open the file, making it where it is missing. `sealer` encrypts what is stored. `tidy_every_s`: how long drained
    items lie at most where nothing new comes in. Raises StoreUnavailable."""
    rows = InboxRows(path, now)
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox")
    try:
        await asyncio.get_running_loop().run_in_executor(thread, rows.open)
    except BaseException:
        thread.shutdown(wait=False)
        raise
    return FileInbox(rows, thread, tidy_every_s, sealer)
