"""A local Maildir as a MailSource: new/ and cur/ are read, nothing is moved, tmp/ is not looked at.

A file's name up to the colon is unique and stays when a mail program moves it from new/ to cur/ or changes its flags.
There are no UIDs: every listing holds every mail, and the store knows which of them it has.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from triage.errors import MailboxRefused, MailboxUnreachable
from triage.ports import Mail, MailKey, MailListing

_FOLDERS = ("new", "cur")
_VALIDITY = 1
_PREFIX = "maildir:"
_LOOK_EVERY_S = 0.25
_Result = TypeVar("_Result")


class MaildirSource:
    """MailSource over a Maildir at `path`. `clock` gives the time (aware UTC) for `list_recent`.

    A mail above `oversized_bytes` is read up to `head_bytes` only. `timeout_s` limits every look at the disk, which
    may be a network's.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime],
        oversized_bytes: int = 25 * 1024 * 1024,
        head_bytes: int = 1024 * 1024,
        timeout_s: float = 30.0,
    ) -> None:
        self._path = path
        self._clock = clock
        self._oversized_bytes = oversized_bytes
        self._head_bytes = head_bytes
        self._timeout_s = timeout_s
        self._changed_ns: tuple[int, ...] | None = None

    @property
    def account(self) -> str:
        """Names the folder in the store."""
        return f"{_PREFIX}{self._path}"

    async def list_above(self, uid: int) -> MailListing:  # noqa: ARG002
        """Every mail: a Maildir has no UIDs, so `uid` is disregarded."""
        # Taken before the look: what comes during it changes the time again and wakes `wait`.
        self._changed_ns = await self._in_thread(self._change_times)
        names = await self._in_thread(self._names)
        return _listing(sorted(names))

    async def list_recent(self, days: int) -> MailListing:
        """Every mail that came in the last `days` days, seen before or not."""
        since = self._clock() - timedelta(days=days)
        times = await self._in_thread(self._received_times)
        return _listing(sorted(name for name, received_at in times.items() if received_at >= since))

    async def fetch(self, keys: Sequence[MailKey]) -> AsyncIterator[Mail]:
        """The mails of `keys`. One that has vanished is left out, not an error.

        A file that cannot be read is passed over: the others come, and MailboxUnreachable is raised at the end.
        """
        unreadable: MailboxUnreachable | None = None
        names = await self._in_thread(self._names)
        for key in keys:
            try:
                mail = await self._in_thread(partial(self._read, key, names))
                if mail is None:
                    # Perhaps only moved from new/ to cur/ by a mail program since the look.
                    names = await self._in_thread(self._names)
                    mail = await self._in_thread(partial(self._read, key, names))
            except MailboxUnreachable as exc:
                unreadable = exc
                continue
            if mail is not None:
                yield mail
        if unreadable is not None:
            raise unreadable

    async def wait(self, timeout_s: float) -> None:
        """Return when new/ or cur/ has changed since the last `list_above`, or after `timeout_s`. Never raises."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while (left_s := deadline - loop.time()) > 0:
            try:
                if await self._in_thread(self._change_times) != self._changed_ns is not None:
                    return
            except (MailboxUnreachable, MailboxRefused):
                self._changed_ns = None  # The next listing says what is wrong.
            await asyncio.sleep(min(left_s, _LOOK_EVERY_S))

    async def close(self) -> None:
        """Nothing is held open."""

    async def _in_thread(self, look: Callable[[], _Result]) -> _Result:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.to_thread(look)
        except TimeoutError:
            raise MailboxUnreachable(f"the Maildir did not answer within {self._timeout_s:.3g} s") from None
        except (FileNotFoundError, NotADirectoryError):
            raise MailboxRefused("there is no Maildir (with new/ and cur/) at the path of TRIAGE_MAILDIR") from None
        except PermissionError:
            raise MailboxRefused("the Maildir at the path of TRIAGE_MAILDIR may not be read") from None
        except OSError as exc:
            raise MailboxUnreachable(f"the Maildir cannot be read: {exc.strerror}") from None

    def _change_times(self) -> tuple[int, ...]:
        return tuple((self._path / folder).stat().st_mtime_ns for folder in _FOLDERS)

    def _names(self) -> dict[str, Path]:
        """The path of every mail by its unique name."""
        found: dict[str, Path] = {}
        for folder in _FOLDERS:
            with os.scandir(self._path / folder) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                        found[entry.name.partition(":")[0]] = Path(entry.path)
        return found

    def _received_times(self) -> dict[str, datetime]:
        found = {}
        for name, path in self._names().items():
            try:
                found[name] = _received_at(path.lstat())
            except FileNotFoundError:
                # Moved or deleted since the look: counted as recent, fetching finds out.
                found[name] = self._clock()
        return found

    def _read(self, key: MailKey, names: dict[str, Path]) -> Mail | None:
        path = names.get(key.text.removeprefix(_PREFIX))
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                facts = os.fstat(file.fileno())
                is_head = facts.st_size > self._oversized_bytes
                raw = file.read(self._head_bytes if is_head else -1)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise MailboxUnreachable(f"a mail in the Maildir cannot be read: {exc.strerror}") from None
        size_bytes = facts.st_size if is_head else len(raw)
        return Mail(key=key, raw=raw, received_at=_received_at(facts), size_bytes=size_bytes)


def _received_at(facts: os.stat_result) -> datetime:
    return datetime.fromtimestamp(facts.st_mtime, UTC)


def _listing(names: Sequence[str]) -> MailListing:
    keys = tuple(MailKey(text=f"{_PREFIX}{name}", uid=0) for name in names)
    return MailListing(validity=_VALIDITY, keys=keys)
