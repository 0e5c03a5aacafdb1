"""Letters into a Maildir instead of the world: the default, so that trying the desk out can write to nobody."""

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from triage.adapters.outgoing import wire_form
from triage.errors import DeliveryDeferred
from triage.ports import Letter


class CaptureSender:
    """Writes each letter once into `maildir`, under a name made of its Message-ID, however often it is sent."""

    def __init__(
        self,
        maildir: Path,
        sender_address: str,
        sender_name: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._maildir = maildir
        self._sender_address = sender_address
        self._sender_name = sender_name
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Return once the letter is on disk. Raises DeliveryRefused (cannot be put in words) or DeliveryDeferred."""
        raw = wire_form(letter, self._sender_address, self._sender_name, self._clock())
        try:
            await asyncio.to_thread(self._write, _file_name(letter), raw)
        except OSError as trouble:
            raise DeliveryDeferred(f"cannot write to the capture folder: {trouble.strerror}") from trouble

    async def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, name: str, raw: bytes) -> None:
        for folder in ("tmp", "new", "cur"):
            (self._maildir / folder).mkdir(parents=True, exist_ok=True)
        # A mail reader moves what it has shown to cur/ and adds its flags behind a colon.
        if (self._maildir / "new" / name).exists() or any((self._maildir / "cur").glob(f"{name}*")):
            return
        handle, half_written = tempfile.mkstemp(dir=self._maildir / "tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(half_written).replace(self._maildir / "new" / name)
        except OSError:
            Path(half_written).unlink(missing_ok=True)
            raise
        _sync_folder(self._maildir / "new")


def _file_name(letter: Letter) -> str:
    readable = re.sub(r"[^A-Za-z0-9-]", "_", letter.reference)
    return f"{readable}.{sha256(letter.message_id.encode()).hexdigest()[:24]}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
